// What is tried next on a modem that fails: the recovery ladder, as a pure class.
//
// A row of failures begins with the first one and ends when the modem works again. The row decides:
// its first failure is answered by another worker at once, the next ones after a pause that grows;
// radio, reset and hook come in addition, without a pause, each once it has had its number of
// failures, and again after `ladder_again`.

#ifndef SMSSPOOL_SPOOLD_LADDER_H
#define SMSSPOOL_SPOOLD_LADDER_H

#include "common/clock.h"
#include "common/settings.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace smsspool {

enum class Rung {
    reopen, // another worker, which looks for the modem and opens it
    radio,  // its radio is switched off and on first
    reset,  // the modem is started again first
    hook    // the admin's program is run first
};

// The word of a rung for the log.
[[nodiscard]] std::string_view name_of(Rung rung) noexcept;

// What a failure says of the modem.
enum class Obstacle {
    link,    // it does not do what it is told
    port,    // there is no port to tell it anything through
    sim,     // the SIM is missing or another one: nothing that a moment mends
    settings // it is to be told something else: a PIN, a file
};

// In what it failed, or worked.
enum class Doing { sending, other };

class Ladder {
public:
    enum class Hook { none, present };
    enum class Radio { none, present }; // none: there is nothing to reset

    Ladder(const Config& config, Hook hook, Radio radio = Radio::present)
        : config_(config), hook_(hook), radio_(radio) {}

    struct Next {
        Rung rung = Rung::reopen;
        Ms pause{0}; // before it
    };

    // A failure, and what follows. No radio and no reset where there is no port, nothing but
    // `reopen` where it is for the settings.
    [[nodiscard]] Next failed(Obstacle obstacle, Doing doing, Monotonic::time_point now);

    // The row ends; but one in which sending failed is ended by sending only, or by `ladder_again`
    // without a failure.
    void worked(Doing doing) noexcept;

    // In this row.
    [[nodiscard]] std::int64_t failures() const noexcept { return failures_; }
    // It has failed so often that it is not counted on: see `aside_after`.
    [[nodiscard]] bool aside() const noexcept { return failures_ >= config_.aside_after; }

private:
    [[nodiscard]] Rung rung(Obstacle obstacle, Monotonic::time_point now);
    [[nodiscard]] bool take(Rung rung, std::int64_t after, Monotonic::time_point now);

    const Config& config_;
    Hook hook_;
    Radio radio_;
    std::int64_t failures_ = 0;
    bool sending_failed_ = false;
    bool answered_since_ = false; // it worked in other things since the last failure
    Monotonic::time_point last_{};
    // Of each rung: when it was tried last in this row.
    std::array<std::optional<Monotonic::time_point>, 4> tried_{};
};

// `first`, doubled `times` times, at most `most`.
[[nodiscard]] Ms doubled(Ms first, Ms most, std::int64_t times) noexcept;

} // namespace smsspool

#endif
