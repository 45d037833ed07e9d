// Decisions about dead letters.

#include "common/dead_letters.h"

#include "common/error.h"
#include "common/wake.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <thread>

namespace smsspool {

namespace {

// How many letters go in one transaction, and the pause in which the daemon has the spool to
// itself before the next.
constexpr std::size_t bite = 500;
constexpr std::chrono::milliseconds pause_between_bites{50};

constexpr std::size_t word_most = 256;

using Condition = std::optional<std::string> (*)(DeadFilter&, std::string_view, UtcMs);

std::optional<std::string> put_state(DeadFilter& filter, std::string_view value, UtcMs) {
    filter.state = state_named(value);
    if (!filter.state || !is_dead_letter(*filter.state))
        return "failed or unknown";
    return std::nullopt;
}

// One that is empty, or longer than anything that is stored, would find what nobody meant.
std::optional<std::string> put_word(std::string& word, std::string_view value) {
    word = value;
    if (value.empty() || value.size() > word_most)
        return "a text of 1 to " + std::to_string(word_most) + " bytes";
    return std::nullopt;
}

std::optional<std::string> put_user(DeadFilter& filter, std::string_view value, UtcMs) {
    return put_word(filter.user, value);
}

std::optional<std::string> put_error_code(DeadFilter& filter, std::string_view value, UtcMs) {
    return put_word(filter.error_code, value);
}

std::optional<std::string> put_number(DeadFilter& filter, std::string_view value, UtcMs) {
    filter.number = value;
    const std::string_view digits = value.substr(value.starts_with('+') ? 1 : 0);
    if (value.empty() || value.size() > 20 ||
        digits.find_first_not_of("0123456789") != std::string_view::npos)
        return "the beginning of a number like +52, or of a service number";
    return std::nullopt;
}

constexpr std::string_view age_form = "an age like 2h, or a time like 2030-01-31T12:00:00Z";

constexpr Ms longest = std::chrono::hours(24 * 365 * 100);

// Digits alone are seconds in a file of settings. Here somebody may mean days with them.
std::optional<Ms> length_from(std::string_view text) {
    if (text.find_first_not_of("0123456789") == std::string_view::npos)
        return std::nullopt;
    const auto length = duration_from(text);
    return length && *length <= longest ? length : std::nullopt;
}

std::optional<UtcMs> moment_ago(std::string_view value, UtcMs now) {
    if (const auto when = parse_rfc3339(value))
        return when;
    const auto age = length_from(value);
    return age ? std::optional(now - age->count()) : std::nullopt;
}

std::optional<std::string> put_older_than(DeadFilter& filter, std::string_view value, UtcMs now) {
    const auto when = moment_ago(value, now);
    filter.before = when.value_or(0);
    return when ? std::nullopt : std::optional<std::string>(age_form);
}

std::optional<std::string> put_newer_than(DeadFilter& filter, std::string_view value, UtcMs now) {
    const auto when = moment_ago(value, now);
    filter.since = when.value_or(0);
    return when ? std::nullopt : std::optional<std::string>(age_form);
}

constexpr std::array<Condition, dead_conditions.size()> put_each{
    put_state, put_user, put_number, put_error_code, put_older_than, put_newer_than};

// --- many ---------------------------------------------------------------------------------------

void count(const std::vector<Verdict>& verdicts, Progress& progress) {
    for (const Verdict& verdict : verdicts) {
        switch (verdict.how) {
        case Verdict::How::done:
            ++progress.done;
            break;
        case Verdict::How::damaged:
            ++progress.damaged;
            break;
        case Verdict::How::alive:
        case Verdict::How::missing: // purged meanwhile
            ++progress.alive;
            break;
        }
    }
}

// Has `decide` decide about what `filter` finds and was dead at `now`, a bite at a time. It adds to
// the progress and must leave nothing of its bite undecided.
void for_each_bite(Spool& spool, DeadFilter filter, std::size_t most, UtcMs now, const Told& told,
                   Progress& progress,
                   const std::function<void(const std::vector<DeadLetter>&)>& decide) {
    // What dies again while this runs is not sent a second time.
    filter.before = std::min(filter.before, now + 1);
    std::string after;
    for (std::size_t left = most;;) {
        const auto letters = spool.dead_letters(filter, after, std::min(bite, left) + 1);
        const std::size_t size = std::min({letters.size(), bite, left});
        if (size > 0) {
            const std::int64_t before = progress.done, damaged = progress.damaged;
            decide({letters.begin(), letters.begin() + static_cast<std::ptrdiff_t>(size)});
            after = letters[size - 1].job_id;
            // Those that cannot be read stay where they are, and must not use up what may be done.
            left -= size - static_cast<std::size_t>(progress.damaged - damaged);
            if (progress.done > before)
                told(progress.done - before, letters.front().job_id, after);
        }
        progress.more = letters.size() > size;
        if (!progress.more || left == 0)
            return;
        std::this_thread::sleep_for(pause_between_bites);
    }
}

} // namespace

// --- words --------------------------------------------------------------------------------------

std::optional<std::string> put_condition(DeadFilter& filter, std::string_view name,
                                         std::string_view value, UtcMs now) {
    for (std::size_t i = 0; i < dead_conditions.size(); ++i) {
        if (dead_conditions[i] == name)
            return put_each[i](filter, value, now);
    }
    throw Error(Fault::bug, "there is no condition \"" + std::string(name) + "\"");
}

std::string words_of(const DeadFilter& filter) {
    std::string text;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty())
            text += (text.empty() ? "" : ", ") + std::string(name) + " " + std::string(value);
    };
    add("state", filter.state ? name_of(*filter.state) : "");
    add("user", filter.user);
    add("number", filter.number);
    add("error_code", filter.error_code);
    if (filter.since > 0)
        add("dead since", utc_seconds_text(filter.since));
    if (filter.before < std::numeric_limits<UtcMs>::max())
        add("dead before", utc_seconds_text(filter.before));
    return text.empty() ? "all" : text;
}

