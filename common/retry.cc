// The retry law.

#include "common/retry.h"

#include <algorithm>

namespace smsspool {

namespace {

// `first`, doubled `times` times, at most `most`.
std::int64_t growing(Ms first, Ms most, std::int64_t times) {
    std::int64_t pause = first.count();
    for (; times > 0 && pause < most.count(); --times)
        pause *= 2;
    return std::min(pause, most.count());
}

std::int64_t with_jitter(std::int64_t pause, double jitter) {
    return pause + static_cast<std::int64_t>(static_cast<double>(pause) * jitter / 4);
}

// Contract 1.11: the words and sentences that a client knows.
void set_error(Decision& decision, std::string_view code, const Work& work,
               const std::string& reason) {
    decision.error_code = code;
    decision.error_text = std::string(code == "MODEM_TIMEOUT" ? "Timeout while sending SMS to "
                                                              : "Failed to send SMS to ") +
                          work.number + ": " + reason;
}

class Judge {
public:
    Judge(const Work& work, const Config& config, UtcMs now, double jitter)
        : work_(work), config_(config), now_(now), jitter_(jitter) {
        decision_.not_before = now;
        decision_.attempts = work.attempts;
        decision_.waits = work.waits;
        decision_.unknowns = work.unknowns;
    }

    Decision operator()(const WasAccepted&) {
        decision_.waits = 0;
        if (work_.ends_job())
            decision_.event = Event::accepted;
        return decision_;
    }

    Decision operator()(const WasRefused& refused) {
        switch (refused.kind) {
        case RefusalKind::network:
            ++decision_.waits;
            decision_.event = Event::temporary;
            decision_.not_before =
                now_ + growing(config_.network_first, config_.network_most, work_.waits);
            break;
        case RefusalKind::temporary:
            temporary();
            break;
        case RefusalKind::permanent:
            ++decision_.attempts;
            decision_.event = Event::permanent;
            break;
        }
        if (decision_.event == Event::temporary)
            decision_.not_before =
                std::max(decision_.not_before, now_ + refused.retry_after.count());
        set_error(decision_, "SEND_FAILED", work_, refused.text);
        return decision_;
    }

    Decision operator()(const IsUnknown& unknown) {
        ++decision_.unknowns;
        const bool again = config_.unknown == UnknownPolicy::resend && work_.unknowns == 0;
        decision_.event = again ? Event::resend : Event::hold;
        set_error(decision_, "MODEM_TIMEOUT", work_, unknown.text);
        return decision_;
    }

    Decision operator()(const WasWithdrawn&) {
        decision_.event = Event::temporary;
        decision_.not_before = now_ + config_.worker_pause.count();
        return decision_;
    }

private:
    void temporary() {
        ++decision_.attempts;
        decision_.waits = 0;
        const bool used_up = decision_.attempts >= config_.max_attempts;
        decision_.event = used_up ? Event::permanent : Event::temporary;
        if (!used_up)
            decision_.not_before =
                now_ + with_jitter(growing(config_.retry_first, config_.retry_most, work_.attempts),
                                   jitter_);
    }

    const Work& work_;
    const Config& config_;
    UtcMs now_;
    double jitter_;
    Decision decision_;
};

struct Journal {
    AttemptEnd operator()(const WasAccepted& accepted) const {
        AttemptEnd end{"accepted", {}, {}, accepted.answer, {}};
        if (accepted.reference >= 0)
            end.reference = accepted.reference;
        return end;
    }
    AttemptEnd operator()(const WasRefused& refused) const {
        return {"refused", {}, refused.code, refused.text, refused.trace};
    }
    AttemptEnd operator()(const IsUnknown& unknown) const {
        return {"unknown", {}, {}, unknown.text, unknown.trace};
    }
    AttemptEnd operator()(const WasWithdrawn& withdrawn) const {
        return {"withdrawn", {}, {}, withdrawn.text, withdrawn.trace};
    }
};

} // namespace

AttemptEnd attempt_end(const Outcome& outcome) {
    return std::visit(Journal{}, outcome);
}

Decision decide(const Work& work, const Outcome& outcome, const Config& config, UtcMs now,
                double jitter) {
    return std::visit(Judge(work, config, now, jitter), outcome);
}

} // namespace smsspool
