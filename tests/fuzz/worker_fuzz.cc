// The worker protocol: what is taken can be said again, in one line, and means the same.

#include "spoold/worker_protocol.h"
#include "tests/fuzz/targets.h"

#include <algorithm>

namespace smsspool::fuzz {

namespace {

struct AsLine {
    std::string operator()(const NumberedAnswer& answer) const { return smsspool::to_line(answer); }
    std::string operator()(Hint hint) const { return smsspool::to_line(hint); }
};

std::string line_of(const FromWorker& message) {
    return std::visit(AsLine{}, message);
}

std::string line_of(const NumberedRequest& request) {
    return to_line(request);
}

template <class Message, class Parse>
void check_message(const Message& message, Parse parse) {
    const std::string line = line_of(message);
    require(std::count(line.begin(), line.end(), '\n') == 1 && line.back() == '\n',
            "a message is one line");
    // Escaped characters can make a long line longer than what is taken.
    if (line.size() > worker_line_limit)
        return;
    std::string why;
    const auto again = parse(std::string_view(line).substr(0, line.size() - 1), why);
    require(again.has_value(), "what is said can be understood");
    require(line_of(*again) == line, "what is said twice is the same");
}

void check_request(const Request& request) {
    if (const auto* sent = std::get_if<SendRequest>(&request))
        require(sent->part >= 1 && sent->part <= sent->parts, "a part is one of its parts");
    if (const auto* removal = std::get_if<DeleteRequest>(&request))
        require(removal->folder >= 0 && removal->location >= 0, "a place is not negative");
}

} // namespace

void worker(std::string_view bytes) {
    std::string why;
    if (const auto request = parse_request(bytes, why)) {
        check_request(request->request);
        check_message(*request, parse_request);
    } else {
        require(!why.empty(), "a refused request has a reason");
    }
    why.clear();
    if (const auto said = parse_from_worker(bytes, why))
        check_message(*said, parse_from_worker);
    else
        require(!why.empty(), "a refused answer has a reason");
}

} // namespace smsspool::fuzz
