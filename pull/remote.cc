// A remote API, asked and told.

#include "pull/remote.h"

#include "common/error.h"
#include "common/provider.h"
#include "pull/oauth.h"

#include <algorithm>
#include <array>

namespace smsspool {

namespace {

using How = RemoteOutcome::How;
using Method = HttpRequest::Method;

constexpr std::size_t messages_most = 100; // of one answer
constexpr int unauthorized = 401;
constexpr int not_found = 404;
constexpr int server_error = 500;
constexpr std::int64_t retry_after_most = 24 * 60 * 60; // seconds

constexpr std::array dialects{Dialect{Dialect::Keys::pascal, Dialect::Words::numbers},
                              Dialect{Dialect::Keys::camel, Dialect::Words::names},
                              Dialect{Dialect::Keys::pascal, Dialect::Words::names},
                              Dialect{Dialect::Keys::camel, Dialect::Words::numbers}};

bool is_good(int status) noexcept {
    return status >= 200 && status < 300;
}

// A page for people comes from who stands before the API, and knows nothing of its messages.
bool is_page(const std::string& body) {
    const auto first = body.find_first_not_of(" \t\r\n");
    return first != std::string::npos && body[first] == '<';
}

How meaning_of(const HttpAnswer& answer) {
    constexpr int no_content = 204;
    // 500: any exception of the real server, also for one message alone (contract 4B.1).
    constexpr std::array refusals{400, 409, 415, 422, server_error};
    if (answer.status == no_content)
        return How::nothing;
    if (answer.status == not_found)
        return is_page(answer.body) ? How::trouble : How::nothing;
    if (std::find(refusals.begin(), refusals.end(), answer.status) != refusals.end())
        return How::refused;
    return is_good(answer.status) ? How::done : How::trouble;
}

// The real server's words (contract 4B.4). It has the same status for an address that is not there
// (4B.1), as have those who stand before it: they may repeat the address, and say no such thing.
bool says_unknown(const std::string& body, const std::string& id) {
    return body.find("SMS with ID " + id + " not found") != std::string::npos;
}

} // namespace

std::string provider_name(const RemoteConfig& config) {
    std::string name = "RaspberryPI-Gateway-";
    for (const char c : config.number) {
        if (c != '+' && c != '-' && c != ' ')
            name += c;
    }
    return name;
}

std::string country_of(const RemoteConfig& config) {
    std::string country = config.country;
    for (char& c : country) {
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - ('a' - 'A'));
    }
    return country;
}

Remote::Remote(const RemoteConfig& config, Http& http, Tokens& tokens)
    : config_(config), http_(http), tokens_(tokens) {}

RemoteOutcome Remote::enrol() {
    const std::string name = provider_name(config_);
    Heard known = ask(Method::get, "/api/provider/" + form_encoded(name), config_.tenant);
    learn(answer_in(known).dialect);
    if (known.how == How::done || known.how == How::trouble)
        return known;
    // Not known, or the question failed (contract 4A.5).
    Heard made = ask(Method::post, "/api/provider/register", config_.tenant,
                     register_body(name, country_of(config_)));
    if (made.how == How::nothing && is_good(made.code))
        made.how = How::done;
    learn(answer_in(made).dialect);
    return made;
}

Fetched Remote::fetch() {
    const Heard heard = ask(Method::get,
                            "/api/provider/next/" + form_encoded(provider_name(config_)) + "/" +
                                form_encoded(country_of(config_)),
                            config_.tenant);
    Fetched fetched{heard, {}};
    if (heard.how == How::refused || heard.how == How::denied)
        fetched.how = How::trouble;
    if (heard.how != How::done)
        return fetched;
    RemoteAnswer answer = read_remote(heard.body, messages_most);
    learn(answer.dialect);
    fetched.messages = std::move(answer.messages);
    fetched.why = std::move(answer.fault);
    if (fetched.messages.empty())
        fetched.how = fetched.why.empty() ? How::nothing : How::trouble;
    return fetched;
}

