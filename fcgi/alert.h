// One alert as Prometheus, Alertmanager or Grafana post it (contract 1.8), read into what an SMS
// needs.

#ifndef SMSSPOOL_FCGI_ALERT_H
#define SMSSPOOL_FCGI_ALERT_H

#include "common/clock.h"
#include "common/json.h"

#include <optional>
#include <string>

namespace smsspool {

struct Alert {
    std::string name;
    std::string state;  // FIRING or RESOLVED
    std::string number; // as the labels give it, trimmed; empty: they name none
    std::string content;
    std::string labels; // their canonical form: equal for equal labels, in whatever order they came

    // "[STATE] name: content", not cut.
    [[nodiscard]] std::string text() const;
};

struct AlertFault {
    std::string text; // for whoever wrote the alert
};

// Reads `value`, which may be any JSON. Nothing where it is no alert; `fault` says why then.
//   state    the alert's `status`, "firing" or "resolved", where it has one; else RESOLVED if
//            `endsAt` is a time before `now` other than the year 1, which means "never"; else
//            FIRING
//   number   the first of the labels number, phone, sms_number, phone_number that is not blank
//   content  the first of the annotations summary, description, message that is not blank
[[nodiscard]] std::optional<Alert> read_alert(const rapidjson::Value& value, UtcMs now,
                                              AlertFault& fault);

} // namespace smsspool

#endif
