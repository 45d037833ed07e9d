// The daemon's end of one worker.

#include "spoold/link.h"

#include "common/utf.h"

#include <algorithm>

namespace smsspool {

namespace {

// A worker that closed its end is leaving; one that does not leave is killed.
constexpr int leaving_ms = 50;

} // namespace

std::string_view word_of(const Request& request) noexcept {
    struct Words {
        std::string_view operator()(const OpenRequest&) const { return "open"; }
        std::string_view operator()(const SendRequest&) const { return "send"; }
        std::string_view operator()(const ScanRequest&) const { return "scan"; }
        std::string_view operator()(const DeleteRequest&) const { return "delete"; }
        std::string_view operator()(const StateRequest&) const { return "state"; }
        std::string_view operator()(const ResetRequest&) const { return "reset"; }
    };
    return std::visit(Words{}, request);
}

void Link::start() {
    child_ = std::make_unique<Child>(program_, trace_.descriptor());
    pending_.reset();
    deadline_ = Monotonic::time_point::max();
}

int Link::descriptor() const noexcept {
    return child_ ? child_->descriptor() : -1;
}

bool Link::ask(const Request& request, Monotonic::time_point deadline) {
    if (!idle())
        return false;
    ++number_;
    trace_.clear();
    if (!child_->tell(to_line(NumberedRequest{number_, request}))) {
        stop(0);
        return false;
    }
    pending_ = request;
    deadline_ = deadline;
    return true;
}

std::optional<LinkEvent> Link::understand(const std::string& line, std::string& why) {
    const auto said = parse_from_worker(line, why);
    if (!said)
        return std::nullopt;
    if (std::holds_alternative<Hint>(*said))
        return Hinted{};
    const auto& answer = std::get<NumberedAnswer>(*said);
    if (!pending_ || answer.re != number_) {
        why = "an answer to nothing that was asked";
        return std::nullopt;
    }
    Answered event{*pending_, answer.answer};
    pending_.reset();
    deadline_ = Monotonic::time_point::max();
    return event;
}

std::vector<LinkEvent> Link::hear() {
    std::vector<std::string> lines;
    const bool open = child_->hear(lines, worker_line_limit);
    std::vector<LinkEvent> events;
    for (const std::string& line : lines) {
        std::string why;
        if (auto event = understand(line, why)) {
            events.push_back(*event);
        } else {
            events.push_back(lose("spoke what is no answer: " + why, 0));
            return events;
        }
    }
    if (!open)
        events.push_back(lose("", leaving_ms));
    return events;
}

std::optional<Lost> Link::overdue(Monotonic::time_point now) {
    if (!running() || now < deadline_)
        return std::nullopt;
    return lose("did not answer to \"" + std::string(word_of(*pending_)) + "\" by its deadline", 0);
}

Lost Link::lose(const std::string& why, int patience) {
    const std::string ended = child_->end(patience);
    Lost lost{pending_, why.empty() ? ended : why};
    if (!child_->gone())
        killed_.push_back(std::move(child_));
    child_.reset();
    pending_.reset();
    deadline_ = Monotonic::time_point::max();
    return lost;
}

void Link::stop(int patience) {
    if (running())
        (void)lose("", patience);
}

std::string Link::trace() const {
    return to_valid_utf8(trace_.text());
}

bool Link::reap() {
    std::erase_if(killed_, [](const auto& child) { return child->gone(); });
    return killed_.empty();
}

} // namespace smsspool
