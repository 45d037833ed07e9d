// smsctl token: bearer tokens. The token itself is shown when it is made, and is nowhere then.

#include "common/error.h"
#include "common/ids.h"
#include "common/log.h"
#include "common/rights.h"
#include "common/spool.h"
#include "ctl/audit.h"
#include "ctl/grants.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"
#include "ctl/secret.h"
#include "ctl/who.h"

namespace smsspool::ctl {

namespace {

// What a token may do that its owner may not would never count: refused, since it is a mistake.
void give_scopes(Token& token, const Call& call, Spool& spool) {
    const auto rights = rights_of(call.config, spool, token.user, "", "", call.now);
    if (const auto* not_let_in = std::get_if<NotLetIn>(&rights))
        throw Error(Fault::bad_input, "user " + token.user + ": " + not_let_in->why);
    const Scopes owner = std::get<Caller>(rights).scopes;
    change_scopes(token.scopes, call.arguments);
    if (!call.arguments.value("--scopes"))
        token.scopes = token.scopes & owner;
    if (token.scopes.empty() || !((token.scopes & owner) == token.scopes))
        throw Error(Fault::bad_input, "--scopes must be some of what user " + token.user +
                                          " may do, which is \"" + owner.text() + "\", not \"" +
                                          token.scopes.text() + "\"");
}

Token wanted_token(const Call& call) {
    Token token;
    token.id = new_id();
    token.user = call.arguments.name;
    token.note = note_given(call.arguments);
    change_limits(token.limits, call.arguments);
    token.networks = networks_given(call.arguments);
    token.expires = expiry_given(call.arguments, call.now);
    token.created = call.now;
    return token;
}

std::string expiry_text(const Token& token, UtcMs now) {
    if (!token.expires)
        return "for ever";
    return (*token.expires <= now ? "expired " : "until ") + local_zoned_text(*token.expires);
}

std::string what_it_may(const Token& token, UtcMs now) {
    std::string text = "scopes " + token.scopes.text() + ", " + expiry_text(token, now);
    if (!token.networks.empty())
        text += ", from " + token.networks;
    if (const std::string limits = limits_text(token.limits); !limits.empty())
        text += ", " + limits;
    return text;
}

// Never the hash.
void put_token(JsonObject& object, const Token& token) {
    object.text("id", token.id);
    put_foreign(object, "user", token.user);
    put_foreign(object, "note", token.note);
    object.text("scopes", token.scopes.text());
    put_limits(object, token.limits);
    put_foreign(object, "networks", token.networks);
    put_number_or_null(object, "expires_ms", token.expires);
    object.number("created_ms", token.created);
    put_number_or_null(object, "used_ms", token.used);
}

std::string as_text(const Token& token, UtcMs now) {
    std::string text = token.id + "\n";
    text += row("  user", token.user);
    if (!token.note.empty())
        text += row("  note", token.note);
    text += row("  rights", what_it_may(token, now));
    text += row("  made", local_zoned_text(token.created));
    return text + row("  used", token.used ? local_zoned_text(*token.used) : "never");
}

} // namespace

Answer add_token(const Call& call) {
    Token token = wanted_token(call);
    Spool spool(call.config, Access::write);
    if (!account_of(call.config, spool, token.user, call.now))
        return no_such_user(token.user);
    give_scopes(token, call, spool);
    const NewToken made = new_token(call.arguments);
    token.hash = sha256_hex(made.secret);
    spool.add_token(token);
    audit("made token " + token.id + " of user " + token.user + ", " +
          what_it_may(token, call.now));
    if (call.output == Output::text)
        return {made.shown ? made.secret + "\n" : row(token.id, "added")};
    return {json_line([&](JsonObject& object) {
        object.text_or_null("token", made.shown ? std::optional(made.secret) : std::nullopt);
        put_token(object, token);
    })};
}

Answer list_tokens(const Call& call) {
    Answer answer;
    for (const Token& token : Spool(call.config, Access::read).tokens(call.arguments.name)) {
        answer.text += call.output == Output::json
                           ? json_line([&](JsonObject& object) { put_token(object, token); })
                           : as_text(token, call.now);
    }
    return answer;
}

Answer revoke_token(const Call& call) {
    const std::string& id = call.arguments.id;
    Spool spool(call.config, Access::write);
    const auto token = spool.token(id);
    if (!token || !spool.remove_token(id))
        return {"", status_nothing, "there is no token " + id};
    audit("revoked token " + id + " of user " + token->user);
    if (call.output == Output::text)
        return {row(id, "revoked")};
    return {json_line([&](JsonObject& object) {
        object.text("id", id);
        put_foreign(object, "user", token->user);
        object.text("done", "revoked");
    })};
}

} // namespace smsspool::ctl
