// The spool in trouble: killed writers, several at once, a busy, full, missing or damaged file.

#define BOOST_TEST_MODULE spool_fault_test
#include "common/error.h"
#include "common/numbers.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"
#include "tests/support/test_child.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <sched.h>
#include <set>
#include <string>
#include <sys/mount.h>
#include <sys/resource.h>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t id_length = 36;

// The fault of what `body` throws; nothing where it throws none.
std::optional<Fault> fault_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.fault();
    }
    return std::nullopt;
}

// The whole ids at the beginning of what a child wrote.
std::vector<std::string> ids_in(const std::string& text) {
    std::vector<std::string> ids;
    for (std::size_t at = 0; at + id_length <= text.size(); at += id_length)
        ids.push_back(text.substr(at, id_length));
    return ids;
}

void tell(int out, const std::string& id) {
    if (::write(out, id.data(), id.size()) != static_cast<ssize_t>(id.size()))
        ::_exit(98);
}

// Everything that SQLite itself finds wrong with the file; "ok".
std::string integrity(const Config& config) {
    return Database(config.spool, Open::write, 1000ms).ask_text("PRAGMA integrity_check");
}

struct Fixture {
    TempFolder folder;
    Config config = fresh_config(folder);

    Fixture() { config.disk_reserve = 0; } // these tests go to the very end of the disk

    [[nodiscard]] Spool open(Access access = Access::write) const { return {config, access}; }
    // Submits `count` plain messages; their ids.
    std::vector<std::string> fill(std::size_t count, const std::string& text = "hola") {
        Spool spool = open();
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < count; ++i) {
            const NewMessage message = new_message(text);
            (void)spool.submit(message);
            ids.push_back(message.id);
        }
        return ids;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_fault_test, Fixture)

// --- processes ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_told_as_stored_survives_a_kill) {
    for (const std::size_t enough : {1U, 40U, 150U}) {
        TestChild child([&](int out) {
            Spool mine = open();
            for (int i = 0; i < 100'000; ++i) {
                const NewMessage message = new_message(long_text(3));
                (void)mine.submit(message);
                tell(out, message.id);
            }
            return 0;
        });
        (void)child.read(enough * id_length);
        child.kill();
        const auto told = ids_in(child.read_all());
        BOOST_TEST(child.wait() == 128 + SIGKILL);
        BOOST_TEST(told.size() >= enough);
        Spool after = open();
        for (const std::string& id : told)
            BOOST_REQUIRE(after.find(id).has_value());
        // Of a message that was not told of, either all is there or nothing.
        std::int64_t jobs = 0;
        for (const StateCount& count : after.state_counts())
            jobs += count.jobs;
        Database database(config.spool, Open::read, 1000ms);
        BOOST_TEST(database.ask_text("SELECT COUNT(*) FROM message") == std::to_string(jobs));
        BOOST_TEST(integrity(config) == "ok");
    }
}

