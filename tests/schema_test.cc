// The schema: migrations, the refusal of another schema, and each statement of sql.h against it.

#define BOOST_TEST_MODULE schema_test
#include "common/error.h"
#include "common/schema.h"
#include "common/settings.h"
#include "common/spool.h"
#include "tests/support/fresh_spool.h"
#include "tests/support/test_child.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>
#include <string>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

// The text of the Error(unavailable) that `body` throws; "no error" where it throws none.
std::string refusal(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        BOOST_TEST((error.fault() == Fault::unavailable), error.what());
        return error.what();
    }
    return "no error";
}

Config config_of(const TempFolder& folder) {
    Config config;
    config.spool = folder.file("spool.sqlite");
    return config;
}

std::string whole_schema(Database& db) {
    return db.ask_text("SELECT group_concat(name || sql, ';') FROM (SELECT name, sql FROM "
                       "sqlite_master WHERE sql IS NOT NULL ORDER BY name)");
}

} // namespace

BOOST_AUTO_TEST_SUITE(schema_test)

BOOST_AUTO_TEST_CASE(migrating) {
    const TempFolder folder;
    const Config config = config_of(folder);
    const auto first = Spool::migrate(config, start_time);
    BOOST_TEST(first.size() == migrations().size());
    for (std::size_t i = 0; i < first.size(); ++i)
        BOOST_TEST(first[i] == migrations()[i].name);
    BOOST_TEST(Spool::migrate(config, start_time).size() == 0U);
    BOOST_CHECK_NO_THROW(Spool(config, Access::write));
    BOOST_CHECK_NO_THROW(Spool(config, Access::read));
}

BOOST_AUTO_TEST_CASE(names_are_unique_and_each_migration_can_be_applied_twice) {
    FreshSpool fresh;
    Database db(fresh.config.spool, Open::write, 100ms);
    const std::string before = whole_schema(db);
    std::set<std::string_view> names;
    for (const Migration& migration : migrations())
        BOOST_TEST(names.insert(migration.name).second, migration.name);
    db.run_text("DELETE FROM migration");
    BOOST_TEST(Spool::migrate(fresh.config, start_time).size() == migrations().size());
    BOOST_TEST(whole_schema(db) == before);
}

BOOST_AUTO_TEST_CASE(a_migration_that_was_cut_off_goes_on) {
    const TempFolder folder;
    const Config config = config_of(folder);
    (void)Spool::migrate(config, start_time);
    {
        Database db(config.spool, Open::write, 100ms);
        db.run_text("DELETE FROM migration WHERE name IN ('job_message', 'rejected_pin', "
                    "'rejected_pin.fate', 'job.pinned')");
        db.run_text("DROP TABLE rejected_pin");
    }
    const auto again = Spool::migrate(config, start_time);
    BOOST_TEST((again == std::vector<std::string>{"job_message", "rejected_pin", "job.pinned",
                                                  "rejected_pin.fate"}));
    BOOST_TEST(Spool(config, Access::write).pin_note("sim").mark == "");
}

// A spool from before they had a table.
BOOST_AUTO_TEST_CASE(dead_letters_of_an_older_version_are_found) {
    FreshSpool fresh;
    for (const char* number : {"+525512345678", "+525512345679", "+525512345670"})
        (void)fresh.spool.submit(new_message("hola", start_time, number));
    fresh.config.unknown = UnknownPolicy::hold;
    (void)fresh.settle(fresh.claim().value(), WasRefused{RefusalKind::permanent, 28, "no such"});
    (void)fresh.settle(fresh.claim().value(), IsUnknown{"gone"});
    {
        Database db(fresh.config.spool, Open::write, 100ms);
        db.run_text("DROP TABLE dead_letter");
        db.run_text("CREATE INDEX job_state ON job (state, id)");
        db.run_text("DELETE FROM migration WHERE name IN ('dead_letter', 'dead_letter_fill', "
                    "'drop job_state')");
    }
    BOOST_TEST(Spool::migrate(fresh.config, start_time).size() == 3U);
    Spool spool(fresh.config, Access::write);
    BOOST_TEST(spool.dead_letters({}, "", 10).size() == 2U);
    BOOST_TEST(spool.check().empty());
}

