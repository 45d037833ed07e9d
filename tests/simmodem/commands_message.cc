// Commands about messages (TS 27.005), PDU mode only.

#include "tests/simmodem/commands.h"

#include <array>

namespace smsspool::sim {

namespace {

constexpr int invalid_parameter = 304;
constexpr int invalid_place = 321;

Answer just_ok(Modem&, const Arguments&) {
    return done();
}

Answer formats(Modem&, const Arguments&) {
    return said("+CMGF: (0)");
}
Answer format(Modem&, const Arguments&) {
    return said("+CMGF: 0");
}
Answer set_format(Modem&, const Arguments& arguments) {
    return arguments.count() == 1 && (arguments.text(0).empty() || arguments.number(0) == 0)
               ? done()
               : failed();
}

Answer centre(Modem& modem, const Arguments&) {
    if (modem.smsc().empty())
        return said("+CSCA: \"\",129");
    return said("+CSCA: \"" + modem.smsc() + "\"," + (modem.smsc().front() == '+' ? "145" : "129"));
}
Answer set_centre(Modem& modem, const Arguments& arguments) {
    const std::string& number = arguments.text(0);
    if (encode_smsc(number).size() < 2)
        return cms(invalid_parameter);
    const bool bare_international = arguments.number(1) == 145 && number.front() != '+';
    modem.set_smsc((bare_international ? "+" : "") + number);
    return done();
}

Answer more_range(Modem&, const Arguments&) {
    return said("+CMMS: (0-2)");
}
Answer more(Modem& modem, const Arguments&) {
    return said("+CMMS: " + std::to_string(modem.settings.more_messages));
}
Answer set_more(Modem& modem, const Arguments& arguments) {
    const auto value = arguments.number(0);
    if (!value || *value > 2)
        return cms(invalid_parameter);
    modem.settings.more_messages = *value;
    return done();
}

// The fourth value of +CNMI: 1 hands reports over, 2 stores them.
std::string_view offered_reports(const Modem& modem) {
    switch (modem.report_habits().offer) {
    case ReportHabits::Offer::none:
        return "0";
    case ReportHabits::Offer::direct:
        return "0,1";
    case ReportHabits::Offer::stored:
        return "0,2";
    case ReportHabits::Offer::both:
        return "0-2";
    }
    return "0";
}

bool offers_reports(const Modem& modem, int value) {
    const auto offered = offered_reports(modem);
    return offered == "0-2" || offered.find(static_cast<char>('0' + value)) != offered.npos;
}

Answer indication_range(Modem& modem, const Arguments&) {
    return said("+CNMI: (0-2),(0-2),(0,2),(" + std::string(offered_reports(modem)) + "),(0,1)");
}
Answer indications(Modem& modem, const Arguments&) {
    std::string text;
    for (const int value : modem.settings.indications)
        text += (text.empty() ? "+CNMI: " : ",") + std::to_string(value);
    return said(text);
}
Answer set_indications(Modem& modem, const Arguments& arguments) {
    constexpr std::array<int, 5> most{2, 2, 2, 2, 1};
    std::array<int, 5> wanted = modem.settings.indications;
    if (arguments.count() > wanted.size())
        return cms(invalid_parameter);
    for (std::size_t i = 0; i < arguments.count(); ++i) {
        if (arguments.text(i).empty())
            continue;
        const auto value = arguments.number(i);
        constexpr std::size_t reports = 3;
        if (!value || *value > most.at(i) || (i == reports && !offers_reports(modem, *value)))
            return cms(invalid_parameter);
        wanted.at(i) = *value;
    }
    modem.set_indications(wanted);
    return done();
}

Answer memory_range(Modem&, const Arguments&) {
    return said(R"(+CPMS: ("SM","ME","SR","MT"),("SM","ME"),("SM","ME"))");
}
Answer memories(Modem& modem, const Arguments&) {
    std::string text = "+CPMS: ";
    for (const Memory memory : modem.settings.memories)
        text += (text.back() == ' ' ? "\"" : ",\"") + std::string(name_of(memory)) + "\"," +
                std::to_string(modem.store().used(memory)) + "," +
                std::to_string(modem.store().capacity(memory));
    return said(text);
}
std::string memory_use(Modem& modem) {
    std::string text = "+CPMS: ";
    for (const Memory memory : modem.settings.memories)
        text += (text.back() == ' ' ? "" : ",") + std::to_string(modem.store().used(memory)) + "," +
                std::to_string(modem.store().capacity(memory));
    return text;
}
Answer choose_memories(Modem& modem, const Arguments& arguments) {
    std::array<Memory, 3> wanted = modem.settings.memories;
    if (arguments.count() > wanted.size())
        return cms(invalid_parameter);
    for (std::size_t i = 0; i < arguments.count(); ++i) {
        const auto memory = memory_named(arguments.text(i));
        if (!memory || (i > 0 && *memory != Memory::sm && *memory != Memory::me))
            return cms(302);
        wanted.at(i) = *memory;
    }
    modem.settings.memories = wanted;
    return said(memory_use(modem));
}

Memory reading_memory(const Modem& modem) {
    return modem.settings.memories[0];
}

// "0,,24" and the PDU, behind what tells the message.
std::string shown(const std::string& head, Stored& message) {
    std::string text = head + std::to_string(static_cast<int>(message.status)) + ",," +
                       std::to_string(message.pdu.length) + "\r\n" + message.pdu.hex;
    if (message.status == MessageStatus::unread)
        message.status = MessageStatus::read;
    return text;
}

Answer list_range(Modem&, const Arguments&) {
    return said("+CMGL: (0-4)");
}
Answer list_status(Modem& modem, int wanted) {
    constexpr int every = 4;
    if (wanted > every)
        return cms(invalid_parameter);
    if (const auto fault = modem.faults().use(FaultName::list_fails))
        return cms(static_cast<int>(fault->code));
    Answer answer;
    for (const auto& [place, message] : modem.store().all(reading_memory(modem)))
        if (wanted == every || wanted == static_cast<int>(message->status))
            answer.lines.push_back(shown("+CMGL: " + std::to_string(place) + ",", *message));
    return answer;
}
Answer list(Modem& modem, const Arguments& arguments) {
    return list_status(modem, arguments.number(0).value_or(99));
}
Answer list_unread(Modem& modem, const Arguments&) {
    return list_status(modem, 0);
}

Answer read_message(Modem& modem, const Arguments& arguments) {
    const auto place = arguments.number(0);
    Stored* message = nullptr;
    if (place)
        message = modem.store().find(reading_memory(modem), static_cast<unsigned>(*place));
    return message == nullptr ? cms(invalid_place) : said(shown("+CMGR: ", *message));
}

Answer delete_range(Modem& modem, const Arguments&) {
    std::string places;
    for (const auto& [place, message] : modem.store().all(reading_memory(modem)))
        places += (places.empty() ? "" : ",") + std::to_string(place);
    return said("+CMGD: (" + places + "),(0-4)");
}

bool falls_under(MessageStatus status, int flag) {
    switch (status) {
    case MessageStatus::unread:
        return flag == 4;
    case MessageStatus::read:
        return flag >= 1;
    case MessageStatus::sent:
        return flag >= 2;
    case MessageStatus::unsent:
        return flag >= 3;
    }
    return false;
}

Answer delete_message(Modem& modem, const Arguments& arguments) {
    const auto place = arguments.number(0);
    const int flag = arguments.number(1).value_or(0);
    if (!place || flag > 4)
        return cms(invalid_parameter);
    if (const auto fault = modem.faults().use(FaultName::delete_fails))
        return cms(static_cast<int>(fault->code));
    const Memory memory = reading_memory(modem);
    if (flag == 0 && !modem.store().erase(memory, static_cast<unsigned>(*place)))
        return cms(invalid_place);
    for (const auto& [at, message] : modem.store().all(memory))
        if (falls_under(message->status, flag))
            modem.store().erase(memory, at);
    modem.changed();
    return done();
}

Answer send(Modem& modem, const Arguments& arguments) {
    constexpr int longest = 164; // a TPDU with 140 octets of user data
    const auto length = arguments.number(0);
    if (!length || *length == 0 || *length > longest)
        return cms(invalid_parameter);
    if (const auto fault = modem.faults().use_refusal(RefuseAt::prompt, {}))
        return refusal_answer(*fault);
    Answer answer;
    answer.prompt_length = static_cast<std::size_t>(*length);
    return answer;
}

Answer acknowledge(Modem& modem, const Arguments&) {
    constexpr int none_expected = 340;
    return modem.acknowledge() ? done() : cms(none_expected);
}

constexpr std::array commands{
    Command{"+CNMA", Needs::card_cms, just_ok, nullptr, acknowledge, acknowledge},
    Command{"+CMGF", Needs::nothing, formats, format, set_format, just_ok},
    Command{"+CSCA", Needs::card_cms, just_ok, centre, set_centre, nullptr},
    Command{"+CMMS", Needs::nothing, more_range, more, set_more, nullptr},
    Command{"+CNMI", Needs::card_cms, indication_range, indications, set_indications, just_ok},
    Command{"+CPMS", Needs::card_cms, memory_range, memories, choose_memories, nullptr},
    Command{"+CMGL", Needs::card_cms, list_range, nullptr, list, list_unread},
    Command{"+CMGR", Needs::card_cms, just_ok, nullptr, read_message, nullptr},
    Command{"+CMGD", Needs::card_cms, delete_range, nullptr, delete_message, nullptr},
    Command{"+CMGS", Needs::card_cms, just_ok, nullptr, send, nullptr},
};

} // namespace

std::span<const Command> message_commands() {
    return commands;
}

} // namespace smsspool::sim
