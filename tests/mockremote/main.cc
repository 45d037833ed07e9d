// mockremote: a server that texts are fetched from, for tests and rehearsal.
//
//   mockremote [--port N] [--port-file FILE] [--log FILE] [--control SOCKET]
//              [--dialect real|documented] [--base PATH] [--tls CERTIFICATE KEY]
//              [--other-tls CERTIFICATE KEY] [--accounts FILE] [--keycloak PATH] [--lifetime S]
//              [--userinfo URL] [--userinfo-ca FILE]
//
// Listens on 127.0.0.1, on a free port if none is given, which is written to FILE. Speaks the API
// below PATH/api/ in one of its two dialects. It asks for no token, unless it has accounts (then
// it is a Keycloak, too, whose paths begin with PATH, "/realms/" or "/auth/realms/", and whose
// tokens live S seconds), or a URL that knows whose token it is. Each request is a JSON line in the
// log, written when it was done and before it is answered.
//
// Over the control socket, as HTTP with forms (curl --unix-socket):
//   POST /messages        number, text, country, tenant, provider, minutes; count: so many,
//   numbered GET /messages         all of them, with each change of their status in its order POST
//   /faults          fault, on, times: see faults.h     DELETE /faults POST /down, /up       nobody
//   listens, all connections break; listens again POST /certificate/other, /certificate/own POST
//   /leases/forget   what was handed out and came to nothing is handed out again POST
//   /providers/forget POST /tokens/forget   no access token is good now; /sessions/forget: nor a
//   refresh token

#include "common/error.h"
#include "tests/mockremote/remote.h"

#include <csignal>
#include <functional>
#include <iostream>
#include <map>
#include <string_view>
#include <sysexits.h>
#include <unistd.h>

namespace smsspool::mockremote {

namespace {

Dialect dialect_named(const std::string& name) {
    if (name != "real" && name != "documented")
        throw Error(Fault::bad_input, "no such dialect: " + name);
    return name == "real" ? Dialect::real : Dialect::documented;
}

// Throws Error(bad_input) or what std::stoul() throws.
Options read_options(int count, char** words) {
    Options options;
    const std::map<std::string_view, std::function<void(const std::string&)>> takers{
        {"--port",
         [&](const std::string& word) {
             options.port = static_cast<std::uint16_t>(std::stoul(word));
         }},
        {"--lifetime", [&](const std::string& word) { options.lifetime_s = std::stoi(word); }},
        {"--dialect", [&](const std::string& word) { options.dialect = dialect_named(word); }},
    };
    const std::map<std::string_view, std::vector<std::string*>> texts{
        {"--port-file", {&options.port_file}},
        {"--log", {&options.log}},
        {"--control", {&options.control}},
        {"--base", {&options.base}},
        {"--accounts", {&options.accounts}},
        {"--keycloak", {&options.keycloak_base}},
        {"--userinfo", {&options.userinfo}},
        {"--userinfo-ca", {&options.userinfo_ca}},
        {"--tls", {&options.certificate, &options.key}},
        {"--other-tls", {&options.other_certificate, &options.other_key}},
    };
    for (int at = 1; at < count;) {
        const std::string name = words[at++];
        const auto taker = takers.find(name);
        const auto text = texts.find(name);
        const int wanted = text != texts.end() ? static_cast<int>(text->second.size()) : 1;
        if ((taker == takers.end() && text == texts.end()) || count - at < wanted)
            throw Error(Fault::bad_input, "not understood: " + name);
        if (taker != takers.end()) {
            taker->second(words[at++]);
            continue;
        }
        for (std::string* const place : text->second)
            *place = words[at++];
    }
    return options;
}

int run(int count, char** words) {
    std::signal(SIGPIPE, SIG_IGN);
    Remote remote(read_options(count, words));
    remote.start();
    for (;;)
        ::pause();
}

} // namespace

} // namespace smsspool::mockremote

int main(int count, char** words) {
    try {
        return smsspool::mockremote::run(count, words);
    } catch (const std::exception& error) {
        std::cerr << "mockremote: " << error.what() << '\n';
        return EX_UNAVAILABLE;
    }
}