RemoteOutcome Remote::tell(const RemoteName& name, const RemoteReport& report) {
    if (!dialect_) {
        if (RemoteOutcome outcome = look_at(name); outcome.how != How::done)
            return outcome;
    }
    const Dialect known = dialect_.value_or(dialects.front());
    const RemoteOutcome first = tell_in(name, report, known);
    if (first.how != How::refused || (proven_ && !is_good(first.code)))
        return first;
    proven_ = false;
    for (const Dialect& other : dialects) {
        if (other == known)
            continue;
        RemoteOutcome outcome = tell_in(name, report, other);
        if (outcome.how != How::refused)
            return outcome;
    }
    return first;
}

RemoteOutcome Remote::tell_in(const RemoteName& name, const RemoteReport& report,
                              const Dialect& dialect) {
    const RemoteOutcome outcome = patch(name, report, dialect);
    if (outcome.how != How::refused || is_good(outcome.code) || report.reason.empty())
        return outcome;
    // The reason is a member that a server need not know.
    const RemoteOutcome plain = patch(name, {report.status, report.sent, {}}, dialect);
    return plain.how == How::refused ? outcome : plain;
}

// How this server spells, and whether it knows the message.
RemoteOutcome Remote::look_at(const RemoteName& name) {
    Heard heard = ask(Method::get, "/api/sms/" + form_encoded(name.id), name.tenant);
    learn(answer_in(heard).dialect);
    // It may refuse to show what it lets be told.
    if (heard.how == How::refused || (heard.how == How::nothing && is_good(heard.code)))
        heard.how = How::done;
    heard.unknown_id = heard.how == How::nothing && says_unknown(heard.body, name.id);
    return heard;
}

RemoteOutcome Remote::patch(const RemoteName& name, const RemoteReport& report,
                            const Dialect& dialect) {
    Heard heard = ask(Method::patch, "/api/sms/" + form_encoded(name.id), name.tenant,
                      patch_body(dialect, report));
    if (heard.how == How::nothing && is_good(heard.code))
        heard.how = How::done; // 204: there is no more to say
    heard.unknown_id = heard.how == How::nothing && says_unknown(heard.body, name.id);
    if (heard.how != How::done)
        return heard;
    const RemoteAnswer answer = answer_in(heard);
    if (answer.dialect && !proven_) // it may repeat how it was spoken to
        dialect_ = answer.dialect;
    if (heard.how != How::done || answer.messages.empty())
        return heard;
    const RemoteMessage& message = answer.messages.front();
    if (message.name.id != name.id) {
        heard.how = How::trouble;
        heard.why = "the server answers with another message";
        return heard;
    }
    const auto shown = message.status;
    if (!shown)
        return heard;
    if (*shown == report.status) {
        // It was entrusted by handing it out: that it is shows nothing.
        if (answer.dialect == dialect || report.status != RemoteStatus::entrusted) {
            dialect_ = dialect;
            proven_ = true;
        }
        return heard;
    }
    heard.how = How::refused;
    heard.why = "the server shows the status " + std::string(name_of(*shown)) + " and not " +
                std::string(name_of(report.status));
    return heard;
}

// Takes an answer about one thing apart. It is trouble where it is none: a page of who stands
// between, a part of an answer.
RemoteAnswer Remote::answer_in(Heard& heard) {
    if (heard.how != How::done)
        return {};
    RemoteAnswer answer = read_remote(heard.body, 1);
    if (answer.form == RemoteAnswer::Form::list || answer.form == RemoteAnswer::Form::foreign) {
        heard.how = How::trouble;
        heard.why = answer.fault.empty() ? "the answer is no object" : answer.fault;
        return {};
    }
    return answer;
}

