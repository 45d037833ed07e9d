// The table of settings, and one value as text and back.

#include "common/settings.h"

#include "common/error.h"
#include "common/fd.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <limits>
#include <optional>
#include <sys/stat.h>

namespace smsspool {

namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t kilo = 1024;
constexpr std::int64_t mega = 1024 * kilo;

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

// Longest first, so that a duration is shown in the largest unit that divides it.
constexpr std::array<Unit, 5> time_units{
    {{"d", day}, {"h", hour}, {"m", minute}, {"s", second}, {"ms", 1}}};
constexpr std::array<Unit, 2> size_units{{{"M", mega}, {"k", kilo}}};

template <class Choice>
struct Word {
    Choice value;
    std::string_view word;
};

constexpr std::array<Word<LongMessages>, 3> words_of(LongMessages) {
    return {{{LongMessages::truncate, "truncate"},
             {LongMessages::split, "split"},
             {LongMessages::reject, "reject"}}};
}
constexpr std::array<Word<UnknownPolicy>, 2> words_of(UnknownPolicy) {
    return {{{UnknownPolicy::resend, "resend"}, {UnknownPolicy::hold, "hold"}}};
}
constexpr std::array<Word<Verbosity>, 4> words_of(Verbosity) {
    return {{{Verbosity::error, "error"},
             {Verbosity::warning, "warning"},
             {Verbosity::info, "info"},
             {Verbosity::debug, "debug"}}};
}
constexpr std::array<Word<TraceDetail>, 3> words_of(TraceDetail) {
    return {{{TraceDetail::off, "off"},
             {TraceDetail::redacted, "redacted"},
             {TraceDetail::full, "full"}}};
}
constexpr std::array<Word<NumberForm>, 3> words_of(NumberForm) {
    return {{{NumberForm::plus, "plus"},
             {NumberForm::digits, "digits"},
             {NumberForm::national, "national"}}};
}
constexpr std::array<Word<ErrorForm>, 2> words_of(ErrorForm) {
    return {{{ErrorForm::flat, "flat"}, {ErrorForm::nested, "nested"}}};
}
constexpr std::array<Word<Grant>, 3> words_of(Grant) {
    return {{{Grant::password, "password"},
             {Grant::client_credentials, "client_credentials"},
             {Grant::none, "none"}}};
}
constexpr std::array<Word<bool>, 8> words_of(bool) {
    return {{{true, "yes"},
             {false, "no"},
             {true, "true"},
             {false, "false"},
             {true, "on"},
             {false, "off"},
             {true, "1"},
             {false, "0"}}};
}

struct Limits {
    std::string_view name;
    std::int64_t least, most;
};

[[noreturn]] void refuse(std::string_view name, const std::string& wanted,
                         const std::string& found) {
    throw Error(Fault::bad_input,
                std::string(name) + " must be " + wanted + ", not \"" + found + "\"");
}

// The whole of `text` as a number that is not negative.
std::optional<std::int64_t> digits(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || error != std::errc{} ||
        end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// "30s" with the units given; `plain` is the factor of digits without a unit.
template <std::size_t N>
std::optional<std::int64_t> with_unit(std::string_view text, const std::array<Unit, N>& units,
                                      std::int64_t plain) {
    const std::size_t at = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto value = digits(text.substr(0, at));
    const std::string_view unit = text.substr(at);
    std::int64_t factor = unit.empty() ? plain : 0;
    for (const Unit& each : units) {
        if (each.name == unit)
            factor = each.factor;
    }
    if (!value || factor == 0 || *value > std::numeric_limits<std::int64_t>::max() / factor)
        return std::nullopt;
    return *value * factor;
}

std::string show_duration(std::int64_t ms) {
    for (const Unit& unit : time_units) {
        if (ms % unit.factor == 0 && (ms != 0 || unit.name == "s"))
            return std::to_string(ms / unit.factor) + std::string(unit.name);
    }
    return std::to_string(ms) + "ms";
}

void set(std::string& member, const Limits&, const std::string& text) {
    member = text;
}

void set(std::int64_t& member, const Limits& limits, const std::string& text) {
    const auto value = with_unit(text, size_units, 1);
    if (!value || *value < limits.least || *value > limits.most)
        refuse(limits.name,
               "a number from " + std::to_string(limits.least) + " to " +
                   std::to_string(limits.most),
               text);
    member = *value;
}

void set(Ms& member, const Limits& limits, const std::string& text) {
    const auto value = with_unit(text, time_units, second);
    if (!value || *value < limits.least || *value > limits.most)
        refuse(limits.name,
               "a time from " + show_duration(limits.least) + " to " + show_duration(limits.most),
               text);
    member = Ms(*value);
}

// bool and the enums: one of a list of words.
template <class Choice>
void set(Choice& member, const Limits& limits, const std::string& text) {
    std::string wanted = "one of";
    for (const auto& each : words_of(Choice{})) {
        if (each.word == text) {
            member = each.value;
            return;
        }
        wanted += ' ';
        wanted += each.word;
    }
    refuse(limits.name, wanted, text);
}

std::string shown(const std::string& member) {
    return member;
}
std::string shown(std::int64_t member) {
    return std::to_string(member);
}
std::string shown(Ms member) {
    return show_duration(member.count());
}
template <class Choice>
std::string shown(Choice member) {
    for (const auto& each : words_of(Choice{})) {
        if (each.value == member)
            return std::string(each.word);
    }
    return {};
}

template <class Owner>
std::string show_member(const Setting<Owner>& setting, const Owner& owner) {
    return std::visit([&](auto member) { return shown(owner.*member); }, setting.member);
}

template <class Owner>
void assign_member(const std::vector<Setting<Owner>>& table, Owner& owner, std::string_view name,
                   const std::string& value) {
    for (const Setting<Owner>& setting : table) {
        if (setting.name != name)
            continue;
        const Limits limits{setting.name, setting.least, setting.most};
        std::visit([&](auto member) { set(owner.*member, limits, value); }, setting.member);
        return;
    }
    throw Error(Fault::bad_input, "there is no setting \"" + std::string(name) + "\" here");
}

} // namespace

const std::vector<Setting<Config>>& settings() {
    static const std::vector<Setting<Config>> table{
        {"spool", &Config::spool, 0, 0, "The database file of the spool."},
        {"wake_socket", &Config::wake_socket, 0, 0,
         "The socket on which the daemon is told that there is work."},
        {"worker_dir", &Config::worker_dir, 0, 0,
         "The folder of the worker programs; empty: where they were installed."},
        {"log_level", &Config::log_level, 0, 0, "What is logged: error, warning, info or debug."},
        {"region", &Config::region, 0, 0,
         "The country (ISO 3166) of numbers written without a country code."},
        {"service_numbers", &Config::service_numbers, 0, 0,
         "Short numbers of the operator that pass unchanged, separated by spaces."},
        {"long_messages", &Config::long_messages, 0, 0,
         "What POST / does with a text over message_length: truncate, split or reject."},
        {"message_length", &Config::message_length, 1, 10000,
         "The length, in characters, to which POST / truncates."},
        {"text_limit", &Config::text_limit, 160, 100000,
         "The longest text, in characters, that is taken, after it was cut."},
        {"max_parts", &Config::max_parts, 1, 255, "The most SMS that one text may become."},
        {"valid_for_most", &Config::valid_for_most, 1 * minute, 365 * day,
         "The longest validity that a request may ask for."},
        {"not_before_most", &Config::not_before_most, 0, 365 * day,
         "How far ahead a request may put the sending of its message."},
        {"bulk_most", &Config::bulk_most, 1, 1000000, "The most recipients of one message."},
        {"bulk_partial", &Config::bulk_partial, 0, 0,
         "Whether wrong recipients of a bulk are left out and reported, instead of refusing it."},
        {"bulk_threads", &Config::bulk_threads, 1, 64,
         "How many threads look at the recipients of one message."},
        {"body_limit", &Config::body_limit, 1 * kilo, 64 * mega,
         "The largest body of a request, in bytes."},
        {"bulk_body_limit", &Config::bulk_body_limit, 1 * kilo, 64 * mega,
         "The longest body of a request below /api/sms, in bytes."},
        {"query_limit", &Config::query_limit, 256, 64 * kilo,
         "The longest query of a request, in bytes."},
        {"search_length", &Config::search_length, 3, 10000,
         "The most characters of a text that is searched for."},
        {"search_most", &Config::search_most, 1, 10000, "The most messages that a search finds."},
        {"search_scan", &Config::search_scan, 1, 1000000,
         "How many messages that do not match a search looks into at most."},
        {"json_depth", &Config::json_depth, 4, 1000, "The deepest nesting of JSON."},
        {"fcgi_threads", &Config::fcgi_threads, 1, 256,
         "How many requests one FastCGI program handles at once, at the most."},
        {"busy_timeout", &Config::busy_timeout, 100, 60 * second,
         "How long to wait for another writer of the spool before answering 503."},
        {"idempotency_window", &Config::idempotency_window, 1 * minute, 30 * day,
         "How long an Idempotency-Key is remembered."},
        {"admins", &Config::admins, 0, 0,
         "Users who see the messages of all, separated by spaces."},
        {"api_sms_errors", &Config::api_sms_errors, 0, 0,
         "What errors of /api/sms look like: flat or nested."},
        {"htpasswd", &Config::htpasswd, 0, 0,
         "The password file: the one that nginx reads (auth_basic_user_file)."},
        {"login_cache", &Config::login_cache, 0, 0,
         "The folder in which nginx remembers logins (proxy_cache_path); empty: none is emptied."},
        {"bcrypt_cost", &Config::bcrypt_cost, 4, 31,
         "The work that a password's bcrypt hash costs; each step doubles it."},
        {"login_token_for", &Config::login_token_for, 1 * minute, 366 * day,
         "How long a token of POST /api/auth/login counts."},
        {"login_tokens_most", &Config::login_tokens_most, 1, 1000,
         "How many such tokens a user has at once; the oldest ends for another."},
        {"reply_timeout", &Config::reply_timeout, 1 * second, 1 * day,
         "How long to wait for a reply where the request does not say."},
        {"reply_timeout_most", &Config::reply_timeout_most, 1 * second, 7 * day,
         "The longest wait that a request may ask for."},
        {"reply_grace", &Config::reply_grace, 0, 1 * hour,
         "How much longer to wait where the modem cannot be read at the deadline."},
        {"alerts", &Config::alerts, 0, 0, "Whether the alerts addresses take anything."},
        {"alerts_number", &Config::alerts_number, 0, 0,
         "The recipient of alerts that name none; empty: such alerts fail."},
        {"alerts_length", &Config::alerts_length, 50, 10000,
         "The length, in characters, to which the text of an alert is cut."},
        {"alerts_user", &Config::alerts_user, 0, 0,
         "The user to whom the messages of alerts belong."},
        {"alerts_remind", &Config::alerts_remind, 0, 365 * day,
         "After this time an alert that has not changed is sent again; 0: never."},
        {"alerts_most", &Config::alerts_most, 1, 100000, "The most alerts in one request."},
        {"scan_interval", &Config::scan_interval, 1 * second, 1 * hour,
         "How often a modem is asked for what arrived, beside its own reports."},
        {"state_interval", &Config::state_interval, 1 * second, 1 * hour,
         "How often a modem is asked for its network and signal."},
        {"sweep_interval", &Config::sweep_interval, 1 * second, 1 * hour,
         "How often the daemon looks for what is overdue."},
        {"heartbeat_interval", &Config::heartbeat_interval, 1 * second, 1 * hour,
         "How often the daemon writes its state into the spool."},
        {"heartbeat_stale", &Config::heartbeat_stale, 2 * second, 1 * day,
         "A state older than this counts as no state: /health says 503."},
        {"valid_for", &Config::valid_for, 1 * minute, 365 * day,
         "How long an unsent message waits before it expires."},
        {"retention", &Config::retention, 0, 3650 * day,
         "How long a message is kept after it has come to an end; 0: for ever."},
        {"assembly_timeout", &Config::assembly_timeout, 1 * second, 30 * day,
         "How long to wait for missing parts of an incoming message."},
        {"max_attempts", &Config::max_attempts, 1, 100,
         "After this many refusals a message is a dead letter."},
        {"retry_first", &Config::retry_first, 1 * second, 1 * day,
         "The pause after the first refusal; it doubles with each."},
        {"retry_most", &Config::retry_most, 1 * second, 7 * day, "The longest such pause."},
        {"network_first", &Config::network_first, 1 * second, 1 * day,
         "The first pause while there is no network; it doubles with each."},
        {"network_most", &Config::network_most, 1 * second, 7 * day, "The longest such pause."},
        {"unknown", &Config::unknown, 0, 0,
         "After an attempt that may have gone out: resend (once) or hold."},
        {"fair_share", &Config::fair_share, 0, 1000,
         "Of so many messages of a modem one is taken from normal and one from low priority first; "
         "0: never."},
        {"network_validity", &Config::network_validity, 0, 63 * day,
         "How long the network keeps trying a message whose request does not say; 0: as long as it "
         "likes."},
        {"delivery_reports", &Config::delivery_reports, 0, 0,
         "Whether a delivery report is asked for where the request does not say."},
        {"report_window", &Config::report_window, 1 * minute, 63 * day,
         "How long after its message a delivery report still counts for it."},
        {"modem_patience", &Config::modem_patience, 0, 7 * day,
         "How long a message of which parts are sent waits for its modem, before another sends all "
         "of it."},
        {"storage_warning", &Config::storage_warning, 1, 100,
         "The percentage of a modem's places for messages from which on it is a warning."},
        {"disk_reserve", &Config::disk_reserve, 0, 1024 * 1024 * mega,
         "With less free space than this beside the spool new messages get 507; 0: with none."},
        {"log_text", &Config::log_text, 0, 1000,
         "How many characters of a message the log shows; 0: none."},
        {"webhooks", &Config::webhooks, 0, 0,
         "Whether a message may name a callback, where its sender is told what becomes of it."},
        {"webhook_http", &Config::webhook_http, 0, 0,
         "Whether a callback may be http, whose texts anybody on the way can read."},
        {"webhook_key_file", &Config::webhook_key_file, 0, 0,
         "A file (mode 0600 or 0640) with the secret of which the users' signing keys are made."},
        {"webhook_networks", &Config::webhook_networks, 0, 0,
         "Networks that are not public and that a callback may reach, separated by spaces."},
        {"webhook_ca_file", &Config::webhook_ca_file, 0, 0,
         "The certificates (PEM) that are trusted; empty: those of this machine."},
        {"callback_length_most", &Config::callback_length_most, 20, 8000,
         "The longest callback, in bytes."},
        {"webhook_threads", &Config::webhook_threads, 1, 64,
         "How many receivers are told at once; each is told one event after the other."},
        {"webhook_attempts", &Config::webhook_attempts, 1, 1000,
         "After so many failures in a row an event is given up."},
        {"webhook_interval", &Config::webhook_interval, 100, 5 * second,
         "How often is looked for what there is to tell."},
        {"webhook_timeout", &Config::webhook_timeout, 100, 5 * minute,
         "How long a receiver may take to answer."},
        {"webhook_first", &Config::webhook_first, 100, 1 * day,
         "The pause of an event after its first failure; it doubles with each."},
        {"webhook_most", &Config::webhook_most, 100, 7 * day, "The longest such pause."},
        {"webhook_pause_most", &Config::webhook_pause_most, 100, 1 * day,
         "The longest pause of a receiver that does not answer at all."},
        {"open_deadline", &Config::open_deadline, 1 * second, 10 * minute,
         "How long a worker may take to find and open its modem."},
        {"send_deadline", &Config::send_deadline, 1 * second, 10 * minute,
         "How long a worker may take to send one part; the network has half of it to answer."},
        {"scan_deadline", &Config::scan_deadline, 1 * second, 10 * minute,
         "How long a worker may take to read, delete or tell its state."},
        {"worker_pause", &Config::worker_pause, 0, 10 * minute,
         "The pause before a worker is started again that failed at once; it doubles while it "
         "fails."},
        {"worker_pause_most", &Config::worker_pause_most, 1 * second, 1 * hour,
         "The longest such pause."},
        {"aside_after", &Config::aside_after, 1, 1000,
         "After so many failures in a row, or refusals of different messages, a modem is set "
         "aside."},
        {"radio_after", &Config::radio_after, 0, 1000,
         "After so many failures in a row its radio is switched off and on; 0: never."},
        {"reset_after", &Config::reset_after, 0, 1000,
         "After so many failures in a row the modem is reset; 0: never."},
        {"hook_after", &Config::hook_after, 0, 1000,
         "After so many failures in a row recovery_hook is run; 0: never."},
        {"reset_deadline", &Config::reset_deadline, 1 * second, 10 * minute,
         "How long a switch of the radio, a reset or recovery_hook may take."},
        {"ladder_again", &Config::ladder_again, 1 * second, 1 * day,
         "After this time those three are tried again on a modem that still fails."},
        {"unregistered_most", &Config::unregistered_most, 0, 1 * day,
         "After this time without a network the radio is switched off and on; 0: never."},
        {"probe_first", &Config::probe_first, 100, 1 * hour,
         "The first pause before a modem that refused everything is tried with one message; it "
         "doubles."},
        {"probe_most", &Config::probe_most, 100, 1 * day, "The longest such pause."},
        {"trace", &Config::trace, 0, 0,
         "What is kept of the conversation with a modem that ended badly: off, redacted or full."},
        {"trace_limit", &Config::trace_limit, 1 * kilo, 128 * kilo,
         "How much of such a conversation, its end, is kept, in bytes."},
    };
    return table;
}

const std::vector<Setting<ModemConfig>>& modem_settings() {
    static const std::vector<Setting<ModemConfig>> table{
        {"worker", &ModemConfig::worker, 0, 0,
         "The transport: the program smsspool-WORKER. modem or loopback."},
        {"device", &ModemConfig::device, 0, 0,
         "The modem's device; empty: it is looked for. dummy:FOLDER is libgammu's dummy phone."},
        {"discover", &ModemConfig::discover, 0, 0,
         "Where a modem is looked for: patterns of paths, separated by spaces."},
        {"connection", &ModemConfig::connection, 0, 0,
         "libgammu's name of the kind of connection."},
        {"pin_file", &ModemConfig::pin_file, 0, 0,
         "A file (mode 0600 or 0640) that holds the PIN of the SIM."},
        {"smsc", &ModemConfig::smsc, 0, 0,
         "The number of the service centre; empty: the one on the SIM."},
        {"features", &ModemConfig::features, 0, 0,
         "Names of libgammu's features for this modem, separated by spaces; empty: by its model."},
        {"air", &ModemConfig::air, 0, 0,
         "Loopback: the file that takes what would have been sent."},
        {"imei", &ModemConfig::imei, 0, 0,
         "The IMEI of the device; another one is not used. Empty: any."},
        {"imsi", &ModemConfig::imsi, 0, 0,
         "The IMSI of the SIM; another one is not used. Empty: any."},
        {"recovery_hook", &ModemConfig::recovery_hook, 0, 0,
         "A program that cuts the modem's power and gives it back; empty: none."},
        {"per_minute", &ModemConfig::per_minute, 0, 1000000,
         "The most parts that leave through it in any minute; 0: no limit."},
        {"per_hour", &ModemConfig::per_hour, 0, 1000000,
         "The most parts that leave through it in any hour; 0: no limit."},
        {"per_day", &ModemConfig::per_day, 0, 1000000,
         "The most parts that leave through it in any 24 hours; 0: no limit."},
        {"recipients_per_month", &ModemConfig::recipients_per_month, 0, 1000000,
         "The most different recipients in a calendar month; 0: no limit."},
    };
    return table;
}

const std::vector<Setting<ProviderConfig>>& provider_settings() {
    static const std::vector<Setting<ProviderConfig>> table{
        {"url", &ProviderConfig::url, 0, 0,
         "Where messages are posted: https, or http on this machine."},
        {"form", &ProviderConfig::form, 0, 0,
         "The fields in their order, with {number}, {text}, {sender}, {account} and {secret}."},
        {"headers", &ProviderConfig::headers, 0, 0,
         "Headers of the request, NAME: VALUE, separated by |; with the same words in braces."},
        {"account", &ProviderConfig::account, 0, 0, "What {account} stands for."},
        {"sender", &ProviderConfig::sender, 0, 0, "What {sender} stands for."},
        {"secret_file", &ProviderConfig::secret_file, 0, 0,
         "A file (mode 0600 or 0640) that holds what {secret} stands for."},
        {"number_form", &ProviderConfig::number_form, 0, 0,
         "How {number} is written: plus (+52...), digits (52...) or national."},
        {"country_code", &ProviderConfig::country_code, 0, 0,
         "The digits of the country whose numbers have a national form."},
        {"accept_pattern", &ProviderConfig::accept_pattern, 0, 0,
         "A regular expression that an answer must match to be a success; empty: any."},
        {"refuse_pattern", &ProviderConfig::refuse_pattern, 0, 0,
         "One that makes an answer a refusal for good; empty: none."},
        {"retry_pattern", &ProviderConfig::retry_pattern, 0, 0,
         "One that makes an answer a refusal for now, whatever its status; empty: none."},
        {"ca_file", &ProviderConfig::ca_file, 0, 0,
         "The certificates (PEM) that are trusted; empty: those of this machine."},
        {"redirects", &ProviderConfig::redirects, 0, 20,
         "How many redirections are followed, within the same host."},
        {"answer_limit", &ProviderConfig::answer_limit, 256, 16 * kilo,
         "How much of an answer is read and kept, in bytes."},
        {"connect_timeout", &ProviderConfig::connect_timeout, 100, 1 * minute,
         "How long a connection may take."},
        {"timeout", &ProviderConfig::timeout, 1 * second, 10 * minute,
         "How long a request may take as a whole."},
        {"in_flight", &ProviderConfig::in_flight, 1, 64,
         "How many requests are under way at once."},
        {"per_minute", &ProviderConfig::per_minute, 0, 1000000,
         "The most messages in any minute; 0: no limit."},
        {"per_hour", &ProviderConfig::per_hour, 0, 1000000,
         "The most messages in any hour; 0: no limit."},
        {"per_day", &ProviderConfig::per_day, 0, 1000000,
         "The most messages in any 24 hours; 0: no limit."},
    };
    return table;
}

const std::vector<Setting<RouteConfig>>& route_settings() {
    static const std::vector<Setting<RouteConfig>> table{
        {"prefixes", &RouteConfig::prefixes, 0, 0,
         "Beginnings of recipients' numbers, separated by spaces; empty: all."},
        {"users", &RouteConfig::users, 0, 0, "Users, separated by spaces; empty: all."},
        {"labels", &RouteConfig::labels, 0, 0,
         "Labels of messages, separated by spaces; empty: all, also those without one."},
        {"modems", &RouteConfig::modems, 0, 0,
         "The modems through which such a message may leave, separated by spaces."},
        {"fallback", &RouteConfig::fallback, 0, 0,
         "The modems that stand in while none of those can send."},
    };
    return table;
}

const std::vector<Setting<RemoteConfig>>& remote_settings() {
    static const std::vector<Setting<RemoteConfig>> table{
        {"url", &RemoteConfig::url, 0, 0,
         "The remote API, before /api/: https, or http on this machine."},
        {"number", &RemoteConfig::number, 0, 0,
         "The gateway's own number; the provider's name is made of it."},
        {"country", &RemoteConfig::country, 0, 0,
         "The country (ISO 3166) whose messages are asked for."},
        {"tenant", &RemoteConfig::tenant, 0, 0, "The tenant that is named; empty: none."},
        {"user", &RemoteConfig::user, 0, 0,
         "The user to whom its messages belong; empty: pull-NAME."},
        {"label", &RemoteConfig::label, 0, 0, "The label of its messages, for routes."},
        {"poll_interval", &RemoteConfig::poll_interval, 100, 1 * day,
         "The pause before it is asked again while it has no message."},
        {"in_hand_most", &RemoteConfig::in_hand_most, 1, 100000,
         "The most messages that were fetched and have not come to an end."},
        {"retry_first", &RemoteConfig::retry_first, 100, 1 * hour,
         "The pause after a failure; it doubles with each."},
        {"retry_most", &RemoteConfig::retry_most, 100, 1 * day, "The longest such pause."},
        {"connect_timeout", &RemoteConfig::connect_timeout, 100, 1 * minute,
         "How long a connection may take."},
        {"timeout", &RemoteConfig::timeout, 1 * second, 10 * minute,
         "How long a request may take as a whole."},
        {"answer_limit", &RemoteConfig::answer_limit, 1 * kilo, 64 * mega,
         "The longest answer that is taken, in bytes."},
        {"ca_file", &RemoteConfig::ca_file, 0, 0,
         "The certificates (PEM) that are trusted; empty: those of this machine."},
        {"grant", &RemoteConfig::grant, 0, 0,
         "How a token is got: password, client_credentials, or none where none is wanted."},
        {"keycloak_url", &RemoteConfig::keycloak_url, 0, 0,
         "The Keycloak server that gives tokens, before /realms/."},
        {"realm", &RemoteConfig::realm, 0, 0, "The realm of that server."},
        {"token_url", &RemoteConfig::token_url, 0, 0,
         "Instead of keycloak_url: the token endpoint itself."},
        {"issuer", &RemoteConfig::issuer, 0, 0,
         "Instead of both: the OpenID issuer that says where its token endpoint is."},
        {"client_id", &RemoteConfig::client_id, 0, 0, "The name of this client there."},
        {"client_secret_file", &RemoteConfig::client_secret_file, 0, 0,
         "A file (mode 0600 or 0640) that holds the client's secret; empty: it has none."},
        {"username", &RemoteConfig::username, 0, 0, "The user whose password is given."},
        {"password_file", &RemoteConfig::password_file, 0, 0,
         "A file (mode 0600 or 0640) that holds the password."},
        {"scope", &RemoteConfig::scope, 0, 0,
         "The scopes that are asked for at a login, separated by spaces; empty: none is named."},
    };
    return table;
}

std::string_view sender_of(std::string_view lane) noexcept {
    return lane.substr(0, lane.find('/'));
}

std::vector<std::string> words_in(std::string_view list) {
    constexpr std::string_view blanks = " \t";
    std::vector<std::string> words;
    for (std::size_t begin = 0;
         (begin = list.find_first_not_of(blanks, begin)) != std::string_view::npos;) {
        const std::size_t end = std::min(list.find_first_of(blanks, begin), list.size());
        words.emplace_back(list.substr(begin, end - begin));
        begin = end;
    }
    return words;
}

std::optional<Ms> duration_from(std::string_view text) {
    const auto ms = with_unit(text, time_units, second);
    return ms ? std::optional(Ms(*ms)) : std::nullopt;
}

std::string show(const Setting<Config>& setting, const Config& config) {
    return show_member(setting, config);
}

std::string show(const Setting<ModemConfig>& setting, const ModemConfig& config) {
    return show_member(setting, config);
}

std::string show(const Setting<ProviderConfig>& setting, const ProviderConfig& config) {
    return show_member(setting, config);
}

std::string show(const Setting<RouteConfig>& setting, const RouteConfig& config) {
    return show_member(setting, config);
}

std::string show(const Setting<RemoteConfig>& setting, const RemoteConfig& config) {
    return show_member(setting, config);
}

void assign(Config& config, std::string_view name, const std::string& value) {
    assign_member(settings(), config, name, value);
}

void assign(ModemConfig& config, std::string_view name, const std::string& value) {
    assign_member(modem_settings(), config, name, value);
}

void assign(ProviderConfig& config, std::string_view name, const std::string& value) {
    assign_member(provider_settings(), config, name, value);
}

void assign(RouteConfig& config, std::string_view name, const std::string& value) {
    assign_member(route_settings(), config, name, value);
}

void assign(RemoteConfig& config, std::string_view name, const std::string& value) {
    assign_member(remote_settings(), config, name, value);
}

} // namespace smsspool
