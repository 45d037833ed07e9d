// JSON of a client: what is taken is valid, not too deep, and the same when it was written and read
// again.

#include "common/json.h"
#include "common/utf.h"
#include "tests/fuzz/targets.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace smsspool::fuzz {

namespace {

using rapidjson::Value;

constexpr std::size_t depth_limit = 8;

std::string written(const Value& value) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    require(value.Accept(writer), "what was read can be written");
    return {buffer.GetString(), buffer.GetSize()};
}

// How deep the nesting is; 0 for what is neither an array nor an object.
std::size_t depth_of(const Value& value) {
    std::size_t deepest = 0;
    if (value.IsArray()) {
        for (const Value& element : value.GetArray())
            deepest = std::max(deepest, depth_of(element));
    } else if (value.IsObject()) {
        for (const auto& member : value.GetObject()) {
            require(valid_utf8(view(member.name)), "a name is valid UTF-8");
            deepest = std::max(deepest, depth_of(member.value));
        }
    } else {
        require(!value.IsString() || valid_utf8(view(value)), "a text is valid UTF-8");
        return 0;
    }
    return deepest + 1;
}

// Fractions are read with an error of a few units in the last place, and may be written as whole
// numbers.
bool same_number(const Value& one, const Value& other) {
    if (one.IsInt64() && other.IsInt64())
        return one.GetInt64() == other.GetInt64();
    if (one.IsUint64() && other.IsUint64())
        return one.GetUint64() == other.GetUint64();
    const double a = one.GetDouble();
    const double b = other.GetDouble();
    constexpr double least_normal = 1e-307;
    return std::fabs(a - b) <= std::max(std::fabs(a) * 1e-14, least_normal);
}

bool same(const Value& one, const Value& other);

bool same_members(const Value& one, const Value& other) {
    return std::equal(one.MemberBegin(), one.MemberEnd(), other.MemberBegin(), other.MemberEnd(),
                      [](const auto& a, const auto& b) {
                          return view(a.name) == view(b.name) && same(a.value, b.value);
                      });
}

bool same(const Value& one, const Value& other) {
    if (one.GetType() != other.GetType())
        return false;
    if (one.IsString())
        return view(one) == view(other);
    if (one.IsNumber())
        return same_number(one, other);
    if (one.IsArray())
        return std::equal(one.Begin(), one.End(), other.Begin(), other.End(), same);
    return !one.IsObject() || same_members(one, other);
}

} // namespace

void json(std::string_view bytes) {
    rapidjson::Document document;
    if (const auto fault = parse_json(bytes, depth_limit, document)) {
        require(document.IsNull(), "the document is null after a fault");
        require(!fault->reason.empty(), "a fault has a reason");
        require(fault->offset <= bytes.size(), "a fault is within the text");
        return;
    }
    require(depth_of(document) <= depth_limit, "the nesting is within its limit");
    const std::string text = written(document);
    const auto is_ascii = [](unsigned char c) { return c >= 0x20 && c < 0x80; };
    require(std::all_of(text.begin(), text.end(), is_ascii),
            "what is written is one line of ASCII");
    rapidjson::Document again;
    require(!parse_json(text, depth_limit, again), "what was written can be read");
    require(same(document, again), "what was written is what was read");
}

} // namespace smsspool::fuzz
