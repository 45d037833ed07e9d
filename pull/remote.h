// A remote API as contract 4 has it: a gateway makes itself known, asks for messages, and tells
// what became of them.

#ifndef SMSSPOOL_PULL_REMOTE_H
#define SMSSPOOL_PULL_REMOTE_H

#include "common/http.h"
#include "common/settings.h"
#include "pull/remote_answer.h"

#include <optional>
#include <string>
#include <vector>

namespace smsspool {

class Tokens;

// What came of a request.
struct RemoteOutcome {
    enum class How {
        done,    // and the answer, where it shows it, says the same
        nothing, // the API does not know it, or has nothing; or who stands before it says so
        refused, // this very request; another may be taken
        denied,  // this message to this gateway, with a token that is good for others
        trouble  // no answer, no token, or one that says that it cannot now: not worth another
    };
    How how = How::trouble;
    int code = 0;            // status of the answer; 0: none
    bool unknown_id = false; // `nothing`, in the API's own words for a message with this very id
    std::string why;         // a sentence; empty where it is done
    Ms retry_after{0};       // the server wants no other request before; 0: it did not say
};

struct Fetched : RemoteOutcome {
    std::vector<RemoteMessage> messages;
};

// The name under which a gateway is known (contract 4A.5).
[[nodiscard]] std::string provider_name(const RemoteConfig& config);

// Its country in capitals, as the server and libphonenumber have it.
[[nodiscard]] std::string country_of(const RemoteConfig& config);

// An object belongs to one thread, as its Http does. No method throws an Error: what a token cannot
// be got for is trouble. No `why` holds a token.
class Remote {
public:
    // All must outlive it. REQUIRES: !remote_fault(config).
    Remote(const RemoteConfig& config, Http& http, Tokens& tokens);
    Remote(const Remote&) = delete;
    Remote& operator=(const Remote&) = delete;

    // Makes this gateway known, unless it is.
    [[nodiscard]] RemoteOutcome enrol();

    // The next messages for this gateway: `done` with at least one, `nothing`, or trouble. The
    // server has handed them out then: to nobody else for a while (contract 4B.6, 4B.7).
    [[nodiscard]] Fetched fetch();

    // Tells of a message, in the dialect that its server was heard in; who was not heard yet is
    // asked for the message first. Where the server does not take it, or takes it and shows that it
    // did not understand, it is told in the other dialects, until one of them proved right: that
    // one alone is used then, until the server spells otherwise than before. A reason that a server
    // does not take is left out.
    [[nodiscard]] RemoteOutcome tell(const RemoteName& name, const RemoteReport& report);

private:
    struct Heard : RemoteOutcome {
        std::string body;
    };

    [[nodiscard]] Heard ask(HttpRequest::Method method, const std::string& path,
                            const std::string& tenant, const std::string& body = {});
    [[nodiscard]] HttpAnswer exchange(HttpRequest& request);
    [[nodiscard]] HttpRequest request_for(HttpRequest::Method method, const std::string& path,
                                          const std::string& tenant, const std::string& body) const;
    [[nodiscard]] Heard judge(const HttpAnswer& answer) const;
    [[nodiscard]] std::string quoted(const std::string& body) const;
    void learn(const std::optional<Dialect>& dialect);
    [[nodiscard]] static RemoteAnswer answer_in(Heard& heard);
    [[nodiscard]] RemoteOutcome look_at(const RemoteName& name);
    [[nodiscard]] RemoteOutcome tell_in(const RemoteName& name, const RemoteReport& report,
                                        const Dialect& dialect);
    [[nodiscard]] RemoteOutcome patch(const RemoteName& name, const RemoteReport& report,
                                      const Dialect& dialect);

    const RemoteConfig& config_;
    Http& http_;
    Tokens& tokens_;
    std::string bearer_;             // of the last request
    bool accepted_ = false;          // it was good for that
    bool denied_ = false;            // it was not, though it had been for the one before
    std::optional<Dialect> dialect_; // to tell in
    bool proven_ = false;            // the server showed that it understands this dialect
    std::optional<Dialect> heard_;   // how the server spells of itself
};

} // namespace smsspool

#endif
