// Users, tokens, and what they may do: the words, networks and hours.

#include "common/accounts.h"

#include "common/settings.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>

namespace smsspool {

namespace {

struct Word {
    Scope scope;
    std::string_view word;
};

constexpr std::array<Word, static_cast<std::size_t>(Scope::count)> words{{
    {Scope::send, "send"},
    {Scope::status, "status"},
    {Scope::inbox, "inbox"},
    {Scope::alerts, "alerts"},
    {Scope::admin, "admin"},
}};

static_assert([] {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (static_cast<std::size_t>(words[i].scope) != i)
            return false;
    }
    return true;
}());

constexpr unsigned bits_of_byte = 8;
constexpr int minutes_a_day = 24 * 60;

struct Address {
    std::array<unsigned char, 16> bytes{};
    unsigned size = 0; // 4 or 16; 0: none
};

// RFC 4291 2.5.5.2
constexpr std::array<unsigned char, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

Address address_in(std::string_view text) {
    Address address;
    const std::string zero_ended(text);
    if (::inet_pton(AF_INET, zero_ended.c_str(), address.bytes.data()) == 1) {
        address.size = 4;
    } else if (::inet_pton(AF_INET6, zero_ended.c_str(), address.bytes.data()) == 1) {
        address.size = 16;
        if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin())) {
            std::copy(address.bytes.begin() + mapped_prefix.size(), address.bytes.end(),
                      address.bytes.begin());
            address.size = 4;
        }
    }
    return address;
}

struct Network {
    Address address;
    unsigned bits = 0;
};

std::optional<unsigned> number_in(std::string_view digits) {
    unsigned number = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (end.ec != std::errc() || end.ptr != digits.data() + digits.size())
        return std::nullopt;
    return number;
}

std::optional<Network> network_in(std::string_view text) {
    const auto slash = text.find('/');
    Network network{address_in(text.substr(0, slash)), 0};
    network.bits = network.address.size * bits_of_byte;
    if (network.address.size == 0)
        return std::nullopt;
    if (slash == std::string_view::npos)
        return network;
    const auto bits = number_in(text.substr(slash + 1));
    if (!bits || *bits > network.bits)
        return std::nullopt;
    network.bits = *bits;
    return network;
}

bool contains(const Network& network, const Address& address) {
    if (network.address.size != address.size)
        return false;
    const unsigned whole = network.bits / bits_of_byte;
    if (std::memcmp(network.address.bytes.data(), address.bytes.data(), whole) != 0)
        return false;
    const unsigned rest = network.bits % bits_of_byte;
    return rest == 0 || (network.address.bytes[whole] >> (bits_of_byte - rest)) ==
                            (address.bytes[whole] >> (bits_of_byte - rest));
}

// Minutes of "HH:MM".
std::optional<int> clock_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':')
        return std::nullopt;
    const auto hour = number_in(text.substr(0, 2));
    const auto minute = number_in(text.substr(3));
    if (!hour || !minute || *minute > 59)
        return std::nullopt;
    const int all = static_cast<int>(*hour * 60 + *minute);
    return all <= minutes_a_day ? std::optional(all) : std::nullopt;
}

} // namespace

std::string_view name_of(Scope scope) noexcept {
    return words[static_cast<std::size_t>(scope)].word;
}

std::optional<Scopes> Scopes::parse(std::string_view list) {
    Scopes scopes;
    for (const std::string& name : words_in(list)) {
        const auto found = std::find_if(words.begin(), words.end(),
                                        [&](const Word& word) { return word.word == name; });
        if (found == words.end())
            return std::nullopt;
        scopes.add(found->scope);
    }
    return scopes;
}

std::string Scopes::text() const {
    std::string text;
    for (const Word& word : words) {
        if (!has(word.scope))
            continue;
        text += text.empty() ? "" : " ";
        text += word.word;
    }
    return text;
}

bool in_networks(std::string_view networks, std::string_view address) {
    const auto list = words_in(networks);
    const Address wanted = address_in(address);
    return list.empty() || std::any_of(list.begin(), list.end(), [&](const std::string& word) {
               const auto network = network_in(word);
               return network && contains(*network, wanted);
           });
}

std::string bad_network(std::string_view networks) {
    for (const std::string& word : words_in(networks)) {
        if (!network_in(word))
            return word;
    }
    return {};
}

RecipientRule::RecipientRule(std::string_view recipients) : beginnings_(words_in(recipients)) {}

bool RecipientRule::allows(std::string_view number) const {
    return beginnings_.empty() ||
           std::any_of(beginnings_.begin(), beginnings_.end(),
                       [&](const std::string& begin) { return number.starts_with(begin); });
}

std::optional<Hours> hours_in(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos)
        return std::nullopt;
    const auto from = clock_time(text.substr(0, dash));
    const auto to = clock_time(text.substr(dash + 1));
    if (!from || !to || *from == *to || *from == minutes_a_day)
        return std::nullopt;
    return Hours{*from, *to};
}

int minutes_until(const Hours& hours, int minute) noexcept {
    const bool over_midnight = hours.to < hours.from;
    const bool inside = over_midnight ? minute >= hours.from || minute < hours.to
                                      : minute >= hours.from && minute < hours.to;
    if (inside)
        return 0;
    return (hours.from - minute + minutes_a_day) % minutes_a_day;
}

} // namespace smsspool
