// Tokens for a remote API.

#include "pull/oauth.h"

#include "common/base64.h"
#include "common/log.h"
#include "common/provider.h"
#include "pull/backoff.h"
#include "pull/ini.h"

#include <algorithm>
#include <utility>

namespace smsspool {

namespace {

constexpr const char* word = "PULL";
constexpr std::int64_t retry_after_most = 24 * 60 * 60; // seconds

// --- requests -----------------------------------------------------------------------------------

// A form field by field, in the order that contract 4A.3 shows.
class Form {
public:
    Form& field(std::string_view name, std::string_view value) {
        if (!text_.empty())
            text_ += '&';
        text_ += std::string(name) + "=" + form_encoded(value);
        return *this;
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

std::string secret_in(const std::string& file) {
    std::string secret = file.empty() ? "" : read_secret(file);
    if (!file.empty() && secret.empty())
        throw Error(Fault::unavailable, file + ": its first line is empty");
    return secret;
}

std::string password_of(const RemoteConfig& config) {
    if (config.grant != Grant::password)
        return {};
    return config.secrets_ini.empty() ? secret_in(config.password_file)
                                      : read_ini_secrets(config.secrets_ini).password;
}

// Empty: the client has none.
std::string client_secret_of(const RemoteConfig& config) {
    return config.secrets_ini.empty() ? secret_in(config.client_secret_file)
                                      : read_ini_secrets(config.secrets_ini).client_secret;
}

// RFC 6749 2.3.1
std::string basic_credentials(const std::string& client, const std::string& secret) {
    return base64(form_encoded(client) + ":" + form_encoded(secret));
}

// The request that asks for, or gives back, with the form's own fields and the client's secret at
// its end (contract 4A.3).
HttpRequest request_for(const std::string& url, const OauthEndpoints& endpoints, Form form,
                        const RemoteConfig& config, const std::string& client_secret) {
    HttpRequest request;
    request.url = url;
    request.headers.emplace_back("Accept: application/json");
    if (!client_secret.empty() && endpoints.client_secret == OauthEndpoints::ClientSecret::in_form)
        form.field("client_secret", client_secret);
    else if (!client_secret.empty())
        request.headers.push_back("Authorization: Basic " +
                                  basic_credentials(config.client_id, client_secret));
    request.body = form.text();
    return request;
}

Form login_form(const RemoteConfig& config, const std::string& password) {
    Form form;
    const bool by_password = config.grant == Grant::password;
    form.field("grant_type", by_password ? "password" : "client_credentials");
    form.field("client_id", config.client_id);
    if (by_password)
        form.field("username", config.username).field("password", password);
    if (!config.scope.empty())
        form.field("scope", config.scope);
    return form;
}

std::string without_slash(const std::string& url) {
    return url.substr(0, url.find_last_not_of('/') + 1);
}

OauthEndpoints keycloak(const RemoteConfig& config, const char* between) {
    const std::string base = without_slash(config.keycloak_url) + between + "/realms/" +
                             config.realm + "/protocol/openid-connect";
    return {base + "/token", base + "/logout", OauthEndpoints::Ending::keycloak};
}

// --- answers ------------------------------------------------------------------------------------

// Each as it is and as it is sent; `client` is the client's secret.
std::vector<std::string> as_sent(const RemoteConfig& config, const std::string& secret,
                                 const std::string& client) {
    std::vector<std::string> texts{secret, form_encoded(secret), client, form_encoded(client)};
    if (!client.empty())
        texts.push_back(basic_credentials(config.client_id, client));
    return texts;
}

// A sentence on an answer that is not what was wanted. What the server says is left out where it
// repeats one of `secrets`.
std::string told_by(const std::string& url, const HttpAnswer& answer,
                    const std::vector<std::string>& secrets) {
    const std::string server = origin_of(url);
    if (answer.end != HttpAnswer::End::complete)
        return server + " cannot be asked for a token: " + answer.error;
    const std::string text = server + " answers HTTP " + std::to_string(answer.status);
    const std::string said = refusal_text(answer.body, secrets);
    return said.empty() ? text : text + ", " + said;
}

bool is_there(const HttpAnswer& answer) {
    constexpr int not_found = 404;
    constexpr int not_allowed = 405;
    return answer.end == HttpAnswer::End::complete && answer.status != not_found &&
           answer.status != not_allowed;
}

// How long before its end a token is renewed: the last third, but no fewer than five seconds,
// unless that is more than half.
Ms margin_of(Ms life) {
    constexpr Ms fewest{5000};
    return std::min(life / 2, std::max(life / 3, fewest));
}

constexpr int ok = 200;

} // namespace

Tokens::Tokens(const RemoteConfig& config, Http& http, Clock clock)
    : config_(config), http_(http), clock_(std::move(clock)) {}

std::string Tokens::bearer() {
    if (config_.grant == Grant::none)
        return {};
    const Time now = clock_();
    if (now >= renew_at_ && now >= try_at_) {
        try {
            renew();
            return access_; // also one whose life was shorter than the answer took
        } catch (const Error& error) {
            failed(error);
        }
    }
    if (access_.empty() || clock_() >= end_)
        throw failure_.value_or(Error(Fault::bug, "no token, and no reason"));
    return access_;
}

void Tokens::refused() {
    if (access_.empty())
        return;
    access_.clear();
    renew_at_ = Time::min();
    if (++refusals_ > 1)
        refresh_.clear();
    if (logged_in_again_)
        failed(Error(Fault::unavailable,
                     "the API refuses the tokens that " + origin_of(endpoints_.token) + " gives"));
}

void Tokens::accepted() noexcept {
    if (refusals_ > 0)
        failures_ = 0;
    refusals_ = 0;
    logged_in_again_ = false;
}

void Tokens::log_out() noexcept {
    try {
        end_session();
    } catch (const std::exception& error) {
        log_warning(word, "remote " + config_.name + ": the session is not ended: " + error.what());
    }
    forget();
}

// --- getting one --------------------------------------------------------------------------------

void Tokens::renew() {
    if (!access_.empty()) {
        refusals_ = 0;
        logged_in_again_ = false;
    }
    retry_after_ = Ms(0);
    if (refresh_.empty() || !refresh()) {
        refresh_.clear();
        log_in();
    }
    failure_.reset();
    if (refusals_ == 0)
        failures_ = 0;
}

// False where the server refuses: a login is next (contract 4A.3).
bool Tokens::refresh() {
    Form form;
    form.field("grant_type", "refresh_token").field("client_id", config_.client_id);
    form.field("refresh_token", refresh_);
    const std::string client = client_secret_of(config_);
    const Time asked = clock_();
    const HttpAnswer answer =
        exchange(request_for(endpoints_.token, endpoints_, form, config_, client));
    const std::string told = told_by(endpoints_.token, answer, as_sent(config_, refresh_, client));
    if (answer.end != HttpAnswer::End::complete)
        throw Error(Fault::unavailable, told);
    const auto fault = answer.status == ok ? take(answer, asked) : NoAnswer{told};
    if (fault)
        log_info(word, "remote " + config_.name + ": logging in again, for the token is not " +
                           "renewed: " + fault->why);
    return !fault;
}

void Tokens::log_in() {
    const std::string password = password_of(config_);
    const std::string client = client_secret_of(config_);
    const LogLevel level = access_.empty() ? LogLevel::info : LogLevel::debug;
    std::string why;
    bool one_is_there = false;
    for (const OauthEndpoints& server : servers()) {
        const Time asked = clock_();
        const HttpAnswer answer = exchange(
            request_for(server.token, server, login_form(config_, password), config_, client));
        const auto fault =
            answer.end == HttpAnswer::End::complete && answer.status == ok
                ? take(answer, asked)
                : NoAnswer{told_by(server.token, answer, as_sent(config_, password, client))};
        if (!fault) {
            endpoints_ = server;
            logged_in_again_ = refusals_ > 0;
            log(level, word,
                "remote " + config_.name + ": logged in at " + origin_of(server.token));
            return;
        }
        // Of two addresses the one that is there says more.
        if (why.empty() || (is_there(answer) && !one_is_there))
            why = fault->why;
        one_is_there = one_is_there || is_there(answer);
    }
    discovered_.reset();
    throw Error(Fault::unavailable, "no token: " + why);
}

std::vector<OauthEndpoints> Tokens::servers() {
    if (!config_.keycloak_url.empty())
        return {keycloak(config_, ""), keycloak(config_, "/auth")};
    if (!config_.token_url.empty())
        return {{config_.token_url, ""}};
    if (!discovered_)
        discovered_ = discover();
    return {*discovered_};
}

// OpenID Connect Discovery 1.0, 4.
OauthEndpoints Tokens::discover() {
    HttpRequest request;
    request.method = HttpRequest::Method::get;
    request.url = without_slash(config_.issuer) + "/.well-known/openid-configuration";
    request.headers.emplace_back("Accept: application/json");
    const HttpAnswer answer = exchange(request);
    if (answer.end != HttpAnswer::End::complete || answer.status != ok)
        throw Error(Fault::unavailable, told_by(request.url, answer, {}));
    const auto found = discovery_answer(answer.body, config_.issuer);
    if (const auto* none = std::get_if<NoAnswer>(&found))
        throw Error(Fault::unavailable, request.url + ": " + none->why);
    return std::get<OauthEndpoints>(found);
}

HttpAnswer Tokens::exchange(HttpRequest request) {
    request.ca_file = config_.ca_file;
    request.connect_timeout = config_.connect_timeout;
    if (request.timeout == Ms(0))
        request.timeout = config_.timeout;
    request.answer_limit = static_cast<std::size_t>(config_.answer_limit);
    HttpAnswer answer = http_.exchange(request);
    if (answer.retry_after > 0)
        retry_after_ = std::chrono::seconds(std::min(answer.retry_after, retry_after_most));
    return answer;
}

// What is wrong with an answer of status 200; nothing: its tokens are in force.
std::optional<NoAnswer> Tokens::take(const HttpAnswer& answer, Time asked) {
    auto taken = token_answer(answer.body);
    if (const auto* none = std::get_if<NoAnswer>(&taken))
        return NoAnswer{"no token: " + none->why};
    auto& token = std::get<TokenAnswer>(taken);
    access_ = std::move(token.access);
    if (!token.refresh.empty())
        refresh_ = std::move(token.refresh);
    end_ = asked + token.life;
    renew_at_ = end_ - margin_of(token.life);
    return std::nullopt;
}

void Tokens::failed(const Error& error) {
    ++failures_;
    failure_ = error;
    try_at_ = clock_() + pause_after(failures_, config_.retry_first, config_.retry_most,
                                     random_jitter(), retry_after_);
    if (!access_.empty() && failures_ == 1)
        log_warning(word, "remote " + config_.name +
                              ": the token is not renewed and used as long " +
                              "as it is good: " + error.what());
}

// --- giving it back -----------------------------------------------------------------------------

void Tokens::end_session() {
    constexpr Ms patience{5000};
    if (refresh_.empty() || endpoints_.ending == OauthEndpoints::Ending::none)
        return;
    Form form;
    if (endpoints_.ending == OauthEndpoints::Ending::keycloak)
        form.field("client_id", config_.client_id).field("refresh_token", refresh_);
    else
        form.field("token", refresh_)
            .field("token_type_hint", "refresh_token")
            .field("client_id", config_.client_id);
    const std::string client = client_secret_of(config_);
    HttpRequest request = request_for(endpoints_.ending_url, endpoints_, form, config_, client);
    request.timeout = std::min(config_.timeout, patience);
    const HttpAnswer answer = exchange(request);
    if (answer.end != HttpAnswer::End::complete || answer.status < ok || answer.status >= 300)
        throw Error(Fault::unavailable,
                    told_by(endpoints_.ending_url, answer, as_sent(config_, refresh_, client)));
}

void Tokens::forget() noexcept {
    access_.clear();
    refresh_.clear();
    renew_at_ = end_ = Time::min();
}

} // namespace smsspool
