// SQLite: statements, transactions, and what each trouble is called.

#define BOOST_TEST_MODULE sqlite_test
#include "common/error.h"
#include "common/sqlite.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <sys/stat.h>

using namespace smsspool;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

// The fault of what `body` throws; nothing where it throws none.
std::optional<Fault> fault_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.fault();
    }
    return std::nullopt;
}

struct Fixture {
    TempFolder folder;
    std::string file = folder.file("x.sqlite");
    Database db{file, Open::create, 100ms};

    Fixture() {
        db.run_text("PRAGMA journal_mode=WAL");
        // The tables that the statements of these tests need, with no more than their columns.
        db.run_text("CREATE TABLE migration (name TEXT NOT NULL PRIMARY KEY, applied_ms INTEGER)");
        db.run_text("CREATE TABLE rejected_pin (modem TEXT PRIMARY KEY, mark TEXT)");
    }

    void add(const std::string& name, std::optional<std::int64_t> when = 1) {
        db.use(Sql::migration_add).bind_all(name, when).run();
    }
    std::string count() { return db.ask_text("SELECT COUNT(*) FROM migration"); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_test, Fixture)

BOOST_AUTO_TEST_CASE(what_is_bound_comes_back) {
    const std::string text = "a\0ñ'\"; DROP TABLE migration"s;
    add(text, std::numeric_limits<std::int64_t>::min());
    add("", std::nullopt);
    add("empty view", std::numeric_limits<std::int64_t>::max());
    Use row = db.use(Sql::migration_list);
    BOOST_REQUIRE(row.step());
    BOOST_TEST(row.text(0) == "");
    BOOST_REQUIRE(row.step());
    BOOST_TEST(row.text(0) == text);
    BOOST_REQUIRE(row.step());
    BOOST_TEST(!row.step());
    BOOST_TEST(db.ask_text("SELECT COUNT(*) FROM migration WHERE applied_ms IS NULL") == "1");
    BOOST_TEST(db.ask_text("SELECT MIN(applied_ms) FROM migration") == "-9223372036854775808");
    BOOST_TEST(db.ask_text("SELECT name FROM migration WHERE name = 'nobody'") == "");
}

BOOST_AUTO_TEST_CASE(an_empty_view_is_a_text_and_not_null) {
    db.use(Sql::pin_add).bind_all(std::string_view{}, std::string_view{}).run();
    BOOST_TEST(db.ask_text("SELECT COUNT(*) FROM rejected_pin WHERE modem = '' AND mark = ''") ==
               "1");
}

BOOST_AUTO_TEST_CASE(rows_that_were_changed_are_counted) {
    add("a");
    BOOST_TEST(db.use(Sql::pin_remove).bind("nobody").run() == 0);
    BOOST_TEST(db.use(Sql::pin_add).bind_all("m", "x").run() == 1);
    BOOST_TEST(db.use(Sql::pin_remove).bind("m").run() == 1);
    BOOST_TEST(db.use(Sql::pin_remove).bind("m").run() == 0);
}

BOOST_AUTO_TEST_CASE(a_transaction_stays_or_goes_as_a_whole) {
    db.transact([&] {
        add("a");
        add("b");
    });
    BOOST_TEST(count() == "2");
    struct Foreign {};
    BOOST_CHECK_THROW(db.transact([&] {
        add("c");
        throw Foreign{};
    }),
                      Foreign);
    BOOST_TEST(count() == "2");
    // A constraint inside: everything before it goes too, and the connection still works.
    BOOST_TEST((fault_of([&] {
                    db.transact([&] {
                        add("c");
                        add("a");
                    });
                }) == Fault::bug));
    BOOST_TEST(count() == "2");
    db.transact([&] { add("c"); });
    BOOST_TEST(count() == "3");
}

BOOST_AUTO_TEST_CASE(a_throw_between_rows_leaves_no_lock) {
    add("a");
    add("b");
    for (int i = 0; i < 3; ++i) {
        BOOST_CHECK_THROW(db.transact([&] {
            Use row = db.use(Sql::migration_list);
            row.step();
            add("x" + std::to_string(i));
            throw Error(Fault::bug, "x");
        }),
                          Error);
        BOOST_CHECK_THROW(db.look([&] {
            Use row = db.use(Sql::migration_list);
            row.step();
            throw Error(Fault::bug, "x");
        }),
                          Error);
    }
    Database other(file, Open::write, 100ms);
    other.transact([&] { other.use(Sql::migration_add).bind_all("other", 1L).run(); });
    BOOST_TEST(count() == "3");
}

BOOST_AUTO_TEST_CASE(a_look_sees_one_moment_and_does_not_hold_up_a_writer) {
    Database other(file, Open::write, 100ms);
    db.look([&] {
        BOOST_TEST(count() == "0");
        other.transact([&] { other.use(Sql::migration_add).bind_all("a", 1L).run(); });
        BOOST_TEST(count() == "0");
    });
    BOOST_TEST(count() == "1");
}

BOOST_AUTO_TEST_CASE(busy_ends_at_the_timeout) {
    Database other(file, Open::write, 100ms);
    other.run_text("BEGIN IMMEDIATE");
    const auto before = std::chrono::steady_clock::now();
    int runs = 0;
    BOOST_TEST((fault_of([&] { db.transact([&] { ++runs; }); }) == Fault::busy));
    const auto waited = std::chrono::steady_clock::now() - before;
    BOOST_TEST(runs == 0);
    BOOST_TEST((waited >= 100ms));
    BOOST_TEST((waited < 5s));
    BOOST_CHECK_NO_THROW(db.look([&] { (void)count(); }));
    other.run_text("ROLLBACK");
    db.transact([&] { ++runs; });
    BOOST_TEST(runs == 1);
}

// The body says busy once, as a COMMIT may: it is run again from its start.
BOOST_AUTO_TEST_CASE(a_busy_body_is_run_again) {
    int runs = 0;
    db.transact([&] {
        add("a");
        if (++runs < 3)
            throw Error(Fault::busy, "once more");
    });
    BOOST_TEST(runs == 3);
    BOOST_TEST(count() == "1");
}

BOOST_AUTO_TEST_CASE(misuse_is_a_bug) {
    struct Case {
        const char* name;
        std::function<void()> body;
    };
    const std::vector<Case> cases{
        {"a value is missing", [&] { db.use(Sql::migration_add).bind("a").run(); }},
        {"a value too many", [&] { db.use(Sql::pin_get).bind_all("a", "b").step(); }},
        {"no such table", [&] { db.use(Sql::job_counts).step(); }},
        {"no SQL", [&] { db.run_text("SELEKT"); }},
        {"a key twice",
         [&] {
             add("a");
             add("a");
         }},
    };
    for (const Case& c : cases)
        BOOST_TEST((fault_of(c.body) == Fault::bug), c.name);
}

BOOST_AUTO_TEST_CASE(no_room) {
    db.run_text("PRAGMA max_page_count=" + db.ask_text("PRAGMA page_count"));
    const std::string big(100'000, 'x');
    BOOST_TEST((fault_of([&] { db.transact([&] { add(big); }); }) == Fault::full));
    BOOST_TEST(count() == "0");
    db.transact([&] { add("small"); });
    BOOST_TEST(count() == "1");
}

BOOST_AUTO_TEST_CASE(who_may_only_read) {
    Database reader(file, Open::read, 100ms);
    BOOST_TEST(reader.ask_text("SELECT COUNT(*) FROM migration") == "0");
    BOOST_TEST((fault_of([&] { reader.use(Sql::migration_add).bind_all("a", 1L).run(); }) ==
                Fault::unavailable));
}

BOOST_AUTO_TEST_CASE(files_that_are_no_database) {
    struct Case {
        const char* name;
        std::string path;
        Open how;
        Fault want;
    };
    const std::string text = folder.write("text", std::string(5000, 'x'));
    const std::vector<Case> cases{
        {"missing", folder.file("missing"), Open::write, Fault::unavailable},
        {"missing, to read", folder.file("missing"), Open::read, Fault::unavailable},
        {"missing folder", folder.file("missing/x"), Open::create, Fault::unavailable},
        {"a folder", folder.path(), Open::write, Fault::unavailable},
        {"a text", text, Open::write, Fault::corrupt},
        {"a text, to read", text, Open::read, Fault::corrupt},
        {"a text, to make", text, Open::create, Fault::corrupt},
    };
    for (const Case& c : cases) {
        const auto fault = fault_of([&] {
            Database database(c.path, c.how, 100ms);
            (void)database.ask_text("SELECT COUNT(*) FROM sqlite_master");
        });
        BOOST_TEST((fault == c.want), c.name);
    }
    BOOST_TEST(::access(folder.file("missing").c_str(), F_OK) != 0);
}

BOOST_AUTO_TEST_CASE(a_new_file_is_not_for_others) {
    struct Case {
        mode_t mask, want;
    };
    const mode_t before = ::umask(0);
    for (const Case& c : {Case{0, 0660}, Case{022, 0640}, Case{077, 0600}}) {
        ::umask(c.mask);
        const std::string path = folder.file("mode-" + std::to_string(c.mask));
        Database database(path, Open::create, 100ms);
        database.run_text("PRAGMA journal_mode=WAL");
        database.run_text("CREATE TABLE t (x)");
        for (const char* end : {"", "-wal", "-shm"}) {
            struct stat facts {};
            BOOST_REQUIRE(::stat((path + end).c_str(), &facts) == 0);
            BOOST_TEST((facts.st_mode & 07777U) == c.want, end << " " << c.mask);
        }
    }
    ::umask(before);
}

BOOST_AUTO_TEST_CASE(commits_are_synced) {
    BOOST_TEST(db.ask_text("PRAGMA synchronous") == "2"); // FULL
    BOOST_TEST(Database(file, Open::write, 100ms).ask_text("PRAGMA synchronous") == "2");
}

BOOST_AUTO_TEST_SUITE_END()