std::optional<std::int64_t> pace_from(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t ms;
    };
    constexpr Unit units[] = {{"/s", 1000},
                              {"/min", 60 * 1000},
                              {"/m", 60 * 1000},
                              {"/h", 60 * 60 * 1000},
                              {"", 60 * 1000}};
    constexpr std::int64_t most = 1'000'000;
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || number < 1 || number > most)
        return std::nullopt;
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const Unit& unit : units) {
        if (rest == unit.name) // rounded up: never faster than was asked for, but for 1 ms
            return (unit.ms + number - 1) / number;
    }
    return std::nullopt;
}

std::optional<UtcMs> moment_from(std::string_view text, UtcMs now) {
    if (const auto when = parse_rfc3339(text))
        return when;
    const auto length = length_from(text);
    return length ? std::optional(now + length->count()) : std::nullopt;
}

// --- deeds --------------------------------------------------------------------------------------

Verdict resend(Spool& spool, const Resending& job, const Config& config, UtcMs now) {
    const Verdict verdict = spool.resend({job}, config, now).at(0);
    if (verdict.how == Verdict::How::done)
        poke(config.wake_socket);
    return verdict;
}

Progress resend_all(Spool& spool, const DeadFilter& filter, const Schedule& schedule,
                    std::size_t most, const Config& config, UtcMs now, const Told& told) {
    Progress progress;
    progress.next = std::max(now, schedule.first);
    for_each_bite(spool, filter, most, now, told, progress,
                  [&](const std::vector<DeadLetter>& letters) {
                      std::vector<Resending> jobs;
                      for (const DeadLetter& letter : letters) {
                          jobs.push_back({letter.job_id, progress.next});
                          progress.next += schedule.apart;
                      }
                      count(spool.resend(jobs, config, now), progress);
                      poke(config.wake_socket);
                  });
    return progress;
}

Progress abandon_all(Spool& spool, const DeadFilter& filter, std::size_t most, UtcMs now,
                     const Told& told) {
    Progress progress;
    for_each_bite(spool, filter, most, now, told, progress,
                  [&](const std::vector<DeadLetter>& letters) {
                      std::vector<std::string> ids;
                      for (const DeadLetter& letter : letters)
                          ids.push_back(letter.job_id);
                      count(spool.abandon(ids, now), progress);
                  });
    return progress;
}

std::int64_t count_letters(Spool& spool, const DeadFilter& filter) {
    std::int64_t all = 0;
    std::string after;
    for (;;) {
        const auto letters = spool.dead_letters(filter, after, bite);
        all += static_cast<std::int64_t>(letters.size());
        if (letters.size() < bite)
            return all;
        after = letters.back().job_id;
    }
}

} // namespace smsspool
