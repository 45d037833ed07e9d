// libgammu, and everything that must be known about it: the life of a connection.

#include "spoold/modem_gammu.h"

#include "spoold/modem_gammu_inside.h"
#include "spoold/modem_pace.h"
#include "spoold/modem_tap.h"
#include "spoold/worker_check.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <sys/stat.h>
#include <utility>

namespace smsspool {

namespace {

using std::chrono::milliseconds;

// How long a modem may take for one command, before the link is given up. libgammu's own patience
// is minutes, and without end where the modem says other things meanwhile.
constexpr milliseconds open_limit{10000};

// --- the configuration --------------------------------------------------------------------------

// libgammu frees these itself.
char* allocated(const std::string& text) {
    char* copy = ::strdup(text.c_str());
    if (copy == nullptr)
        throw std::bad_alloc();
    return copy;
}

void replace(char*& place, const std::string& text) {
    std::free(place);
    place = allocated(text);
}

std::optional<dev_t> device_number(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0 || !S_ISCHR(facts.st_mode))
        return std::nullopt;
    return facts.st_rdev;
}

std::optional<Trouble> put_features(const std::string& names, GSM_Config& config) {
    std::istringstream words(names);
    std::size_t count = 0;
    for (std::string name; words >> name;) {
        const GSM_Feature feature = GSM_FeatureFromString(name.c_str());
        if (feature == 0 || count >= GSM_MAX_PHONE_FEATURES)
            return Trouble{"other", "features: " + name + " is not one, or one too many"};
        config.PhoneFeatures[count++] = feature;
    }
    config.PhoneFeatures[count] = static_cast<GSM_Feature>(0);
    return std::nullopt;
}

std::optional<Trouble> put_config(const GammuConfig& from, GSM_Config& config) {
    const bool dummy = from.driver == GammuConfig::Driver::dummy;
    std::strcpy(config.Model, dummy ? "dummy" : "");
    std::strcpy(config.DebugLevel, "nothing");
    replace(config.Device, from.device);
    replace(config.Connection, dummy ? "none" : from.connection);
    replace(config.DebugFile, "");
    config.SyncTime = FALSE;
    config.LockDevice = FALSE;
    config.StartInfo = FALSE;
    config.UseGlobalDebugFile = FALSE;
    // -1 is "as the modem likes it"; zero would switch off what arrives.
    std::fill(std::begin(config.CNMIParams), std::end(config.CNMIParams), -1);
    return put_features(from.features, config);
}

// --- callbacks ----------------------------------------------------------------------------------

// The libgammu callbacks: C functions that only take a note. They run inside whatever call reads
// the tty, where no other call is allowed.
void on_incoming(GSM_StateMachine*, GSM_SMSMessage*, void* incoming) {
    *static_cast<bool*>(incoming) = true;
}

void on_verdict(GSM_StateMachine*, int status, int reference, void* verdict) {
    auto& first = *static_cast<std::optional<Verdict>*>(verdict);
    if (!first)
        first = Verdict{status, reference};
}

} // namespace

// --- opening ------------------------------------------------------------------------------------

Gammu::Gammu() {
    static const bool once = [] {
        GSM_InitLocales(nullptr);
        return true;
    }();
    static_cast<void>(once);
    inside_ = std::make_unique<Inside>();
}

Gammu::~Gammu() = default;

// Connecting clears all callbacks, and the dummy driver calls the second without looking.
void Gammu::Inside::set_callbacks() {
    // On a tty it is seen as it passes: libgammu knows neither reports nor where they are stored,
    // and believes the lengths in what is handed over.
    if (!number)
        GSM_SetIncomingSMSCallback(machine, on_incoming, &incoming);
    GSM_SetSendSMSStatusCallback(machine, on_verdict, &verdict);
}

std::optional<Trouble> Gammu::Inside::check_sim() {
    GSM_SecurityCodeType wanted = SEC_None;
    const GSM_Error error = GSM_GetSecurityStatus(machine, &wanted);
    if (error != ERR_NONE) {
        // A modem without the question has no lock either.
        if (breaks_link(error) || error == ERR_NOSIM)
            return fail("asking for the SIM", error);
        return std::nullopt;
    }
    switch (wanted) {
    case SEC_None:
    case SEC_Pin2:
    case SEC_Puk2:
        return std::nullopt;
    case SEC_Pin:
        return Trouble{"pin", "the SIM wants its PIN"};
    case SEC_Puk:
    case SEC_SecurityCode:
    case SEC_Phone:
    case SEC_Network:
        return Trouble{"sim", "the SIM or the device is locked"};
    }
    return std::nullopt;
}

