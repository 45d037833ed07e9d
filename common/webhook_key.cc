// The keys of webhooks.

#include "common/webhook_key.h"

#include "common/error.h"
#include "common/hmac.h"

namespace smsspool {

std::string webhook_secret(const Config& config) {
    constexpr std::size_t least = 32;
    if (config.webhook_key_file.empty())
        throw Error(Fault::bad_input, "webhook_key_file is not set");
    std::string secret = read_secret(config.webhook_key_file);
    if (secret.size() < least)
        throw Error(Fault::bad_input, config.webhook_key_file + ": the first line must have " +
                                          std::to_string(least) + " bytes or more, not " +
                                          std::to_string(secret.size()));
    return secret;
}

std::string webhook_key(std::string_view secret, std::string_view user) {
    return hmac_sha256_hex(secret, user);
}

std::string webhook_signature(std::string_view key, std::int64_t seconds, std::string_view body) {
    return "v1=" + hmac_sha256_hex(key, std::to_string(seconds) + "." + std::string(body));
}

} // namespace smsspool
