// Scopes, limits, networks and expiry, as options and as text.

#include "ctl/grants.h"

#include "common/error.h"
#include "common/settings.h"
#include "common/utf.h"
#include "ctl/lines.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace smsspool::ctl {

namespace {

constexpr std::int64_t parts_most = 1'000'000;
constexpr std::size_t note_most = 200;
constexpr std::size_t digits_most = 15; // of a number in E.164
constexpr Ms expiry_most = std::chrono::hours(24 * 3650);

[[noreturn]] void refuse(std::string_view option, const std::string& wanted,
                         const std::string& found) {
    throw Error(Fault::bad_input,
                std::string(option) + " must be " + wanted + ", not \"" + found + "\"");
}

// Words separated by single blanks.
std::string list_in(std::string text) {
    std::replace(text.begin(), text.end(), ',', ' ');
    std::string list;
    for (const std::string& word : words_in(text))
        list += (list.empty() ? "" : " ") + word;
    return list;
}

std::string all_scopes() {
    Scopes all;
    for (int scope = 0; scope < static_cast<int>(Scope::count); ++scope)
        all.add(static_cast<Scope>(scope));
    return all.text();
}

bool begins_a_number(std::string_view word) {
    if (word.starts_with('+'))
        word.remove_prefix(1);
    return !word.empty() && word.size() <= digits_most &&
           word.find_first_not_of("0123456789") == std::string_view::npos;
}

std::int64_t parts_in(const std::string& text) {
    std::int64_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || end.ec != std::errc() || end.ptr != text.data() + text.size() ||
        number < 0 || number > parts_most)
        refuse("--parts-per-day", "a number from 0 (no limit) to " + std::to_string(parts_most),
               text);
    return number;
}

std::string recipients_in(const std::string& text) {
    const std::string list = list_in(text);
    for (const std::string& word : words_in(list)) {
        if (!begins_a_number(word))
            refuse("--recipients", "beginnings of numbers like +52, with at most 15 digits each",
                   word);
    }
    return list;
}

std::string hours_given(const std::string& text) {
    if (!text.empty() && !hours_in(text))
        refuse("--hours", "two different times of day like 08:00-20:00", text);
    return text;
}

// Digits alone are seconds in a file of settings. Here somebody may mean days with them.
std::optional<UtcMs> time_after(const std::string& text, UtcMs now) {
    if (text.find_first_not_of("0123456789") == std::string::npos)
        return std::nullopt;
    const auto length = duration_from(text);
    if (!length || *length > expiry_most)
        return std::nullopt;
    return now + length->count();
}

} // namespace

void change_scopes(Scopes& scopes, const Arguments& arguments) {
    if (const auto text = arguments.value("--scopes")) {
        const auto given = Scopes::parse(list_in(*text));
        if (!given || given->empty())
            refuse("--scopes", "a list of any of " + all_scopes(), *text);
        scopes = *given;
    }
    if (arguments.has("--admin"))
        scopes.add(Scope::admin);
}

void change_limits(SendLimits& limits, const Arguments& arguments) {
    if (const auto text = arguments.value("--parts-per-day"))
        limits.parts_per_day = parts_in(*text);
    if (const auto text = arguments.value("--recipients"))
        limits.recipients = recipients_in(*text);
    if (const auto text = arguments.value("--hours"))
        limits.hours = hours_given(*text);
}

bool changes_something(const Arguments& arguments) {
    return arguments.has("--admin") || !arguments.values.empty();
}

std::string networks_given(const Arguments& arguments) {
    const std::string list = list_in(arguments.value("--networks").value_or(""));
    if (const std::string bad = bad_network(list); !bad.empty())
        refuse("--networks", "a list of ADDRESS or ADDRESS/BITS", bad);
    return list;
}

std::optional<UtcMs> expiry_given(const Arguments& arguments, UtcMs now) {
    const auto text = arguments.value("--expires");
    if (!text)
        return std::nullopt;
    auto when = parse_rfc3339(*text);
    if (!when)
        when = time_after(*text, now);
    if (!when || *when <= now || *when > now + expiry_most.count())
        refuse("--expires",
               "a time to come within ten years, like 2030-01-31T12:00:00Z, or how long from now, "
               "like 90d",
               *text);
    return when;
}

std::string note_given(const Arguments& arguments) {
    const std::string note = arguments.value("--note").value_or("");
    const bool clean = std::none_of(note.begin(), note.end(), [](char each) {
        return static_cast<unsigned char>(each) < 0x20 || each == 0x7F;
    });
    if (!clean || !valid_utf8(note) || code_points(note) > note_most)
        refuse("--note", "a line of at most " + std::to_string(note_most) + " characters of UTF-8",
               note);
    return note;
}

std::string limits_text(const SendLimits& limits) {
    std::string text;
    const auto add = [&](const std::string& limit) { text += (text.empty() ? "" : ", ") + limit; };
    if (limits.parts_per_day > 0)
        add(std::to_string(limits.parts_per_day) + " parts a day");
    if (!limits.recipients.empty())
        add("to " + limits.recipients);
    if (!limits.hours.empty())
        add(limits.hours);
    return text;
}

void put_limits(JsonObject& object, const SendLimits& limits) {
    object.number("parts_per_day", limits.parts_per_day);
    put_foreign(object, "recipients", limits.recipients);
    put_foreign(object, "hours", limits.hours);
}

} // namespace smsspool::ctl
