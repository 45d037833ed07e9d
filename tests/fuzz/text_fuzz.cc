// Bytes as text: repaired, counted, cut, shown, and in UCS-2.

#include "common/log.h"
#include "common/utf.h"
#include "spoold/modem_ucs2.h"
#include "tests/fuzz/targets.h"

#include <algorithm>
#include <vector>

namespace smsspool::fuzz {

namespace {

void check_points(const std::string& text) {
    std::string again;
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        require(first_code_points(text, count) == text.substr(0, at), "the first points end there");
        append_utf8(again, next_code_point(text, at));
    }
    require(again == text, "the code points are the text");
    require(code_points(text) == count, "the code points are counted");
    require(first_code_points(text, count) == text, "all points are the text");
}

void check_shown(std::string_view bytes) {
    const std::string line = printable(bytes);
    require(valid_utf8(line), "the log is valid UTF-8");
    for (std::size_t at = 0; at < line.size();) {
        const char32_t point = next_code_point(line, at);
        require(point >= 0x20 && (point < 0x7F || point >= 0xA0), "the log holds no control");
    }
}

} // namespace

void text(std::string_view bytes) {
    const std::string repaired = to_valid_utf8(bytes);
    require(valid_utf8(repaired), "a repaired text is valid");
    require((repaired == bytes) == valid_utf8(bytes), "only an invalid text is changed");
    require(to_valid_utf8(repaired) == repaired, "a repaired text stays as it is");
    // The points are looked at one by one, each from the front.
    constexpr std::size_t most = 512;
    check_points(std::string(first_code_points(repaired, most)));
    check_shown(bytes);
    require(from_ucs2(to_ucs2(repaired)) == repaired, "UCS-2 carries every text");
    const std::vector<std::uint8_t> raw(bytes.begin(), bytes.end());
    require(valid_utf8(from_ucs2(raw)), "whatever came in UCS-2 is a text");
    require(from_ucs2(raw).starts_with(from_terminated_ucs2(raw)), "a zero ends a text");
}

} // namespace smsspool::fuzz
