// The settings: what an administrator can say, in one table.
//
// Each setting is a member of Config (its initialiser is the default) and a row of a table in
// settings.cc: name, member, limits, one line of help. The parser, `smsspoold -n`, `smsctl config
// show` and the test of smsspool.conf(5) all read that table. A modem is a section of its own,
// `[modem NAME]`, with a table of its own; so are an HTTP provider, `[provider NAME]`, a route,
// `[route NAME]`, and an API that messages are fetched from, `[remote NAME]`.

#ifndef SMSSPOOL_COMMON_SETTINGS_H
#define SMSSPOOL_COMMON_SETTINGS_H

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace smsspool {

// What POST / and the alerts do with a text longer than they may send (contract/README "Length").
enum class LongMessages { truncate, split, reject };

// What follows an attempt whose outcome nobody knows (design: three honest outcomes).
enum class UnknownPolicy { resend, hold };

// In the order of LogLevel (common/log.h).
enum class Verbosity { error, warning, info, debug };

// What is kept of a conversation with a modem that ended badly. `redacted` hides numbers, texts and
// the PIN.
enum class TraceDetail { off, redacted, full };

// How a provider wants numbers: +52…, 52…, or without the country code.
enum class NumberForm { plus, digits, national };

// How a token for a remote API is got (RFC 6749 4.3, 4.4).
enum class Grant { none, password, client_credentials };

// What an error of /api/sms looks like: {"error","error_code","success"} as smspanel first had it,
// or {"error":{"code","message"}} as it later did.
enum class ErrorForm { flat, nested };

using Ms = std::chrono::milliseconds;

// A provider that takes messages as HTTP forms; see common/provider.h for what the texts mean.
struct ProviderConfig {
    std::string url;
    std::string form = "application={account}&mrt={number}&sender={sender}&msg_utf8={text}";
    std::string headers; // separated by " | "
    std::string account, sender;
    std::string secret_file;
    NumberForm number_form = NumberForm::digits;
    std::string country_code; // of the numbers that have a national form
    // Regular expressions that the body of an answer is held against; empty: none.
    std::string accept_pattern, refuse_pattern, retry_pattern;
    std::string ca_file; // empty: the certificates that this machine trusts
    std::int64_t redirects = 5;
    std::int64_t answer_limit = 4 * 1024;
    Ms connect_timeout = std::chrono::seconds(10);
    Ms timeout = std::chrono::seconds(30);
    std::int64_t in_flight = 4;
    // The most messages in any minute, hour and day; 0: no limit.
    std::int64_t per_minute = 0;
    std::int64_t per_hour = 0;
    std::int64_t per_day = 0;
};

// Who sends: a modem, or a provider, which is one to routes, lanes and the spool.
struct ModemConfig {
    std::string name = "modem";
    std::string worker = "modem"; // program smsspool-<worker>
    std::string device;           // empty: look for it
    std::string discover = "/dev/ttyUSB* /dev/ttyACM* /dev/serial/by-id/*";
    std::string connection = "at115200";
    std::string pin_file;
    std::string smsc;
    std::string features;
    std::string air;           // loopback worker: the file that takes what "went on the air"
    std::string imei;          // only this device is this modem; empty: any
    std::string imsi;          // only with this SIM; empty: any
    std::string recovery_hook; // a program that cuts the modem's power and gives it back
    // The most parts that leave through it in any minute, hour and day, and the most different
    // recipients in a calendar month (UTC); 0: no limit.
    std::int64_t per_minute = 0;
    std::int64_t per_hour = 0;
    std::int64_t per_day = 0;
    std::int64_t recipients_per_month = 0;
    std::optional<ProviderConfig> provider{}; // of a section [provider NAME]
};

// Which messages take which modems. A message takes the first route, in the order of the file, all
// of whose conditions it meets; one that meets none may leave through any modem.
struct RouteConfig {
    std::string name;
    // Conditions, words separated by spaces; an empty one is met by all.
    std::string prefixes; // beginnings of the number in E.164
    std::string users;
    std::string labels;
    // Names of modems, separated by spaces.
    std::string modems;
    std::string fallback; // used while none of `modems` can send
};

// A remote API that messages are fetched from; see common/remote.h for what is wrong with one.
struct RemoteConfig {
    std::string name;
    std::string url; // "/api/..." is appended
    std::string number;
    std::string country;
    std::string tenant; // empty: no header
    std::string user;   // to whom its messages belong; never empty after load()
    std::string label;
    Ms poll_interval = std::chrono::seconds(10);
    std::int64_t in_hand_most = 100;
    Ms retry_first = std::chrono::seconds(2);
    Ms retry_most = std::chrono::minutes(5);
    Ms connect_timeout = std::chrono::seconds(10);
    Ms timeout = std::chrono::seconds(30);
    std::int64_t answer_limit = 1024 * 1024;
    std::string ca_file; // empty: the certificates that this machine trusts
    // Where and how a token is got: one of the three addresses, unless `grant` is none.
    Grant grant = Grant::password;
    std::string keycloak_url;
    std::string realm = "sr";
    std::string token_url;
    std::string issuer;
    std::string client_id = "sms-gateway";
    std::string client_secret_file;
    std::string username;
    std::string password_file;
    std::string scope = "openid profile email";
    // No setting: the ancestor's config.ini, where that holds the secrets instead of the two files.
    std::string secrets_ini{};
};

struct Config {
    // Where things are.
    std::string spool = "/var/lib/smsspool/spool.sqlite";
    std::string wake_socket = "/run/smsspool/wake.sock";
    std::string worker_dir; // empty: where smsspoold itself was installed
    Verbosity log_level = Verbosity::info;

    // Numbers and texts.
    std::string region = "MX";
    std::string service_numbers = "2222 7373 333";
    LongMessages long_messages = LongMessages::truncate;
    std::int64_t message_length = 160;
    std::int64_t text_limit = 10000;
    std::int64_t max_parts = 10;
    Ms valid_for_most = std::chrono::hours(24 * 30);
    Ms not_before_most = std::chrono::hours(24 * 30);
    std::int64_t bulk_most = 100000;
    bool bulk_partial = false;
    std::int64_t bulk_threads = 2;

    // Requests.
    std::int64_t body_limit = 64 * 1024;
    std::int64_t bulk_body_limit = 4 * 1024 * 1024;
    std::int64_t query_limit = 8 * 1024;
    std::int64_t search_length = 200;
    std::int64_t search_most = 500;
    std::int64_t search_scan = 10000;
    std::int64_t json_depth = 32;
    std::int64_t fcgi_threads = 32;
    Ms busy_timeout = std::chrono::seconds(5);
    Ms idempotency_window = std::chrono::hours(24);
    std::string admins;
    ErrorForm api_sms_errors = ErrorForm::flat;

    // Users: what smsctl changes, and nginx reads.
    std::string htpasswd = "/etc/smsspool/htpasswd";
    std::string login_cache = "/run/smsspool-nginx/logins";
    std::int64_t bcrypt_cost = 10;
    Ms login_token_for = std::chrono::hours(24);
    std::int64_t login_tokens_most = 20;

    // Replies.
    Ms reply_timeout = std::chrono::seconds(60);
    Ms reply_timeout_most = std::chrono::seconds(600);
    Ms reply_grace = std::chrono::seconds(60);

    // Alerts.
    bool alerts = false;
    std::string alerts_number;
    std::int64_t alerts_length = 150;
    std::string alerts_user = "grafana";
    Ms alerts_remind = std::chrono::hours(4);
    std::int64_t alerts_most = 1000;

    // The daemon.
    Ms scan_interval = std::chrono::seconds(5);
    Ms state_interval = std::chrono::seconds(30);
    Ms sweep_interval = std::chrono::seconds(5);
    Ms heartbeat_interval = std::chrono::seconds(5);
    Ms heartbeat_stale = std::chrono::seconds(20);
    Ms valid_for = std::chrono::hours(24);
    Ms retention = std::chrono::hours(24);
    Ms assembly_timeout = std::chrono::hours(1);
    std::int64_t max_attempts = 5;
    Ms retry_first = std::chrono::seconds(10);
    Ms retry_most = std::chrono::minutes(10);
    Ms network_first = std::chrono::seconds(5);
    Ms network_most = std::chrono::seconds(60);
    UnknownPolicy unknown = UnknownPolicy::resend;
    std::int64_t fair_share = 10;
    Ms network_validity = std::chrono::seconds(0);
    bool delivery_reports = false;
    Ms report_window = std::chrono::hours(24 * 3);
    Ms modem_patience = std::chrono::minutes(5);
    std::int64_t storage_warning = 80;
    std::int64_t disk_reserve = 32 * 1024 * 1024;
    std::int64_t log_text = 50;

    // Webhooks: what smsspool-webhook tells whom.
    bool webhooks = false;
    bool webhook_http = false;
    std::string webhook_key_file;
    std::string webhook_networks; // not public, and reached all the same
    std::string webhook_ca_file;  // empty: the certificates that this machine trusts
    std::int64_t callback_length_most = 2000;
    std::int64_t webhook_threads = 4;
    std::int64_t webhook_attempts = 12;
    Ms webhook_interval = std::chrono::seconds(1);
    Ms webhook_timeout = std::chrono::seconds(10);
    Ms webhook_first = std::chrono::seconds(10);
    Ms webhook_most = std::chrono::hours(1);
    Ms webhook_pause_most = std::chrono::minutes(1);

    // Deadlines of a worker's operations: past it the worker is killed and replaced.
    Ms open_deadline = std::chrono::seconds(30);
    Ms send_deadline = std::chrono::seconds(90);
    Ms scan_deadline = std::chrono::seconds(20);
    Ms worker_pause = std::chrono::seconds(1);
    Ms worker_pause_most = std::chrono::seconds(3);

    // Recovery: what is tried after so many failures in a row.
    std::int64_t aside_after = 3;
    std::int64_t radio_after = 3;
    std::int64_t reset_after = 5;
    std::int64_t hook_after = 7;
    Ms reset_deadline = std::chrono::seconds(30);
    Ms ladder_again = std::chrono::minutes(10);
    Ms unregistered_most = std::chrono::minutes(5);
    Ms probe_first = std::chrono::seconds(1);
    Ms probe_most = std::chrono::seconds(8);
    TraceDetail trace = TraceDetail::redacted;
    std::int64_t trace_limit = 16 * 1024;

    // Never empty after load(): a configuration without [modem …] has one modem with the defaults.
    std::vector<ModemConfig> modems;
    std::vector<RouteConfig> routes; // in the order of the file
    std::vector<RemoteConfig> remotes;
};

// How a member is written in the file and shown again.
//   text     as it stands
//   number   digits; a size may end in k or M (1024, 1048576)
//   duration digits and ms, s, m, h or d; without a unit seconds
//   flag     yes/no, true/false, on/off, 1/0
//   choice   one of the words of its enum
template <class Owner>
using Member =
    std::variant<std::string Owner::*, std::int64_t Owner::*, Ms Owner::*, bool Owner::*,
                 LongMessages Owner::*, UnknownPolicy Owner::*, Verbosity Owner::*,
                 TraceDetail Owner::*, NumberForm Owner::*, Grant Owner::*, ErrorForm Owner::*>;

template <class Owner>
struct Setting {
    std::string_view name;
    Member<Owner> member;
    std::int64_t least; // of a number; of a duration in milliseconds; unused for others
    std::int64_t most;
    std::string_view help;
};

[[nodiscard]] const std::vector<Setting<Config>>& settings();
[[nodiscard]] const std::vector<Setting<ModemConfig>>& modem_settings();
[[nodiscard]] const std::vector<Setting<ProviderConfig>>& provider_settings();
[[nodiscard]] const std::vector<Setting<RouteConfig>>& route_settings();
[[nodiscard]] const std::vector<Setting<RemoteConfig>>& remote_settings();

// A duration as the file takes it ("30d", "500ms"; digits alone are seconds). Nothing where the
// text is none.
[[nodiscard]] std::optional<Ms> duration_from(std::string_view text);

// The present value of a setting, in the form that the file takes.
[[nodiscard]] std::string show(const Setting<Config>& setting, const Config& config);
[[nodiscard]] std::string show(const Setting<ModemConfig>& setting, const ModemConfig& config);
[[nodiscard]] std::string show(const Setting<ProviderConfig>& setting,
                               const ProviderConfig& config);
[[nodiscard]] std::string show(const Setting<RouteConfig>& setting, const RouteConfig& config);
[[nodiscard]] std::string show(const Setting<RemoteConfig>& setting, const RemoteConfig& config);

// Sets one value from its text. Throws Error(bad_input) naming the setting, the limit and what was
// found; `config` is unchanged then.
void assign(Config& config, std::string_view name, const std::string& value);
void assign(ModemConfig& config, std::string_view name, const std::string& value);
void assign(ProviderConfig& config, std::string_view name, const std::string& value);
void assign(RouteConfig& config, std::string_view name, const std::string& value);
void assign(RemoteConfig& config, std::string_view name, const std::string& value);

// Reads the files in order, later ones over earlier ones. An unknown setting, a bad value, a line
// that is none, or a file that cannot be read is an Error(bad_input) whose text
// begins with "FILE:LINE: ". Settings that contradict each other are an Error(bad_input) too.
[[nodiscard]] Config load(const std::vector<std::string>& files);

// The section's name of who sends. A provider has several lanes, called NAME, NAME/2, NAME/3…; a
// name itself holds no slash.
[[nodiscard]] std::string_view sender_of(std::string_view lane) noexcept;

// The words of a setting that is a list separated by spaces.
[[nodiscard]] std::vector<std::string> words_in(std::string_view list);

// The files to read where a program was given none: $SMSSPOOL_CONF (separated by ':') if set, else
// /etc/smsspool/smsspool.conf.
[[nodiscard]] std::vector<std::string> default_files();

// What changes when a secret's file does: its time and size, never its content. Empty where there
// is no such file.
[[nodiscard]] std::string secret_mark(const std::string& file);

// A file that only its owner and group may use, up to 64 KiB. Throws Error: unavailable if it
// cannot be read, denied if others may use it, bad_input if it is longer. The text of the error
// never holds what is in it.
[[nodiscard]] std::string read_private(const std::string& file);

// The first line of a secret's file. Throws what read_private() throws.
[[nodiscard]] std::string read_secret(const std::string& file);

} // namespace smsspool

#endif
