// What a server of the remote API keeps.

#include "tests/mockremote/store.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace smsspool::mockremote {

namespace {

constexpr std::array<std::string_view, 7> status_names{"Pending", "Entrusted", "Sent",   "Failed",
                                                       "Expired", "Error",     "Unknown"};

void change(Message& message, Status to, std::string by) {
    message.status = to;
    message.changes.push_back({to, std::move(by), {}, utc_now()});
}

bool is_for(const Message& message, const Provider& provider,
            const std::vector<std::string>& countries) {
    const bool named = message.provider == provider.name;
    if (countries.empty())
        return named;
    return (named || !message.provider) &&
           std::find(countries.begin(), countries.end(), message.country) != countries.end();
}

} // namespace

std::string_view name_of(Status status) {
    return status_names.at(static_cast<std::size_t>(status));
}

std::optional<Status> status_named(std::string_view name) {
    const auto* const found = std::find(status_names.begin(), status_names.end(), name);
    if (found == status_names.end())
        return std::nullopt;
    return static_cast<Status>(found - status_names.begin());
}

// As an ObjectId: the seconds, something of the machine, a counter.
std::string Store::make_id() {
    std::array<char, 25> text{};
    (void)std::snprintf(text.data(), text.size(), "%08x5a5a5a5a5a%06x",
                        static_cast<unsigned>(utc_now() / 1000), ++ids_);
    return text.data();
}

std::string Store::add(Message message) {
    const std::lock_guard lock(mutex_);
    message.id = make_id();
    messages_.push_back(std::move(message));
    return messages_.back().id;
}

void Store::with(const std::string& id, const std::function<void(Message*)>& work) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(messages_.begin(), messages_.end(),
                                    [&](const Message& each) { return each.id == id; });
    work(found == messages_.end() ? nullptr : &*found);
}

void Store::each(const std::function<void(const Message&)>& work) {
    const std::lock_guard lock(mutex_);
    for (const Message& message : messages_)
        work(message);
}

std::optional<Message> Store::next(const std::string& provider, const std::string& country,
                                   Lease lease) {
    const std::lock_guard lock(mutex_);
    const Provider& asker = known(provider);
    const std::vector<std::string> countries =
        country.empty() ? asker.countries : std::vector{country};
    const auto found = std::find_if(messages_.begin(), messages_.end(), [&](const Message& each) {
        return each.status == Status::pending && is_for(each, asker, countries);
    });
    if (found == messages_.end())
        return std::nullopt;
    ++found->handed_out;
    if (lease == Lease::taken) {
        change(*found, Status::entrusted, "next");
        found->members["SentAt"] = utc_millis_text(utc_now());
        ++found->retries;
    }
    return *found;
}

void Store::forget_leases() {
    const std::lock_guard lock(mutex_);
    for (Message& message : messages_) {
        if (message.status == Status::entrusted)
            change(message, Status::pending, "server");
    }
}

void Store::register_provider(const std::string& name, const std::vector<std::string>& countries) {
    const std::lock_guard lock(mutex_);
    const bool is_new = providers_.count(name) == 0;
    Provider& provider = known(name);
    if (is_new)
        provider.countries = countries;
}

std::optional<Provider> Store::provider(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = providers_.find(name);
    return found == providers_.end() ? std::nullopt : std::optional(found->second);
}

void Store::forget_providers() {
    const std::lock_guard lock(mutex_);
    providers_.clear();
}

Provider& Store::known(const std::string& name) {
    Provider& provider = providers_[name];
    if (provider.id.empty())
        provider = {make_id(), name, 0, {}};
    provider.seen = utc_now();
    return provider;
}

} // namespace smsspool::mockremote
