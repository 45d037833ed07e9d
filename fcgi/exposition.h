// A text of metrics under construction, in the format that Prometheus scrapes (text format 0.0.4).
//
// family() begins a metric, and the samples that follow belong to it. Names and help are ours;
// values of labels may hold anything.

#ifndef SMSSPOOL_FCGI_EXPOSITION_H
#define SMSSPOOL_FCGI_EXPOSITION_H

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smsspool {

class Exposition {
public:
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    enum class Kind { gauge, counter };
    using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

    // `name` is without the prefix "smsspool_", and in base units. `help` is one line.
    void family(std::string_view name, Kind kind, std::string_view help);

    void sample(const Labels& labels, std::int64_t value);
    // A number of seconds, from milliseconds.
    void seconds(const Labels& labels, std::int64_t ms);
    // A number between 0 and 1, from per cent.
    void ratio(const Labels& labels, std::int64_t percent);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    void put(const Labels& labels, const std::string& value);

    std::string name_; // of the present family
    std::string text_;
};

} // namespace smsspool

#endif
