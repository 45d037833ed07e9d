// An empty spool in a folder of its own.

#include "tests/support/fresh_spool.h"

#include "common/ids.h"
#include "common/sqlite.h"

namespace smsspool {

Config fresh_config(const TempFolder& folder) {
    Config config;
    config.spool = folder.file("spool.sqlite");
    config.wake_socket = folder.file("wake.sock");
    config.modems.emplace_back();
    (void)Spool::migrate(config, start_time);
    return config;
}

NewMessage new_message(const std::string& text, UtcMs now, const std::string& number) {
    NewMessage message;
    message.id = new_id();
    message.user = "ana";
    message.api = "rest";
    message.text = text;
    message.encoding = encoding_for(text);
    message.parts = count_parts(text, message.encoding);
    message.created = now;
    message.valid_until = now + 24 * 60 * 60 * 1000;
    message.recipients = {{number, number}};
    return message;
}

std::vector<SweptJob> expire_all(Spool& spool, UtcMs now, std::string_view error_code,
                                 std::string_view error_text) {
    std::vector<SweptJob> all;
    QueuePlace place;
    do {
        const auto some = spool.expire(place, now, error_code, error_text);
        all.insert(all.end(), some.begin(), some.end());
    } while (place);
    return all;
}

void write_behind(const Config& config, const std::string& sql) {
    Database db(config.spool, Open::write, std::chrono::seconds(1));
    db.run_text(sql);
    db.run_text("DELETE FROM dead_letter");
    db.run_text("INSERT INTO dead_letter SELECT state, id FROM job WHERE state IN ('failed', "
                "'unknown')");
}

std::string long_text(std::size_t parts) {
    constexpr std::size_t septets = 153; // of each of several
    std::string text;
    for (std::size_t i = 0; i < parts; ++i)
        text += std::string(septets, static_cast<char>('a' + i % 26));
    return text;
}

FreshSpool::FreshSpool() : config(fresh_config(folder)), spool(config, Access::write) {}

std::optional<Work> FreshSpool::claim(UtcMs now, const std::string& owner,
                                      const std::string& modem) {
    return spool.claim({owner, modem, 60'000}, now);
}

Turn FreshSpool::settle(const Work& work, const Outcome& outcome, UtcMs now) {
    return spool.settle(work, attempt_end(outcome), decide(work, outcome, config, now, 0), nullptr,
                        now);
}

std::string FreshSpool::send(const NewMessage& message, UtcMs when) {
    (void)spool.submit(message);
    for (std::optional<Work> work = claim(when); work;)
        work = settle(*work, WasAccepted{7}, when).next;
    return message.id;
}

State FreshSpool::state(const std::string& message_id) {
    return spool.find(message_id).value().jobs.at(0).state;
}

} // namespace smsspool
