// The table of faults and their switches.

#include "tests/simmodem/faults.h"

#include <algorithm>

namespace smsspool::sim {

namespace {

struct FaultRow {
    FaultName name;
    std::string_view word;
    std::int64_t ms;
    std::int64_t code;
    std::int64_t bytes;
    std::string_view text;
};

constexpr std::array<FaultRow, fault_count> rows{{
    {FaultName::mute, "mute", 0, 0, 0, ""},
    {FaultName::deaf_echo, "deaf_echo", 0, 0, 0, ""},
    {FaultName::chatter, "chatter", 1000, 0, 0, "^RSSI:17"},
    {FaultName::late_cmgs, "late_cmgs", 3000, 0, 0, ""},
    {FaultName::lost_cmgs, "lost_cmgs", 0, 0, 0, ""},
    {FaultName::refuse, "refuse", 0, 38, 0, ""},
    {FaultName::bare_prompt, "bare_prompt", 0, 0, 0, ""},
    {FaultName::no_prompt, "no_prompt", 0, 0, 0, ""},
    {FaultName::garbage, "garbage", 0, 0, 32, ""},
    {FaultName::unplug, "unplug", 0, 0, 0, ""},
    {FaultName::die_in_pdu, "die_in_pdu", 0, 0, 20, ""},
    {FaultName::storage_full, "storage_full", 0, 0, 0, ""},
    {FaultName::delete_fails, "delete_fails", 0, 500, 0, ""},
    {FaultName::list_fails, "list_fails", 0, 500, 0, ""},
    {FaultName::no_network, "no_network", 0, 331, 0, ""},
    {FaultName::no_sim, "no_sim", 0, 0, 0, ""},
    {FaultName::slow, "slow", 1000, 0, 0, ""},
    {FaultName::no_reports, "no_reports", 0, 0, 0, ""},
    {FaultName::late_reports, "late_reports", 2000, 0, 0, ""},
    {FaultName::duplicate_cmti, "duplicate_cmti", 0, 0, 0, ""},
    {FaultName::echo_off, "echo_off", 0, 0, 0, ""},
}};

static_assert([] {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].name) != i)
            return false;
    return true;
}());

} // namespace

std::string_view name_of(FaultName name) noexcept {
    return rows[static_cast<std::size_t>(name)].word;
}

std::optional<FaultName> fault_named(std::string_view name) noexcept {
    const auto same = [](char a, char b) { return a == b || (a == '_' && b == '-'); };
    for (const FaultRow& row : rows)
        if (std::equal(row.word.begin(), row.word.end(), name.begin(), name.end(), same))
            return row.name;
    return std::nullopt;
}

FaultSettings default_settings(FaultName name) {
    const FaultRow& row = rows[static_cast<std::size_t>(name)];
    FaultSettings settings;
    settings.ms = row.ms;
    settings.code = row.code;
    settings.bytes = row.bytes;
    settings.text = row.text;
    return settings;
}

void Faults::on(FaultName name, FaultSettings settings) {
    if (name == FaultName::refuse)
        off(name, settings.number.empty() ? "*" : std::string_view(settings.number));
    else
        off(name);
    active(name).push_back(std::move(settings));
}

void Faults::off(FaultName name, std::string_view number) {
    if (number.empty()) {
        active(name).clear();
        return;
    }
    const std::string_view wanted = number == "*" ? std::string_view() : number;
    std::erase_if(active(name), [&](const FaultSettings& f) { return f.number == wanted; });
}

void Faults::end(Until event) {
    const auto ends = [&](const FaultSettings& fault) {
        return fault.until != Until::off && (event == Until::reset || fault.until == event);
    };
    for (Active& faults : active_)
        std::erase_if(faults, ends);
}

bool Faults::can_end() const {
    const auto ends = [](const FaultSettings& fault) { return fault.until != Until::off; };
    return std::any_of(active_.begin(), active_.end(), [&](const Active& faults) {
        return std::any_of(faults.begin(), faults.end(), ends);
    });
}

bool Faults::is_on(FaultName name) const {
    return !all(name).empty();
}

const FaultSettings* Faults::find(FaultName name) const {
    return all(name).empty() ? nullptr : &all(name).front();
}

FaultSettings Faults::count_use(Active& faults, std::size_t at) {
    FaultSettings& fault = faults[at];
    FaultSettings copy = fault;
    if (fault.count > 0 && --fault.count == 0)
        faults.erase(faults.begin() + static_cast<std::ptrdiff_t>(at));
    return copy;
}

std::optional<FaultSettings> Faults::use(FaultName name) {
    if (!is_on(name))
        return std::nullopt;
    return count_use(active(name), 0);
}

std::optional<FaultSettings> Faults::use_refusal(RefuseAt at, std::string_view number) {
    Active& refusals = active(FaultName::refuse);
    // One that names the recipient comes before one for all.
    for (const std::string_view wanted : {number, std::string_view()})
        for (std::size_t i = 0; i < refusals.size(); ++i)
            if (refusals[i].at == at && refusals[i].number == wanted)
                return count_use(refusals, i);
    return std::nullopt;
}

} // namespace smsspool::sim
