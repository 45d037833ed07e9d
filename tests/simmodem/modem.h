// The modem without its line: settings, card, radio, storage, and what it would say unasked.

#ifndef SMSSPOOL_TESTS_SIMMODEM_MODEM_H
#define SMSSPOOL_TESTS_SIMMODEM_MODEM_H

#include "tests/simmodem/card.h"
#include "tests/simmodem/faults.h"
#include "tests/simmodem/network.h"
#include "tests/simmodem/store.h"

#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace smsspool::sim {

enum class Echo { off, on };

// What AT commands set; ATZ and a restart bring these defaults back.
struct Settings {
    Echo echo = Echo::on;
    int error_style = 0; // +CMEE: 0 ERROR, 1 number, 2 words
    std::string charset = "IRA";
    std::array<int, 5> indications{2, 0, 0, 0, 0}; // +CNMI mode, mt, bm, ds, bfr
    int registration_reports = 0;                  // +CREG
    int packet_registration_reports = 0;           // +CGREG
    int operator_format = 0;                       // +COPS: 0 long, 1 short, 2 digits
    int more_messages = 0;                         // +CMMS
    std::array<Memory, 3> memories{Memory::sm, Memory::sm, Memory::sm}; // read, write, receive
};

// How the modem treats delivery reports; what it is built like, and no setting of the client's.
struct ReportHabits {
    enum class Offer { none, direct, stored, both };
    Offer offer = Offer::both;      // the fourth value of +CNMI
    std::optional<Memory> memory;   // where they are stored; nothing: where messages arrive
    bool wants_acknowledge = false; // +CSMS 1: after +CDS nothing more is handed over before +CNMA
};

struct ModemOptions {
    std::string imei = "490154203237518";
    std::string imsi = "001010123456789";
    std::string number = "+5215550000000";
    std::string smsc = "+5215550000001";
    std::string pin;
    std::size_t storage = 30;
};

class Modem {
public:
    // Both must live as long as this.
    Modem(ModemOptions options, Network& network, Faults& faults);

    Settings settings;

    [[nodiscard]] const ModemOptions& options() const { return options_; }
    [[nodiscard]] Faults& faults() { return faults_; }
    [[nodiscard]] Store& store() { return store_; }
    [[nodiscard]] Card& card() { return card_; }
    // The card as it is seen: a fault may hide it.
    [[nodiscard]] CardState card_state() const;

    [[nodiscard]] const ReportHabits& report_habits() const { return report_habits_; }
    void set_report_habits(const ReportHabits& habits);
    // +CNMA; false where nothing waits for it.
    bool acknowledge();

    // Called when the client has restarted the modem, beside what restart() does.
    void set_on_restart(std::function<void()> action) { on_restart_ = std::move(action); }

    [[nodiscard]] const std::string& smsc() const { return smsc_; }
    void set_smsc(std::string number) { smsc_ = std::move(number); }

    // 0..31 or 99, as in +CSQ.
    [[nodiscard]] int signal() const { return function_ == 1 ? signal_ : 99; }
    void set_signal(int signal) { signal_ = signal; }

    // The number of +CREG: 0 none, 1 home, 2 searching, 3 denied, 4 unknown, 5 roaming.
    [[nodiscard]] int registration() const;
    // What the network around would give; the modem has it if card, functionality and operator
    // choice allow.
    void set_network(int registration);
    [[nodiscard]] bool registered() const { return registration() == 1 || registration() == 5; }

    // +CFUN; off and on again ends the faults that this ends.
    [[nodiscard]] int function() const { return function_; }
    void set_function(int function);

    // +COPS: 2 leaves the network, 0 enters it again.
    enum class Attachment { attached, detached };
    [[nodiscard]] Attachment attachment() const { return attachment_; }
    void set_attachment(Attachment attachment);

    // As after a loss of power: settings, functionality and the card's lock. Ends the faults that a
    // reset ends.
    void restart();

    // To be called whenever card, radio, storage or a fault has changed: reports a new registration
    // and lets waiting messages in.
    void changed();

    // Changes which indications the client gets; buffered ones are handed out or dropped as
    // `bfr` says.
    void set_indications(const std::array<int, 5>& indications);

    // The next line to say unasked, complete with its line ends; nothing when there is none.
    [[nodiscard]] std::optional<std::string> next_indication();

    // Where messages arrive, of which +CPMS counts the second memory.
    [[nodiscard]] Memory receiving_memory() const { return settings.memories[2]; }

private:
    [[nodiscard]] std::optional<Placed> receive(const Arrival& arrival);
    [[nodiscard]] std::optional<Placed> keep(const Arrival& arrival);
    void hand_over(const Arrival& arrival);
    void indicate(std::string line);

    ModemOptions options_;
    Network& network_;
    Faults& faults_;
    Store store_;
    Card card_;
    std::string smsc_;
    int signal_ = 17;
    int network_state_ = 1;
    int function_ = 1;
    Attachment attachment_ = Attachment::attached;
    ReportHabits report_habits_;
    bool unacknowledged_ = false;
    std::function<void()> on_restart_;
    int last_registration_ = 0;
    std::deque<std::string> indications_;
    std::deque<std::string> buffered_; // while +CNMI has mode 0
};

} // namespace smsspool::sim

#endif
