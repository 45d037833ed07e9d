// Lines.

#include "ctl/lines.h"

#include "common/log.h"
#include "common/utf.h"

#include <algorithm>
#include <array>

namespace smsspool::ctl {

namespace {

constexpr std::size_t name_width = 10;

struct Unit {
    std::int64_t ms;
    std::string_view name;
};

constexpr std::array<Unit, 4> units{
    {{24 * 3600 * 1000, "d"}, {3600 * 1000, "h"}, {60 * 1000, "min"}, {1000, "s"}}};

} // namespace

std::string row(std::string_view name, std::string_view value) {
    std::string line = column(name, name_width) + printable(value);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + '\n';
}

std::string column(std::string_view text, std::size_t width) {
    std::string padded = printable(text);
    const std::size_t length = code_points(padded);
    padded.append(width - std::min(width, length) + 1, ' ');
    return padded;
}

std::string span_text(std::int64_t ms) {
    ms = std::max<std::int64_t>(ms, 0);
    const Unit* unit = &units.back();
    for (const Unit& each : units) {
        if (ms >= each.ms) {
            unit = &each;
            break;
        }
    }
    return std::to_string(ms / unit->ms) + " " + std::string(unit->name);
}

std::string size_text(std::int64_t bytes) {
    constexpr std::array<std::string_view, 4> names{"B", "KiB", "MiB", "GiB"};
    std::int64_t number = std::max<std::int64_t>(bytes, 0);
    std::size_t unit = 0;
    for (; unit + 1 < names.size() && number >= 10 * 1024; ++unit)
        number /= 1024;
    return std::to_string(number) + " " + std::string(names[unit]);
}

std::string block(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines += row("", "  " + std::string(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void put_object(JsonWriter& writer, const std::function<void(JsonObject&)>& fill) {
    JsonObject object(writer);
    fill(object);
}

std::string json_line(const std::function<void(JsonObject&)>& fill) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    put_object(writer, fill);
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

void put_foreign(JsonObject& object, std::string_view key, std::string_view text) {
    object.text(key, to_valid_utf8(text));
}

void put_foreign_or_null(JsonObject& object, std::string_view key, std::string_view text) {
    object.text_or_null(key, text.empty() ? std::nullopt : std::optional(to_valid_utf8(text)));
}

void put_number_or_null(JsonObject& object, std::string_view key,
                        const std::optional<std::int64_t>& number) {
    if (number)
        object.number(key, *number);
    else
        object.value(key).Null();
}

} // namespace smsspool::ctl
