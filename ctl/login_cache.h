// nginx's memory of logins that were right (proxy_cache_path in smsspool-http.conf), and how to
// empty it, so that a password that was changed is out at once.

#ifndef SMSSPOOL_CTL_LOGIN_CACHE_H
#define SMSSPOOL_CTL_LOGIN_CACHE_H

#include <chrono>
#include <string>

namespace smsspool::ctl {

// How long nginx remembers a login (proxy_cache_valid in smsspool-login.conf).
inline constexpr std::chrono::seconds login_memory{10};

// Removes every entry below `folder`, and once more after `again`: what nginx was checking while
// the password file changed, it writes a moment later. nginx keeps its keys, finds no file and asks
// anew.
//
// Only regular files are removed whose names are those of entries; links are not followed. An empty
// `folder` is none. What could not be done is the return value, a sentence; empty: all was.
[[nodiscard]] std::string forget_logins(const std::string& folder,
                                        std::chrono::milliseconds again = std::chrono::seconds(1));

} // namespace smsspool::ctl

#endif
