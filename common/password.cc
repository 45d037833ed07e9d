// Passwords and how they are hashed.

#include "common/password.h"

#include "common/base64.h"
#include "common/error.h"

#include <array>
#include <cerrno>
#include <crypt.h>
#include <cstdint>
#include <nettle/sha1.h>
#include <sys/random.h>

namespace smsspool {

namespace {

constexpr std::string_view ssha = "{SSHA}";
constexpr std::size_t salt_size = 16;

void fill_with_random(unsigned char* to, std::size_t size) {
    // Up to 256 bytes at once.
    if (::getentropy(to, size) != 0)
        throw system_error(Fault::unavailable, "getentropy");
}

std::string sha1(std::string_view secret, std::string_view salt) {
    std::string all(secret);
    all += salt;
    std::array<std::uint8_t, SHA1_DIGEST_SIZE> digest{};
    sha1_ctx hash;
    ::sha1_init(&hash);
    ::sha1_update(&hash, all.size(), reinterpret_cast<const std::uint8_t*>(all.data()));
    ::sha1_digest(&hash, digest.size(), digest.data());
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

} // namespace

std::string password_fault(std::string_view password) {
    if (password.size() < password_least || password.size() > password_most)
        return "a password must have " + std::to_string(password_least) + " to " +
               std::to_string(password_most) + " bytes, not " + std::to_string(password.size());
    for (const char byte : password) {
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F)
            return "a password must not hold control characters";
    }
    return {};
}

std::string slow_hash(std::string_view password, int cost) {
    std::array<char, salt_size> random{};
    fill_with_random(reinterpret_cast<unsigned char*>(random.data()), random.size());
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
    crypt_data work{};
    const char* hash = nullptr;
    if (::crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), random.data(),
                           static_cast<int>(random.size()), setting.data(),
                           static_cast<int>(setting.size())) != nullptr)
        hash = ::crypt_r(std::string(password).c_str(), setting.data(), &work);
    if (hash == nullptr || hash[0] == '*')
        throw system_error(Fault::unavailable, "bcrypt");
    return hash;
}

std::string fast_hash(std::string_view secret) {
    std::array<char, salt_size> salt{};
    fill_with_random(reinterpret_cast<unsigned char*>(salt.data()), salt.size());
    const std::string_view salted(salt.data(), salt.size());
    return std::string(ssha) + base64(sha1(secret, salted) + std::string(salted));
}

std::string new_secret() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567"; // 5 bits each
    std::array<unsigned char, 26> random{};
    fill_with_random(random.data(), random.size());
    std::string secret;
    for (const unsigned char byte : random)
        secret += letters[byte % letters.size()];
    return secret;
}

std::string new_token_secret() {
    return "sms_" + new_secret() + new_secret();
}

bool nginx_can_check(std::string_view hash) {
    for (const std::string_view own : {std::string_view("$apr1$"), ssha, std::string_view("{SHA}"),
                                       std::string_view("{PLAIN}")}) {
        if (hash.starts_with(own))
            return true;
    }
    // What begins otherwise nginx gives to crypt(3).
    return ::crypt_checksalt(std::string(hash).c_str()) == CRYPT_SALT_OK;
}

} // namespace smsspool
