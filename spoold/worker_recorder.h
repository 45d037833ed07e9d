// Writes the conversation of the request under way into the ring that the daemon reads when
// something went wrong (worker_trace.h).
//
// A line is "MS > WHAT" for what was said to the device, "MS < WHAT" for what it said, "MS - WHAT"
// for a remark; MS is the time since the request began.

#ifndef SMSSPOOL_SPOOLD_WORKER_RECORDER_H
#define SMSSPOOL_SPOOLD_WORKER_RECORDER_H

#include "common/clock.h"
#include "spoold/worker_trace.h"

#include <map>
#include <string>
#include <string_view>

namespace smsspool {

class Recorder {
public:
    explicit Recorder(TraceRing ring) : ring_(std::move(ring)) {}

    // A request begins.
    void begin();

    // Takes over `trace` (off, redacted, full; redacted where it is missing) and what is never to
    // be kept: `pin`, `secret`.
    void use(const std::map<std::string, std::string>& settings);

    void sent(std::string_view line) { add('>', line, Content::conversation); }
    void heard(std::string_view line) { add('<', line, Content::conversation); }
    void remark(std::string_view line) { add('-', line, Content::conversation); }

    // A line that is somebody's text: only its length is kept, unless all is.
    void heard_text(std::string_view line) { add('<', line, Content::text); }

    // A number as it may be kept.
    [[nodiscard]] std::string number(std::string_view number) const;

private:
    enum class Detail { off, redacted, full };
    enum class Content { conversation, text };
    void add(char direction, std::string_view line, Content content);

    TraceRing ring_;
    Detail detail_ = Detail::redacted;
    std::string secret_;
    Monotonic::time_point begun_ = Monotonic::now();
};

// The one of this process, on the ring that it was started with.
[[nodiscard]] Recorder& recorder();

} // namespace smsspool

#endif
