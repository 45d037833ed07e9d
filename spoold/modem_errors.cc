// The numbers with which a modem refuses an SMS.

#include "spoold/modem_errors.h"

#include <array>
#include <span>

namespace smsspool {

namespace {

struct Meaning {
    int code;
    RefusalKind kind;
    std::string_view text;
};

constexpr RefusalKind permanent = RefusalKind::permanent;
constexpr RefusalKind temporary = RefusalKind::temporary;
constexpr RefusalKind network = RefusalKind::network;

constexpr std::array cms_meanings{
    Meaning{1, permanent, "the number is not assigned"},
    Meaning{8, permanent, "barred by the operator"},
    Meaning{10, permanent, "calls are barred"},
    Meaning{17, temporary, "network failure"},
    Meaning{21, permanent, "rejected"},
    Meaning{22, temporary, "congestion"},
    Meaning{27, permanent, "the destination is out of service"},
    Meaning{28, permanent, "the subscriber cannot be identified"},
    Meaning{29, permanent, "the facility was rejected"},
    Meaning{30, permanent, "the subscriber is unknown"},
    Meaning{38, network, "network out of order"},
    Meaning{41, network, "temporary failure of the network"},
    Meaning{42, network, "congestion"},
    Meaning{47, network, "no resources"},
    Meaning{50, permanent, "the facility is not subscribed"},
    Meaning{69, permanent, "the facility is not implemented"},
    Meaning{81, temporary, "invalid short message reference"},
    Meaning{95, temporary, "invalid message"},
    Meaning{96, permanent, "mandatory information is invalid"},
    Meaning{97, permanent, "the type of message does not exist"},
    Meaning{98, temporary, "the message does not fit the state of the protocol"},
    Meaning{99, permanent, "an information element does not exist"},
    Meaning{111, temporary, "protocol error"},
    Meaning{127, temporary, "interworking failed"},
    Meaning{128, temporary, "telematic interworking is not supported"},
    Meaning{129, temporary, "this kind of message is not supported"},
    Meaning{130, temporary, "the message cannot be replaced"},
    Meaning{143, temporary, "error in the protocol identifier"},
    Meaning{144, temporary, "the coding or class is not supported"},
    Meaning{145, temporary, "the message class is not supported"},
    Meaning{159, temporary, "error in the data coding"},
    Meaning{160, temporary, "the command cannot be carried out"},
    Meaning{161, temporary, "the command is not supported"},
    Meaning{175, temporary, "error in the command"},
    Meaning{176, temporary, "the message is not supported"},
    Meaning{192, temporary, "the service centre is busy"},
    Meaning{193, temporary, "no subscription at the service centre"},
    Meaning{194, temporary, "failure of the service centre"},
    Meaning{195, temporary, "invalid address at the service centre"},
    Meaning{196, temporary, "the destination is barred"},
    Meaning{197, temporary, "rejected as a duplicate"},
    Meaning{198, temporary, "the validity format is not supported"},
    Meaning{199, temporary, "the validity is not supported"},
    Meaning{208, temporary, "the SIM's memory is full"},
    Meaning{209, temporary, "the SIM cannot store messages"},
    Meaning{210, temporary, "error in the mobile equipment"},
    Meaning{211, temporary, "memory exceeded"},
    Meaning{212, temporary, "the SIM's application is busy"},
    Meaning{213, temporary, "the SIM could not be read or written"},
    Meaning{255, temporary, "error without a stated cause"},
    Meaning{300, temporary, "failure of the mobile equipment"},
    Meaning{301, temporary, "the SMS service is reserved"},
    Meaning{302, temporary, "the operation is not allowed"},
    Meaning{303, temporary, "the operation is not supported"},
    Meaning{304, permanent, "invalid parameter of the message"},
    Meaning{305, permanent, "invalid parameter of the text"},
    Meaning{310, network, "no SIM inserted"},
    Meaning{311, network, "the SIM wants its PIN"},
    Meaning{312, network, "the device is locked to another SIM"},
    Meaning{313, network, "the SIM fails"},
    Meaning{314, temporary, "the SIM is busy"},
    Meaning{315, network, "wrong SIM"},
    Meaning{316, network, "the SIM wants its PUK"},
    Meaning{317, temporary, "the SIM wants its PIN2"},
    Meaning{318, temporary, "the SIM wants its PUK2"},
    Meaning{320, temporary, "failure of the memory"},
    Meaning{321, temporary, "no such place in the memory"},
    Meaning{322, temporary, "the memory is full"},
    Meaning{330, permanent, "the address of the service centre is unknown"},
    Meaning{331, network, "no network service"},
    Meaning{332, network, "the network does not answer"},
    Meaning{340, temporary, "no acknowledgement was expected"},
    Meaning{500, temporary, "unknown error"},
    Meaning{512, temporary, "error of this maker's own"},
};

constexpr std::array cme_meanings{
    Meaning{3, temporary, "the operation is not allowed"},
    Meaning{4, temporary, "the operation is not supported"},
    Meaning{10, network, "no SIM inserted"},
    Meaning{11, network, "the SIM wants its PIN"},
    Meaning{12, network, "the SIM wants its PUK"},
    Meaning{13, network, "the SIM fails"},
    Meaning{14, temporary, "the SIM is busy"},
    Meaning{15, network, "wrong SIM"},
    Meaning{20, temporary, "the memory is full"},
    Meaning{30, network, "no network service"},
    Meaning{31, network, "the network does not answer"},
    Meaning{32, network, "the network allows emergency calls only"},
    Meaning{100, temporary, "unknown error"},
};

template <std::size_t count>
constexpr bool in_order(const std::array<Meaning, count>& meanings) {
    for (std::size_t i = 1; i < meanings.size(); ++i) {
        if (meanings[i - 1].code >= meanings[i].code)
            return false;
    }
    return true;
}
static_assert(in_order(cms_meanings) && in_order(cme_meanings));

Meaning meaning_in(std::span<const Meaning> meanings, int code) {
    for (const Meaning& meaning : meanings) {
        if (meaning.code == code)
            return meaning;
    }
    return {code, temporary, "no meaning known"};
}

} // namespace

Refused refusal_for(ErrorFamily family, int code) {
    const bool cms = family == ErrorFamily::cms;
    const Meaning meaning = cms ? meaning_in(cms_meanings, code) : meaning_in(cme_meanings, code);
    std::string text = cms ? "CMS ERROR " : "CME ERROR ";
    text += std::to_string(code) + ": ";
    text += meaning.text;
    return {meaning.kind, code, text};
}

} // namespace smsspool
