// A login in a body: what nginx is told of it is one line, whatever a client sent.

#include "fcgi/posted_login.h"
#include "tests/fuzz/targets.h"

#include <algorithm>

namespace smsspool::fuzz {

namespace {

void require_one_line(const Reply& reply, std::string_view scheme) {
    require(reply.reader == Reader::web_server && reply.body.empty(), "it is for nginx alone");
    require(reply.headers.size() == 2, "it says where and what");
    const std::string& shown = reply.headers.back().second;
    require(shown.starts_with(scheme) && shown.size() > scheme.size(), "it has its scheme");
    require(shown.size() < 2000, "it fits into the head that nginx takes");
    require(std::all_of(shown.begin(), shown.end(), [](char c) { return c >= ' ' && c <= '~'; }),
            "no header follows from it");
}

} // namespace

void login(std::string_view bytes) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view user = bytes.substr(0, end);
    const std::string_view password = bytes.substr(std::min(end + 1, bytes.size()));
    require_one_line(have_password_checked(user, password), "Basic ");
    require_one_line(have_password_checked(password, user), "Basic ");
    require_one_line(have_token_checked(bytes), "Bearer ");
    require_one_line(have_token_checked(user), "Bearer ");
}

} // namespace smsspool::fuzz
