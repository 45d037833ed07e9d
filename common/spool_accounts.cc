// The spool: users and their tokens.

#include "common/error.h"
#include "common/spool.h"
#include "common/sqlite.h"

namespace smsspool {

namespace {

constexpr std::int64_t minute_ms = 60 * 1000;

// What a stored list of scopes allows; words of a newer version allow nothing here.
Scopes scopes_of(const std::string& words) {
    return Scopes::parse(words).value_or(Scopes());
}

Account account_of(const Use& row) {
    Account account;
    account.name = row.text(0);
    account.enabled = row.number(1) != 0;
    account.scopes = scopes_of(row.text(2));
    account.limits = {row.number(3), row.text(4), row.text(5)};
    account.created = row.number(6);
    return account;
}

Token token_of(const Use& row) {
    Token token;
    token.id = row.text(0);
    token.user = row.text(1);
    token.hash = row.text(2);
    token.note = row.text(3);
    token.scopes = scopes_of(row.text(4));
    token.limits = {row.number(5), row.text(6), row.text(7)};
    token.networks = row.text(8);
    token.expires = row.number_or_nothing(9);
    token.created = row.number(10);
    token.used = row.number_or_nothing(11);
    return token;
}

std::optional<Token> one_token(Database& db, Sql statement, std::string_view key) {
    std::optional<Token> token;
    db.look([&] {
        token.reset();
        Use row = db.use(statement);
        if (row.bind(key).step())
            token = token_of(row);
    });
    return token;
}

} // namespace

std::vector<Account> Spool::accounts() {
    std::vector<Account> all;
    db_->look([&] {
        all.clear();
        Use row = db_->use(Sql::account_list);
        while (row.step())
            all.push_back(account_of(row));
    });
    return all;
}

std::optional<Account> Spool::account(std::string_view name) {
    std::optional<Account> account;
    db_->look([&] {
        account.reset();
        Use row = db_->use(Sql::account_get);
        if (row.bind(name).step())
            account = account_of(row);
    });
    return account;
}

void Spool::put_account(const Account& account) {
    const std::string scopes = account.scopes.text();
    const SendLimits& limits = account.limits;
    const auto bind = [&](Use& use) -> Use& {
        return use.bind_all(std::int64_t{account.enabled ? 1 : 0}, scopes, limits.parts_per_day,
                            limits.recipients, limits.hours, account.name);
    };
    db_->transact([&] {
        {
            Use set = db_->use(Sql::account_set);
            if (bind(set).run() > 0)
                return;
        }
        Use add = db_->use(Sql::account_add);
        bind(add).bind(account.created).run();
    });
}

bool Spool::remove_account(std::string_view name) {
    bool removed = false;
    db_->transact([&] {
        db_->use(Sql::token_remove_all).bind(name).run();
        removed = db_->use(Sql::account_remove).bind(name).run() > 0;
    });
    return removed;
}

std::vector<Token> Spool::tokens(std::string_view user) {
    std::vector<Token> all;
    db_->look([&] {
        all.clear();
        Use row = db_->use(Sql::token_list);
        row.bind_all(user, user);
        while (row.step())
            all.push_back(token_of(row));
    });
    return all;
}

std::optional<Token> Spool::token(std::string_view id) {
    return one_token(*db_, Sql::token_get, id);
}

std::optional<Token> Spool::token_with_hash(std::string_view hash) {
    return one_token(*db_, Sql::token_hash, hash);
}

void Spool::add_token(const Token& token) {
    const std::string scopes = token.scopes.text();
    db_->transact([&] {
        {
            Use known = db_->use(Sql::token_hash);
            if (known.bind(token.hash).step()) {
                if (known.text(0) == token.id)
                    return;
                throw Error(Fault::conflict, "spool: another token has this hash");
            }
        }
        db_->use(Sql::token_add)
            .bind_all(token.id, token.user, token.hash, token.note, scopes,
                      token.limits.parts_per_day, token.limits.recipients, token.limits.hours,
                      token.networks, token.expires, token.created, token.used)
            .run();
    });
}

bool Spool::remove_token(std::string_view id) {
    bool removed = false;
    db_->transact([&] { removed = db_->use(Sql::token_remove).bind(id).run() > 0; });
    return removed;
}

void Spool::note_token_use(std::string_view id, UtcMs now) {
    const UtcMs minute = now - now % minute_ms;
    // Most often it is noted already, and no other writer has to be waited for.
    const auto noted = token(id);
    if (!noted || noted->used.value_or(0) >= minute)
        return;
    db_->transact([&] { db_->use(Sql::token_used).bind_all(minute, id, minute).run(); });
}

} // namespace smsspool
