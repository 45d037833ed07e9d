// smsctl user: who may do what, and with which password.
//
// The account is in the spool, the password in nginx's file, and no transaction has both: hence
// the order of the steps in each function.

#include "common/error.h"
#include "common/htpasswd.h"
#include "common/login_tokens.h"
#include "common/spool.h"
#include "ctl/audit.h"
#include "ctl/grants.h"
#include "ctl/lines.h"
#include "ctl/login_cache.h"
#include "ctl/nouns.h"
#include "ctl/secret.h"
#include "ctl/who.h"

#include <thread>

namespace smsspool::ctl {

namespace {

std::string name_of(const Call& call) {
    return call.arguments.name;
}

// A generated password stands alone on its line, for whoever pipes it on.
Answer done(const Call& call, const std::string& what, const std::string& generated = {}) {
    if (call.output == Output::text)
        return {generated.empty() ? row(name_of(call), what) : generated + "\n"};
    return {json_line([&](JsonObject& object) {
        put_foreign(object, "user", name_of(call));
        object.text("done", what);
        object.text_or_null("password",
                            generated.empty() ? std::nullopt : std::optional(generated));
    })};
}

std::string what_it_may(const Account& account) {
    const std::string limits = limits_text(account.limits);
    return "scopes " + account.scopes.text() + (limits.empty() ? "" : "; " + limits);
}

void refuse_known(const Call& call, Spool& spool) {
    const std::string name = name_of(call);
    if (has_password(call.config, name))
        throw Error(Fault::conflict, "there is a user " + name +
                                         "; smsctl user set and smsctl user passwd change one");
    // With tokens, perhaps, that would count again.
    if (spool.account(name) || !spool.tokens(name).empty())
        throw Error(Fault::conflict, "there is a user " + name +
                                         " without a password; smsctl user passwd gives one, "
                                         "smsctl user delete removes what is there");
}

// What follows may rely on it that nginx remembers no login of before. Where its memory cannot be
// emptied it is waited out; why not is the return value.
std::string forget_logins_or_wait(const Config& config) {
    std::string complaint = forget_logins(config.login_cache);
    if (!complaint.empty())
        std::this_thread::sleep_for(login_memory + std::chrono::seconds(1));
    return complaint;
}

enum class Door { open, shut };

Answer switch_user(const Call& call, Door door) {
    Spool spool(call.config, Access::write);
    const std::string name = name_of(call);
    auto account = account_of(call.config, spool, name, call.now);
    if (!account)
        return no_such_user(name);
    account->enabled = door == Door::open;
    spool.put_account(*account);
    const std::string what = account->enabled ? "enabled" : "disabled";
    audit(what + " user " + name);
    return done(call, what);
}

} // namespace

// The account goes first: a password without one has all usual rights.
Answer add_user(const Call& call) {
    Account account;
    account.name = name_of(call);
    account.created = call.now;
    change_scopes(account.scopes, call.arguments);
    change_limits(account.limits, call.arguments);
    Spool spool(call.config, Access::write);
    refuse_known(call, spool);
    const NewPassword password = new_password(call.config, call.arguments);
    const NewFile file(call.config);
    spool.put_account(account);
    set_password(call.config.htpasswd, {account.name, password.hash});
    audit("added user " + account.name + ", " + what_it_may(account));
    Answer answer = done(call, "added", password.generated);
    answer.complaint = file.note();
    return answer;
}

// The logins end last: until then one more can be made with the old password.
Answer change_password(const Call& call) {
    const std::string name = name_of(call);
    Spool spool(call.config, Access::write);
    if (!account_of(call.config, spool, name, call.now))
        return no_such_user(name);
    const NewPassword password = new_password(call.config, call.arguments);
    set_password(call.config.htpasswd, {name, password.hash});
    audit("gave user " + name + " another password");
    Answer answer = done(call, "has another password", password.generated);
    answer.complaint = forget_logins_or_wait(call.config);
    end_logins(spool, name);
    return answer;
}

Answer disable_user(const Call& call) {
    return switch_user(call, Door::shut);
}

Answer enable_user(const Call& call) {
    return switch_user(call, Door::open);
}

// Disabled first, so that neither the password nor a token counts from here on; the account last,
// when nginx remembers the login no more: until then a user without one would have the usual
// rights.
Answer delete_user(const Call& call) {
    const std::string name = name_of(call);
    Spool spool(call.config, Access::write);
    auto account = account_of(call.config, spool, name, call.now);
    if (!account && spool.tokens(name).empty())
        return no_such_user(name);
    if (!account)
        account = Account{.name = name, .created = call.now};
    account->enabled = false;
    spool.put_account(*account);
    (void)remove_password(call.config.htpasswd, name);
    (void)forget_logins_or_wait(call.config);
    (void)spool.remove_account(name);
    audit("deleted user " + name + " with all tokens");
    return done(call, "deleted");
}

Answer set_user(const Call& call) {
    const std::string name = name_of(call);
    if (!changes_something(call.arguments))
        throw Error(Fault::bad_input, "user set: what to change is missing");
    Spool spool(call.config, Access::write);
    auto account = account_of(call.config, spool, name, call.now);
    if (!account)
        return no_such_user(name);
    change_scopes(account->scopes, call.arguments);
    change_limits(account->limits, call.arguments);
    spool.put_account(*account);
    audit("changed user " + name + ", " + what_it_may(*account));
    return done(call, what_it_may(*account));
}

} // namespace smsspool::ctl
