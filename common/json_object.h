// A JSON object under construction: one call a member.
//
// Members are written in the order of the calls. The FastCGI programs keep it alphabetical, which
// is how the clients of the ancestor see all answers.

#ifndef SMSSPOOL_COMMON_JSON_OBJECT_H
#define SMSSPOOL_COMMON_JSON_OBJECT_H

#include "common/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smsspool {

class JsonObject {
public:
    // Opens the object; its end is written by the destructor. The writer must outlive it.
    explicit JsonObject(JsonWriter& writer) : writer_(writer) { writer_.StartObject(); }
    ~JsonObject() { writer_.EndObject(); }
    JsonObject(const JsonObject&) = delete;
    JsonObject& operator=(const JsonObject&) = delete;

    // Texts must be valid UTF-8.
    void text(std::string_view key, std::string_view value) {
        put_key(writer_, key);
        put_text(writer_, value);
    }
    void text_or_null(std::string_view key, const std::optional<std::string>& value) {
        put_key(writer_, key);
        put_text_or_null(writer_, value);
    }
    void number(std::string_view key, std::int64_t value) {
        put_key(writer_, key);
        writer_.Int64(value);
    }
    void flag(std::string_view key, bool value) {
        put_key(writer_, key);
        writer_.Bool(value);
    }
    // A value of another form: the caller writes exactly one to the writer that comes back.
    JsonWriter& value(std::string_view key) {
        put_key(writer_, key);
        return writer_;
    }

private:
    JsonWriter& writer_;
};

} // namespace smsspool

#endif
