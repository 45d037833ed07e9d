// Passwords: what is refused, and hashes that crypt(3) and nginx take.

#define BOOST_TEST_MODULE password_test
#include "common/password.h"

#include <boost/test/unit_test.hpp>
#include <crypt.h>
#include <set>
#include <string>
#include <vector>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(password_test)

BOOST_AUTO_TEST_CASE(faults) {
    struct Case {
        const char* name;
        std::string password;
        const char* want; // a part of the sentence; empty: it is good
    };
    const std::vector<Case> cases{
        {"eight bytes", "12345678", ""},
        {"seven bytes", "1234567", "not 7"},
        {"as many as bcrypt takes", std::string(72, 'x'), ""},
        {"one more", std::string(73, 'x'), "not 73"},
        {"bytes count, not characters", "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", ""},
        {"a line feed", "12345678\n", "control"},
        {"a zero byte", std::string("1234\0005678", 9), "control"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const std::string fault = password_fault(c.password);
            BOOST_TEST(fault.empty() == (*c.want == '\0'), fault);
            BOOST_TEST(fault.find(c.want) != std::string::npos, fault);
            BOOST_TEST((fault.empty() || fault.find(c.password) == std::string::npos));
        }
    }
}

BOOST_AUTO_TEST_CASE(bcrypt_is_checked_by_crypt) {
    const std::string hash = slow_hash("correct horse", 4);
    BOOST_TEST(hash.substr(0, 7) == "$2b$04$");
    crypt_data work{};
    BOOST_TEST(crypt_r("correct horse", hash.c_str(), &work) == hash);
    BOOST_TEST(crypt_r("correct horsf", hash.c_str(), &work) != hash);
    BOOST_TEST(slow_hash("correct horse", 4) != hash, "the salt must differ");
}

BOOST_AUTO_TEST_CASE(fast_hashes_have_a_salt) {
    const std::string hash = fast_hash("secret");
    BOOST_TEST(hash.substr(0, 6) == "{SSHA}");
    // 20 bytes of SHA-1 and 16 of salt.
    BOOST_TEST(hash.size() == 6 + 48u);
    BOOST_TEST(fast_hash("secret") != hash);
}

BOOST_AUTO_TEST_CASE(secrets_differ_and_are_long) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string secret = new_secret();
        BOOST_TEST(secret.size() == 26u);
        BOOST_TEST(secret.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") ==
                   std::string::npos);
        BOOST_TEST(password_fault(secret) == "");
        seen.insert(secret);
    }
    BOOST_TEST(seen.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(what_nginx_can_check) {
    struct Case {
        const char* hash;
        bool want;
    };
    const std::vector<Case> cases{
        {"$2b$12$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuabcdefghijklmnopqrstu", true},
        {"$2y$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuabcdefghijklmnopqrstu", true},
        {"$6$salt$hash", true},
        {"$apr1$salt$hash", true},
        {"{SSHA}abc", true},
        {"pbkdf2:sha256:600000$salt$hash", false},
        {"scrypt:32768:8:1$salt$hash", false},
        {"", false},
        {"*", false},
    };
    for (const Case& c : cases)
        BOOST_TEST(nginx_can_check(c.hash) == c.want, c.hash);
}

BOOST_AUTO_TEST_SUITE_END()
