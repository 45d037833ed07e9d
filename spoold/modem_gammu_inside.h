// What the files of the one place that includes gammu.h share: the connection, and the words for
// libgammu's errors and texts.

#ifndef SMSSPOOL_SPOOLD_MODEM_GAMMU_INSIDE_H
#define SMSSPOOL_SPOOLD_MODEM_GAMMU_INSIDE_H

#include "spoold/modem_gammu.h"
#include "spoold/modem_port.h"
#include "spoold/modem_push.h"
#include "spoold/modem_stall.h"
#include "spoold/modem_trace.h"
#include "spoold/modem_ucs2.h"

#include <chrono>
#include <csignal>
#include <deque>
#include <gammu.h>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace smsspool {

// --- errors (modem_gammu_errors.cc) -------------------------------------------------------------

// "DOING: ERR_TIMEOUT (14)", with the word of a Trouble.
[[nodiscard]] Trouble trouble(const std::string& doing, GSM_Error error);

// True for an error after which the next answer may be another question's, or there is nobody to
// ask.
[[nodiscard]] bool breaks_link(GSM_Error error);

// What every verb answers once the link is broken.
[[nodiscard]] Trouble broken_link();

// --- messages (modem_gammu_message.cc) ----------------------------------------------------------

// The last message that libgammu was about to decode, in hexadecimal (modem_gammu_hooks.cc).
[[nodiscard]] std::string& last_pdu();

// One message as libgammu has it; nothing where it did not arrive but is one of our own that a
// modem has stored. `pdu` is its bytes in hexadecimal, where they are known.
[[nodiscard]] std::optional<IncomingSms> incoming_message(const GSM_SMSMessage& sms,
                                                          const std::string& pdu);

// A part as libgammu wants it. False where something does not fit libgammu's fields; send_fault()
// has seen to it that it does.
[[nodiscard]] bool put_message(const SendRequest& request, const std::string& smsc,
                               GSM_SMSMessage& sms);

// A text that ends at its zero or with its field.
template <std::size_t size>
[[nodiscard]] std::string ucs2_text(const unsigned char (&source)[size]) {
    return from_terminated_ucs2({source, size});
}

// --- the connection -----------------------------------------------------------------------------

// What the modem said to one part, as the callback had it.
struct Verdict {
    int status; // 0 accepted, more than 0 the number of a CMS or CME error, -1 a bare ERROR
    int reference;
};

struct Gammu::Inside {
    GSM_StateMachine* machine = nullptr;
    GammuConfig config;
    std::string smsc;
    int tty = -1;
    bool connected = false;
    bool broken = false;
    bool incoming = false;
    std::optional<Verdict> verdict;
    Trace trace;
    std::set<int> unreadable;    // places whose message libgammu could not decode
    std::optional<dev_t> number; // of the device, where it is a tty
    Push push;
    std::deque<std::string> direct; // PDUs in hexadecimal that the modem does not hold
    volatile std::sig_atomic_t stalled = 0;

    Inside() : machine(GSM_AllocStateMachine()) {
        if (machine == nullptr)
            throw std::bad_alloc();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() {
        // Also after a failed connect, which may have left the tty open.
        GSM_TerminateConnection(machine);
        GSM_FreeStateMachine(machine);
    }

    [[nodiscard]] bool dummy() const { return config.driver == GammuConfig::Driver::dummy; }

    // Keeps in mind what an error means for the link.
    Trouble fail(const std::string& doing, GSM_Error error) {
        broken = broken || breaks_link(error);
        return trouble(doing, error);
    }

    void set_callbacks();
    std::optional<Trouble> check_sim();
    std::optional<Trouble> find_smsc();
    void start_trace();
    void stop_trace();

    Answer attempt(const SendRequest& request, std::chrono::milliseconds timeout);
    GSM_Error hand_over(GSM_SMSMessage& sms);
    Answer not_written(GSM_Error error);
    Refused numbered_refusal() const;
    Answer verdict_answer();
    Answer wait_for_verdict(std::chrono::milliseconds timeout);
    bool wait_and_read(std::chrono::milliseconds timeout);
    Answer unknown(const std::string& why) {
        broken = true;
        return Unknown{why};
    }

    // In the life of the object that it gives, libgammu waits no longer than `limit` for the answer
    // to one command. Nothing where the bytes do not pass a tty.
    [[nodiscard]] std::unique_ptr<StallLimit> limit_waiting(std::chrono::milliseconds limit);
    // The tty for plain AT commands. REQUIRES: tty >= 0, libgammu waits for nothing.
    [[nodiscard]] AtPort plain_port() const;
    std::optional<Trouble> announce();
    void collect();
    void acknowledge(std::size_t count);

    Answer scan(std::size_t limit);
    std::optional<Trouble> scan_reports(Scanned& scanned);
    void scan_direct(std::size_t limit, Scanned& scanned);
    IncomingSms decoded(const std::string& pdu);
    Answer scan_memories(std::size_t limit, Scanned scanned);
    Answer remove_report(int place);
    Answer no_list(GSM_Error error, Scanned scanned);
    void take_place(const GSM_MultiSMSMessage& read, GSM_Error error,
                    std::vector<IncomingSms>& messages);
    void take_unreadable(int location, GSM_Error error, std::vector<IncomingSms>& messages);
    Answer remove_unreadable(int location);
};

} // namespace smsspool

#endif
