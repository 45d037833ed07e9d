// smsctl config: the settings as they are in force.

#include "common/numbers.h"
#include "common/settings.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"

namespace smsspool::ctl {

namespace {

// What one setting is, whosesoever it is, as text.
struct Shown {
    std::string_view name, kind, help;
    std::string value, usual;
    std::optional<std::string> least, most;
};

template <class Owner>
struct KindOf {
    std::string_view operator()(std::string Owner::*) const { return "text"; }
    std::string_view operator()(std::int64_t Owner::*) const { return "number"; }
    std::string_view operator()(Ms Owner::*) const { return "duration"; }
    std::string_view operator()(bool Owner::*) const { return "flag"; }
    template <class Choice>
    std::string_view operator()(Choice Owner::*) const {
        return "choice";
    }
};

// A limit in the form of the file; nothing where the kind has none.
template <class Owner>
struct LimitText {
    const Setting<Owner>& setting;
    std::int64_t limit;

    std::optional<std::string> operator()(std::int64_t Owner::*member) const {
        return with(member, limit);
    }
    std::optional<std::string> operator()(Ms Owner::*member) const {
        return with(member, Ms(limit));
    }
    template <class Other>
    std::optional<std::string> operator()(Other Owner::*) const {
        return std::nullopt;
    }

private:
    template <class Value>
    std::string with(Value Owner::*member, Value value) const {
        Owner owner;
        owner.*member = value;
        return show(setting, owner);
    }
};

template <class Owner>
Shown shown(const Setting<Owner>& setting, const Owner& owner) {
    return {setting.name,
            std::visit(KindOf<Owner>{}, setting.member),
            setting.help,
            show(setting, owner),
            show(setting, Owner{}),
            std::visit(LimitText<Owner>{setting, setting.least}, setting.member),
            std::visit(LimitText<Owner>{setting, setting.most}, setting.member)};
}

// Whose a setting is; neither: of all.
struct Section {
    std::optional<std::string> modem, provider, route, remote;
};

std::string as_json(const Shown& setting, const Section& section) {
    return json_line([&](JsonObject& object) {
        object.text_or_null("modem", section.modem);
        object.text_or_null("provider", section.provider);
        object.text_or_null("route", section.route);
        object.text_or_null("remote", section.remote);
        object.text("name", setting.name);
        put_foreign(object, "value", setting.value);
        object.text("default", setting.usual);
        object.text("kind", setting.kind);
        object.text_or_null("least", setting.least);
        object.text_or_null("most", setting.most);
        object.text("help", setting.help);
    });
}

std::string as_line(const Shown& setting) {
    return std::string(setting.name) + (setting.value.empty() ? " =" : " = " + setting.value) +
           "\n";
}

template <class Owner>
std::string lines_of(const std::vector<Setting<Owner>>& table, const Owner& owner,
                     const Section& section, Output output) {
    std::string text;
    for (const Setting<Owner>& setting : table) {
        const Shown each = shown(setting, owner);
        text += output == Output::json ? as_json(each, section) : as_line(each);
    }
    return text;
}

std::string header(std::string_view kind, const std::string& name, Output output) {
    if (output == Output::json)
        return {};
    return "\n[" + std::string(kind) + " " + name + "]\n";
}

std::string section_of(const ModemConfig& modem, Output output) {
    if (modem.provider)
        return header("provider", modem.name, output) +
               lines_of(provider_settings(), *modem.provider, {{}, modem.name, {}, {}}, output);
    return header("modem", modem.name, output) +
           lines_of(modem_settings(), modem, {modem.name, {}, {}, {}}, output);
}

} // namespace

Answer check_config(const Call& call) {
    // Loading checked all that a file can say; this is what only a library knows.
    const Numbers numbers(call.config);
    if (call.output == Output::json)
        return {json_line([](JsonObject& object) { object.flag("good", true); })};
    return {"the configuration is good\n"};
}

Answer show_config(const Call& call) {
    Answer answer;
    answer.text = lines_of(settings(), call.config, {}, call.output);
    for (const ModemConfig& modem : call.config.modems)
        answer.text += section_of(modem, call.output);
    for (const RouteConfig& route : call.config.routes)
        answer.text += header("route", route.name, call.output) +
                       lines_of(route_settings(), route, {{}, {}, route.name, {}}, call.output);
    for (const RemoteConfig& remote : call.config.remotes)
        answer.text += header("remote", remote.name, call.output) +
                       lines_of(remote_settings(), remote, {{}, {}, {}, remote.name}, call.output);
    return answer;
}

} // namespace smsspool::ctl
