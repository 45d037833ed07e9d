// A login in the body of a request.

#include "fcgi/posted_login.h"

#include "common/base64.h"
#include "common/htpasswd.h"

#include <algorithm>

namespace smsspool {

namespace {

// Far more than any has, and little enough for the head of a reply, of which nginx takes 4 KiB.
constexpr std::size_t most = 1024;

bool is_visible(char c) noexcept {
    return c > 0x20 && c < 0x7F;
}

bool may_be_token(std::string_view text) noexcept {
    return !text.empty() && text.size() <= most &&
           std::all_of(text.begin(), text.end(), is_visible);
}

// nginx hands a password on as C has texts, which end at a zero.
bool may_be_password(std::string_view text) noexcept {
    return text.size() <= most && text.find('\0') == std::string_view::npos;
}

Reply have_checked(const std::string& authorization) {
    Reply reply;
    reply.reader = Reader::web_server;
    reply.headers.emplace_back("X-Accel-Redirect", "@smsspool_posted");
    reply.headers.emplace_back("X-Sms-Login", authorization);
    return reply;
}

} // namespace

Reply have_token_checked(std::string_view token) {
    // "Bearer" without a token would be looked at as a password; no token is "-".
    return have_checked("Bearer " + std::string(may_be_token(token) ? token : "-"));
}

Reply have_password_checked(std::string_view user, std::string_view password) {
    const bool may_be = user_name_fault(user).empty() && may_be_password(password);
    return have_checked("Basic " +
                        base64(may_be ? std::string(user) + ":" + std::string(password) : ":"));
}

} // namespace smsspool
