// The spool: its copy, and what its check finds.

#define BOOST_TEST_MODULE spool_care_test
#include "common/error.h"
#include "common/numbers.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

std::optional<Fault> fault_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.fault();
    }
    return std::nullopt;
}

struct Fixture : FreshSpool {
    // What every verb leaves: jobs queued, sending, sent, replied to be awaited, failed, expired.
    void fill() {
        for (int i = 0; i < 5; ++i) {
            NewMessage message = new_message(long_text(3), start_time + i);
            message.recipients.push_back({"5587654321", "+525587654321"});
            message.reply_timeout_ms =
                i % 2 == 0 ? std::optional<std::int64_t>(60'000) : std::nullopt;
            message.report = i % 2 == 1;
            (void)spool.submit(message);
        }
        for (int i = 0; i < 7; ++i) {
            const auto work = claim(start_time + 10);
            BOOST_REQUIRE(work);
            const Outcome outcome = i % 3 == 0   ? Outcome(WasAccepted{i})
                                    : i % 3 == 1 ? Outcome(IsUnknown{"gone"})
                                                 : Outcome(WasRefused{});
            (void)settle(*work, outcome, start_time + 20 + i);
        }
        Arrival arrival;
        arrival.kind = "deliver";
        arrival.number = "+525512345678";
        arrival.text = "an answer";
        arrival.sent = start_time + 100;
        arrival.location = 1;
        (void)spool.take_in("sim", {arrival}, Numbers(config), start_time + 200);
        NewMessage old = new_message("old");
        old.valid_until = start_time + 1;
        (void)spool.submit(old);
        (void)expire_all(spool, start_time + 2, "EXPIRED", "too late");
    }

    // Changes the database behind the spool's back.
    void spoil(const std::string& sql) {
        Database(config.spool, Open::write, 1000ms).run_text(sql);
    }

    [[nodiscard]] std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder.path()))
            names.push_back(entry.path().filename());
        std::sort(names.begin(), names.end());
        return names;
    }

    [[nodiscard]] Config config_of(const std::string& file) const {
        Config other = config;
        other.spool = file;
        return other;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_care_test, Fixture)

// --- check --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(nothing_is_wrong_with_what_the_verbs_leave) {
    BOOST_TEST(spool.check().empty());
    fill();
    for (const std::string& finding : spool.check())
        BOOST_ERROR(finding);
    BOOST_TEST(open(Access::read).check().empty());
}

BOOST_AUTO_TEST_CASE(each_thing_that_is_wrong_is_named) {
    struct Case {
        const char* name;
        const char* sql;
        const char* want; // a part of the sentence
    };
    const std::vector<Case> cases{
        {"a message is gone", "DELETE FROM message", " has no message"},
        {"its jobs are gone", "DELETE FROM job", " has no job"},
        {"a job that nobody sends", "UPDATE attempt SET outcome = 'unknown' WHERE outcome = 'open'",
         " is sending and has no open attempt"},
        {"a job that nobody claimed", "UPDATE job SET owner = NULL WHERE state = 'sending'",
         " is sending and nobody claimed it"},
        {"an attempt of a queued job", "UPDATE job SET state = 'queued' WHERE state = 'sending'",
         " is open and its job is not sending"},
        {"a dead letter of nobody",
         "INSERT INTO dead_letter (state, job_id) VALUES ('failed', 'j')",
         " is among the dead letters and is none"},
        {"a dead letter that is not listed",
         "UPDATE job SET state = 'failed' WHERE state = 'expired'",
         " is not among the dead letters and is one"},
        {"an attempt of no job", "UPDATE attempt SET job_id = 'x'", " has no job"},
        {"too many parts", "UPDATE job SET parts_done = 4", " sent more parts"},
        {"too few parts", "UPDATE job SET parts_done = -1", " sent more parts"},
        {"a priority of nobody", "UPDATE job SET priority = 3",
         " a priority that is never claimed"},
        {"awaited of nobody",
         "INSERT INTO awaiting (job_id, number, modem, sent_ms, until_ms) VALUES ('j', '', '', 1, "
         "1)",
         "a reply is awaited for job j, which is not sent"},
        {"a report of nobody",
         "INSERT INTO report_due (attempt_id, job_id, modem, reference, number, sent_ms) VALUES "
         "('a', 'j', '', 1, '', 1)",
         "a report is awaited for attempt a, which is not there"},
        {"no state", "UPDATE job SET state = 'lost'",
         " has the state \"lost\", which is none; so "},
        {"no delivery", "UPDATE job SET delivery = 'maybe'", " has the delivery \"maybe\""},
        {"no encoding", "UPDATE message SET encoding = 'utf7'", " has the encoding \"utf7\""},
        {"no outcome", "UPDATE attempt SET outcome = ''", " has the outcome \"\""},
        {"no state of the inbox", "UPDATE inbox SET state = 'seen'", " has the state \"seen\""},
        {"no kind", "UPDATE incoming SET kind = 'mms'", " has the kind \"mms\", which is none"},
    };
    for (const Case& c : cases) {
        Fixture fresh;
        fresh.fill();
        (void)fresh.spool.submit(new_message("to be sent"));
        BOOST_REQUIRE(fresh.claim(start_time + 30, "host-2", "other"));
        BOOST_TEST(fresh.spool.check().empty(), c.name);
        fresh.spoil(c.sql);
        const auto found = fresh.spool.check();
        BOOST_TEST(std::any_of(found.begin(), found.end(),
                               [&](const std::string& finding) {
                                   return finding.find(c.want) != std::string::npos;
                               }),
                   c.name << ": " << (found.empty() ? "nothing" : found.front()));
    }
}

