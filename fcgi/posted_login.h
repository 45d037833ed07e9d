// A login in the body of a request, where the web server cannot see it.
//
// A program never checks one itself. The first time a request comes it is nobody's, and the program
// answers it with one of these replies; nginx makes the check as if the header Authorization had
// come with it: against the same file, with the same limit of guesses, the same memory and the same
// log. Then the program gets the request again, with the user; or nginx has it word a refusal.
// (@smsspool_posted in smsspool-locations.conf.)

#ifndef SMSSPOOL_FCGI_POSTED_LOGIN_H
#define SMSSPOOL_FCGI_POSTED_LOGIN_H

#include "fcgi/reply.h"

#include <string_view>

namespace smsspool {

// What can be no token, no user's name or no password is checked all the same, as one that is
// certainly wrong: also such a guess counts.
[[nodiscard]] Reply have_token_checked(std::string_view token);
[[nodiscard]] Reply have_password_checked(std::string_view user, std::string_view password);

} // namespace smsspool

#endif