// What it proved to understand is unlearned only where it spells otherwise than before: another
// server has taken its place.
void Remote::learn(const std::optional<Dialect>& dialect) {
    if (!dialect)
        return;
    if (heard_ && *heard_ != *dialect)
        proven_ = false;
    heard_ = dialect;
    if (!proven_)
        dialect_ = dialect;
}

Remote::Heard Remote::ask(Method method, const std::string& path, const std::string& tenant,
                          const std::string& body) {
    try {
        HttpRequest request = request_for(method, path, tenant, body);
        Heard heard = judge(exchange(request));
        if (denied_)
            heard.how = How::denied;
        return heard;
    } catch (const Error& error) {
        Heard heard;
        heard.why = error.what();
        return heard;
    }
}

HttpRequest Remote::request_for(Method method, const std::string& path, const std::string& tenant,
                                const std::string& body) const {
    HttpRequest request;
    request.method = method;
    request.url = config_.url.substr(0, config_.url.find_last_not_of('/') + 1) + path;
    request.body = body;
    request.content_type = "application/json";
    request.headers = {"Accept: application/json"};
    const std::string& whose = tenant.empty() ? config_.tenant : tenant;
    if (!whose.empty()) {
        request.headers.push_back("NGSILD-Tenant: " + whose);
        request.headers.push_back("X-Tenant-Id: " + whose);
    }
    request.ca_file = config_.ca_file;
    request.connect_timeout = config_.connect_timeout;
    request.timeout = config_.timeout;
    // One more, to see that an answer goes on.
    request.answer_limit = static_cast<std::size_t>(config_.answer_limit) + 1;
    return request;
}

// With a token; with another one, once, where the first is refused. Where that is refused as well,
// and the request before was not, it is about what was asked: a token is not given up for that.
HttpAnswer Remote::exchange(HttpRequest& request) {
    const std::vector<std::string> headers = request.headers;
    const bool was_accepted = accepted_;
    accepted_ = denied_ = false;
    for (int attempt = 0;; ++attempt) {
        bearer_ = tokens_.bearer();
        request.headers = headers;
        if (!bearer_.empty())
            request.headers.push_back("Authorization: Bearer " + bearer_);
        HttpAnswer answer = http_.exchange(request);
        const bool complete = answer.end == HttpAnswer::End::complete;
        if (!complete || answer.status != unauthorized || bearer_.empty()) {
            // One who stands between and cannot reach the API says nothing of a token.
            accepted_ = complete ? answer.status < server_error : was_accepted;
            if (accepted_ && complete)
                tokens_.accepted();
            return answer;
        }
        denied_ = attempt > 0 && was_accepted;
        if (!denied_)
            tokens_.refused();
        if (attempt > 0)
            return answer;
    }
}

Remote::Heard Remote::judge(const HttpAnswer& answer) const {
    Heard heard;
    heard.code = answer.status;
    heard.retry_after =
        std::chrono::seconds(std::clamp(answer.retry_after, std::int64_t{0}, retry_after_most));
    if (answer.end != HttpAnswer::End::complete) {
        heard.why = answer.error;
        return heard;
    }
    if (answer.body.size() > static_cast<std::size_t>(config_.answer_limit)) {
        heard.why = "the answer has more than " + std::to_string(config_.answer_limit) + " bytes";
        return heard;
    }
    heard.how = meaning_of(answer);
    heard.body = answer.body;
    if (heard.how == How::done)
        return heard;
    heard.why = "HTTP " + std::to_string(answer.status);
    if (!answer.location.empty())
        heard.why += ", it redirects to " + origin_of(answer.location);
    else
        heard.why += quoted(answer.body);
    return heard;
}

// What an answer says of itself; nothing where it repeats the token.
std::string Remote::quoted(const std::string& body) const {
    if (!bearer_.empty() && body.find(bearer_) != std::string::npos)
        return {};
    const std::string text = remote_error(body);
    return text.empty() ? "" : ": " + text;
}

} // namespace smsspool
