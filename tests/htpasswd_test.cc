// The password file: what is read, what a change keeps, and that it is replaced as a whole.

#define BOOST_TEST_MODULE htpasswd_test
#include "common/htpasswd.h"

#include "common/error.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace smsspool;

namespace {

std::string content(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

mode_t mode_of(const std::string& file) {
    struct stat facts {};
    BOOST_TEST_REQUIRE(::stat(file.c_str(), &facts) == 0);
    return facts.st_mode & 07777;
}

const std::string several = "# of the shop\n"
                            "\n"
                            "shop:$2b$12$x:till summer\n"
                            "alarm:{SSHA}y\r\n"
                            "no colon\n"
                            "shop:second\n"
                            "last:z";

} // namespace

BOOST_AUTO_TEST_SUITE(htpasswd_test)

BOOST_AUTO_TEST_CASE(names) {
    struct Case {
        const char* name;
        std::string user;
        bool good;
    };
    const std::vector<Case> cases{
        {"letters", "shop", true},
        {"as the ancestor's panel allows", std::string(80, 'a'), true},
        {"one more", std::string(81, 'a'), false},
        {"characters, not bytes", "caf\xC3\xA9", true},
        {"a blank inside", "front desk", true},
        {"empty", "", false},
        {"a colon", "a:b", false},
        {"a comment", "#shop", false},
        {"a blank at the end", "shop ", false},
        {"a line feed", "sh\nop", false},
        {"not UTF-8", "sh\xFFop", false},
    };
    for (const Case& c : cases)
        BOOST_TEST(user_name_fault(c.user).empty() == c.good, c.name);
}

BOOST_AUTO_TEST_CASE(reading) {
    const TempFolder folder;
    const auto users = read_passwords(folder.write("htpasswd", several));
    BOOST_TEST_REQUIRE(users.size() == 3u);
    BOOST_TEST(users[0].name == "shop");
    BOOST_TEST(users[0].hash == "$2b$12$x");
    BOOST_TEST(users[1].name == "alarm");
    BOOST_TEST(users[1].hash == "{SSHA}y");
    BOOST_TEST(users[2].name == "last");
    BOOST_TEST(users[2].hash == "z");
    BOOST_TEST(read_passwords(folder.file("none")).empty());
    BOOST_CHECK_THROW((void)read_passwords(folder.path()), Error);
}

BOOST_AUTO_TEST_CASE(changing_keeps_what_it_does_not_change) {
    struct Case {
        const char* name;
        PasswordLine line; // no hash: removed
        std::string want;
    };
    const std::vector<Case> cases{
        {"in its place",
         {"alarm", "new"},
         "# of the shop\n\nshop:$2b$12$x:till summer\nalarm:new\nno colon\nshop:second\nlast:z"},
        {"at the end", {"added", "hash"}, several + "\nadded:hash\n"},
        {"all lines of a name", {"shop", ""}, "# of the shop\n\nalarm:{SSHA}y\r\nno colon\nlast:z"},
        {"the last line", {"last", ""}, several.substr(0, several.size() - 6)},
        {"nobody of this name", {"nobody", ""}, several},
        {"a beginning of a name", {"sho", ""}, several},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const TempFolder folder;
            const std::string file = folder.write("htpasswd", several);
            ::chmod(file.c_str(), 0600);
            if (c.line.hash.empty())
                BOOST_TEST(remove_password(file, c.line.name) == (c.want != several));
            else
                set_password(file, c.line);
            BOOST_TEST(content(file) == c.want);
            BOOST_TEST(mode_of(file) == 0600u);
            BOOST_TEST(::access((file + ".new").c_str(), F_OK) != 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_new_file) {
    const TempFolder folder;
    const std::string file = folder.file("htpasswd");
    BOOST_TEST(!remove_password(file, "shop"));
    BOOST_TEST(::access(file.c_str(), F_OK) != 0, "a removal must not make a file");
    set_password(file, {"shop", "hash"});
    BOOST_TEST(content(file) == "shop:hash\n");
    BOOST_TEST(mode_of(file) == 0640u);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_replaced) {
    const TempFolder folder;
    BOOST_CHECK_THROW(set_password(folder.file("no/such/htpasswd"), {"shop", "hash"}), Error);
    ::mkdir(folder.file("htpasswd.new").c_str(), 0700); // in the way
    const std::string file = folder.write("htpasswd", "shop:old\n");
    BOOST_CHECK_THROW(set_password(file, {"shop", "hash"}), Error);
    BOOST_TEST(content(file) == "shop:old\n");
}

BOOST_AUTO_TEST_CASE(hands_wait_for_each_other) {
    constexpr int hands = 8;
    constexpr int each = 20;
    const TempFolder folder;
    const std::string file = folder.write("htpasswd", "# kept\n");
    std::vector<std::thread> all;
    for (int hand = 0; hand < hands; ++hand) {
        all.emplace_back([&, hand] {
            for (int i = 0; i < each; ++i)
                set_password(file,
                             {"user" + std::to_string(hand) + "." + std::to_string(i), "hash"});
        });
    }
    for (std::thread& hand : all)
        hand.join();
    BOOST_TEST(read_passwords(file).size() == static_cast<std::size_t>(hands * each));
    BOOST_TEST(content(file).substr(0, 7) == "# kept\n");
}

BOOST_AUTO_TEST_SUITE_END()
