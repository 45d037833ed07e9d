// What a FastCGI program is: a declaration (`the_program`, in the program's own file) and pure
// functions that need no socket. serve.cc brings requests to answer() and replies back.

#ifndef SMSSPOOL_FCGI_PROGRAM_H
#define SMSSPOOL_FCGI_PROGRAM_H

#include "common/rights.h"
#include "common/settings.h"
#include "common/spool.h"
#include "fcgi/reply.h"
#include "fcgi/request.h"

#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace smsspool {

class Numbers;

// A thread's way to the spool, opened when a request first needs it. Belongs to one thread.
class SpoolDoor {
public:
    // `config` must outlive it, and `commits`, which it shares with other threads.
    SpoolDoor(const Config& config, Access access, SharedCommits* commits = nullptr)
        : config_(config), access_(access), commits_(commits) {}

    // The open spool. Throws what Spool's constructor throws; the next call tries again.
    [[nodiscard]] Spool& get() {
        if (!spool_) {
            spool_.emplace(config_, access_, Spool::Threads::many);
            if (commits_ != nullptr)
                spool_->share(*commits_);
        }
        return *spool_;
    }

    // Closes it: the thread is about to end.
    void close() noexcept { spool_.reset(); }

private:
    const Config& config_;
    Access access_;
    SharedCommits* commits_;
    std::optional<Spool> spool_;
};

struct Services {
    const Config& config;
    const Numbers* numbers; // none: the program declares that it reads no phone numbers
    SpoolDoor& spool;
    Caller caller{}; // who asks; nobody where the program lets anyone in
};

// The caller of `request`, or why the request is not done: nobody, or one who is not let in (401;
// the log says why); one who may not do what `scope` allows (403). Throws what the spool throws.
[[nodiscard]] std::variant<Caller, Refusal> caller_of(const Request& request,
                                                      const Services& services, Scope scope);

struct Route {
    std::string_view path;    // compared exactly, but "*" between slashes is any segment
    std::string_view methods; // as the Allow header has them: "GET, HEAD, OPTIONS"
};

// The segment of `path` at `index`: of "/api/sms/7" the one at 2 is "7". Empty: there is none.
[[nodiscard]] std::string_view segment(std::string_view path, std::size_t index) noexcept;

// Whether `path` is one that a Route or a part of it means by `pattern`.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view path) noexcept;

// Notes that a token was used at `now`. Nobody is kept out because this cannot be written; the log
// says so.
void note_use(Spool& spool, const std::string& token_id, UtcMs now) noexcept;

struct Program {
    std::string_view name;      // smsspool-<name>
    Access spool;               // the narrowest that works
    std::optional<Scope> scope; // the caller must have it; nothing: the handler looks itself
    std::vector<Route> routes;
    // May throw Error and std::exception; nothing of the request is done then.
    Reply (*handle)(const Request& request, const Services& services);
    // The refusal in the form of this program's API. Needs no spool and does not throw Error.
    Reply (*refuse)(const Request& request, const Services& services, const Refusal& refusal);
    std::int64_t Config::*body_limit = &Config::body_limit;
    // One of fcgi/phone_numbers.h; nothing: this program reads no phone numbers.
    std::shared_ptr<const Numbers> (*numbers)(const Config& config) = nullptr;
};

extern const Program the_program;

// The reply to `request`, whatever happens. In this order: what nginx refused, unknown path (404),
// OPTIONS, wrong method (405), no caller where one is needed (401), one without the right (403),
// body (413) and query (414) over their limits, the handler. A failure is logged here, once and in
// full, and the spool is dropped where it has to be opened again.
[[nodiscard]] Reply answer(const Program& program, const Request& request,
                           const Services& services);

} // namespace smsspool

#endif
