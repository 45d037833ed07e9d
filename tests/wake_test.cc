// The poke: it arrives, nobody there is all right, and nothing but a socket is ever replaced.

#define BOOST_TEST_MODULE wake_test
#include "common/error.h"
#include "common/wake.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <poll.h>
#include <string>
#include <sys/stat.h>

using namespace smsspool;

namespace {

bool waits(const Fd& listener) {
    pollfd entry{listener.get(), POLLIN, 0};
    return ::poll(&entry, 1, 0) == 1;
}

bool is_unavailable(const Error& error) {
    return error.fault() == Fault::unavailable;
}

struct Fixture {
    TempFolder folder;
    std::string path = folder.file("wake.sock");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(wake_test, Fixture)

BOOST_AUTO_TEST_CASE(a_poke_arrives_and_is_drained) {
    const Fd listener = listen_for_pokes(path);
    BOOST_TEST(!waits(listener));
    poke(path);
    poke(path);
    BOOST_TEST(waits(listener));
    drain_pokes(listener);
    BOOST_TEST(!waits(listener));
    poke(path);
    BOOST_TEST(waits(listener));
}

BOOST_AUTO_TEST_CASE(owner_and_group_may_poke) {
    const Fd listener = listen_for_pokes(path);
    struct stat facts {};
    BOOST_REQUIRE(::stat(path.c_str(), &facts) == 0);
    BOOST_TEST((facts.st_mode & 07777U) == 0660U);
}

BOOST_AUTO_TEST_CASE(nobody_there_is_all_right) {
    poke(path);
    poke("");
    poke(folder.path());
    poke(std::string(5000, 'x'));
    { const Fd listener = listen_for_pokes(path); }
    poke(path); // the socket is there, and nobody listens
}

BOOST_AUTO_TEST_CASE(a_full_queue_does_not_block) {
    const Fd listener = listen_for_pokes(path);
    for (int i = 0; i < 10'000; ++i)
        poke(path);
    drain_pokes(listener);
    BOOST_TEST(!waits(listener));
}

BOOST_AUTO_TEST_CASE(an_old_socket_is_replaced) {
    const Fd old = listen_for_pokes(path);
    const Fd fresh = listen_for_pokes(path);
    poke(path);
    BOOST_TEST(!waits(old));
    BOOST_TEST(waits(fresh));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_socket_stays) {
    const std::string file = folder.write("spool.sqlite", "precious");
    BOOST_CHECK_EXCEPTION((void)listen_for_pokes(file), Error, is_unavailable);
    BOOST_TEST(std::filesystem::file_size(file) == 8U);
    BOOST_CHECK_EXCEPTION((void)listen_for_pokes(folder.path()), Error, is_unavailable);
}

BOOST_AUTO_TEST_CASE(paths_on_which_nobody_can_listen) {
    for (const std::string& bad :
         {std::string(), folder.file("missing/wake.sock"), folder.file(std::string(200, 'x'))})
        BOOST_CHECK_EXCEPTION((void)listen_for_pokes(bad), Error, is_unavailable);
}

BOOST_AUTO_TEST_SUITE_END()
