// JSON from outside (RFC 8259) and JSON to the outside.
//
// RapidJSON does the work; this adds what it lacks for bytes of a stranger: a limit of nesting,
// and refusal of strings that are not well-formed Unicode (a lone "\udc00" included).

#ifndef SMSSPOOL_COMMON_JSON_H
#define SMSSPOOL_COMMON_JSON_H

#include <cstddef>
#include <optional>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <string>
#include <string_view>

namespace smsspool {

struct JsonFault {
    std::size_t offset = 0; // byte at which parsing stopped
    std::string reason;     // one sentence for the client
};

// A document that takes memory as it grows; RapidJSON's own begins with 64 KiB, which each of many
// threads would have.
struct SmallDocumentMemory {
    rapidjson::MemoryPoolAllocator<> memory{1024};
};
class SmallDocument : private SmallDocumentMemory, public rapidjson::Document {
public:
    SmallDocument() : rapidjson::Document(&memory) {}
};

// Parses the whole of `text` into `document`. On a fault `document` is null and the answer says
// what and where. `depth` is the deepest nesting that is taken (1 = a flat object).
[[nodiscard]] std::optional<JsonFault> parse_json(std::string_view text, std::size_t depth,
                                                  rapidjson::Document& document);

// Writes compact JSON with everything outside ASCII escaped, as the ancestors' clients know it.
using JsonWriter =
    rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>>;

// Key and value for a JsonWriter. Text must be valid UTF-8.
void put_key(JsonWriter& writer, std::string_view key);
void put_text(JsonWriter& writer, std::string_view text);
// The text, or null where there is none.
void put_text_or_null(JsonWriter& writer, const std::optional<std::string>& text);

// Typed looks into an object; nothing where the member is missing or of another type. `object`
// must be a JSON object.
[[nodiscard]] std::optional<std::string> text_member(const rapidjson::Value& object,
                                                     const char* name);
[[nodiscard]] std::optional<std::int64_t> int_member(const rapidjson::Value& object,
                                                     const char* name);
[[nodiscard]] std::optional<bool> bool_member(const rapidjson::Value& object, const char* name);

// A view of a JSON string value. REQUIRES: value.IsString().
[[nodiscard]] std::string_view view(const rapidjson::Value& value);

} // namespace smsspool

#endif
