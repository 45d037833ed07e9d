// What a FastCGI program is: a declaration (`the_program`, in the program's own file) and pure
// functions that need no socket. serve.cc brings requests to answer() and replies back.

#ifndef SMSSPOOL_FCGI_PROGRAM_H
#define SMSSPOOL_FCGI_PROGRAM_H

#include "common/numbers.h"
#include "common/settings.h"
#include "common/spool.h"
#include "fcgi/reply.h"
#include "fcgi/request.h"

#include <optional>
#include <string_view>
#include <vector>

namespace smsspool {

// A thread's way to the spool, opened when a request first needs it. Belongs to one thread.
class SpoolDoor {
public:
    // `config` must outlive it.
    SpoolDoor(const Config& config, Access access) : config_(config), access_(access) {}

    // The open spool. Throws what Spool's constructor throws; the next call tries again.
    [[nodiscard]] Spool& get() { return spool_ ? *spool_ : spool_.emplace(config_, access_); }

    // Closes it: the thread is about to end.
    void close() noexcept { spool_.reset(); }

private:
    const Config& config_;
    Access access_;
    std::optional<Spool> spool_;
};

struct Services {
    const Config& config;
    const Numbers& numbers;
    SpoolDoor& spool;
};

// Whether the setting `admins` names the user.
[[nodiscard]] bool is_admin(const Config& config, std::string_view user);

// Who may reach the handler. `anyone`: the handler looks at the user itself, if at all.
enum class Who { anyone, user };

struct Route {
    std::string_view path;    // compared exactly
    std::string_view methods; // as the Allow header has them: "GET, HEAD, OPTIONS"
};

struct Program {
    std::string_view name; // smsspool-<name>
    Access spool;          // the narrowest that works
    Who who;
    std::vector<Route> routes;
    // May throw Error and std::exception; nothing of the request is done then.
    Reply (*handle)(const Request& request, const Services& services);
    // The refusal in the form of this program's API. Needs no spool and does not throw Error.
    Reply (*refuse)(const Request& request, const Services& services, const Refusal& refusal);
};

extern const Program the_program;

// The reply to `request`, whatever happens. In this order: what nginx refused, unknown path (404),
// OPTIONS, wrong method (405), no user where one is needed (401), body (413) and query (414) over
// their limits, the handler. A failure is logged here, once and in full, and the spool is dropped
// where it has to be opened again.
[[nodiscard]] Reply answer(const Program& program, const Request& request,
                           const Services& services);

} // namespace smsspool

#endif
