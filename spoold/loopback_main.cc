// smsspool-loopback: the worker without a network. What it is given it takes at once and writes to
// a file, one JSON line a part and one a message, in the form of simmodem's air file.

#include "common/clock.h"
#include "common/fd.h"
#include "common/json.h"
#include "spoold/worker_main.h"
#include "spoold/worker_recorder.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <tuple>

namespace smsspool {

namespace {

// The parts of one long message that went out so far.
class Assembly {
public:
    explicit Assembly(unsigned parts) : texts_(parts) {}

    void put(const SendRequest& request) { texts_.at(request.part - 1) = request.text; }

    // The whole text, once every part is there.
    [[nodiscard]] std::optional<std::string> text() const {
        std::string whole;
        for (const auto& text : texts_) {
            if (!text)
                return std::nullopt;
            whole += *text;
        }
        return whole;
    }

private:
    std::vector<std::optional<std::string>> texts_;
};

// What of a line differs between a part and a message.
struct AirEvent {
    std::string_view name;
    std::string_view text;
    unsigned part;
};

std::string air_line(const AirEvent& event, const SendRequest& request, int reference) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "event");
    put_text(writer, event.name);
    put_key(writer, "time_ms");
    writer.Int64(utc_now());
    put_key(writer, "number");
    put_text(writer, request.number);
    put_key(writer, "text");
    put_text(writer, event.text);
    put_key(writer, "encoding");
    put_text(writer, name_of(request.encoding));
    put_key(writer, "part");
    writer.Uint(event.part);
    put_key(writer, "parts");
    writer.Uint(request.parts);
    put_key(writer, "concat_reference");
    if (request.parts > 1)
        writer.Uint(request.reference);
    else
        writer.Null();
    put_key(writer, "reference");
    writer.Int(reference);
    put_key(writer, "report");
    writer.Bool(request.report);
    put_key(writer, "validity");
    if (request.validity > 0)
        writer.Int64(request.validity);
    else
        writer.Null();
    put_key(writer, "modem");
    put_text(writer, "loopback");
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + '\n';
}

class Loopback : public Transport {
public:
    Answer open(const OpenRequest& request) override {
        const auto path = request.settings.find("air");
        if (path == request.settings.end() || path->second.empty())
            return Trouble{"other", "the setting air is missing"};
        air_.reset(::open(path->second.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (!air_)
            return Trouble{errno == EACCES ? "permission" : "other",
                           path->second + ": " + std::strerror(errno)};
        return Opened{path->second, "smsspool", "loopback", "", ""};
    }

    Answer send(const SendRequest& request) override {
        if (!air_)
            return not_open();
        const int reference = next_reference_;
        recorder().sent("part " + std::to_string(request.part) + " of " +
                        std::to_string(request.parts) + " to " + recorder().number(request.number) +
                        ", reference " + std::to_string(reference));
        std::string lines = air_line({"part", request.text, request.part}, request, reference);
        if (const auto whole = complete(request))
            lines += air_line({"message", *whole, 1}, request, reference);
        // One write: lines of several workers on one file do not mix.
        const ssize_t written = ::write(air_.get(), lines.data(), lines.size());
        if (written < 0)
            return Trouble{"other", std::string("air: ") + std::strerror(errno)};
        if (static_cast<std::size_t>(written) < lines.size())
            return Unknown{"air: the file is full"};
        next_reference_ = (next_reference_ + 1) % 256;
        return Accepted{reference};
    }

    Answer scan() override {
        if (!air_)
            return not_open();
        return Scanned{};
    }
    Answer remove(const DeleteRequest&) override { return Done{}; }

    Answer state() override {
        if (!air_)
            return not_open();
        return LinkState{"home", "loopback", 100, -1, -1};
    }

private:
    static Trouble not_open() { return Trouble{"other", "not open"}; }

    // The whole text where `request` is its last missing part.
    std::optional<std::string> complete(const SendRequest& request) {
        if (request.parts == 1)
            return request.text;
        // Messages whose rest never comes are forgotten some day.
        constexpr std::size_t most_assemblies = 10000;
        if (assemblies_.size() >= most_assemblies)
            assemblies_.clear();
        const Key key{request.number, request.reference, request.parts};
        const auto [place, is_new] = assemblies_.try_emplace(key, request.parts);
        place->second.put(request);
        auto whole = place->second.text();
        if (whole)
            assemblies_.erase(place);
        return whole;
    }

    using Key = std::tuple<std::string, std::uint8_t, unsigned>;

    Fd air_;
    int next_reference_ = 0;
    std::map<Key, Assembly> assemblies_;
};

} // namespace

} // namespace smsspool

int main() {
    smsspool::Loopback loopback;
    return smsspool::worker_main(loopback);
}