std::optional<Trouble> Gammu::Inside::find_smsc() {
    smsc = config.smsc;
    if (!smsc.empty())
        return std::nullopt;
    GSM_SMSC found{};
    found.Location = 1;
    // A SIM that was just unlocked may be busy for some seconds.
    constexpr int tries = 5;
    GSM_Error error = ERR_NONE;
    for (int i = 0; i < tries; ++i) {
        error = GSM_GetSMSC(machine, &found);
        if (error == ERR_NONE) {
            smsc = ucs2_text(found.Number);
            break;
        }
        if (breaks_link(error))
            return fail("asking for the service centre", error);
        ::poll(nullptr, 0, 1000);
    }
    if (!is_dialable(smsc))
        return Trouble{"sim", "the SIM has no service centre number; the setting smsc can give it"};
    return std::nullopt;
}

std::optional<Trouble> Gammu::open(const GammuConfig& config) {
    Inside& in = *inside_;
    in.config = config;
    if (config.features.find("SLOWWRITE") != std::string::npos)
        pace().slow_down();
    in.number = in.dummy() ? std::nullopt : device_number(config.device);
    const auto limit = in.limit_waiting(open_limit);
    GSM_Config* place = GSM_GetConfig(in.machine, 0);
    if (const auto fault = put_config(config, *place))
        return fault;
    GSM_SetConfigNum(in.machine, 1);
    // One try of each command: libgammu's own repetition can send a message twice.
    const GSM_Error error = GSM_InitConnection(in.machine, 1);
    if (error != ERR_NONE)
        return in.fail("connecting to " + config.device, error);
    in.connected = true;
    in.set_callbacks();
    // libgammu keeps its descriptor to itself; nothing else in this process has the tty open.
    in.tty = in.dummy() ? -1 : open_descriptor_of(config.device);
    if (config.sim == GammuConfig::Sim::unchecked) {
        if (const auto fault = in.check_sim())
            return fault;
    }
    if (const auto fault = in.find_smsc())
        return fault;
    return in.announce();
}

std::unique_ptr<StallLimit> Gammu::Inside::limit_waiting(milliseconds limit) {
    if (!number)
        return nullptr;
    const auto end = [](void* inside) {
        auto& in = *static_cast<Inside*>(inside);
        in.stalled = 1;
        GSM_AbortOperation(in.machine); // it sets a flag
    };
    return std::make_unique<StallLimit>(limit, end, this);
}

AtPort Gammu::Inside::plain_port() const {
    AtPort port(Fd(::fcntl(tty, F_DUPFD_CLOEXEC, 0)));
    port.expect_echo();
    return port;
}

std::optional<Trouble> Gammu::Inside::announce() {
    if (tty < 0) {
        const GSM_Error error = GSM_SetIncomingSMS(machine, TRUE);
        if (breaks_link(error))
            return fail("switching on what arrives", error);
        return std::nullopt;
    }
    AtPort port = plain_port();
    const auto found = switch_on_push(port);
    if (!found) {
        broken = true;
        return Trouble{"timeout", "switching on what arrives: no answer"};
    }
    push = *found;
    return std::nullopt;
}

Opened Gammu::identity() {
    const auto limit = inside_->limit_waiting(open_limit);
    // Larger than any of libgammu's limits for these: it does not ask for the size.
    std::array<char, 1024> text{};
    Opened opened;
    opened.device = inside_->config.device;
    GSM_StateMachine* machine = inside_->machine;
    const auto ask = [&](GSM_Error (*question)(GSM_StateMachine*, char*)) {
        text.fill(0);
        const GSM_Error error = question(machine, text.data());
        if (breaks_link(error))
            inside_->broken = true;
        return error == ERR_NONE ? std::string(text.data()) : std::string();
    };
    opened.manufacturer = ask(GSM_GetManufacturer);
    opened.model = ask(GSM_GetModel);
    opened.imei = ask(GSM_GetIMEI);
    opened.imsi = ask(GSM_GetSIMIMSI);
    return opened;
}

// --- idle ---------------------------------------------------------------------------------------

int Gammu::descriptor() const {
    return inside_->tty;
}

void Gammu::listen() {
    if (inside_->connected && !inside_->dummy())
        GSM_ReadDevice(inside_->machine, FALSE);
}

bool Gammu::has_incoming() const {
    return inside_->incoming || (inside_->number && tty_tap().has_arrivals(*inside_->number));
}

bool Gammu::take_incoming() {
    inside_->collect();
    return std::exchange(inside_->incoming, false);
}

bool Gammu::broken() const {
    return inside_->broken;
}

} // namespace smsspool
