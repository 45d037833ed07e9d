// What a modem hands on: nothing is lost, nothing comes twice, nothing stays behind.

#include "common/numbers.h"
#include "common/settings.h"
#include "common/spool.h"
#include "common/utf.h"
#include "tests/fuzz/targets.h"
#include "tests/support/fresh_spool.h"

#include <algorithm>
#include <charconv>

namespace smsspool::fuzz {

namespace {

constexpr UtcMs later = start_time + 10'000'000;

struct Ground {
    FreshSpool fresh;
    Numbers numbers{fresh.config};
};

// Takes the front of `line` up to `mark`, which goes too.
std::string_view cut_off(std::string_view& line, char mark) {
    const std::string_view front = line.substr(0, line.find(mark));
    line.remove_prefix(std::min(front.size() + 1, line.size()));
    return front;
}

int number_of(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

Arrival arrival_of(std::string_view line) {
    Arrival arrival;
    const std::string_view kind = cut_off(line, '|');
    arrival.kind = kind == "report" || kind == "raw" ? kind : "deliver";
    arrival.number = cut_off(line, '|');
    arrival.sent = start_time; // what comes from no place is known by it
    std::string_view place = cut_off(line, '|');
    arrival.part = number_of(cut_off(place, '/'));
    arrival.parts = number_of(place);
    arrival.reference = number_of(cut_off(line, '|'));
    arrival.location = number_of(cut_off(line, '|'));
    arrival.text = line;
    return arrival;
}

std::vector<Arrival> arrivals_of(const std::string& text) {
    constexpr std::size_t most = 30;
    std::vector<Arrival> arrivals;
    for (std::string_view rest = text; !rest.empty() && arrivals.size() < most;)
        arrivals.push_back(arrival_of(cut_off(rest, '\n')));
    return arrivals;
}

void check_taken(const std::vector<Arrival>& arrivals, const std::vector<TakenIn>& taken) {
    require(taken.size() == arrivals.size(), "each arrival is taken");
    for (const TakenIn& each : taken)
        require(!each.incoming_id.empty(), "each arrival can be released");
}

// What never became complete is handed out by and by.
void hand_out_overdue(Ground& ground) {
    for (int turn = 0; turn < 100; ++turn) {
        if (ground.fresh.spool.assemble_overdue(later, ground.numbers, later).empty())
            return;
    }
    require(false, "the overdue come to an end");
}

void check_inbox(const std::vector<Arrival>& arrivals, const std::vector<InboxMessage>& inbox) {
    for (const InboxMessage& message : inbox) {
        require(valid_utf8(message.text), "a message is text");
        require(message.complete || message.text.find("\u2026") != std::string::npos,
                "a gap is marked");
    }
    for (const Arrival& arrival : arrivals) {
        const bool there =
            std::any_of(inbox.begin(), inbox.end(), [&](const InboxMessage& message) {
                return message.number == arrival.number &&
                       message.text.find(arrival.text) != std::string::npos;
            });
        require(there || arrival.kind != "deliver", "every message that came is in the inbox");
    }
    require(inbox.size() <= arrivals.size(), "no message comes twice");
}

void clean(Ground& ground, const std::vector<TakenIn>& taken) {
    std::vector<std::string> ids;
    for (const TakenIn& each : taken)
        ids.push_back(each.incoming_id);
    ground.fresh.spool.released(ids);
    ground.fresh.spool.purge_traces(later + 1, later + 1);
    require(ground.fresh.spool.inbox({}).empty(), "an emptied inbox is empty");
}

} // namespace

void inbox(std::string_view bytes) {
    static Ground ground;
    Spool& spool = ground.fresh.spool;
    // The worker protocol takes no other text.
    const auto arrivals = arrivals_of(to_valid_utf8(bytes));
    const auto taken = spool.take_in("sim", arrivals, ground.numbers, start_time);
    check_taken(arrivals, taken);
    require(taken.empty() || !taken.front().again, "what was released is forgotten");
    const auto again = spool.take_in("sim", arrivals, ground.numbers, start_time + 1);
    check_taken(arrivals, again);
    for (std::size_t i = 0; i < again.size(); ++i)
        require(again[i].again && again[i].incoming_id == taken[i].incoming_id,
                "what the modem still holds is known");
    hand_out_overdue(ground);
    check_inbox(arrivals, spool.inbox({InboxQuery::Which::all, InboxQuery::After::remove, 0}));
    clean(ground, taken);
}

} // namespace smsspool::fuzz
