// SQLite: statements, transactions, and what each trouble is called.

#define BOOST_TEST_MODULE sqlite_test
#include "common/error.h"
#include "common/fd.h"
#include "common/sqlite.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_child.h"

#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

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

// How many connections this process has to `file`, by what they have open of its log: SQLite keeps
// a descriptor of the file itself until all locks on it are gone.
int connections_to(const std::string& file) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone; // the descriptor of this loop
        count += std::filesystem::read_symlink(entry, gone) == file + "-wal";
    }
    return count;
}

struct Fixture {
    TempFolder folder;
    std::string file = folder.file("x.sqlite");
    Database db{file, Open::create, 100ms};

    Fixture() {
        db.run_text("PRAGMA journal_mode=WAL");
        // The tables that the statements of these tests need, with no more than their columns.
        db.run_text("CREATE TABLE migration (name TEXT NOT NULL PRIMARY KEY, applied_ms INTEGER)");
        db.run_text("CREATE TABLE rejected_pin (modem TEXT PRIMARY KEY, mark TEXT, fate TEXT)");
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
    db.use(Sql::pin_add).bind_all(std::string_view{}, std::string_view{}, "given").run();
    BOOST_TEST(db.ask_text("SELECT COUNT(*) FROM rejected_pin WHERE modem = '' AND mark = ''") ==
               "1");
}

BOOST_AUTO_TEST_CASE(rows_that_were_changed_are_counted) {
    add("a");
    BOOST_TEST(db.use(Sql::pin_remove).bind("nobody").run() == 0);
    BOOST_TEST(db.use(Sql::pin_add).bind_all("m", "x", "given").run() == 1);
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

// --- files that go away under an open database --------------------------------------------------

namespace {

namespace fs = std::filesystem;

// A second database as the first was before anything was added.
void make_database(const std::string& path) {
    Database made(path, Open::create, 100ms);
    made.run_text("PRAGMA journal_mode=WAL");
    made.run_text("CREATE TABLE migration (name TEXT NOT NULL PRIMARY KEY, applied_ms INTEGER)");
}

// Another process with a connection of its own; forked while this one has none. It adds rows, each
// of another name, and says how many there are.
class Partner {
public:
    explicit Partner(std::string file)
        : file_(std::move(file)), ends_(pipe_ends()),
          child_([this](int out) { return serve(out); }) {}
    ~Partner() {
        (void)!::write(ends_[1].get(), "q", 1);
        (void)child_.wait();
    }
    Partner(const Partner&) = delete;
    Partner& operator=(const Partner&) = delete;

    // How many rows it sees after it added one; -1: it could not.
    int add_and_count() {
        BOOST_REQUIRE(::write(ends_[1].get(), "a", 1) == 1);
        heard_ += 4;
        const std::string& all = child_.read(heard_);
        BOOST_REQUIRE(all.size() >= heard_);
        return std::stoi(all.substr(heard_ - 4, 4));
    }

private:
    static std::array<Fd, 2> pipe_ends() {
        int ends[2];
        BOOST_REQUIRE(::pipe(ends) == 0);
        return {Fd(ends[0]), Fd(ends[1])};
    }

    static int answer(Database& mine, int number) {
        try {
            mine.transact([&] {
                mine.use(Sql::migration_add)
                    .bind_all("partner " + std::to_string(number), 1L)
                    .run();
            });
            return std::stoi(mine.ask_text("SELECT COUNT(*) FROM migration"));
        } catch (const Error&) {
            return -1;
        }
    }

    int serve(int out) {
        ends_[1].reset();
        std::optional<Database> mine;
        char command = 0;
        for (int number = 0; ::read(ends_[0].get(), &command, 1) == 1 && command == 'a'; ++number) {
            if (!mine)
                mine.emplace(file_, Open::write, 2000ms);
            std::array<char, 8> text{};
            std::snprintf(text.data(), text.size(), "%4d", answer(*mine, number));
            (void)!::write(out, text.data(), 4);
        }
        return 0;
    }

    std::string file_;
    std::array<Fd, 2> ends_;
    TestChild child_;
    std::size_t heard_ = 0;
};

void remove_beside(const std::string& path) {
    fs::remove(path + "-wal");
    fs::remove(path + "-shm");
}

} // namespace

// Without a look at the files each of these commits would go where nobody finds it.
BOOST_AUTO_TEST_CASE(a_file_that_is_gone_takes_no_commit) {
    db.transact([&] { add("before"); });
    const std::string away = folder.file("away");
    struct Case {
        const char* name;
        std::function<void()> take, give_back;
    };
    const std::vector<Case> cases{
        {"moved away", [&] { fs::rename(file, away); }, [&] { fs::rename(away, file); }},
        {"a folder in its place",
         [&] {
             fs::rename(file, away);
             fs::create_directory(file);
         },
         [&] {
             fs::remove(file);
             fs::rename(away, file);
         }},
        {"a text in its place",
         [&] {
             fs::rename(file, away);
             (void)folder.write("x.sqlite", std::string(5000, 'x'));
         },
         [&] { fs::rename(away, file); }},
        {"nothing in its place",
         [&] {
             fs::rename(file, away);
             (void)folder.write("x.sqlite", "");
         },
         [&] { fs::rename(away, file); }},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            c.take();
            for (int again = 0; again < 2; ++again) {
                BOOST_TEST(fault_of([&] { db.transact([&] { add("lost"); }); }).has_value());
                BOOST_TEST(fault_of([&] { db.look([&] { (void)count(); }); }).has_value());
                BOOST_TEST(fault_of([&] { add("lost too"); }).has_value());
            }
            c.give_back();
            BOOST_TEST(count() == "1");
        }
    }
    db.transact([&] { add("after"); });
    BOOST_TEST(Database(file, Open::read, 100ms).ask_text("SELECT COUNT(*) FROM migration") == "2");
}

BOOST_AUTO_TEST_CASE(a_folder_that_was_moved_away_comes_back) {
    const std::string inner = folder.file("inner");
    fs::create_directory(inner);
    make_database(inner + "/y.sqlite");
    Database mine(inner + "/y.sqlite", Open::write, 100ms);
    const auto add_one = [&](const std::string& name) {
        mine.transact([&] { mine.use(Sql::migration_add).bind_all(name, 1L).run(); });
    };
    add_one("a");
    fs::rename(inner, folder.file("elsewhere"));
    BOOST_TEST((fault_of([&] { add_one("b"); }) == Fault::unavailable));
    fs::create_directory(inner); // as an empty mount point
    BOOST_TEST((fault_of([&] { add_one("b"); }) == Fault::unavailable));
    BOOST_TEST(fs::is_empty(inner));
    fs::remove(inner);
    fs::rename(folder.file("elsewhere"), inner);
    add_one("b");
    BOOST_TEST(mine.ask_text("SELECT COUNT(*) FROM migration") == "2");
}

BOOST_AUTO_TEST_CASE(a_file_that_goes_while_it_is_written_gives_no_success) {
    BOOST_TEST((fault_of([&] {
                    db.transact([&] {
                        add("a");
                        fs::rename(file, folder.file("away"));
                    });
                }) == Fault::unavailable));
    fs::rename(folder.file("away"), file);
    BOOST_TEST(count() == "1"); // it is not said that it is not there
}

BOOST_AUTO_TEST_CASE(a_file_that_was_replaced_is_used_from_then_on) {
    db.transact([&] { add("old"); });
    const std::string other = folder.file("other.sqlite");
    make_database(other);
    remove_beside(other);
    fs::rename(other, file);
    db.transact([&] { add("new"); });
    BOOST_TEST(db.ask_text("SELECT name FROM migration") == "new");
    BOOST_TEST(Database(file, Open::read, 100ms).ask_text("SELECT name FROM migration") == "new");
    BOOST_TEST(db.integrity(10).empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_was_replaced_is_checked_again) {
    int checks = 0;
    Database checked(file, Open::write, 100ms, [&](Database& opened) {
        ++checks;
        if (opened.ask_text("SELECT COUNT(*) FROM sqlite_master WHERE name = 'rejected_pin'") !=
            "1")
            throw Error(Fault::unavailable, "another schema");
    });
    checked.transact([] {});
    checked.transact([] {});
    BOOST_TEST(checks == 1);
    const std::string other = folder.file("other.sqlite");
    make_database(other); // has one table only
    remove_beside(other);
    fs::rename(other, file);
    for (int again = 0; again < 2; ++again)
        BOOST_TEST((fault_of([&] { checked.transact([] {}); }) == Fault::unavailable));
    BOOST_TEST(checks == 3);
}

// What was committed lies in the log until it is moved into the file: it must survive the log.
// Another process has the old log open too, and comes first or second. An idle connection of this
// process holds on to the old index.
BOOST_AUTO_TEST_CASE(a_log_that_was_removed_loses_nothing) {
    struct Case {
        const char* name;
        std::vector<const char*> removed;
    };
    const std::vector<Case> cases{
        {"the log", {"-wal"}}, {"its index", {"-shm"}}, {"both", {"-wal", "-shm"}}};
    for (const Case& c : cases) {
        for (const bool partner_first : {false, true}) {
            BOOST_TEST_CONTEXT(c.name << (partner_first ? ", the other first" : "")) {
                const std::string path =
                    folder.file("shared"s + (partner_first ? "1" : "2") + c.name);
                Partner partner(path);
                make_database(path);
                Database mine(path, Open::write, 2000ms);
                Database idle(path, Open::write, 2000ms);
                Database reader(path, Open::read, 2000ms);
                int rows = 0;
                const auto add_and_count = [&] {
                    mine.transact([&] {
                        mine.use(Sql::migration_add).bind_all(std::to_string(rows), 1L).run();
                    });
                    return std::stoi(mine.ask_text("SELECT COUNT(*) FROM migration"));
                };
                BOOST_TEST(add_and_count() == ++rows);
                BOOST_TEST(partner.add_and_count() == ++rows);
                for (const char* end : c.removed)
                    BOOST_REQUIRE(fs::remove(path + end));
                for (int again = 0; again < 3; ++again) {
                    if (partner_first)
                        BOOST_TEST(partner.add_and_count() == ++rows);
                    BOOST_TEST(add_and_count() == ++rows);
                    BOOST_TEST(partner.add_and_count() == ++rows);
                }
                for (Database* each : {&idle, &reader})
                    BOOST_TEST(each->ask_text("SELECT COUNT(*) FROM migration") ==
                               std::to_string(rows));
                BOOST_TEST(mine.integrity(10).empty());
                for (const char* end : {"-wal", "-shm"})
                    BOOST_TEST(fs::exists(path + end));
            }
        }
    }
}

// Who opens the file after its log was removed waits for the one who still has that log.
BOOST_AUTO_TEST_CASE(a_log_that_another_process_still_has_is_not_begun_anew) {
    const std::string path = folder.file("shared");
    Partner partner(path);
    make_database(path);
    BOOST_TEST(partner.add_and_count() == 1);
    BOOST_REQUIRE(fs::remove(path + "-wal"));
    for (const Open how : {Open::read, Open::write})
        BOOST_TEST((fault_of([&] { Database(path, how, 100ms); }) == Fault::busy));
    BOOST_TEST(!fs::exists(path + "-wal"));
    BOOST_TEST(partner.add_and_count() == 2);
    BOOST_TEST(Database(path, Open::write, 100ms).ask_text("SELECT COUNT(*) FROM migration") ==
               "2");
}

// The log of the old file lies beside the new one until somebody notices.
BOOST_AUTO_TEST_CASE(a_file_that_was_replaced_under_two_processes_mixes_with_none) {
    for (const bool partner_first : {false, true}) {
        BOOST_TEST_CONTEXT((partner_first ? "the other first" : "this one first")) {
            const std::string path = folder.file(partner_first ? "one" : "two");
            Partner partner(path);
            make_database(path);
            Database mine(path, Open::write, 2000ms);
            const auto count_at = [](const std::string& where) {
                return Database(where, Open::read, 100ms)
                    .ask_text("SELECT COUNT(*) FROM migration");
            };
            const auto add_one = [&](const std::string& name) {
                mine.transact([&] { mine.use(Sql::migration_add).bind_all(name, 1L).run(); });
            };
            add_one("a");
            BOOST_TEST(partner.add_and_count() == 2);
            const std::string other = path + ".new";
            make_database(other);
            remove_beside(other);
            fs::rename(path, path + ".old");
            fs::rename(other, path);
            int rows = 0;
            if (partner_first)
                BOOST_TEST(partner.add_and_count() == ++rows);
            add_one("b");
            ++rows;
            BOOST_TEST(partner.add_and_count() == ++rows);
            BOOST_TEST(count_at(path) == std::to_string(rows));
            BOOST_TEST(mine.integrity(10).empty());
            fs::rename(path, other);
            fs::rename(path + ".old", path);
            BOOST_TEST(partner.add_and_count() == 3);
            add_one("c");
            BOOST_TEST(count_at(path) == "4");
            BOOST_TEST(count_at(other) == std::to_string(rows));
            BOOST_TEST(mine.integrity(10).empty());
        }
    }
}

// Eight threads, each with its own connection or with those that they share, while the files beside
// the database are removed.
void go_on_when_the_log_is_removed(Fixture& fixture, Kept kept) {
    const std::string& file = fixture.file;
    constexpr int threads = 8, each = 40;
    std::atomic<int> stored{0}, refused{0};
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t) {
        all.emplace_back([&, t] {
            std::optional<Database> mine;
            for (int i = 0; i < each; ++i) {
                const std::string name = std::to_string(t) + "-" + std::to_string(i);
                try {
                    if (!mine)
                        mine.emplace(file, Open::write, 2000ms, Database::Check(), kept);
                    mine->transact([&] { mine->use(Sql::migration_add).bind_all(name, 1L).run(); });
                    ++stored;
                } catch (const Error&) {
                    ++refused;
                }
                if (t == 0 && i % 10 == 5)
                    remove_beside(file);
            }
        });
    }
    for (std::thread& thread : all)
        thread.join();
    BOOST_TEST(stored + refused == threads * each);
    BOOST_TEST(stored > threads * each / 2);
    BOOST_TEST(std::stoi(fixture.count()) >= stored);
    BOOST_TEST(fixture.db.integrity(10).empty());
    BOOST_TEST(connections_to(file) == 1); // that of `db`
}

BOOST_AUTO_TEST_CASE(threads_go_on_when_the_log_is_removed) {
    go_on_when_the_log_is_removed(*this, Kept::always);
}

BOOST_AUTO_TEST_CASE(threads_that_share_go_on_when_the_log_is_removed) {
    go_on_when_the_log_is_removed(*this, Kept::while_used);
}

BOOST_AUTO_TEST_CASE(connections_that_nobody_uses_are_those_of_all) {
    constexpr int others = 1; // that of `db`
    int checks = 0;
    const auto check = [&](Database&) { ++checks; };
    {
        std::vector<std::unique_ptr<Database>> all;
        for (int i = 0; i < 12; ++i) {
            all.push_back(
                std::make_unique<Database>(file, Open::write, 100ms, check, Kept::while_used));
            all.back()->transact(
                [&] { all.back()->use(Sql::migration_add).bind_all(std::to_string(i), 1L).run(); });
        }
        BOOST_TEST(connections_to(file) == others + 1);
        BOOST_TEST(checks == 1);
        Database reader(file, Open::read, 100ms, {}, Kept::while_used);
        BOOST_TEST(connections_to(file) == others + 2); // has other rights

        // However many are at work at once, each has one.
        const std::function<void(std::size_t)> at_work_from = [&](std::size_t first) {
            if (first == all.size()) {
                BOOST_TEST(connections_to(file) == others + 1 + int(all.size()));
                return;
            }
            all[first]->look([&] { at_work_from(first + 1); });
        };
        at_work_from(0);
        BOOST_TEST(checks == int(all.size()));
        BOOST_TEST(count() == "12");

        // What was needed in this rush only goes again.
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (connections_to(file) > others + 2 && std::chrono::steady_clock::now() < deadline)
            all.front()->look([] { std::this_thread::sleep_for(1ms); });
        BOOST_TEST(connections_to(file) == others + 2);
    }
    BOOST_TEST(connections_to(file) == others);
}

BOOST_AUTO_TEST_CASE(what_resting_connections_keep_in_memory_can_go) {
    constexpr std::int64_t much = 100'000; // bytes
    Database shared(file, Open::write, 100ms, {}, Kept::while_used);
    shared.transact([&] {
        for (int i = 0; i < 300; ++i)
            shared.use(Sql::migration_add)
                .bind_all(std::to_string(i) + std::string(1000, 'x'), 1L)
                .run();
    });
    const std::int64_t before = sqlite3_memory_used();
    Database::forget();
    BOOST_TEST(sqlite3_memory_used() < before - much);
    BOOST_TEST(count() == "300");
    BOOST_TEST(shared.ask_text("SELECT COUNT(*) FROM migration") == "300");
}

BOOST_AUTO_TEST_CASE(a_shared_connection_that_failed_is_not_handed_on) {
    Database one(file, Open::write, 100ms, {}, Kept::while_used);
    Database other(file, Open::write, 100ms, {}, Kept::while_used);
    one.transact([&] { one.use(Sql::migration_add).bind_all("a", 1L).run(); });
    const std::string replacement = folder.file("other.sqlite");
    make_database(replacement);
    remove_beside(replacement);
    fs::rename(replacement, file);
    other.transact([&] { other.use(Sql::migration_add).bind_all("b", 1L).run(); });
    BOOST_TEST(one.ask_text("SELECT name FROM migration") == "b");
}

BOOST_AUTO_TEST_SUITE_END()
