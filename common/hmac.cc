// HMAC-SHA256.

#include "common/hmac.h"

#include "common/error.h"

#include <array>
#include <cstdint>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace smsspool {

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> code{};
    unsigned length = 0;
    const auto* text = reinterpret_cast<const unsigned char*>(bytes.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), text, bytes.size(),
             code.data(), &length) == nullptr)
        throw Error(Fault::bug, "HMAC-SHA256 is not available");
    std::string hex;
    for (unsigned i = 0; i < length; ++i) {
        hex += digits[code[i] >> 4];
        hex += digits[code[i] & 0xF];
    }
    return hex;
}

} // namespace smsspool
