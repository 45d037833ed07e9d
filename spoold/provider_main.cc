// smsspool-provider: the worker that hands messages to an HTTP provider.

#include "common/http.h"
#include "spoold/provider_transport.h"
#include "spoold/worker_main.h"

int main() {
    const auto http = smsspool::make_http();
    smsspool::ProviderTransport transport(*http);
    return smsspool::worker_main(transport);
}