BOOST_AUTO_TEST_CASE(a_daemon_that_was_killed_leaves_orphans_and_no_double) {
    constexpr std::size_t jobs = 100;
    (void)fill(jobs);
    TestChild child([&](int out) {
        Spool mine = open();
        const Claimer claimer{"dead", "sim", 60'000};
        std::optional<Work> work = mine.claim(claimer, start_time);
        while (work) {
            tell(out, work->message_id); // "the radio": only after the journal
            const Outcome outcome = WasAccepted{1};
            work = mine.settle(*work, attempt_end(outcome),
                               decide(*work, outcome, config, start_time, 0), &claimer, start_time)
                       .next;
        }
        return 0;
    });
    (void)child.read(20 * id_length);
    child.kill();
    const auto radio = ids_in(child.read_all());
    (void)child.wait();
    BOOST_TEST(std::set<std::string>(radio.begin(), radio.end()).size() == radio.size());
    Spool spool = open();
    const auto orphans = spool.orphans("alive");
    BOOST_TEST(orphans.size() <= 1U);
    for (const Work& orphan : orphans) {
        const Outcome outcome = IsUnknown{"the daemon ended"};
        BOOST_TEST(spool
                       .settle(orphan, attempt_end(outcome),
                               decide(orphan, outcome, config, start_time, 0), nullptr, start_time)
                       .settled);
    }
    for (const std::string& id : radio) {
        const JobView job = spool.find(id).value().jobs.at(0);
        BOOST_TEST((job.state == State::sent || job.unknowns == 1));
    }
    std::size_t left = 0;
    while (const auto work = spool.claim({"alive", "sim", 60'000}, start_time)) {
        BOOST_TEST((work->unknowns == 1 ||
                    std::find(radio.begin(), radio.end(), work->message_id) == radio.end()));
        ++left;
    }
    BOOST_TEST(left + radio.size() >= jobs);
}

BOOST_AUTO_TEST_CASE(processes_that_claim_at_once_never_claim_the_same) {
    constexpr std::size_t jobs = 200;
    (void)fill(jobs);
    const auto body = [&](const std::string& owner) {
        return [this, owner](int out) {
            Spool mine = open();
            while (const auto work = mine.claim({owner, "sim", 60'000}, start_time))
                tell(out, work->job_id);
            return 0;
        };
    };
    TestChild first(body("h-1"));
    TestChild second(body("h-2"));
    TestChild third(body("h-3"));
    std::set<std::string> claimed;
    std::size_t claims = 0;
    for (TestChild* child : {&first, &second, &third}) {
        for (const std::string& id : ids_in(child->read_all())) {
            claimed.insert(id);
            ++claims;
        }
        BOOST_TEST(child->wait() == 0);
    }
    BOOST_TEST(claims == jobs);
    BOOST_TEST(claimed.size() == jobs);
}

BOOST_AUTO_TEST_CASE(processes_that_submit_at_once_all_succeed) {
    constexpr std::size_t each = 50;
    const auto body = [&](int out) {
        Spool mine = open();
        for (std::size_t i = 0; i < each; ++i) {
            NewMessage message = new_message("hola");
            message.idempotency = IdempotencyKey{"k" + std::to_string(i), "hash", 0};
            tell(out, mine.submit(message).message_id);
        }
        return 0;
    };
    TestChild first(body);
    TestChild second(body);
    TestChild third(body);
    const auto ids = ids_in(first.read_all());
    BOOST_TEST(ids.size() == each);
    // One key, one message, whoever came first.
    for (TestChild* child : {&second, &third})
        BOOST_TEST(ids_in(child->read_all()) == ids, boost::test_tools::per_element());
    for (TestChild* child : {&first, &second, &third})
        BOOST_TEST(child->wait() == 0);
    BOOST_TEST(open().state_counts().at(0).jobs == static_cast<std::int64_t>(each));
}

// --- busy ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(busy_beyond_the_timeout) {
    Config hasty = config;
    hasty.busy_timeout = 100ms;
    Spool mine(hasty, Access::write);
    const auto there = fill(1).at(0);
    const NewMessage message = new_message("hola");
    Database other(config.spool, Open::write, 100ms);
    other.run_text("BEGIN IMMEDIATE");
    BOOST_TEST((fault_of([&] { (void)mine.submit(message); }) == Fault::busy));
    BOOST_TEST((fault_of([&] { (void)mine.claim({"h", "sim", 1}, start_time); }) == Fault::busy));
    // Reading goes on meanwhile.
    BOOST_TEST(mine.find(there).has_value());
    BOOST_TEST(!mine.find(message.id).has_value());
    other.run_text("ROLLBACK");
    BOOST_TEST(!mine.find(message.id).has_value());
    BOOST_TEST((mine.submit(message).how == Stored::done));
}

// --- full ---------------------------------------------------------------------------------------

// Fills `config`'s spool until it refuses; the exit status of a child that did this: 0, or the
// number of the step that failed.
int fill_up(const Config& config, const std::function<void()>& make_room) {
    Spool mine(config, Access::write);
    const NewMessage first = new_message("first");
    const NewMessage sending = new_message("sending");
    (void)mine.submit(first);
    (void)mine.submit(sending);
    const auto fill = [&] {
        for (int i = 0; i < 1'000; ++i)
            (void)mine.submit(new_message(long_text(10)));
    };
    if (fault_of(fill) != Fault::full)
        return 1;
    const NewMessage refused = new_message(long_text(10));
    if (fault_of([&] { (void)mine.submit(refused); }) != Fault::full)
        return 2;
    if (!mine.find(first.id) || mine.find(refused.id))
        return 3;
    if (!Spool(config, Access::read).find(sending.id))
        return 4;
    make_room();
    if (mine.submit(refused).how != Stored::done || !mine.find(refused.id))
        return 5;
    return 0;
}

BOOST_AUTO_TEST_CASE(full_by_a_limit_of_the_process) {
    TestChild child([&](int) {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{};
        ::getrlimit(RLIMIT_FSIZE, &limit);
        const rlim_t before = limit.rlim_cur;
        limit.rlim_cur = 2 * 1024 * 1024;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        return fill_up(config, [&] {
            limit.rlim_cur = before;
            ::setrlimit(RLIMIT_FSIZE, &limit);
        });
    });
    BOOST_TEST(child.wait() == 0);
    BOOST_TEST(integrity(config) == "ok");
}

bool write_map(const char* file, const std::string& text) {
    std::ofstream stream(file);
    stream << text;
    stream.close();
    return !stream.fail();
}

// Makes `folder` a small file system that only this process sees. False: not possible here.
bool mount_small(const std::string& folder) {
    const std::string user = std::to_string(::geteuid());
    const std::string group = std::to_string(::getegid());
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
           write_map("/proc/self/setgroups", "deny") &&
           write_map("/proc/self/uid_map", "0 " + user + " 1") &&
           write_map("/proc/self/gid_map", "0 " + group + " 1") &&
           ::mount("none", folder.c_str(), "tmpfs", 0, "size=4m") == 0;
}

// A file system that is really full, where the kernel lets a child have one of its own.
BOOST_AUTO_TEST_CASE(full_by_the_file_system) {
    constexpr int cannot = 77;
    TestChild child([&](int) {
        if (!mount_small(folder.path()))
            return cannot;
        (void)Spool::migrate(config, start_time);
        const std::string ballast = folder.write("ballast", std::string(128 * 1024, 'x'));
        return fill_up(config, [&] { std::filesystem::remove(ballast); });
    });
    const int status = child.wait();
    if (status == cannot)
        BOOST_TEST_MESSAGE("skipped: no file system of its own here");
    else
        BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_CASE(below_the_reserve_only_new_messages_are_refused) {
    NewMessage keyed = new_message("before");
    keyed.idempotency = IdempotencyKey{"key", "hash", 0};
    (void)open().submit(keyed);
    (void)fill(1);
    Config low = config;
    low.disk_reserve = std::int64_t{1} << 60;
    Spool mine(low, Access::write);
    const NewMessage refused = new_message("too much");
    try {
        (void)mine.submit(refused);
        BOOST_ERROR("it was accepted");
    } catch (const Error& error) {
        const std::string text = error.what();
        BOOST_TEST((error.fault() == Fault::full));
        BOOST_TEST(text.find(folder.path() + " has ") != std::string::npos, text);
        BOOST_TEST(text.find("disk_reserve is 1152921504606846976") != std::string::npos, text);
    }
    BOOST_TEST(!mine.find(refused.id));
    // What is there already is no new message.
    BOOST_TEST((mine.submit(keyed).how == Stored::done));
    NewMessage repeated = keyed;
    repeated.id = new_message("").id;
    BOOST_TEST((mine.submit(repeated).how == Stored::again));
    // Everything else goes on.
    const auto work = mine.claim({"h", "sim", 60'000}, start_time);
    BOOST_REQUIRE(work);
    const Outcome outcome = WasAccepted{1};
    BOOST_TEST(mine.settle(*work, attempt_end(outcome), decide(*work, outcome, low, start_time, 0),
                           nullptr, start_time)
                   .settled);
    Arrival arrival;
    arrival.kind = "deliver";
    arrival.number = "+525500000001";
    arrival.text = "hola";
    BOOST_TEST(mine.take_in("sim", {arrival}, Numbers(low), start_time).size() == 1U);
    BOOST_CHECK_NO_THROW(mine.beat({"h", "host", 1, 1, 1}, {}));
    low.disk_reserve = 0;
    BOOST_TEST((Spool(low, Access::write).submit(refused).how == Stored::done));
}

// --- files --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(files_that_are_no_spool) {
    struct Case {
        const char* name;
        std::string path;
        Fault want;
    };
    const std::vector<Case> cases{
        {"missing", folder.file("missing"), Fault::unavailable},
        {"a folder", folder.path(), Fault::unavailable},
        {"a text", folder.write("text", std::string(9'000, 'x')), Fault::corrupt},
        {"a short text", folder.write("short", "hello"), Fault::corrupt},
        {"nothing", folder.write("nothing", ""), Fault::unavailable},
    };
    for (const Case& c : cases) {
        Config bad = config;
        bad.spool = c.path;
        for (const Access access : {Access::read, Access::write})
            BOOST_TEST((fault_of([&] { Spool(bad, access); }) == c.want), c.name);
    }
    BOOST_TEST(!std::filesystem::exists(folder.file("missing")));
}

// Everything is in the one file then.
void gather(const Config& config) {
    Database(config.spool, Open::write, 1000ms).run_text("PRAGMA wal_checkpoint(TRUNCATE)");
    std::filesystem::remove(config.spool + "-wal");
    std::filesystem::remove(config.spool + "-shm");
}

// Opens the spool and does what all programs do; the first fault.
std::optional<Fault> first_fault(const Config& config, const std::vector<std::string>& ids) {
    return fault_of([&] {
        Spool spool(config, Access::write);
        for (const std::string& id : ids)
            (void)spool.find(id);
        while (spool.claim({"h", "sim", 1}, start_time)) {
        }
    });
}

BOOST_AUTO_TEST_CASE(damaged_files_are_told_as_damaged) {
    struct Case {
        const char* name;
        std::function<void(const std::string& file)> damage;
    };
    const auto overwrite = [](const std::string& file, std::size_t from, std::size_t count) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(from));
        stream << std::string(count, '\xA5');
    };
    const std::vector<Case> cases{
        {"cut in the middle",
         [](const std::string& file) {
             std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
         }},
        {"cut inside the first page",
         [](const std::string& file) { std::filesystem::resize_file(file, 700); }},
        {"the header is gone", [&](const std::string& file) { overwrite(file, 0, 100); }},
        {"the pages behind the first are gone",
         [&](const std::string& file) {
             overwrite(file, 4096, std::filesystem::file_size(file) - 4096);
         }},
    };
    for (const Case& c : cases) {
        Fixture fresh;
        const auto ids = fresh.fill(100, long_text(4));
        gather(fresh.config);
        c.damage(fresh.config.spool);
        BOOST_TEST((first_fault(fresh.config, ids) == Fault::corrupt), c.name);
    }
}

// What a power cut leaves: the log ends in the middle of a transaction, which is as if it had never
// been; what was committed before it is there.
BOOST_AUTO_TEST_CASE(a_log_that_was_cut_off_gives_back_what_was_whole) {
    const auto ids = fill(20);
    Spool writer = open(); // a copy is taken as of a crash: the writer never closed
    const std::string copy = folder.file("copy.sqlite");
    std::filesystem::copy_file(config.spool, copy);
    std::filesystem::copy_file(config.spool + "-wal", copy + "-wal");
    std::filesystem::resize_file(copy + "-wal", std::filesystem::file_size(copy + "-wal") - 100);
    Config after = config;
    after.spool = copy;
    Spool mended(after, Access::write);
    for (std::size_t i = 0; i + 1 < ids.size(); ++i)
        BOOST_TEST(mended.find(ids[i]).has_value());
    BOOST_TEST(!mended.find(ids.back()).has_value());
    BOOST_TEST((mended.submit(new_message("goes on")).how == Stored::done));
    BOOST_TEST(integrity(after) == "ok");
}

// --- damage in the middle -----------------------------------------------------------------------

namespace {

// How a verb ended.
enum class End { done, refused, broken };

End ended(const std::function<void()>& verb) {
    try {
        verb();
        return End::done;
    } catch (const Error& error) {
        // A row that contradicts another is told as a bug; damaged bytes cannot be told from it.
        const bool known = error.fault() == Fault::corrupt || error.fault() == Fault::unavailable ||
                           error.fault() == Fault::bug;
        return known ? End::refused : End::broken;
    }
}

// Every verb once, or until it says that there is no more, on one connection. The number that was
// done.
int try_everything(Spool& spool, const Config& config, const std::vector<std::string>& ids) {
    const Numbers numbers(config);
    const Claimer claimer{"h-2", "sim", 60'000};
    const Outcome accepted = WasAccepted{1};
    Arrival arrival;
    arrival.kind = "deliver";
    arrival.number = "+525512345678";
    arrival.text = "an answer";
    std::optional<Work> work;
    const std::vector<std::function<void()>> verbs{
        [&] { (void)spool.health(); },
        [&] { (void)spool.state_counts(); },
        [&] { (void)spool.oldest_due(start_time); },
        [&] { (void)spool.report_count(); },
        [&] { (void)spool.next_due(); },
        [&] { (void)spool.next_due(claimer); },
        [&] { (void)spool.usage("sim", 0); },
        [&] { (void)spool.inbox({}); },
        [&] { (void)spool.submit(new_message("new")); },
        [&] { (void)spool.orphans("h-2"); },
        [&] { (void)spool.claimed(claimer); },
        [&] { work = spool.claim(claimer, start_time); },
        [&] {
            if (work)
                (void)spool.settle(*work, attempt_end(accepted),
                                   decide(*work, accepted, config, start_time, 0), &claimer,
                                   start_time);
        },
        [&] { (void)spool.take_damaged(); },
        [&] { (void)spool.take_in("sim", {arrival}, numbers, start_time + 5); },
        [&] { (void)spool.assemble_overdue(start_time + 9, numbers, start_time + 9); },
        [&] { (void)expire_all(spool, start_time, "EXPIRED", "x"); },
        [&] { (void)spool.give_up_replies("", start_time); },
        [&] { (void)spool.reroute({}); },
        [&] { (void)spool.unpin("sim"); },
        [&] { (void)spool.purge(start_time + 100'000); },
        [&] { spool.purge_traces(start_time, start_time); },
        [&] { (void)spool.clean_inbox(start_time, Spool::Unread::keep, 10); },
        [&] {
            spool.beat({"h-2", "host", 1, 1, 1}, {});
        },
        [&] {
            spool.note_pin("sim", {"mark", Spool::PinNote::Fate::given});
        },
        [&] { (void)spool.pin_note("sim"); },
        [&] { spool.leave("h-2"); },
        [&] { (void)spool.check(); },
    };
    int done = 0;
    for (const auto& verb : verbs) {
        const End end = ended(verb);
        BOOST_TEST((end != End::broken));
        done += end == End::done ? 1 : 0;
    }
    for (const std::string& id : ids) {
        const End end = ended([&] {
            (void)spool.find(id);
            (void)spool.attempts(id);
        });
        BOOST_TEST((end != End::broken));
    }
    return done;
}

// Overwrites some bytes anywhere, the same for the same seed.
void scribble(const std::string& file, unsigned seed) {
    std::minstd_rand random(seed);
    const auto below = [&](std::size_t most) { return random() % most; };
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    const std::size_t size = std::filesystem::file_size(file);
    const std::size_t wounds = 1 + below(20);
    for (std::size_t i = 0; i < wounds; ++i) {
        stream.seekp(static_cast<std::streamoff>(below(size)));
        const std::size_t length = seed % 4 == 0 ? 1 + below(8'000) : 1 + below(16);
        for (std::size_t j = 0; j < length; ++j)
            stream.put(static_cast<char>(below(256)));
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(bytes_overwritten_anywhere_crash_no_verb) {
    const auto ids = fill(60, long_text(3));
    {
        Spool spool = open();
        Arrival arrival;
        arrival.kind = "deliver";
        arrival.number = "+525512345678";
        for (int i = 0; i < 30; ++i) {
            arrival.text = "text " + std::to_string(i);
            arrival.location = i;
            (void)spool.take_in("sim", {arrival}, Numbers(config), start_time);
        }
        for (int i = 0; i < 20; ++i)
            (void)spool.claim({"h-1", "sim", 60'000}, start_time);
    }
    gather(config);
    const std::string whole = folder.file("whole");
    std::filesystem::copy_file(config.spool, whole);
    int done = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            for (const char* end : {"-wal", "-shm"})
                std::filesystem::remove(config.spool + end);
            std::filesystem::copy_file(whole, config.spool,
                                       std::filesystem::copy_options::overwrite_existing);
            scribble(config.spool, seed);
            try {
                Spool spool = open();
                done += try_everything(spool, config, ids);
            } catch (const Error&) {
                // The very first page was hit: the spool does not open.
            }
        }
    }
    BOOST_TEST(done > 300); // most of it goes on
    std::filesystem::copy_file(whole, config.spool,
                               std::filesystem::copy_options::overwrite_existing);
}

// What is fine is sent, whatever lies beside it.
BOOST_AUTO_TEST_CASE(one_damaged_message_does_not_hold_up_the_others) {
    const auto ids = fill(50, long_text(8));
    gather(config);
    {
        // The last letter of one message's id, so that its place among the others is still right.
        std::fstream stream(config.spool, std::ios::in | std::ios::out | std::ios::binary);
        std::string all{std::istreambuf_iterator<char>(stream), {}};
        const std::size_t at = all.find(ids.at(25) + "ana");
        BOOST_REQUIRE(at != std::string::npos);
        stream.seekp(static_cast<std::streamoff>(at + id_length - 1));
        stream.put('x');
    }
    Spool spool = open();
    const Outcome accepted = WasAccepted{1};
    std::set<std::string> sent;
    for (int i = 0; i < 1'000; ++i) {
        std::optional<Work> work;
        try {
            work = spool.claim({"h", "sim", 60'000}, start_time);
            if (!work)
                break;
        } catch (const Error& error) {
            BOOST_TEST((error.fault() == Fault::corrupt));
            continue;
        }
        while (work) {
            const std::string id = work->message_id;
            work = spool
                       .settle(*work, attempt_end(accepted),
                               decide(*work, accepted, config, start_time, 0), nullptr, start_time)
                       .next;
            if (!work)
                sent.insert(id);
        }
    }
    BOOST_TEST(sent.size() == ids.size() - 1);
    BOOST_TEST(sent.count(ids.at(25)) == 0U);
    const auto damaged = spool.take_damaged();
    BOOST_TEST((damaged == std::vector<std::string>{ids.at(25)}));
}

BOOST_AUTO_TEST_SUITE_END()
