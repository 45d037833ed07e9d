// One alert: what is taken has all that an SMS needs, in valid text.

#include "common/utf.h"
#include "fcgi/alert.h"
#include "fcgi/request.h"
#include "tests/fuzz/targets.h"

namespace smsspool::fuzz {

void alert(std::string_view bytes) {
    constexpr UtcMs now = 1'763'159'128'123;
    constexpr std::size_t depth = 16;
    rapidjson::Document document;
    if (parse_json(bytes, depth, document))
        return;
    AlertFault fault;
    const auto alert = read_alert(document, now, fault);
    if (!alert) {
        require(!fault.text.empty() && valid_utf8(fault.text), "a refused alert has a reason");
        return;
    }
    require(alert->state == "FIRING" || alert->state == "RESOLVED", "an alert has a state");
    require(trimmed(alert->number) == alert->number, "a number is trimmed");
    require(valid_utf8(alert->text()) && alert->text().starts_with("[" + alert->state + "] "),
            "the text begins with the state");
    require(valid_utf8(alert->labels) && valid_utf8(alert->content), "an alert is text");
    AlertFault again;
    require(read_alert(document, now, again)->labels == alert->labels, "labels have one form");
}

} // namespace smsspool::fuzz
