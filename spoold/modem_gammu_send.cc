// Sending through libgammu.

#include "spoold/modem_errors.h"
#include "spoold/modem_gammu_inside.h"
#include "spoold/modem_pace.h"
#include "spoold/modem_tap.h"

#include <algorithm>
#include <array>
#include <poll.h>

namespace smsspool {

namespace {

using std::chrono::milliseconds;

// How long a modem may take until its prompt comes.
constexpr milliseconds prompt_limit{12000};

// As a modem refuses what did not reach it as it was written.
bool looks_garbled(const Answer& answer) {
    constexpr std::array codes{0, 304, 305, 500};
    const auto* refused = std::get_if<Refused>(&answer);
    return refused != nullptr &&
           std::find(codes.begin(), codes.end(), refused->code) != codes.end();
}

void on_trace(const char* text, void* trace) {
    static_cast<Trace*>(trace)->add(text);
}

} // namespace

// The trace holds texts and numbers: it stays in memory, and only what is asked for is kept.
void Gammu::Inside::start_trace() {
    trace.clear();
    GSM_Debug_Info* debug = GSM_GetDebug(machine);
    GSM_SetDebugGlobal(FALSE, debug);
    GSM_SetDebugFunction(on_trace, &trace, debug);
    GSM_SetDebugLevel("textall", debug);
}

void Gammu::Inside::stop_trace() {
    GSM_SetDebugLevel("nothing", GSM_GetDebug(machine));
}

Refused Gammu::Inside::numbered_refusal() const {
    const bool cme = trace.cme_error() == verdict->status;
    return refusal_for(cme ? ErrorFamily::cme : ErrorFamily::cms, verdict->status);
}

// libgammu gave up before it wrote the part: at the prompt or earlier. It writes the part only
// after a good prompt, and the CTRL-Z that sends it after the part; where writing either failed the
// CTRL-Z is missing, and the next connection begins with an ESC. Nothing went out.
Answer Gammu::Inside::not_written(GSM_Error error) {
    if (number && tty_tap().end_was_sent(*number))
        return unknown(std::string("libgammu gave up: ") + GSM_ErrorName(error));
    if (verdict && verdict->status > 0)
        return numbered_refusal();
    if (verdict && error == ERR_UNKNOWN)
        return Refused{RefusalKind::temporary, 0, "ERROR"};
    if (error == ERR_NOSIM || error == ERR_NETWORK_ERROR)
        return Refused{RefusalKind::network, 0, std::string("libgammu: ") + GSM_ErrorName(error)};
    return fail("sending", error);
}

Answer Gammu::Inside::verdict_answer() {
    if (verdict->status > 0)
        return numbered_refusal();
    if (verdict->status < 0)
        return Refused{RefusalKind::temporary, 0, "ERROR"};
    // An OK without its +CMGS may be the answer to something else.
    if (verdict->reference < 0)
        return unknown("OK without a +CMGS");
    return Accepted{verdict->reference & 0xFF};
}

// Waits for the tty and reads it. False where the device is gone.
bool Gammu::Inside::wait_and_read(milliseconds timeout) {
    if (tty < 0) {
        GSM_ReadDevice(machine, TRUE);
        return true;
    }
    pollfd wanted{tty, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(timeout.count()));
    if (ready > 0 && (wanted.revents & POLLIN) != 0)
        GSM_ReadDevice(machine, FALSE);
    return ready <= 0 || (wanted.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

Answer Gammu::Inside::wait_for_verdict(milliseconds timeout) {
    const auto deadline = Monotonic::now() + timeout;
    bool gone = false;
    while (!verdict && !gone) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Monotonic::now());
        if (left.count() <= 0)
            break;
        gone = !wait_and_read(left);
    }
    if (verdict)
        return verdict_answer();
    if (gone)
        return unknown("the device vanished before it answered");
    return unknown("no +CMGS within " + std::to_string(timeout.count()) + " ms");
}

GSM_Error Gammu::Inside::hand_over(GSM_SMSMessage& sms) {
    const auto limit = limit_waiting(prompt_limit);
    return GSM_SendSMS(machine, &sms);
}

Answer Gammu::send(const SendRequest& request, milliseconds timeout) {
    Inside& in = *inside_;
    if (in.broken)
        return broken_link();
    const bool was_slow = pace().is_slow();
    Answer answer = in.attempt(request, timeout);
    // A modem that does not echo may have lost what came too soon after its prompt.
    if (!was_slow && pace().is_slow() && looks_garbled(answer))
        answer = in.attempt(request, timeout);
    return answer;
}

Answer Gammu::Inside::attempt(const SendRequest& request, milliseconds timeout) {
    Inside& in = *this;
    const auto sms = std::make_unique<GSM_SMSMessage>();
    if (!put_message(request, in.smsc, *sms))
        return Refused{RefusalKind::permanent, 0, "the text does not fit one SMS"};
    in.verdict.reset();
    in.start_trace();
    if (in.number)
        tty_tap().forget_end(*in.number);
    const GSM_Error error = in.hand_over(*sms);
    Answer answer;
    if (error != ERR_NONE)
        answer = in.not_written(error);
    else if (in.stalled != 0)
        answer = in.unknown("the prompt came too late");
    else if (in.verdict && !in.dummy())
        // Nothing was read since the part was written: this answers something older.
        answer = in.unknown("an answer came before the part was written");
    else
        answer = in.wait_for_verdict(timeout);
    in.stop_trace();
    return answer;
}

} // namespace smsspool
