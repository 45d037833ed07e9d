// smsctl user import.

#include "common/error.h"
#include "common/htpasswd.h"
#include "common/log.h"
#include "common/password.h"
#include "ctl/audit.h"
#include "ctl/lines.h"
#include "ctl/login_cache.h"
#include "ctl/nouns.h"
#include "ctl/who.h"

#include <fstream>
#include <map>

namespace smsspool::ctl {

namespace {

// A line that is not taken.
struct Left {
    std::string who; // a user, or the number of a line
    std::string why;
};

struct Imported {
    std::int64_t added = 0, replaced = 0, kept = 0;
    std::vector<Left> left;
};

// Lines of `file` that are no user, no comment and not blank.
std::vector<Left> lines_of_nobody(const std::string& file) {
    std::ifstream stream(file);
    if (!stream)
        throw system_error(Fault::bad_input, file);
    std::vector<Left> left;
    std::size_t number = 0;
    for (std::string line; std::getline(stream, line);) {
        ++number;
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin == std::string::npos || line[begin] == '#')
            continue;
        const auto colon = line.find(':');
        if (colon == std::string::npos || colon == 0)
            left.push_back({"line " + std::to_string(number), "it is not NAME:HASH"});
    }
    // A folder opens, and then has no lines.
    if (stream.bad())
        throw Error(Fault::bad_input, file + ": it cannot be read");
    return left;
}

std::string fault_of(const PasswordLine& line) {
    const std::string fault = user_name_fault(line.name);
    if (fault.empty() && !nginx_can_check(line.hash))
        return "the password's hash is of a kind that nginx cannot check, or that is out of use";
    return fault;
}

class Import {
public:
    Import(const Call& call) : call_(call) {
        for (const PasswordLine& line : read_passwords(call.config.htpasswd))
            known_[line.name] = line.hash;
    }

    Imported run() {
        done_.left = lines_of_nobody(call_.arguments.file);
        for (const PasswordLine& line : read_passwords(call_.arguments.file)) {
            if (const std::string fault = fault_of(line); !fault.empty())
                done_.left.push_back({"user " + line.name, fault});
            else
                take(line);
        }
        return done_;
    }

private:
    void take(const PasswordLine& line) {
        const auto known = known_.find(line.name);
        const bool is_known = known != known_.end();
        if (is_known && (known->second == line.hash || !call_.arguments.has("--replace"))) {
            ++done_.kept;
            return;
        }
        set_password(call_.config.htpasswd, line);
        ++(is_known ? done_.replaced : done_.added);
        audit("imported user " + line.name + " from " + call_.arguments.file +
              (is_known ? ", in place of another password" : ""));
    }

    const Call& call_;
    std::map<std::string, std::string> known_;
    Imported done_;
};

std::string as_text(const Imported& done) {
    std::string text = "added " + std::to_string(done.added) + ", replaced " +
                       std::to_string(done.replaced) + ", kept " + std::to_string(done.kept) +
                       ", left " + std::to_string(done.left.size()) + "\n";
    for (const Left& each : done.left)
        text += printable("left " + each.who + ": " + each.why) + "\n";
    return text;
}

std::string as_json(const Imported& done) {
    return json_line([&](JsonObject& object) {
        object.number("added", done.added);
        object.number("replaced", done.replaced);
        object.number("kept", done.kept);
        JsonWriter& writer = object.value("left");
        writer.StartArray();
        for (const Left& each : done.left)
            put_object(writer, [&](JsonObject& one) {
                put_foreign(one, "who", each.who);
                put_foreign(one, "why", each.why);
            });
        writer.EndArray();
    });
}

} // namespace

Answer import_users(const Call& call) {
    const NewFile file(call.config);
    const Imported done = Import(call).run();
    Answer answer{call.output == Output::json ? as_json(done) : as_text(done),
                  done.left.empty() ? 0 : status_findings};
    answer.complaint = file.note();
    if (done.replaced > 0)
        answer.complaint = forget_logins(call.config.login_cache);
    return answer;
}

} // namespace smsspool::ctl