BOOST_AUTO_TEST_CASE(no_more_than_a_hundred_findings) {
    for (int i = 0; i < 150; ++i)
        (void)spool.submit(new_message("hola"));
    spoil("DELETE FROM message");
    BOOST_TEST(spool.check().size() == 100U);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_a_finding_and_no_error) {
    for (int i = 0; i < 200; ++i)
        (void)spool.submit(new_message(long_text(4)));
    spoil("PRAGMA wal_checkpoint(TRUNCATE)");
    {
        std::fstream stream(config.spool, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(fs::file_size(config.spool) / 2));
        stream << std::string(40'000, '\xA5');
    }
    Spool other = open(); // whose cache has not seen the file as it was
    const auto found = other.check();
    BOOST_TEST(!found.empty());
    BOOST_TEST(found.size() <= 100U);
    for (const std::string& finding : found)
        BOOST_TEST(finding.find('\n') == std::string::npos);
    BOOST_TEST((fault_of([&] { other.backup(folder.file("copy")); }) == Fault::corrupt));
    BOOST_TEST(!fs::exists(folder.file("copy")));
}

// --- backup -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_copy_has_everything_and_can_take_the_place) {
    fill();
    const auto before = files();
    const std::string copy = folder.file("copy.sqlite");
    const mode_t mask = ::umask(0);
    spool.backup(copy);
    ::umask(mask);
    struct stat facts {};
    BOOST_REQUIRE(::stat(copy.c_str(), &facts) == 0);
    BOOST_TEST((facts.st_mode & 07777U) == 0640U);
    auto after = files();
    BOOST_REQUIRE(std::erase(after, "copy.sqlite") == 1U);
    BOOST_TEST(after == before, boost::test_tools::per_element()); // nothing else is left behind
    Spool restored(config_of(copy), Access::write);
    BOOST_TEST(restored.check().empty());
    for (std::size_t i = 0; i < spool.state_counts().size(); ++i)
        BOOST_TEST(restored.state_counts().at(i).jobs == spool.state_counts().at(i).jobs);
    BOOST_TEST((restored.submit(new_message("goes on")).how == Stored::done));
    BOOST_TEST(Database(copy, Open::read, 100ms).ask_text("PRAGMA journal_mode") == "wal");
}

BOOST_AUTO_TEST_CASE(a_copy_takes_no_place_of_another_file) {
    (void)spool.submit(new_message("hola"));
    const std::string taken = folder.write("taken", "mine");
    fs::create_symlink(folder.file("nowhere"), folder.file("link"));
    struct Case {
        const char* name;
        std::string place;
        Fault want;
    };
    const std::vector<Case> cases{
        {"a file", taken, Fault::conflict},
        {"the spool itself", config.spool, Fault::conflict},
        {"a folder", folder.path(), Fault::conflict},
        {"a link to nothing", folder.file("link"), Fault::conflict},
        {"no folder", folder.file("missing/copy"), Fault::unavailable},
    };
    const auto before = files();
    for (const Case& c : cases)
        BOOST_TEST((fault_of([&] { spool.backup(c.place); }) == c.want), c.name);
    BOOST_TEST(files() == before, boost::test_tools::per_element());
    std::ifstream stream(taken);
    std::string content;
    stream >> content;
    BOOST_TEST(content == "mine");
    BOOST_TEST(open(Access::read).check().empty());
}

BOOST_AUTO_TEST_CASE(a_copy_for_which_there_is_no_room_leaves_nothing) {
    for (int i = 0; i < 300; ++i)
        (void)spool.submit(new_message(long_text(10)));
    const auto before = files();
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t usual = limit.rlim_cur;
    limit.rlim_cur = 100 * 1024;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto fault = fault_of([&] { spool.backup(folder.file("copy")); });
    limit.rlim_cur = usual;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    BOOST_TEST((fault == Fault::full));
    BOOST_TEST(files() == before, boost::test_tools::per_element());
    BOOST_CHECK_NO_THROW(spool.backup(folder.file("copy")));
}

// Writers are not held up, and the copy is of one moment: of each message all or nothing.
BOOST_AUTO_TEST_CASE(a_copy_is_made_while_others_write) {
    constexpr int copies = 3;
    for (int i = 0; i < 500; ++i)
        (void)spool.submit(new_message(long_text(4)));
    std::atomic<bool> enough{false};
    std::atomic<int> written{0};
    std::thread writer([&] {
        Spool mine = open();
        for (; !enough; ++written) {
            NewMessage message = new_message("hola");
            message.recipients.push_back({"5587654321", "+525587654321"});
            (void)mine.submit(message);
        }
    });
    for (int i = 0; i < copies; ++i) {
        const std::string copy = folder.file("copy" + std::to_string(i));
        const int before = written;
        spool.backup(copy);
        const int after = written;
        Spool restored(config_of(copy), Access::read);
        BOOST_TEST(restored.check().empty());
        std::int64_t jobs = 0;
        for (const StateCount& count : restored.state_counts())
            jobs += count.jobs;
        BOOST_TEST(jobs % 2 == 0);
        BOOST_TEST(jobs >= 500 + 2 * before);
        BOOST_TEST(jobs <= 500 + 2 * (after + 1));
    }
    enough = true;
    writer.join();
}

BOOST_AUTO_TEST_SUITE_END()
