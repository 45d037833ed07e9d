// What libgammu knows of the network and of the memory.

#include "spoold/modem_gammu_inside.h"

#include <algorithm>
#include <cstring>

namespace smsspool {

namespace {

constexpr std::chrono::milliseconds state_limit{8000};

std::string_view network_word(GSM_NetworkInfo_State state) {
    switch (state) {
    case GSM_HomeNetwork:
        return "home";
    case GSM_RoamingNetwork:
        return "roaming";
    case GSM_RequestingNetwork:
        return "searching";
    case GSM_RegistrationDenied:
        return "denied";
    case GSM_NoNetwork:
        return "none";
    case GSM_NetworkStatusUnknown:
        return "unknown";
    }
    return "unknown";
}

template <std::size_t size>
std::string c_text(const char (&source)[size]) {
    return {source, ::strnlen(source, size)};
}

void put_places(const GSM_SMSMemoryStatus& status, const std::string& memory, LinkState& state) {
    const bool sim = memory != "ME";
    const bool phone = memory != "SM";
    state.used = (sim ? status.SIMUsed : 0) + (phone ? status.PhoneUsed : 0);
    state.capacity = (sim ? status.SIMSize : 0) + (phone ? status.PhoneSize : 0);
}

} // namespace

Answer Gammu::state(const std::string& incoming_memory) {
    Inside& in = *inside_;
    if (in.broken)
        return broken_link();
    const auto limit = in.limit_waiting(state_limit);
    LinkState state;
    GSM_SignalQuality signal{};
    GSM_Error error = GSM_GetSignalQuality(in.machine, &signal);
    if (error == ERR_NONE)
        state.signal = std::clamp(signal.SignalPercent, -1, 100);
    if (breaks_link(error))
        return in.fail("asking for the signal", error);
    GSM_NetworkInfo network{};
    error = GSM_GetNetworkInfo(in.machine, &network);
    if (error == ERR_NONE) {
        state.network = network_word(network.State);
        state.operator_name = ucs2_text(network.NetworkName);
        if (state.operator_name.empty()) // also where it is too long for libgammu
            state.operator_name = c_text(network.NetworkCode);
    }
    if (breaks_link(error))
        return in.fail("asking for the network", error);
    GSM_SMSMemoryStatus memory{};
    error = GSM_GetSMSStatus(in.machine, &memory);
    if (error == ERR_NONE)
        put_places(memory, incoming_memory, state);
    if (breaks_link(error))
        return in.fail("asking for the memory", error);
    return state;
}

} // namespace smsspool
