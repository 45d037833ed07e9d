// What the tests of the FastCGI handlers share: a fresh spool, requests, and looks into the answer.

#ifndef SMSSPOOL_TESTS_SUPPORT_HANDLER_H
#define SMSSPOOL_TESTS_SUPPORT_HANDLER_H

#include "common/numbers.h"
#include "common/retry.h"
#include "fcgi/program.h"

#include <cstdlib>
#include <filesystem>
#include <rapidjson/document.h>
#include <string>

namespace smsspool {

// 2025-11-14T22:25:28.123Z
inline constexpr UtcMs test_time = 1763159128123;
inline constexpr auto test_time_text = "2025-11-14T22:25:28Z";

// A folder of its own, removed at the end.
class TestFolder {
public:
    TestFolder() {
        std::string name = std::filesystem::temp_directory_path() / "smsspool-test-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr)
            throw system_error(Fault::unavailable, name);
        path_ = name;
    }
    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

inline Config test_config(const TestFolder& folder) {
    Config config;
    config.spool = folder.file("spool.sqlite");
    config.wake_socket = folder.file("wake.sock");
    config.modems.resize(1);
    return config;
}

// An answer and its JSON.
struct Answer {
    Reply reply;
    rapidjson::Document json;

    [[nodiscard]] HttpStatus status() const { return reply.status; }
    // The member as text: a string as it is, null as "null", anything else as JSON; "-" if missing.
    [[nodiscard]] std::string get(const char* name) const { return get(json, name); }
    [[nodiscard]] static std::string get(const rapidjson::Value& object, const char* name) {
        const auto found = object.FindMember(name);
        if (found == object.MemberEnd())
            return "-";
        if (found->value.IsString())
            return found->value.GetString();
        rapidjson::StringBuffer buffer;
        JsonWriter writer(buffer);
        found->value.Accept(writer);
        return buffer.GetString();
    }
    [[nodiscard]] std::string header(const std::string& name) const {
        for (const Header& header : reply.headers) {
            if (header.first == name)
                return header.second;
        }
        return "-";
    }
};

// A handler's surroundings: settings (change them before the first request), an empty spool.
struct HandlerFixture {
    HandlerFixture() : config(test_config(folder)), numbers(config), door(config, Access::write) {
        Spool::migrate(config, test_time);
    }

    Answer ask(const Request& request) {
        Answer answer{smsspool::answer(the_program, request, {config, &numbers, door}), {}};
        if (!answer.reply.body.empty())
            answer.json.Parse(answer.reply.body.c_str());
        return answer;
    }

    TestFolder folder;
    Config config;
    Numbers numbers;
    SpoolDoor door;
};

inline Request get_request(const std::string& path, const std::string& query = {}) {
    Request request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    request.user = "ana";
    request.address = "192.0.2.1";
    request.when = test_time;
    return request;
}

inline Request post_request(const std::string& path, const std::string& body) {
    Request request = get_request(path);
    request.method = "POST";
    request.content_type = "application/json";
    request.body = body;
    return request;
}

} // namespace smsspool

#endif
