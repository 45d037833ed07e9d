// claims: what it costs to settle a job and claim the next, for `make bench`.
//
//   claims CONFIGURATION COUNT
//
// Does that COUNT times on a spool as it stands. For each job that is claimed another is submitted
// before, so that the spool holds as many queued ones at the end as at the start; only settling and
// claiming, one transaction, is timed. Prints {"jobs":…,"seconds":…,"per_second":…,"p50_ms":…}.

#include "common/clock.h"
#include "common/ids.h"
#include "common/retry.h"
#include "common/settings.h"
#include "common/spool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace {

using namespace smsspool;

NewMessage another(const Config& config) {
    NewMessage message;
    message.id = new_id();
    message.user = "bench";
    message.api = "rest";
    message.text = "bench";
    message.created = utc_now();
    message.valid_until = message.created + config.valid_for.count();
    message.recipients = {{"5512345678", "+525512345678"}};
    return message;
}

// How long each took, in milliseconds.
std::vector<double> turns(Spool& spool, const Config& config, int count) {
    Claimer claimer;
    claimer.owner = "bench";
    claimer.modem = "bench";
    claimer.lease_ms = 600000;
    const Outcome accepted = WasAccepted{7};
    std::vector<double> took;
    std::optional<Work> work = spool.claim(claimer, utc_now());
    while (static_cast<int>(took.size()) < count) {
        if (!work)
            throw std::runtime_error("nothing is queued");
        (void)spool.submit(another(config));
        const UtcMs now = utc_now();
        const auto begin = std::chrono::steady_clock::now();
        Turn turn = spool.settle(*work, attempt_end(accepted),
                                 decide(*work, accepted, config, now, 0), &claimer, now);
        took.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                .count());
        work = std::move(turn.next);
    }
    if (work) // nothing stays in hand
        (void)spool.settle(*work, attempt_end(accepted),
                           decide(*work, accepted, config, utc_now(), 0), nullptr, utc_now());
    return took;
}

} // namespace

int main(int count, char** words) {
    if (count != 3)
        return 64;
    try {
        const Config config = load({words[1]});
        Spool spool(config, Access::write);
        auto took = turns(spool, config, std::max(1, std::atoi(words[2])));
        const double seconds = std::accumulate(took.begin(), took.end(), 0.0) / 1000;
        std::sort(took.begin(), took.end());
        std::printf("{\"jobs\":%zu,\"seconds\":%.3f,\"per_second\":%.1f,\"p50_ms\":%.3f}\n",
                    took.size(), seconds, static_cast<double>(took.size()) / seconds,
                    took[took.size() / 2]);
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "claims: %s\n", exception.what());
        return 69;
    }
}
