// The fuzz targets: one function for each kind of bytes from outside.
//
// A target takes any bytes and throws BrokenPromise where what it looked at did not keep a promise
// of its header; a crash, a sanitizer or any other exception tells the rest. Between two calls it
// keeps nothing that changes what the next call does.
//
// fuzz.sh runs one of them under libFuzzer, from the seeds in the folder of its name;
// seeds_test.cc runs every seed once.

#ifndef SMSSPOOL_TESTS_FUZZ_TARGETS_H
#define SMSSPOOL_TESTS_FUZZ_TARGETS_H

#include <stdexcept>
#include <string_view>

namespace smsspool::fuzz {

// JSON of a client: parse_json() and what is written again.
void json(std::string_view bytes);
// A line of the worker protocol, in both directions.
void worker(std::string_view bytes);
// A query string.
void query(std::string_view bytes);
// POST /, up to the stored message. Lines "NAME=VALUE" are FastCGI parameters; after an empty line
// the body.
void send(std::string_view bytes);
// One alert, as JSON.
void alert(std::string_view bytes);
// Octets as a PDU: simmodem's reader and writer, and what may reach libgammu.
void pdu(std::string_view bytes);
// What a modem says to a command. The first byte says where it pauses.
void port(std::string_view bytes);
// A file of settings.
void settings(std::string_view bytes);
// A number as a client or a sender writes it.
void number(std::string_view bytes);
// A text cut into parts. The first byte is the limit of a part.
void parts(std::string_view bytes);
// Bytes as text: UTF-8, UCS-2, the log.
void text(std::string_view bytes);
// Times and durations.
void time(std::string_view bytes);
// SMS as a modem hands them on. A line is one of them:
// "KIND|NUMBER|PART/PARTS|REFERENCE|LOCATION|TEXT".
void inbox(std::string_view bytes);
// The callback of a message.
void callback(std::string_view bytes);
// What a remote API answers about messages.
void remote(std::string_view bytes);
// What a request about dead letters asks for. The first line is a query, the rest a body.
void wish(std::string_view bytes);
// A config.ini of the gateway program that smsspool-pull follows.
void ini(std::string_view bytes);
// What a server that gives tokens answers: a token, where it is to be asked, a refusal.
void token(std::string_view bytes);
// A name and a password, or a token, from a body. The first line is the name, the rest the
// password.
void login(std::string_view bytes);

struct Target {
    std::string_view name;
    void (*run)(std::string_view bytes);
};

inline constexpr Target targets[] = {
    {"alert", alert}, {"callback", callback}, {"inbox", inbox},   {"ini", ini},
    {"json", json},   {"login", login},       {"number", number}, {"parts", parts},
    {"pdu", pdu},     {"port", port},         {"query", query},   {"remote", remote},
    {"send", send},   {"settings", settings}, {"text", text},     {"time", time},
    {"token", token}, {"wish", wish},         {"worker", worker},
};

class BrokenPromise : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

inline void require(bool kept, const char* promise) {
    if (!kept)
        throw BrokenPromise(promise);
}

} // namespace smsspool::fuzz

#endif
