// POST / from the FastCGI parameters to the stored message.

#include "common/json.h"
#include "common/numbers.h"
#include "common/utf.h"
#include "fcgi/program.h"
#include "tests/fuzz/targets.h"
#include "tests/support/temp_folder.h"

#include <algorithm>
#include <map>
#include <memory>

namespace smsspool::fuzz {

namespace {

constexpr UtcMs now = 1'763'159'128'123;

// An empty spool, settings with small limits, and the way to it.
class Ground {
public:
    Ground()
        : config_(settings_in(folder_)), numbers_(config_),
          door_(config_, Access::write), services_{config_, &numbers_, door_} {
        (void)Spool::migrate(config_, now);
    }
    Reply answer_to(const Request& request) { return answer(the_program, request, services_); }
    std::optional<MessageView> find(std::string_view id) { return door_.get().find(id); }

private:
    static Config settings_in(const TempFolder& folder) {
        Config config;
        config.spool = folder.file("spool.sqlite");
        config.wake_socket = folder.file("wake.sock");
        config.body_limit = 4096;
        config.query_limit = 256;
        config.json_depth = 8;
        config.modems.resize(1);
        return config;
    }

    TempFolder folder_;
    Config config_;
    Numbers numbers_;
    SpoolDoor door_;
    Services services_;
};

// A new one now and then, so that the spool does not grow for ever; each call has users and keys of
// its own.
Ground& ground() {
    static std::unique_ptr<Ground> ground;
    static int uses = 0;
    if (!ground || ++uses % 2000 == 0)
        ground = std::make_unique<Ground>();
    return *ground;
}

Request request_of(std::string_view bytes) {
    std::map<std::string, std::string> parameters;
    while (!bytes.empty() && bytes.front() != '\n') {
        const std::string_view line = bytes.substr(0, bytes.find('\n'));
        bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
        const auto equals = std::min(line.find('='), line.size());
        // A FastCGI parameter ends at a zero byte.
        const std::string_view value = line.substr(std::min(equals + 1, line.size()));
        parameters[std::string(line.substr(0, equals))] = value.substr(0, value.find('\0'));
    }
    Request request = make_request([&](const char* name) { return parameters[name]; }, now);
    request.body = bytes.substr(std::min<std::size_t>(1, bytes.size()));
    if (request.body.size() > 4096) {
        request.body.clear();
        request.body_state = Body::too_large;
    }
    return request;
}

// Nothing that a client said can become a line of the head.
void check_head(const Reply& reply, const std::string& method) {
    const std::string text = cgi_text(reply, method);
    const auto end = text.find("\r\n\r\n");
    require(end != std::string::npos, "the head has an end");
    std::size_t lines = 1;
    for (std::size_t at = text.find("\r\n"); at < end; at = text.find("\r\n", at + 2))
        ++lines;
    require(static_cast<std::size_t>(
                std::count(text.begin(), text.begin() + std::ptrdiff_t(end), '\n')) +
                    1 ==
                lines,
            "lines of the head end in CR LF");
    constexpr std::size_t own = 8; // headers that every reply may have
    require(lines <= reply.headers.size() + own, "the head has the lines of the reply");
    require(method != "HEAD" || text.size() == end + 4, "HEAD has no body");
}

void check_stored(const rapidjson::Document& body, const Request& request, Ground& ground) {
    const auto id = text_member(body, "message_id");
    require(id.has_value(), "an accepted message has an id");
    const auto stored = ground.find(*id);
    require(stored && stored->jobs.size() == 1, "an accepted message is in the spool");
    require(stored->user == request.user && !request.user.empty(), "it is its sender's");
    require(stored->text == text_member(body, "message"), "its text is as it was answered");
    require(stored->parts >= 1 && valid_utf8(stored->text), "it can be sent");
}

} // namespace

void send(std::string_view bytes) {
    Ground& here = ground();
    const Request request = request_of(bytes);
    const Reply reply = here.answer_to(request);
    check_head(reply, request.method);
    const int status = static_cast<int>(reply.status);
    require(status < 500 || !request.refused.empty(), "no request makes us fail");
    if (reply.body.empty())
        return;
    rapidjson::Document body;
    require(!parse_json(reply.body, 8, body) && body.IsObject(), "an answer is JSON");
    const auto word = text_member(body, "status");
    require(word == (status == 200 ? "queued" : "failed"), "the status is as the number says");
    require((status == 200) != text_member(body, "error_code").has_value(), "a failure has a code");
    if (status == 200)
        check_stored(body, request, here);
}

} // namespace smsspool::fuzz
