// The disk under a file.

#define BOOST_TEST_MODULE disk_test
#include "common/disk.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(disk_test)

BOOST_AUTO_TEST_CASE(room) {
    const TempFolder folder;
    const auto there = std::filesystem::space(folder.path());
    // Others write to the disk at the same time.
    const std::int64_t slack = std::int64_t{1} << 30;
    for (const char* file : {"missing", "there"}) {
        const auto free = free_bytes(folder.file(file));
        BOOST_REQUIRE(free.has_value());
        BOOST_TEST(std::abs(*free - static_cast<std::int64_t>(there.available)) < slack);
        (void)folder.write("there", "x");
    }
    BOOST_TEST(!free_bytes(folder.file("no-folder/file")).has_value());
    BOOST_TEST(free_bytes("/file").has_value());
    BOOST_TEST(free_bytes("file").has_value()); // of the present folder
}

BOOST_AUTO_TEST_CASE(sizes) {
    const TempFolder folder;
    BOOST_TEST(size_of(folder.write("a", "12345")) == 5);
    BOOST_TEST(size_of(folder.write("empty", "")) == 0);
    BOOST_TEST(size_of(folder.file("missing")) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
