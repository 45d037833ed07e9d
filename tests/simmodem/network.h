// The network and the phone behind it: takes what the modem sends, answers by rule, reports the
// delivery, and holds what the modem cannot take at the moment.

#ifndef SMSSPOOL_TESTS_SIMMODEM_NETWORK_H
#define SMSSPOOL_TESTS_SIMMODEM_NETWORK_H

#include "tests/simmodem/events.h"
#include "tests/simmodem/faults.h"
#include "tests/simmodem/pdu.h"
#include "tests/simmodem/rules.h"
#include "tests/simmodem/store.h"
#include "tests/simmodem/timers.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace smsspool::sim {

// Something on its way to the modem.
struct Arrival {
    enum class Kind { message, report };

    Kind kind = Kind::message;
    Pdu pdu;
    std::optional<Memory> memory; // nothing: where the modem keeps new messages

    // For the air file.
    std::string number;
    std::string text;
    std::string encoding;
    std::optional<Concat> concat;
    std::uint8_t reference = 0; // of a report
    std::uint8_t status = 0;    // of a report
};

// Where the modem put an arrival; no place where it was handed to the client directly.
struct Placed {
    Memory memory = Memory::sm;
    std::optional<unsigned> place;
};

// A text that a phone sends to the modem.
struct PhoneText {
    std::string from;
    std::string text;
    std::optional<Encoding> encoding;  // nothing: as the text needs
    std::optional<CentreTime> time;    // nothing: now, in the zone of this host
    std::optional<Memory> memory;      // nothing: the modem's choice
    std::optional<unsigned> reference; // nothing: the network's next; above 255: 16 bits
    std::vector<unsigned> only;        // parts that arrive at all; empty: every one
    std::vector<unsigned> order;       // in which they arrive; empty: as they are numbered
};

class Network {
public:
    // What a modem does with an arrival: nothing where it has no place or is not in the network.
    using Receiver = std::function<std::optional<Placed>(const Arrival&)>;

    struct Identity {
        std::string modem; // IMEI, for the air file
        std::string smsc;
    };

    Network(Timers& timers, Events& events, Faults& faults, Identity identity)
        : timers_(timers), events_(events), faults_(faults), identity_(std::move(identity)) {}

    void set_receiver(Receiver receiver) { receiver_ = std::move(receiver); }

    // Takes one part: writes it down, and the whole message with its last part; sets off replies
    // and the delivery report. Answers the TP-MR, which counts 0 to 255.
    std::uint8_t accept(const Submit& submit);

    // How many parts were sent off. Throws Error bad_input with a sentence where the text cannot be
    // sent so.
    std::size_t send(const PhoneText& text);

    // Sends one PDU as it is.
    void send_raw(const Pdu& pdu, std::optional<Memory> memory);

    // A report now, for what was sent last with this reference or to this number. With both given
    // it need not have been sent at all. Throws Error bad_input where there is nothing to report.
    struct ReportOrder {
        std::optional<unsigned> reference;
        std::string number;
        std::uint8_t status = 0;
    };
    void report(const ReportOrder& order);

    // Tries again what waits, in order.
    void deliver_waiting();
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

    void add_rule(Rule rule) { rules_.push_back(std::move(rule)); }
    void clear_rules() { rules_.clear(); }
    [[nodiscard]] std::size_t rules() const { return rules_.size(); }

    void set_report_delay(std::chrono::milliseconds delay) { report_delay_ = delay; }
    void set_report_status(std::uint8_t status) { report_status_ = status; }

private:
    struct Sent {
        std::uint8_t reference = 0;
        std::string number;
        CentreTime time;
    };
    using MessageKey = std::tuple<std::string, unsigned, unsigned>;
    using Parts = std::map<unsigned, Content>;

    void write_part(const Submit& submit, std::uint8_t reference);
    void join(const Submit& submit);
    void complete(const std::string& number, const Parts& parts);
    void answer(const std::string& number, const std::string& text);
    void schedule_report(const Sent& sent);
    void send_report(const Sent& sent, std::uint8_t status);
    [[nodiscard]] Sent sent_for(const ReportOrder& order) const;
    void arrive(Arrival arrival);
    bool try_deliver(const Arrival& arrival);
    void write_arrival(const Arrival& arrival, const Placed& placed);
    [[nodiscard]] Arrival make_arrival(const PhoneText& text, const Content& content,
                                       std::optional<Concat> concat) const;

    Timers& timers_;
    Events& events_;
    Faults& faults_;
    Identity identity_;
    Receiver receiver_;
    std::vector<Rule> rules_;
    std::map<MessageKey, Parts> incomplete_;
    std::deque<Sent> sent_;
    std::deque<Arrival> waiting_;
    std::uint8_t next_reference_ = 0;
    std::uint8_t next_concat_ = 0;
    std::chrono::milliseconds report_delay_{50};
    std::uint8_t report_status_ = 0;
};

} // namespace smsspool::sim

#endif
