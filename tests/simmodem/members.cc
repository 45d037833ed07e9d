// Looks into a control request.

#include "tests/simmodem/members.h"

#include "common/error.h"
#include "common/json.h"

namespace smsspool::sim {

using rapidjson::Value;

void refuse(const std::string& why) {
    throw Error(Fault::bad_input, why);
}

std::optional<std::string> text_in(const Value& request, const char* name) {
    if (!request.HasMember(name) || request[name].IsNull())
        return std::nullopt;
    auto text = text_member(request, name);
    if (!text)
        refuse(std::string("\"") + name + "\" must be a text.");
    return text;
}

std::string needed_text(const Value& request, const char* name) {
    auto text = text_in(request, name);
    if (!text)
        refuse(std::string("\"") + name + "\" is missing.");
    return *text;
}

std::optional<std::int64_t> number_in(const Value& request, const char* name, std::int64_t most) {
    if (!request.HasMember(name) || request[name].IsNull())
        return std::nullopt;
    const auto number = int_member(request, name);
    if (!number || *number < 0 || *number > most)
        refuse(std::string("\"") + name + "\" must be a number from 0 to " + std::to_string(most) +
               ".");
    return number;
}

bool flag_in(const Value& request, const char* name) {
    if (!request.HasMember(name))
        return false;
    const auto flag = bool_member(request, name);
    if (!flag)
        refuse(std::string("\"") + name + "\" must be true or false.");
    return *flag;
}

std::vector<unsigned> numbers_in(const Value& request, const char* name) {
    std::vector<unsigned> numbers;
    if (!request.HasMember(name))
        return numbers;
    if (!request[name].IsArray() || request[name].Size() > 1000)
        refuse(std::string("\"") + name + "\" must be a list of part numbers.");
    for (const Value& value : request[name].GetArray()) {
        if (!value.IsUint())
            refuse(std::string("\"") + name + "\" must be a list of part numbers.");
        numbers.push_back(value.GetUint());
    }
    return numbers;
}

std::optional<Memory> memory_in(const Value& request) {
    const auto name = text_in(request, "memory");
    if (!name)
        return std::nullopt;
    const auto memory = memory_named(*name);
    if (!memory || *memory == Memory::mt)
        refuse("\"memory\" must be SM, ME or SR.");
    return memory;
}

} // namespace smsspool::sim
