// HMAC-SHA256.

#include "common/hmac.h"

#include <array>
#include <cstdint>
#include <nettle/base16.h>
#include <nettle/hmac.h>

namespace smsspool {

namespace {

const std::uint8_t* octets(std::string_view bytes) noexcept {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

} // namespace

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> code{};
    hmac_sha256_ctx hash;
    ::hmac_sha256_set_key(&hash, key.size(), octets(key));
    ::hmac_sha256_update(&hash, bytes.size(), octets(bytes));
    ::hmac_sha256_digest(&hash, code.size(), code.data());
    std::string hex(BASE16_ENCODE_LENGTH(code.size()), '\0');
    ::base16_encode_update(hex.data(), code.size(), code.data());
    return hex;
}

} // namespace smsspool
