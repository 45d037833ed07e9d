// What goes wrong on purpose.

#include "tests/mockremote/faults.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>
#include <thread>

namespace smsspool::mockremote {

namespace {

constexpr std::array<std::string_view, 12> names{"none",   "hang", "reset", "close",
                                                 "status", "body", "flood", "slow",
                                                 "half",   "lost", "held",  "twice"};
constexpr std::size_t flood_bytes = 100 * 1000 * 1000;

bool is_of(const std::string& kind, Operation operation) {
    const bool token = operation == Operation::token || operation == Operation::logout;
    return kind == "any" || (kind == "api" && !token) || kind == name_of(operation);
}

Reply instead_of_it(const Mishap& fault) {
    if (fault.ill == Ill::body)
        return {200, fault.rest};
    std::istringstream words(fault.rest);
    Reply reply{500, R"({"Errors":["a fault on purpose"]})"};
    std::string seconds;
    if (words >> reply.status >> seconds)
        reply.headers = "Retry-After: " + seconds + "\r\n";
    return reply;
}

void flood(mockhttp::Peer& peer) {
    bool more = peer.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(flood_bytes) + "\r\n\r\n");
    const std::string piece(64 * 1024, ' ');
    for (std::size_t sent = 0; more && sent < flood_bytes; sent += piece.size())
        more = peer.write(std::string_view(piece).substr(0, flood_bytes - sent));
}

} // namespace

std::string_view name_of(Ill ill) {
    return names.at(static_cast<std::size_t>(ill));
}

bool Mishap::instead() const {
    return ill != Ill::none && ill < Ill::slow;
}

bool Faults::add(const std::string& kind, const std::string& words, int times) {
    std::istringstream stream(words);
    std::string name, rest;
    stream >> name;
    std::getline(stream >> std::ws, rest);
    const auto* const found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        return false;
    const std::lock_guard lock(mutex_);
    entries_.push_back({kind, {static_cast<Ill>(found - names.begin()), rest}, times});
    return true;
}

void Faults::clear() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
}

Mishap Faults::take(Operation operation) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& each) { return is_of(each.kind, operation); });
    if (found == entries_.end())
        return {};
    Mishap fault = found->fault;
    if (found->times > 0 && --found->times == 0)
        entries_.erase(found);
    return fault;
}

std::string bytes_of(const Reply& reply) {
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Mock\r\n" + reply.headers;
    if (reply.status != 204)
        text += "Content-Type: " + reply.type +
                "\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n";
    return text + "\r\n" + reply.body;
}

bool misbehave(mockhttp::Peer& peer, const Mishap& fault, const Reply& reply) {
    switch (fault.ill) {
    case Ill::hang:
    case Ill::held:
        peer.wait_for_end();
        return false;
    case Ill::reset:
        peer.reset();
        return false;
    case Ill::close:
    case Ill::lost:
        return false;
    case Ill::status:
    case Ill::body:
        return peer.write(bytes_of(instead_of_it(fault)));
    case Ill::flood:
        flood(peer);
        return true;
    case Ill::half: {
        const std::string bytes = bytes_of(reply);
        peer.write(std::string_view(bytes).substr(0, bytes.size() - reply.body.size() / 2 - 1));
        return false;
    }
    case Ill::slow:
        std::this_thread::sleep_for(std::chrono::milliseconds(std::stol("0" + fault.rest)));
        break;
    case Ill::twice:
    case Ill::none:
        break;
    }
    return peer.write(bytes_of(reply));
}

} // namespace smsspool::mockremote
