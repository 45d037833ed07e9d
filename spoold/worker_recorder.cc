// Writes the conversation of the request under way into the ring.

#include "spoold/worker_recorder.h"

#include "spoold/worker_redact.h"

#include <chrono>

namespace smsspool {

namespace {

std::string setting(const std::map<std::string, std::string>& settings, const char* name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
}

} // namespace

void Recorder::begin() {
    begun_ = Monotonic::now();
}

void Recorder::use(const std::map<std::string, std::string>& settings) {
    const std::string trace = setting(settings, "trace");
    detail_ = Detail::redacted;
    if (trace == "off")
        detail_ = Detail::off;
    else if (trace == "full")
        detail_ = Detail::full;
    secret_ = setting(settings, "pin");
    if (secret_.empty())
        secret_ = setting(settings, "secret");
}

std::string Recorder::number(std::string_view number) const {
    return detail_ == Detail::full ? std::string(number) : redacted_number(number);
}

void Recorder::add(char direction, std::string_view line, Content content) {
    if (detail_ == Detail::off)
        return;
    using std::chrono::milliseconds;
    const auto passed = std::chrono::duration_cast<milliseconds>(Monotonic::now() - begun_);
    std::string kept = without_codes(line, secret_);
    if (detail_ == Detail::redacted)
        kept = content == Content::text ? "(" + std::to_string(line.size()) + " characters)"
                                        : redacted_line(kept);
    ring_.add(std::to_string(passed.count()) + ' ' + direction + ' ' + kept);
}

Recorder& recorder() {
    static Recorder only(TraceRing::inherited(trace_descriptor));
    return only;
}

} // namespace smsspool
