// Threads that share commits: each gets its own answer, and what waits goes together.

#define BOOST_TEST_MODULE shared_commits_test
#include "common/error.h"
#include "common/ids.h"
#include "common/shared_commits.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <latch>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

using namespace smsspool;

namespace {

void answer_all(const std::vector<Submission*>& list) {
    for (Submission* each : list)
        each->answer = StoreAnswer{Stored::done, each->message->id, {}};
}

Fault fault_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.fault();
    }
    return Fault::bug;
}

// A commit that says that it began, and waits until it may go on.
struct Gate {
    std::binary_semaphore began{0}, go_on{0};
    std::vector<std::size_t> sizes;

    SharedCommits::Commit commit(const SharedCommits::Commit& body = answer_all) {
        return [this, body](const std::vector<Submission*>& list) {
            sizes.push_back(list.size());
            if (sizes.size() == 1) {
                began.release();
                go_on.acquire();
            }
            body(list);
        };
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(shared_commits_test)

BOOST_AUTO_TEST_CASE(one_alone_waits_for_nobody) {
    SharedCommits commits;
    const NewMessage message = new_message("hola");
    BOOST_TEST(commits.submit(message, answer_all).message_id == message.id);
    BOOST_TEST(commits.submit(message, answer_all).message_id == message.id);
}

// Runs `others` threads that submit while a first commit is under way; what each of them threw.
std::vector<std::future<StoreAnswer>> crowd(SharedCommits& commits,
                                            const std::vector<NewMessage>& messages, Gate& gate,
                                            const SharedCommits::Commit& body,
                                            std::vector<std::thread>& threads) {
    std::vector<std::future<StoreAnswer>> answers;
    const auto start = [&](const NewMessage& message) {
        std::packaged_task<StoreAnswer()> task([&commits, &message, commit = gate.commit(body)] {
            return commits.submit(message, commit);
        });
        answers.push_back(task.get_future());
        threads.emplace_back(std::move(task));
    };
    start(messages.front());
    gate.began.acquire();
    for (std::size_t i = 1; i < messages.size(); ++i)
        start(messages[i]);
    while (commits.waiting() < messages.size() - 1)
        std::this_thread::yield();
    gate.go_on.release();
    for (std::thread& thread : threads)
        thread.join();
    return answers;
}

BOOST_AUTO_TEST_CASE(what_waits_goes_together) {
    for (const std::size_t most : {256U, 3U, 1U}) {
        SharedCommits commits(most);
        Gate gate;
        std::vector<NewMessage> messages;
        for (int i = 0; i < 8; ++i)
            messages.push_back(new_message("hola"));
        std::vector<std::thread> threads;
        auto answers = crowd(commits, messages, gate, answer_all, threads);
        for (std::size_t i = 0; i < answers.size(); ++i)
            BOOST_TEST(answers[i].get().message_id == messages[i].id);
        const std::vector<std::size_t> wanted = most == 256U ? std::vector<std::size_t>{1, 7}
                                                : most == 3U ? std::vector<std::size_t>{1, 3, 3, 1}
                                                             : std::vector<std::size_t>(8, 1);
        BOOST_TEST(gate.sizes == wanted, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(an_error_of_one_is_its_own) {
    SharedCommits commits;
    Gate gate;
    const std::vector<NewMessage> messages{new_message("a"), new_message("b"), new_message("c")};
    const auto body = [&](const std::vector<Submission*>& list) {
        answer_all(list);
        for (Submission* each : list) {
            if (each->message->text == "b")
                each->error = std::make_exception_ptr(Error(Fault::conflict, "taken"));
        }
    };
    std::vector<std::thread> threads;
    auto answers = crowd(commits, messages, gate, body, threads);
    BOOST_TEST(answers[0].get().message_id == messages[0].id);
    BOOST_TEST((fault_of([&] { (void)answers[1].get(); }) == Fault::conflict));
    BOOST_TEST(answers[2].get().message_id == messages[2].id);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_commit_is_everybodys) {
    SharedCommits commits;
    Gate gate;
    const std::vector<NewMessage> messages(4, new_message("a"));
    const auto body = [&](const std::vector<Submission*>& list) {
        if (list.size() > 1)
            throw Error(Fault::busy, "others write");
        answer_all(list);
    };
    std::vector<std::thread> threads;
    auto answers = crowd(commits, messages, gate, body, threads);
    BOOST_TEST(answers[0].get().message_id == messages[0].id);
    for (std::size_t i = 1; i < answers.size(); ++i)
        BOOST_TEST((fault_of([&] { (void)answers[i].get(); }) == Fault::busy));
    BOOST_TEST(commits.submit(messages[0], answer_all).message_id == messages[0].id);
}

// It may be about one of them, and nobody knows which.
BOOST_AUTO_TEST_CASE(where_one_spoils_a_commit_each_tries_alone) {
    for (const Fault fault : {Fault::full, Fault::corrupt, Fault::bug}) {
        SharedCommits commits;
        Gate gate;
        const std::vector<NewMessage> messages{new_message("a"), new_message("bad"),
                                               new_message("c")};
        const auto body = [&](const std::vector<Submission*>& list) {
            answer_all(list);
            for (const Submission* each : list) {
                if (each->message->text == "bad")
                    throw Error(fault, "this one");
            }
        };
        std::vector<std::thread> threads;
        auto answers = crowd(commits, messages, gate, body, threads);
        BOOST_TEST(answers[0].get().message_id == messages[0].id);
        BOOST_TEST((fault_of([&] { (void)answers[1].get(); }) == fault));
        BOOST_TEST(answers[2].get().message_id == messages[2].id);
    }
}

// Else each would wait as long for a spool that others hold.
BOOST_AUTO_TEST_CASE(but_not_against_a_wall) {
    SharedCommits commits;
    Gate gate;
    const std::vector<NewMessage> messages(5, new_message("a"));
    const auto body = [&](const std::vector<Submission*>& list) {
        answer_all(list);
        if (gate.sizes.size() > 1)
            throw Error(list.size() > 1 ? Fault::full : Fault::busy, "no");
    };
    std::vector<std::thread> threads;
    auto answers = crowd(commits, messages, gate, body, threads);
    (void)answers[0].get();
    for (std::size_t i = 1; i < messages.size(); ++i)
        BOOST_TEST((fault_of([&] { (void)answers[i].get(); }) == Fault::busy));
    BOOST_TEST(gate.sizes == (std::vector<std::size_t>{1, 4, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(long_ones_go_in_several_commits) {
    SharedCommits commits(256, 100);
    Gate gate;
    NewMessage message = new_message("a");
    message.recipients.assign(60, {"333", "333"});
    std::vector<std::thread> threads;
    auto answers = crowd(commits, std::vector(6, message), gate, answer_all, threads);
    BOOST_TEST(gate.sizes == (std::vector<std::size_t>{1, 2, 2, 1}),
               boost::test_tools::per_element());
}

// Where a commit takes long, who was in it may be in the next one again; else the clients would go
// in two halves, and each would wait for two commits.
BOOST_AUTO_TEST_CASE(after_a_slow_commit_its_clients_are_awaited) {
    constexpr std::chrono::milliseconds slow{400};
    SharedCommits commits(256, 5000, std::chrono::seconds(10));
    std::atomic<int> calls = 0;
    std::vector<std::size_t> sizes;
    const auto commit = [&](const std::vector<Submission*>& list) {
        const auto end = std::chrono::steady_clock::now() + slow;
        sizes.push_back(list.size());
        const int call = ++calls;
        // The first waits for two more, the second for one that will lead the third.
        while (call <= 2 && (commits.waiting() < static_cast<std::size_t>(3 - call) ||
                             std::chrono::steady_clock::now() < end))
            std::this_thread::yield();
        answer_all(list);
    };
    const auto client = [&](int messages) {
        return [&, messages] {
            for (int i = 0; i < messages; ++i)
                (void)commits.submit(new_message("hola"), commit);
        };
    };
    std::thread first(client(1));
    while (calls < 1)
        std::this_thread::yield();
    std::thread two(client(2)), three(client(2)); // they share the second commit, and come again
    while (calls < 2)
        std::this_thread::yield();
    std::thread four(client(1)); // leads the third
    for (std::thread* each : {&first, &two, &three, &four})
        each->join();
    BOOST_TEST(sizes == (std::vector<std::size_t>{1, 2, 3}), boost::test_tools::per_element());
}

// In the spool itself: threads with connections of their own, and one of them wrong.
BOOST_FIXTURE_TEST_CASE(in_the_spool, FreshSpool) {
    constexpr int count = 8, each = 40;
    SharedCommits commits;
    const NewMessage taken = new_message("taken");
    (void)spool.submit(taken);
    std::latch ready(count);
    std::vector<std::thread> threads;
    std::vector<int> stored(count), refused(count);
    for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            Spool mine = open();
            mine.share(commits);
            ready.arrive_and_wait();
            for (int n = 0; n < each; ++n) {
                NewMessage message = new_message("hola");
                if (n % 10 == 9)
                    message.id = taken.id; // with another text
                try {
                    stored[i] += mine.submit(message).how == Stored::done ? 1 : 0;
                } catch (const Error& error) {
                    refused[i] += error.fault() == Fault::conflict ? 1 : 0;
                }
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    for (std::size_t i = 0; i < count; ++i) {
        BOOST_TEST(stored[i] == each - each / 10);
        BOOST_TEST(refused[i] == each / 10);
    }
    BOOST_TEST(spool.state_counts().at(0).jobs == 1 + count * (each - each / 10));
    BOOST_TEST(spool.check().empty());
}

BOOST_AUTO_TEST_SUITE_END()