// A spool from before there were routes, reports and limits, with a job that waits.
BOOST_AUTO_TEST_CASE(what_an_older_version_accepted_is_still_sent) {
    const TempFolder folder;
    const Config config = config_of(folder);
    {
        Database db(config.spool, Open::create, 100ms);
        db.run_text("PRAGMA journal_mode=WAL");
        db.run_text("CREATE TABLE migration (name TEXT NOT NULL PRIMARY KEY, applied_ms INTEGER "
                    "NOT NULL) STRICT, WITHOUT ROWID");
        for (const Migration& migration : migrations()) {
            if (migration.name == "message.label")
                break;
            db.run_text(std::string(migration.sql));
            db.run_text("INSERT INTO migration VALUES ('" + std::string(migration.name) + "', 0)");
        }
        db.run_text("INSERT INTO message VALUES ('m', 'ana', 'rest', '', 'hola', 'gsm7', 1, NULL, "
                    "NULL, 5, 1000)");
        db.run_text("INSERT INTO job (id, message_id, number_given, number, state, priority, "
                    "not_before_ms, valid_until_ms, attempts, waits, unknowns, parts_done) VALUES "
                    "('j', 'm', '1', '+525512345678', 'queued', 1, 5, 1000, 0, 0, 0, 0)");
    }
    (void)Spool::migrate(config, start_time);
    Spool spool(config, Access::write);
    const Work work = spool.claim({"host-1", "sim", 60'000}, 10).value();
    BOOST_TEST(work.text == "hola");
    BOOST_TEST(work.route == "");
    BOOST_TEST(work.label == "");
    BOOST_TEST(!work.report);
    BOOST_TEST(work.network_valid_ms == 0);
    BOOST_TEST((spool.find("m").value().jobs.at(0).delivery == Delivery::none));
}

BOOST_AUTO_TEST_CASE(two_may_migrate_at_once) {
    const TempFolder folder;
    const Config config = config_of(folder);
    const auto body = [&](int) {
        (void)Spool::migrate(config, start_time);
        return 0;
    };
    TestChild first(body);
    TestChild second(body);
    BOOST_TEST(first.wait() == 0);
    BOOST_TEST(second.wait() == 0);
    BOOST_CHECK_NO_THROW(Spool(config, Access::write));
}

BOOST_AUTO_TEST_CASE(another_schema_is_refused) {
    struct Case {
        const char* name;
        const char* sql;
        const char* want;
    };
    const std::vector<Case> cases{
        {"lacks one", "DELETE FROM migration WHERE name = 'alert'",
         "spool: it lacks \"alert\"; run: smsctl spool migrate"},
        {"lacks one and has another", "UPDATE migration SET name = 'later' WHERE name = 'alert'",
         "spool: it lacks \"alert\"; run: smsctl spool migrate"},
        {"has one more", "INSERT INTO migration VALUES ('later', 0)",
         "spool: it was made by a newer version of smsspool"},
        {"empty", "DROP TABLE migration", "spool: it is empty; run: smsctl spool migrate"},
    };
    for (const Case& c : cases) {
        FreshSpool fresh;
        Database(fresh.config.spool, Open::write, 100ms).run_text(c.sql);
        for (const Access access : {Access::read, Access::write})
            BOOST_TEST(refusal([&] { (void)fresh.open(access); }) == c.want, c.name);
    }
    // A file of no bytes is an empty database.
    const TempFolder folder;
    const Config config = config_of(folder);
    (void)folder.write("spool.sqlite", "");
    BOOST_TEST(refusal([&] { Spool(config, Access::write); }) ==
               "spool: it is empty; run: smsctl spool migrate");
}

BOOST_AUTO_TEST_CASE(each_statement_fits_the_schema) {
    FreshSpool fresh;
    Database db(fresh.config.spool, Open::write, 100ms);
    for (const Statement& statement : statements)
        BOOST_CHECK_NO_THROW((void)db.use(statement.id));
}

// What MariaDB and PostgreSQL understand too.
BOOST_AUTO_TEST_CASE(each_statement_is_in_the_common_subset) {
    for (const Statement& statement : statements) {
        const std::string text(statement.text);
        // The index of search is of SQLite; another engine has another one.
        if (text.find("message_search") != std::string::npos ||
            text.find("inbox_search") != std::string::npos)
            continue;
        for (const char* word :
             {"RETURNING", "ON CONFLICT", "REPLACE", "||", "rowid", "NOW(", "strftime", "?1", ":"})
            BOOST_TEST(text.find(word) == std::string::npos, word << " in " << text);
        if (text.find("LIMIT") != std::string::npos)
            BOOST_TEST(text.find("SELECT") == 0U, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
