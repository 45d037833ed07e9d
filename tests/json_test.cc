// JSON of strangers: what is taken, what is refused and where, and what is written.

#define BOOST_TEST_MODULE json_test
#include "common/json.h"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace smsspool;
using namespace std::string_literals;

namespace {

constexpr std::size_t depth = 8;

std::string repeated(std::string_view what, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += what;
    return text;
}

// The document written again: what the parser understood.
std::string written(const rapidjson::Document& document) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    document.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_test)

BOOST_AUTO_TEST_CASE(what_is_taken) {
    struct Case {
        const char* name;
        std::string text;
        std::string want;
    };
    const std::vector<Case> cases{
        {"object", R"({"number":"+525512345678","message":"hola"})",
         R"({"number":"+525512345678","message":"hola"})"},
        {"white space around", " \t\r\n{ \"a\" : 1 } \n", R"({"a":1})"},
        {"empty object", "{}", "{}"},
        {"empty array", "[]", "[]"},
        {"a lone null", "null", "null"},
        {"a lone number", "17", "17"},
        {"a lone text", R"("x")", R"("x")"},
        {"a double key is kept twice", R"({"a":1,"a":2})", R"({"a":1,"a":2})"},
        {"beyond ASCII is escaped", R"("ñ€")", R"("\u00F1\u20AC")"},
        {"surrogate pair", R"("\ud83d\ude00")", R"("\uD83D\uDE00")"},
        {"four bytes", "\"\xF0\x9F\x98\x80\"", R"("\uD83D\uDE00")"},
        {"escaped zero", R"("a\u0000b")", R"("a\u0000b")"},
        {"greatest int64", "9223372036854775807", "9223372036854775807"},
        {"beyond int64 is a double", "100000000000000000000", "100000000000000000000.0"},
        {"solidus", R"("\/")", R"("/")"},
        {"eight deep", repeated("[", depth) + repeated("]", depth),
         repeated("[", depth) + repeated("]", depth)},
        {"wide is not deep", "[" + repeated("[],", 1000) + "{}]",
         "[" + repeated("[],", 1000) + "{}]"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            rapidjson::Document document;
            const auto fault = parse_json(c.text, depth, document);
            BOOST_TEST(!fault.has_value());
            BOOST_TEST(written(document) == c.want);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    struct Case {
        const char* name;
        std::string text;
    };
    const std::vector<Case> cases{
        {"nothing", ""},
        {"white space", " \n"},
        {"not JSON", "number=1"},
        {"half an object", R"({"a":1)"},
        {"half a text", R"({"a":"x)"},
        {"half a word", "tru"},
        {"single quotes", "{'a':1}"},
        {"a name without quotes", "{a:1}"},
        {"comma at the end", R"({"a":1,})"},
        {"comment", R"({"a":1}//x)"},
        {"NaN", R"({"a":NaN})"},
        {"Infinity", R"({"a":Infinity})"},
        {"-Infinity", R"({"a":-Infinity})"},
        {"1e999", R"({"a":1e999})"},
        {"hexadecimal", R"({"a":0x10})"},
        {"zero in front", R"({"a":01})"},
        {"plus in front", R"({"a":+1})"},
        {"point at the end", R"({"a":1.})"},
        {"point in front", R"({"a":.5})"},
        {"byte order mark", "\xEF\xBB\xBF{}"},
        {"UTF-16, little", "\xFF\xFE{\0}\0"s},
        {"UTF-16, big", "\xFE\xFF\0{\0}"s},
        {"UTF-16 without a mark", "{\0}\0"s},
        {"UTF-32", "{\0\0\0}\0\0\0"s},
        {"lone high surrogate", R"({"a":"\ud800"})"},
        {"lone low surrogate", R"({"a":"\udc00"})"},
        {"surrogates in the wrong order", R"({"a":"\udc00\ud800"})"},
        {"high surrogate twice", R"({"a":"\ud800\ud800"})"},
        {"high surrogate before text", R"({"a":"\ud800x"})"},
        {"lone low surrogate in a key", R"({"\udc00":1})"},
        {"surrogate as bytes", "{\"a\":\"\xED\xA0\x80\"}"},
        {"overlong", "{\"a\":\"\xC0\xAF\"}"},
        {"lone continuation byte", "{\"a\":\"\x80\"}"},
        {"Latin-1", "{\"a\":\"\xF1\"}"},
        {"sequence cut by the quote", "{\"a\":\"\xE2\x82\"}"},
        {"sequence cut by the end", "{\"a\":\"\xE2\x82"},
        {"above U+10FFFF", "{\"a\":\"\xF4\x90\x80\x80\"}"},
        {"invalid bytes in a key", "{\"\xFF\":1}"},
        {"newline in a text", "{\"a\":\"x\ny\"}"},
        {"unknown escape", R"({"a":"\x41"})"},
        {"escape cut short", R"({"a":"\u12"})"},
        {"escape not hexadecimal", R"({"a":"\u12G4"})"},
        {"zero byte behind", "{}\0"s},
        {"zero byte inside", "{\"a\":\0 1}"s},
        {"zero byte in a text", "{\"a\":\"x\0y\"}"s},
        {"garbage behind", "{}x"},
        {"second value behind", "{}{}"},
        {"bracket behind", "{}]"},
        {"wrong bracket", R"({"a":[1})"},
        {"nine deep", repeated("[", depth + 1) + repeated("]", depth + 1)},
        {"nine deep, mixed", repeated("{\"a\":[", 4) + "{}" + repeated("]}", 4)},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            rapidjson::Document document;
            document.SetArray();
            const auto fault = parse_json(c.text, depth, document);
            BOOST_TEST(fault.has_value());
            BOOST_TEST(document.IsNull());
            if (fault) {
                BOOST_TEST(!fault->reason.empty());
                BOOST_TEST(fault->offset <= c.text.size());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(monstrous_nesting_ends_at_the_limit) {
    struct Case {
        const char* name;
        std::string text;
    };
    const std::vector<Case> cases{
        {"brackets, open", repeated("[", 100'000)},
        {"brackets, closed", repeated("[", 100'000) + repeated("]", 100'000)},
        {"objects", repeated("{\"a\":", 100'000)},
    };
    for (const Case& c : cases) {
        rapidjson::Document document;
        const auto fault = parse_json(c.text, 32, document);
        BOOST_REQUIRE(fault.has_value());
        BOOST_TEST(fault->reason == "The JSON is nested too deeply.", c.name);
        BOOST_TEST(fault->offset < 200U, c.name);
    }
    // The greatest limit that the setting allows is safe too.
    rapidjson::Document document;
    BOOST_TEST(!parse_json(repeated("[", 1000) + repeated("]", 1000), 1000, document).has_value());
    BOOST_TEST(parse_json(repeated("[", 1001) + repeated("]", 1001), 1000, document).has_value());
}

BOOST_AUTO_TEST_CASE(a_fault_leaves_nothing_of_the_document_before) {
    rapidjson::Document document;
    BOOST_TEST(!parse_json(R"({"a":"old"})", depth, document).has_value());
    BOOST_TEST(parse_json(R"({"b":"new",)", depth, document).has_value());
    BOOST_TEST(document.IsNull());
    BOOST_TEST(!parse_json(R"({"c":1})", depth, document).has_value());
    BOOST_TEST(written(document) == R"({"c":1})");
}

BOOST_AUTO_TEST_CASE(typed_members) {
    rapidjson::Document document;
    BOOST_REQUIRE(!parse_json(R"({"text":"a\u0000b","number":-7,"big":9223372036854775808,
        "float":1.0,"yes":true,"null":null,"empty":""})",
                              depth, document)
                       .has_value());
    BOOST_TEST((text_member(document, "text") == std::optional("a\0b"s)));
    BOOST_TEST((text_member(document, "empty") == std::optional(""s)));
    BOOST_TEST((int_member(document, "number") == std::optional<std::int64_t>(-7)));
    BOOST_TEST((bool_member(document, "yes") == std::optional(true)));
    for (const char* name : {"number", "yes", "null", "missing"})
        BOOST_TEST(!text_member(document, name).has_value(), name);
    for (const char* name : {"text", "big", "float", "yes", "null", "missing"})
        BOOST_TEST(!int_member(document, name).has_value(), name);
    for (const char* name : {"text", "number", "null", "missing"})
        BOOST_TEST(!bool_member(document, name).has_value(), name);
}

BOOST_AUTO_TEST_CASE(writing) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "a\"b");
    put_text(writer, "x\0y\n<ñ😀>"s);
    put_key(writer, "empty");
    put_text(writer, {});
    put_key(writer, "some");
    put_text_or_null(writer, "t");
    put_key(writer, "none");
    put_text_or_null(writer, std::nullopt);
    writer.EndObject();
    BOOST_TEST(std::string(buffer.GetString()) ==
               R"({"a\"b":"x\u0000y\n<\u00F1\uD83D\uDE00>","empty":"","some":"t","none":null})");
}

BOOST_AUTO_TEST_SUITE_END()
