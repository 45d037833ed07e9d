// The simulator as a test sees it: the program, its line, its control socket. Everything that waits
// does so for something to happen, ten seconds at most, and throws where it did not.

#ifndef SMSSPOOL_TESTS_SUPPORT_SIMULATED_MODEM_H
#define SMSSPOOL_TESTS_SUPPORT_SIMULATED_MODEM_H

#include "common/fd.h"
#include "tests/support/temp_folder.h"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace smsspool::testing {

// Where the built programs are: $SMSSPOOL_BIN, or the folder of this test.
[[nodiscard]] std::string program(const std::string& name);

struct Ended {
    int status = -1;
    std::string output; // standard output and error
};

// Runs a program to its end.
[[nodiscard]] Ended run_program(const std::vector<std::string>& words);

// A client of the modem's line.
class Terminal {
public:
    explicit Terminal(const std::string& path);

    [[nodiscard]] int fd() const { return fd_.get(); }
    void send(std::string_view bytes) const;
    // What comes up to and including `mark`; what comes behind it is kept.
    std::string until(std::string_view mark);
    // What comes, up to and including the last line of an answer, OK or an error.
    std::string answer();
    // Sends a line, gives the answer.
    std::string command(const std::string& line);
    // Sends a PDU behind its prompt; the answer without the echo.
    std::string submit(const std::string& pdu, std::size_t length);
    // True once the other end has hung up.
    bool hung_up();

private:
    bool read_more();

    Fd fd_;
    std::string pending_;
};

class SimulatedModem {
public:
    // Starts it and waits until it is ready.
    explicit SimulatedModem(std::vector<std::string> options = {});
    // Ends it, and waits for that.
    ~SimulatedModem();
    SimulatedModem(const SimulatedModem&) = delete;
    SimulatedModem& operator=(const SimulatedModem&) = delete;

    [[nodiscard]] std::string link() const { return folder_.file("modem"); }
    [[nodiscard]] std::string socket() const { return folder_.file("control"); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }
    [[nodiscard]] std::string air() const;

    // One request, one answer.
    [[nodiscard]] std::string ask(const std::string& request);
    // The same; throws unless it was ok.
    std::string control(const std::string& request);
    // Waits for the `count`th event since the start; answers it.
    std::string wait(const std::string& members);

    // Ends it now; its exit status.
    int end();

private:
    TempFolder folder_;
    pid_t pid_ = -1;
    Fd control_;
    std::string pending_;
};

// An SMS-SUBMIT in hex. `concat` is {reference, parts, part}, empty for none; a reference above 255
// makes a 16-bit header.
struct SubmitPdu {
    std::string hex;
    std::size_t length = 0;
};
enum class Report { no, yes };
[[nodiscard]] SubmitPdu submit_pdu(const std::string& number, const std::string& text,
                                   const std::vector<unsigned>& concat = {},
                                   Report report = Report::no);

// What an SMS-DELIVER in hex says. `concat` as above.
struct DeliverText {
    std::string sender;
    std::string text;
    std::vector<unsigned> concat;
    std::string time; // the seven octets in hex
};
[[nodiscard]] DeliverText read_deliver(const std::string& hex);

// The PDUs of an answer to AT+CMGL or AT+CMGR.
[[nodiscard]] std::vector<std::string> pdus_of(const std::string& answer);

} // namespace smsspool::testing

#endif
