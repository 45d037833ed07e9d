// State of the modem and what follows from its changes.

#include "tests/simmodem/modem.h"

#include <utility>

namespace smsspool::sim {

namespace {

constexpr std::size_t most_indications = 1000;

// Places in +CNMI.
constexpr std::size_t mode = 0;
constexpr std::size_t messages = 1;
constexpr std::size_t reports = 3;
constexpr std::size_t buffer = 4;

std::string line(const std::string& text) {
    return "\r\n" + text + "\r\n";
}

} // namespace

Modem::Modem(ModemOptions options, Network& network, Faults& faults)
    : options_(std::move(options)), network_(network), faults_(faults), store_(options_.storage),
      card_(options_.pin), smsc_(options_.smsc) {
    network_.set_receiver([this](const Arrival& arrival) { return receive(arrival); });
    last_registration_ = registration();
}

CardState Modem::card_state() const {
    return faults_.is_on(FaultName::no_sim) ? CardState::absent : card_.state();
}

int Modem::registration() const {
    if (function_ != 1 || card_state() != CardState::ready || attachment_ == Attachment::detached)
        return 0;
    const FaultSettings* fault = faults_.find(FaultName::no_network);
    return fault != nullptr ? static_cast<int>(fault->registration) : network_state_;
}

void Modem::set_network(int registration) {
    network_state_ = registration;
    changed();
}

void Modem::set_function(int function) {
    if (std::exchange(function_, function) != 1 && function == 1)
        faults_.end(Until::radio);
    changed();
}

void Modem::set_report_habits(const ReportHabits& habits) {
    report_habits_ = habits;
    unacknowledged_ = false;
}

bool Modem::acknowledge() {
    const bool waited = std::exchange(unacknowledged_, false);
    if (waited)
        changed();
    return waited;
}

void Modem::set_attachment(Attachment attachment) {
    attachment_ = attachment;
    changed();
}

void Modem::restart() {
    settings = Settings{};
    indications_.clear();
    buffered_.clear();
    unacknowledged_ = false;
    card_.power_up();
    attachment_ = Attachment::attached;
    faults_.end(Until::reset);
    set_function(1);
    if (on_restart_)
        on_restart_();
}

void Modem::changed() {
    const int now = registration();
    if (std::exchange(last_registration_, now) != now && settings.registration_reports > 0)
        indications_.push_back(line("+CREG: " + std::to_string(now)));
    network_.deliver_waiting();
}

void Modem::set_indications(const std::array<int, 5>& indications) {
    settings.indications = indications;
    if (indications[mode] == 0)
        return;
    if (indications[buffer] == 0)
        indications_.insert(indications_.end(), buffered_.begin(), buffered_.end());
    buffered_.clear();
}

std::optional<std::string> Modem::next_indication() {
    if (indications_.empty())
        return std::nullopt;
    std::string next = std::move(indications_.front());
    indications_.pop_front();
    return next;
}

std::optional<Placed> Modem::receive(const Arrival& arrival) {
    if (!registered())
        return std::nullopt;
    const bool report = arrival.kind == Arrival::Kind::report;
    const int routed = report ? 1 : 2; // the value of +CNMI that hands it over instead of keeping
    if (settings.indications[report ? reports : messages] != routed)
        return keep(arrival);
    if (unacknowledged_)
        return std::nullopt;
    unacknowledged_ = report_habits_.wants_acknowledge;
    hand_over(arrival);
    return Placed{};
}

std::optional<Placed> Modem::keep(const Arrival& arrival) {
    if (faults_.is_on(FaultName::storage_full))
        return std::nullopt;
    Memory memory = arrival.memory.value_or(receiving_memory());
    if (arrival.kind == Arrival::Kind::report)
        memory = report_habits_.memory.value_or(memory);
    const auto place = store_.add(memory, {arrival.pdu, MessageStatus::unread});
    if (!place)
        return std::nullopt;
    const bool report = arrival.kind == Arrival::Kind::report;
    if (settings.indications[report ? reports : messages] == 0)
        return Placed{memory, place};
    const std::string text = std::string(report ? "+CDSI: \"" : "+CMTI: \"") +
                             std::string(name_of(memory)) + "\"," + std::to_string(*place);
    indicate(line(text));
    if (!report && faults_.is_on(FaultName::duplicate_cmti))
        indicate(line(text));
    return Placed{memory, place};
}

void Modem::hand_over(const Arrival& arrival) {
    const std::string head = arrival.kind == Arrival::Kind::report ? "+CDS: " : "+CMT: ,";
    indicate(line(head + std::to_string(arrival.pdu.length) + "\r\n" + arrival.pdu.hex));
}

void Modem::indicate(std::string text) {
    auto& queue = settings.indications[mode] == 0 ? buffered_ : indications_;
    queue.push_back(std::move(text));
    if (queue.size() > most_indications)
        queue.pop_front();
}

} // namespace smsspool::sim
