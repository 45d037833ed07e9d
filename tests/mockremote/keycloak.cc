// As much of a Keycloak as gateways ask.

#include "tests/mockremote/keycloak.h"

#include "common/base64.h"
#include "common/error.h"
#include "common/ids.h"
#include "common/json.h"
#include "common/provider.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

namespace smsspool::mockremote {

namespace {

using mockhttp::Request;
using mockhttp::value_of;

Reply refusal(int status, const std::string& error, const std::string& text) {
    return {status, R"({"error":")" + error + R"(","error_description":")" + text + R"("})"};
}

std::string path_of(const Request& request) {
    return request.target.substr(0, request.target.find('?'));
}

} // namespace

Keycloak::Keycloak(const std::string& file) {
    std::ifstream lines(file);
    if (!lines)
        throw Error(Fault::bad_input, "cannot read " + file);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string kind, name, secret;
        words >> kind >> name;
        std::getline(words >> std::ws, secret);
        (kind == "user" ? users_ : clients_)[name] = secret;
    }
}

// "token", "logout": what is behind the realm; empty: another path.
std::string Keycloak::verb_of(const Request& request) const {
    const std::string path = path_of(request);
    const std::string middle = "/protocol/openid-connect/";
    const std::size_t at = path.find(middle);
    if (path.compare(0, base.size(), base) != 0 || at == std::string::npos)
        return {};
    return path.substr(at + middle.size());
}

Operation Keycloak::operation_of(const Request& request) const {
    const std::string verb = verb_of(request);
    return verb == "token"    ? Operation::token
           : verb == "logout" ? Operation::logout
                              : Operation::other;
}

std::optional<Reply> Keycloak::description(const Request& request) const {
    const std::string path = path_of(request);
    const std::string end = "/.well-known/openid-configuration";
    if (path.compare(0, base.size(), base) != 0 || path.size() < end.size() ||
        path.compare(path.size() - end.size(), end.size(), end) != 0)
        return std::nullopt;
    const std::string issuer =
        "https://" + value_of(request.headers, "host") + path.substr(0, path.size() - end.size());
    const std::string begin = issuer + "/protocol/openid-connect/";
    return Reply{200, R"({"issuer":")" + issuer + R"(","token_endpoint":")" + begin +
                          R"(token","end_session_endpoint":")" + begin + R"(logout"})"};
}

// By form or header (RFC 6749 2.3.1).
bool Keycloak::is_client(const Request& request) const {
    const std::string header = value_of(request.headers, "authorization");
    if (!header.empty())
        return std::any_of(clients_.begin(), clients_.end(), [&](const auto& client) {
            const auto& [id, secret] = client;
            return header == "Basic " + base64(form_encoded(id) + ":" + form_encoded(secret));
        });
    const auto client = clients_.find(value_of(request.fields, "client_id"));
    return client != clients_.end() && client->second == value_of(request.fields, "client_secret");
}

Reply Keycloak::answer(const Request& request) {
    const std::lock_guard lock(mutex_);
    if (!is_client(request))
        return refusal(401, "unauthorized_client", "Invalid client or Invalid client credentials");
    const std::string refresh = value_of(request.fields, "refresh_token");
    if (operation_of(request) == Operation::logout)
        return refresh_.erase(refresh) != 0
                   ? Reply{204, ""}
                   : refusal(400, "invalid_grant", "Invalid refresh token");
    const std::string grant = value_of(request.fields, "grant_type");
    if (grant == "client_credentials")
        return give(false);
    if (grant == "refresh_token")
        return refresh_.erase(refresh) != 0 ? give(true)
                                            : refusal(400, "invalid_grant", "Token is not active");
    if (grant != "password")
        return refusal(400, "unsupported_grant_type", "Unsupported grant_type");
    const auto user = users_.find(value_of(request.fields, "username"));
    if (user == users_.end() || user->second != value_of(request.fields, "password"))
        return refusal(401, "invalid_grant", "Invalid user credentials");
    return give(true);
}

Reply Keycloak::give(bool refreshable) {
    const std::string access = "access." + sha256_hex(new_id());
    const std::string refresh = "refresh." + sha256_hex(new_id());
    access_[access] = Monotonic::now() + std::chrono::seconds(lifetime_s);
    std::string body = R"({"access_token":")" + access + R"(","expires_in":)" +
                       std::to_string(lifetime_s) +
                       R"(,"token_type":"Bearer","not-before-policy":0,"scope":"openid")";
    if (refreshable) {
        refresh_.insert(refresh);
        body += R"(,"refresh_expires_in":1800,"refresh_token":")" + refresh + '"';
    }
    return {200, body + '}'};
}

bool Keycloak::accepts(const std::string& authorization) {
    const std::string bearer = "Bearer ";
    if (authorization.compare(0, bearer.size(), bearer) != 0)
        return false;
    const std::lock_guard lock(mutex_);
    const auto found = access_.find(authorization.substr(bearer.size()));
    return found != access_.end() && Monotonic::now() < found->second;
}

void Keycloak::forget(Forgotten what) {
    const std::lock_guard lock(mutex_);
    access_.clear();
    if (what == Forgotten::all)
        refresh_.clear();
}

} // namespace smsspool::mockremote
