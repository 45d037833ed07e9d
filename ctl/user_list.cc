// smsctl user list.

#include "common/htpasswd.h"
#include "common/log.h"
#include "common/password.h"
#include "common/settings.h"
#include "common/spool.h"
#include "common/utf.h"
#include "ctl/grants.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"

#include <algorithm>
#include <map>

namespace smsspool::ctl {

namespace {

struct User {
    Account account;
    bool has_account = false;
    std::string hash; // empty: no password
    std::int64_t tokens = 0;
};

using Users = std::map<std::string, User>; // by name

Users users_of(const Config& config) {
    Spool spool(config, Access::read);
    Users users;
    for (const Account& account : spool.accounts()) {
        users[account.name].account = account;
        users[account.name].has_account = true;
    }
    for (const PasswordLine& line : read_passwords(config.htpasswd))
        users[line.name].hash = line.hash;
    for (const Token& token : spool.tokens(""))
        ++users[token.user].tokens;
    const auto admins = words_in(config.admins);
    for (auto& [name, user] : users) {
        if (std::find(admins.begin(), admins.end(), name) != admins.end())
            user.account.scopes.add(Scope::admin);
    }
    return users;
}

std::string_view password_of(const User& user) {
    if (user.hash.empty())
        return "none";
    return nginx_can_check(user.hash) ? "set" : "unusable";
}

std::string as_text(const std::string& name, const User& user, std::size_t width) {
    constexpr std::size_t scopes_width = 30; // "send status inbox alerts admin"
    std::string line = column(name, width) +
                       column(user.account.enabled ? "enabled" : "disabled", 8) +
                       column("password " + std::string(password_of(user)), 17) +
                       column(user.account.scopes.text(), scopes_width);
    std::string rest = limits_text(user.account.limits);
    if (user.tokens > 0)
        rest += (rest.empty() ? "" : ", ") + std::to_string(user.tokens) +
                (user.tokens == 1 ? " token" : " tokens");
    line += printable(rest);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string as_json(const std::string& name, const User& user) {
    return json_line([&](JsonObject& object) {
        put_foreign(object, "user", name);
        object.flag("enabled", user.account.enabled);
        object.text("password", password_of(user));
        object.text("scopes", user.account.scopes.text());
        put_limits(object, user.account.limits);
        object.number("tokens", user.tokens);
        put_number_or_null(object, "created_ms",
                           user.has_account ? std::optional(user.account.created) : std::nullopt);
    });
}

} // namespace

Answer list_users(const Call& call) {
    const Users users = users_of(call.config);
    std::size_t width = 0;
    for (const auto& each : users)
        width = std::max(width, code_points(printable(each.first)));
    Answer answer;
    for (const auto& [name, user] : users)
        answer.text +=
            call.output == Output::json ? as_json(name, user) : as_text(name, user, width);
    return answer;
}

} // namespace smsspool::ctl
