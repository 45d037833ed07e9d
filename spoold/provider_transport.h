// The way to the network through an HTTP provider that takes a form.

#ifndef SMSSPOOL_SPOOLD_PROVIDER_TRANSPORT_H
#define SMSSPOOL_SPOOLD_PROVIDER_TRANSPORT_H

#include "common/http.h"
#include "common/provider.h"
#include "spoold/provider_outcome.h"
#include "spoold/worker_main.h"

#include <optional>
#include <string>

namespace smsspool {

class ProviderTransport : public Transport {
public:
    // `http` outlives it.
    explicit ProviderTransport(Http& http) : http_(http) {}

    Answer open(const OpenRequest& request) override;
    Answer send(const SendRequest& request) override;
    // Nothing arrives through a provider.
    Answer scan() override { return Scanned{}; }
    Answer remove(const DeleteRequest&) override { return Done{}; }
    // A network, as long as the provider could be reached; since it could not: if it can be now.
    Answer state() override;

private:
    struct Opening {
        ProviderConfig config;
        AnswerPatterns patterns;
        std::string secret;
    };

    [[nodiscard]] HttpRequest request_for(const SendRequest& request, const std::string& number);
    [[nodiscard]] HttpAnswer follow(HttpRequest request);
    [[nodiscard]] HttpAnswer exchange(const HttpRequest& request);

    Http& http_;
    std::optional<Opening> open_;
    bool unreachable_ = false;
};

} // namespace smsspool

#endif
