// JSON in and out.

#include "common/json.h"

#include "common/utf.h"

#include <cmath>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace smsspool {

namespace {

// Passes the parser's events on to a document, unless the nesting is too deep, a number is too
// large or a text is not well-formed Unicode: then it answers false, which ends the parser.
class Guard {
public:
    Guard(rapidjson::Document& document, std::size_t depth) : document_(document), left_(depth) {}

    [[nodiscard]] const std::string& reason() const { return reason_; }

    bool Null() { return document_.Null(); }
    bool Bool(bool value) { return document_.Bool(value); }
    bool Int(int value) { return document_.Int(value); }
    bool Uint(unsigned value) { return document_.Uint(value); }
    bool Int64(std::int64_t value) { return document_.Int64(value); }
    bool Uint64(std::uint64_t value) { return document_.Uint64(value); }
    bool Double(double value) { return finite(value) && document_.Double(value); }
    bool RawNumber(const char* text, rapidjson::SizeType length, bool copy) {
        return document_.RawNumber(text, length, copy);
    }
    bool String(const char* text, rapidjson::SizeType length, bool copy) {
        return well_formed(text, length) && document_.String(text, length, copy);
    }
    bool Key(const char* text, rapidjson::SizeType length, bool copy) {
        return well_formed(text, length) && document_.Key(text, length, copy);
    }
    bool StartObject() { return deeper() && document_.StartObject(); }
    bool StartArray() { return deeper() && document_.StartArray(); }
    bool EndObject(rapidjson::SizeType count) {
        ++left_;
        return document_.EndObject(count);
    }
    bool EndArray(rapidjson::SizeType count) {
        ++left_;
        return document_.EndArray(count);
    }

private:
    bool deeper() {
        if (left_ == 0) {
            reason_ = "The JSON is nested too deeply.";
            return false;
        }
        --left_;
        return true;
    }

    // The parser refuses most numbers that are too large, but takes some of them for infinite,
    // which nobody could write again.
    bool finite(double value) {
        if (std::isfinite(value))
            return true;
        reason_ = "A number in the JSON is too large.";
        return false;
    }

    bool well_formed(const char* text, rapidjson::SizeType length) {
        if (valid_utf8({text, length}))
            return true;
        reason_ = "A text in the JSON is not well-formed Unicode.";
        return false;
    }

    rapidjson::Document& document_;
    std::size_t left_;
    std::string reason_;
};

// What Document::Populate() calls; keeps how it ended.
class Generator {
public:
    Generator(std::string_view text, std::size_t depth) : text_(text), depth_(depth) {}

    bool operator()(rapidjson::Document& document) {
        constexpr unsigned flags =
            rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
        Guard guard(document, depth_);
        rapidjson::Reader reader;
        rapidjson::MemoryStream bytes(text_.data(), text_.size());
        // The parser has to be told the encoding: without it MemoryStream has no terminator.
        rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
        const rapidjson::ParseResult result = reader.Parse<flags>(stream, guard);
        if (result)
            return true;
        fault_ = JsonFault{result.Offset(), guard.reason().empty()
                                                ? rapidjson::GetParseError_En(result.Code())
                                                : guard.reason()};
        return false;
    }

    [[nodiscard]] const std::optional<JsonFault>& fault() const { return fault_; }

private:
    std::string_view text_;
    std::size_t depth_;
    std::optional<JsonFault> fault_;
};

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

} // namespace

std::optional<JsonFault> parse_json(std::string_view text, std::size_t depth,
                                    rapidjson::Document& document) {
    document.SetNull();
    // RFC 8259, 8.1: a mark is not part of a JSON text. RapidJSON would skip it.
    if (text.substr(0, byte_order_mark.size()) == byte_order_mark)
        return JsonFault{0, "The JSON begins with a byte order mark."};
    // The stream ends at a zero byte as well as at its end; a zero byte inside is never JSON.
    if (const auto zero = text.find('\0'); zero != std::string_view::npos)
        return JsonFault{zero, "The JSON holds a zero byte."};
    Generator generator(text, depth);
    document.Populate(generator);
    if (generator.fault())
        document.SetNull();
    return generator.fault();
}

void put_key(JsonWriter& writer, std::string_view key) {
    writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void put_text(JsonWriter& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void put_text_or_null(JsonWriter& writer, const std::optional<std::string>& text) {
    if (text)
        put_text(writer, *text);
    else
        writer.Null();
}

std::optional<std::string> text_member(const rapidjson::Value& object, const char* name) {
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd() || !member->value.IsString())
        return std::nullopt;
    return std::string(view(member->value));
}

std::optional<std::int64_t> int_member(const rapidjson::Value& object, const char* name) {
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd() || !member->value.IsInt64())
        return std::nullopt;
    return member->value.GetInt64();
}

std::optional<bool> bool_member(const rapidjson::Value& object, const char* name) {
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd() || !member->value.IsBool())
        return std::nullopt;
    return member->value.GetBool();
}

std::string_view view(const rapidjson::Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

} // namespace smsspool
