// libgammu, and everything that must be known about it.

#include "spoold/modem_gammu.h"

#include "common/log.h"
#include "spoold/modem_errors.h"
#include "spoold/modem_memory.h"
#include "spoold/modem_pace.h"
#include "spoold/modem_pdu.h"
#include "spoold/modem_port.h"
#include "spoold/modem_push.h"
#include "spoold/modem_stall.h"
#include "spoold/modem_tap.h"
#include "spoold/modem_trace.h"
#include "spoold/modem_ucs2.h"
#include "spoold/worker_check.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <fcntl.h>
#include <gammu.h>
#include <poll.h>
#include <set>
#include <sstream>
#include <sys/stat.h>

namespace {

// The last message that libgammu was about to decode, in hexadecimal.
std::string last_pdu;

} // namespace

// Functions of libgammu that are replaced: the dynamic linker prefers the program's to the
// library's. modem_worker_test sees whether that still holds.
//
// The first two: libgammu takes "~" in a UCS-2 text for a markup of old phones. Alone it sends
// U+0001 in its place, and only a doubled one, which then counts twice in the length, as itself;
// what arrives it doubles. Here the text is copied as it is.
//
// The third: libgammu's decoder writes beyond its buffers where the lengths in a message do not
// agree. Such a message is refused before; its bytes are kept, as are those of all that it fails to
// decode.
extern "C" {

[[gnu::visibility("default")]] void EncodeUnicodeSpecialNOKIAChars(unsigned char* target,
                                                                   const unsigned char* source,
                                                                   std::size_t units) {
    std::memmove(target, source, units * 2);
    target[units * 2] = 0;
    target[units * 2 + 1] = 0;
}

[[gnu::visibility("default")]] void DecodeUnicodeSpecialNOKIAChars(unsigned char* target,
                                                                   const unsigned char* source,
                                                                   std::size_t units) {
    EncodeUnicodeSpecialNOKIAChars(target, source, units);
}

[[gnu::visibility("default")]] GSM_Error
GSM_DecodePDUFrame(GSM_Debug_Info* debug, GSM_SMSMessage* sms, const unsigned char* buffer,
                   std::size_t length, std::size_t* end, gboolean with_centre) {
    using Decode = decltype(&GSM_DecodePDUFrame);
    static const auto decode = reinterpret_cast<Decode>(::dlsym(RTLD_NEXT, "GSM_DecodePDUFrame"));
    const auto centre =
        with_centre ? smsspool::ServiceCentre::included : smsspool::ServiceCentre::left_out;
    last_pdu = smsspool::to_hex({buffer, length});
    if (decode == nullptr || !smsspool::is_sound_pdu({buffer, length}, centre))
        return ERR_UNKNOWN;
    return decode(debug, sms, buffer, length, end, with_centre);
}

} // extern "C"

namespace smsspool {

namespace {

using std::chrono::milliseconds;

// How long a modem may take for one command, before the link is given up. libgammu's own patience
// is minutes, and without end where the modem says other things meanwhile.
constexpr milliseconds open_limit{10000};
constexpr milliseconds state_limit{8000};
constexpr milliseconds prompt_limit{12000};
constexpr milliseconds list_limit{15000};

// The folder of what stands in the memory for reports; libgammu's places count through all folders
// that it knows, as folder 0.
constexpr int report_folder = 9;
constexpr int nowhere = -1;
constexpr int no_such_place = 321;

// --- names of things ----------------------------------------------------------------------------

// The word of a Trouble for an error of libgammu.
std::string_view trouble_kind(GSM_Error error) {
    switch (static_cast<int>(error)) {
    case ERR_DEVICENOTEXIST:
    case ERR_DEVICEWRITEERROR:
    case ERR_DEVICEREADERROR:
    case ERR_DEVICENODRIVER:
        return "device_missing";
    case ERR_DEVICENOPERMISSION:
        return "permission";
    case ERR_DEVICEOPENERROR: // its lock is held: a path that cannot be opened has other numbers
    case ERR_DEVICELOCKED:
    case ERR_DEVICEBUSY:
        return "busy_device";
    case ERR_TIMEOUT:
    case ERR_ABORTED: // by us, after a time without progress
        return "timeout";
    case ERR_SECURITYERROR:
    case ERR_NOSIM:
    case ERR_EMPTYSMSC:
    case ERR_GETTING_SMSC:
        return "sim";
    default:
        return "other";
    }
}

Trouble trouble(const std::string& doing, GSM_Error error) {
    return {std::string(trouble_kind(error)),
            doing + ": " + GSM_ErrorName(error) + " (" + std::to_string(error) + ")"};
}

// After these the next answer may be another question's, or there is nobody to ask.
bool breaks_link(GSM_Error error) {
    const auto kind = trouble_kind(error);
    return kind == "timeout" || kind == "device_missing";
}

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

// --- texts and times ----------------------------------------------------------------------------

// Writes `text` with its closing zero; false, and nothing written, where it does not fit.
template <std::size_t size>
bool put_ucs2(unsigned char (&target)[size], std::string_view text) {
    const auto bytes = to_ucs2(text);
    if (bytes.size() + 2 > size)
        return false;
    std::copy(bytes.begin(), bytes.end(), target);
    target[bytes.size()] = 0;
    target[bytes.size() + 1] = 0;
    return true;
}

template <std::size_t size>
std::string ucs2_text(const unsigned char (&source)[size]) {
    return from_terminated_ucs2({source, size});
}

template <std::size_t size>
std::string c_text(const char (&source)[size]) {
    return {source, ::strnlen(source, size)};
}

// The moment, if the modem's date is one.
std::optional<UtcMs> utc_of(const GSM_DateTime& time) {
    using namespace std::chrono;
    const year_month_day date{year(time.Year), month(static_cast<unsigned>(time.Month)),
                              day(static_cast<unsigned>(time.Day))};
    const bool good = date.ok() && time.Hour >= 0 && time.Hour < 24 && time.Minute >= 0 &&
                      time.Minute < 60 && time.Second >= 0 && time.Second < 60;
    if (!good)
        return std::nullopt;
    const auto local =
        sys_days(date) + hours(time.Hour) + minutes(time.Minute) + seconds(time.Second);
    const auto moment = local - seconds(time.Timezone);
    return duration_cast<std::chrono::milliseconds>(moment.time_since_epoch()).count();
}

// --- incoming -----------------------------------------------------------------------------------

std::string hex_of_data(const GSM_SMSMessage& sms) {
    const auto length = static_cast<std::size_t>(std::max(sms.Length, 0));
    return to_hex({sms.Text, std::min(length, sizeof sms.Text)});
}

bool has_text(const GSM_SMSMessage& sms) {
    return sms.Coding == SMS_Coding_Default_No_Compression ||
           sms.Coding == SMS_Coding_Unicode_No_Compression;
}

void fill_deliver(const GSM_SMSMessage& sms, const std::string& pdu, IncomingSms& message) {
    // Read here: libgammu knows it only where it is the only element of the header.
    const Concatenation place =
        sms.UDH.Type == UDH_NoUDH ? Concatenation{} : concatenation_in(sms.UDH.Text);
    message.part = place.part;
    message.parts = place.parts;
    message.reference = place.reference;
    if (has_text(sms)) {
        message.text = ucs2_text(sms.Text);
    } else {
        message.kind = IncomingSms::Kind::raw;
        message.text = sms.Coding == SMS_Coding_8bit || pdu.empty() ? hex_of_data(sms) : pdu;
    }
}

// One message as libgammu has it; nothing where it did not arrive but is one of our own that a
// modem has stored. `pdu` is its bytes in hexadecimal, where they are known.
std::optional<IncomingSms> incoming_message(const GSM_SMSMessage& sms, const std::string& pdu) {
    IncomingSms message;
    message.location = sms.Location;
    message.number = ucs2_text(sms.Number);
    message.sent = utc_of(sms.DateTime);
    switch (sms.PDU) {
    case SMS_Deliver:
        fill_deliver(sms, pdu, message);
        return message;
    case SMS_Status_Report:
        message.kind = IncomingSms::Kind::report;
        message.reference = sms.MessageReference;
        message.report_status = sms.DeliveryStatus;
        message.settled = utc_of(sms.SMSCTime);
        return message;
    case SMS_Submit:
        return std::nullopt;
    }
    return std::nullopt;
}

// --- connecting ---------------------------------------------------------------------------------

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

// --- sending ------------------------------------------------------------------------------------

// What the modem said to one part, as the callback had it.
struct Verdict {
    int status; // 0 accepted, more than 0 the number of a CMS or CME error, -1 a bare ERROR
    int reference;
};

// As a modem refuses what did not reach it as it was written.
bool looks_garbled(const Answer& answer) {
    constexpr std::array codes{0, 304, 305, 500};
    const auto* refused = std::get_if<Refused>(&answer);
    return refused != nullptr &&
           std::find(codes.begin(), codes.end(), refused->code) != codes.end();
}

void put_concatenation(const SendRequest& request, GSM_SMSMessage& sms) {
    if (request.parts < 2)
        return;
    sms.UDH.Type = UDH_ConcatenatedMessages;
    sms.UDH.ID8bit = request.reference;
    sms.UDH.ID16bit = -1;
    sms.UDH.AllParts = static_cast<int>(request.parts);
    sms.UDH.PartNumber = static_cast<int>(request.part);
    GSM_EncodeUDHHeader(nullptr, &sms.UDH);
}

// False where something does not fit libgammu's fields; send_fault() has seen to it that it does.
bool put_message(const SendRequest& request, const std::string& smsc, GSM_SMSMessage& sms) {
    GSM_SetDefaultSMSData(&sms);
    sms.PDU = request.report ? SMS_Status_Report : SMS_Submit;
    sms.Class = -1;
    sms.Coding = request.encoding == Encoding::gsm7 ? SMS_Coding_Default_No_Compression
                                                    : SMS_Coding_Unicode_No_Compression;
    // Location 0: the number below counts, and the SIM is not asked again for each part.
    sms.SMSC.Location = 0;
    // libgammu writes the octet whether or not it says that there is one.
    constexpr unsigned longest = 0xFF;
    sms.SMSC.Validity.Format = SMS_Validity_RelativeFormat;
    sms.SMSC.Validity.Relative = static_cast<GSM_ValidityPeriod>(
        request.validity > 0 ? validity_octet(request.validity) : longest);
    put_concatenation(request, sms);
    const bool fits = put_ucs2(sms.SMSC.Number, smsc) && put_ucs2(sms.Number, request.number) &&
                      put_ucs2(sms.Text, request.text);
    sms.Length = static_cast<int>(UnicodeLength(sms.Text));
    return fits;
}

} // namespace

// --- the connection -----------------------------------------------------------------------------

struct Gammu::Inside {
    GSM_StateMachine* machine = nullptr;
    GammuConfig config;
    std::string smsc;
    int tty = -1;
    bool connected = false;
    bool broken = false;
    bool incoming = false;
    std::optional<Verdict> verdict;
    Trace trace;
    std::set<int> unreadable;    // places whose message libgammu could not decode
    std::optional<dev_t> number; // of the device, where it is a tty
    Push push;
    std::deque<std::string> direct; // PDUs in hexadecimal that the modem does not hold
    volatile std::sig_atomic_t stalled = 0;

    Inside() : machine(GSM_AllocStateMachine()) {
        if (machine == nullptr)
            throw std::bad_alloc();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() {
        // Also after a failed connect, which may have left the tty open.
        GSM_TerminateConnection(machine);
        GSM_FreeStateMachine(machine);
    }

    [[nodiscard]] bool dummy() const { return config.driver == GammuConfig::Driver::dummy; }

    // Keeps in mind what an error means for the link.
    Trouble fail(const std::string& doing, GSM_Error error) {
        broken = broken || breaks_link(error);
        return trouble(doing, error);
    }

    void set_callbacks();
    std::optional<Trouble> check_sim();
    std::optional<Trouble> find_smsc();
    void start_trace();
    void stop_trace();

    Answer attempt(const SendRequest& request, milliseconds timeout);
    GSM_Error hand_over(GSM_SMSMessage& sms);
    Answer not_written(GSM_Error error);
    Refused numbered_refusal() const;
    Answer verdict_answer();
    Answer wait_for_verdict(milliseconds timeout);
    bool wait_and_read(milliseconds timeout);
    Answer unknown(const std::string& why) {
        broken = true;
        return Unknown{why};
    }

    // In the life of the object that it gives, libgammu waits no longer than `limit` for the answer
    // to one command. Nothing where the bytes do not pass a tty.
    [[nodiscard]] std::unique_ptr<StallLimit> limit_waiting(milliseconds limit);
    // The tty for plain AT commands. REQUIRES: tty >= 0, libgammu waits for nothing.
    [[nodiscard]] AtPort plain_port() const;
    std::optional<Trouble> announce();
    void collect();
    void acknowledge(std::size_t count);

    Answer scan(std::size_t limit);
    std::optional<Trouble> scan_reports(Scanned& scanned);
    void scan_direct(std::size_t limit, Scanned& scanned);
    IncomingSms decoded(const std::string& pdu);
    Answer scan_memories(std::size_t limit, Scanned scanned);
    Answer remove_report(int place);
    Answer no_list(GSM_Error error, Scanned scanned);
    void take_place(const GSM_MultiSMSMessage& read, GSM_Error error,
                    std::vector<IncomingSms>& messages);
    void take_unreadable(int location, GSM_Error error, std::vector<IncomingSms>& messages);
    Answer remove_unreadable(int location);
};

namespace {

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

void on_trace(const char* text, void* trace) {
    static_cast<Trace*>(trace)->add(text);
}

const Trouble broken_link{"timeout", "the link must be opened anew"};

} // namespace

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

// The trace holds texts and numbers: it stays in memory, and only what is asked for is kept.
void Gammu::Inside::start_trace() {
    trace.clear();
    GSM_Debug_Info* debug = GSM_GetDebug(machine);
    GSM_SetDebugGlobal(FALSE, debug);
    GSM_SetDebugFunction(on_trace, &trace, debug);
    GSM_SetDebugLevel("textall", debug);
}

void Gammu::Inside::stop_trace() {
    GSM_SetDebugLevel("nothing", GSM_GetDebug(machine));
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

// --- sending ------------------------------------------------------------------------------------

Refused Gammu::Inside::numbered_refusal() const {
    const bool cme = trace.cme_error() == verdict->status;
    return refusal_for(cme ? ErrorFamily::cme : ErrorFamily::cms, verdict->status);
}

// libgammu gave up before it wrote the part: at the prompt or earlier. It writes the part only
// after a good prompt, and the CTRL-Z that sends it after the part; where writing either failed the
// CTRL-Z is missing, and the next connection begins with an ESC. Nothing went out.
Answer Gammu::Inside::not_written(GSM_Error error) {
    if (number && tty_tap().end_was_sent(*number))
        return unknown(std::string("libgammu gave up: ") + GSM_ErrorName(error));
    if (verdict && verdict->status > 0)
        return numbered_refusal();
    if (verdict && error == ERR_UNKNOWN)
        return Refused{RefusalKind::temporary, 0, "ERROR"};
    if (error == ERR_NOSIM || error == ERR_NETWORK_ERROR)
        return Refused{RefusalKind::network, 0, std::string("libgammu: ") + GSM_ErrorName(error)};
    return fail("sending", error);
}

Answer Gammu::Inside::verdict_answer() {
    if (verdict->status > 0)
        return numbered_refusal();
    if (verdict->status < 0)
        return Refused{RefusalKind::temporary, 0, "ERROR"};
    // An OK without its +CMGS may be the answer to something else.
    if (verdict->reference < 0)
        return unknown("OK without a +CMGS");
    return Accepted{verdict->reference & 0xFF};
}

// Waits for the tty and reads it. False where the device is gone.
bool Gammu::Inside::wait_and_read(milliseconds timeout) {
    if (tty < 0) {
        GSM_ReadDevice(machine, TRUE);
        return true;
    }
    pollfd wanted{tty, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(timeout.count()));
    if (ready > 0 && (wanted.revents & POLLIN) != 0)
        GSM_ReadDevice(machine, FALSE);
    return ready <= 0 || (wanted.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

Answer Gammu::Inside::wait_for_verdict(milliseconds timeout) {
    const auto deadline = Monotonic::now() + timeout;
    bool gone = false;
    while (!verdict && !gone) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Monotonic::now());
        if (left.count() <= 0)
            break;
        gone = !wait_and_read(left);
    }
    if (verdict)
        return verdict_answer();
    if (gone)
        return unknown("the device vanished before it answered");
    return unknown("no +CMGS within " + std::to_string(timeout.count()) + " ms");
}

GSM_Error Gammu::Inside::hand_over(GSM_SMSMessage& sms) {
    const auto limit = limit_waiting(prompt_limit);
    return GSM_SendSMS(machine, &sms);
}

Answer Gammu::send(const SendRequest& request, milliseconds timeout) {
    Inside& in = *inside_;
    if (in.broken)
        return broken_link;
    const bool was_slow = pace().is_slow();
    Answer answer = in.attempt(request, timeout);
    // A modem that does not echo may have lost what came too soon after its prompt.
    if (!was_slow && pace().is_slow() && looks_garbled(answer))
        answer = in.attempt(request, timeout);
    return answer;
}

Answer Gammu::Inside::attempt(const SendRequest& request, milliseconds timeout) {
    Inside& in = *this;
    const auto sms = std::make_unique<GSM_SMSMessage>();
    if (!put_message(request, in.smsc, *sms))
        return Refused{RefusalKind::permanent, 0, "the text does not fit one SMS"};
    in.verdict.reset();
    in.start_trace();
    if (in.number)
        tty_tap().forget_end(*in.number);
    const GSM_Error error = in.hand_over(*sms);
    Answer answer;
    if (error != ERR_NONE)
        answer = in.not_written(error);
    else if (in.stalled != 0)
        answer = in.unknown("the prompt came too late");
    else if (in.verdict && !in.dummy())
        // Nothing was read since the part was written: this answers something older.
        answer = in.unknown("an answer came before the part was written");
    else
        answer = in.wait_for_verdict(timeout);
    in.stop_trace();
    return answer;
}

// --- receiving ----------------------------------------------------------------------------------

// Adds what stands at one place. Of what libgammu failed to decode the bytes are kept.
void Gammu::Inside::take_place(const GSM_MultiSMSMessage& read, GSM_Error error,
                               std::vector<IncomingSms>& messages) {
    const int location = read.SMS[0].Location;
    if (error != ERR_NONE)
        return take_unreadable(location, error, messages);
    // Several at one place: this driver joins parts itself.
    const int count = std::clamp(read.Number, 0, GSM_MAX_MULTI_SMS);
    for (int i = 0; i < count; ++i) {
        auto message = incoming_message(read.SMS[i], count == 1 ? last_pdu : std::string());
        if (!message)
            continue;
        message->location = location;
        messages.push_back(std::move(*message));
    }
}

void Gammu::Inside::take_unreadable(int location, GSM_Error error,
                                    std::vector<IncomingSms>& messages) {
    unreadable.insert(location);
    if (last_pdu.empty()) {
        log_warning("MODEM", "A stored message cannot be read, place " + std::to_string(location) +
                                 ": " + GSM_ErrorName(error));
        return;
    }
    IncomingSms message;
    message.kind = IncomingSms::Kind::raw;
    message.location = location;
    message.text = last_pdu;
    messages.push_back(std::move(message));
}

// A modem without a memory has nothing to list; anything else is a fault of the link.
Answer Gammu::Inside::no_list(GSM_Error error, Scanned scanned) {
    if (error == ERR_NOTSUPPORTED || error == ERR_NOTIMPLEMENTED)
        return scanned;
    return fail("listing messages", error);
}

// One that is nowhere stored, or in the memory for reports.
IncomingSms Gammu::Inside::decoded(const std::string& pdu) {
    const auto bytes = from_hex(pdu);
    const auto sms = std::make_unique<GSM_SMSMessage>();
    std::size_t end = 0;
    std::optional<IncomingSms> message;
    if (bytes && GSM_DecodePDUFrame(GSM_GetDebug(machine), sms.get(), bytes->data(), bytes->size(),
                                    &end, TRUE) == ERR_NONE)
        message = incoming_message(*sms, pdu);
    if (!message) {
        message.emplace();
        message->kind = IncomingSms::Kind::raw;
        message->text = pdu;
    }
    message->location = nowhere;
    return *message;
}

void Gammu::Inside::scan_direct(std::size_t limit, Scanned& scanned) {
    while (!direct.empty() && scanned.messages.size() < limit) {
        scanned.messages.push_back(decoded(direct.front()));
        direct.pop_front();
    }
}

std::optional<Trouble> Gammu::Inside::scan_reports(Scanned& scanned) {
    if (tty < 0 || !push.has_report_memory)
        return std::nullopt;
    AtPort port = plain_port();
    const auto found = list_reports(port);
    if (const auto* trouble = std::get_if<Trouble>(&found)) {
        broken = broken || trouble->kind == "timeout";
        if (broken)
            return *trouble;
        log_warning("MODEM", "The memory for reports cannot be read: " + trouble->text);
        push.has_report_memory = false;
        return std::nullopt;
    }
    for (const StoredPdu& stored : std::get<std::vector<StoredPdu>>(found)) {
        IncomingSms message = decoded(stored.pdu);
        message.folder = report_folder;
        message.location = stored.place;
        scanned.messages.push_back(std::move(message));
    }
    return std::nullopt;
}

Answer Gammu::Inside::scan(std::size_t limit) {
    collect();
    incoming = false;
    Scanned scanned;
    scan_direct(limit, scanned);
    if (const auto trouble = scan_reports(scanned))
        return *trouble;
    scanned.more = scanned.messages.size() > limit || !direct.empty();
    scanned.messages.resize(std::min(scanned.messages.size(), limit));
    if (scanned.more)
        return scanned;
    return scan_memories(limit, std::move(scanned));
}

Answer Gammu::Inside::scan_memories(std::size_t limit, Scanned scanned) {
    const auto stall = limit_waiting(list_limit);
    const auto read = std::make_unique<GSM_MultiSMSMessage>();
    std::set<int> seen; // a modem may serve one place for ever
    for (gboolean start = TRUE;; start = FALSE) {
        last_pdu.clear();
        const GSM_Error error = GSM_GetNextSMS(machine, read.get(), start);
        if (error == ERR_EMPTY)
            return scanned;
        if (breaks_link(error) || error == ERR_SECURITYERROR || error == ERR_NOSIM)
            return fail("reading messages", error);
        const int location = read->SMS[0].Location;
        if (error != ERR_NONE && location == 0) // it did not come as far as a message
            return no_list(error, std::move(scanned));
        if (!seen.insert(location).second)
            return scanned;
        scanned.more = scanned.messages.size() >= limit;
        if (scanned.more)
            return scanned;
        take_place(*read, error, scanned.messages);
    }
}

Answer Gammu::scan(std::size_t limit) {
    if (inside_->broken)
        return broken_link;
    return inside_->scan(limit);
}

// libgammu reads a message before it deletes it, and does not delete what it cannot read: such a
// one would come back for ever. By the failed try it has chosen the right memory.
Answer Gammu::Inside::remove_unreadable(int location) {
    constexpr milliseconds patience{10000};
    int place = location % GSM_PHONE_MAXSMSINFOLDER;
    if (GSM_IsPhoneFeatureAvailable(GSM_GetModelInfo(machine), F_SMS_LOCATION_0))
        --place;
    AtPort port = plain_port();
    const auto answer = port.ask("AT+CMGD=" + std::to_string(place), patience);
    if (!answer) {
        broken = true;
        return Trouble{"timeout", "no answer to AT+CMGD"};
    }
    if (!answer->ok() && answer->code != no_such_place)
        return Trouble{"other", "AT+CMGD: " + name_of_result(*answer)};
    unreadable.erase(location);
    return Done{};
}

Answer Gammu::Inside::remove_report(int place) {
    if (tty < 0)
        return Done{};
    AtPort port = plain_port();
    auto answer = delete_report(port, place);
    if (const auto* trouble = std::get_if<Trouble>(&answer))
        broken = broken || trouble->kind == "timeout";
    return answer;
}

Answer Gammu::remove(const DeleteRequest& request) {
    Inside& in = *inside_;
    if (in.broken)
        return broken_link;
    if (request.folder == report_folder)
        return in.remove_report(request.location);
    const auto limit = in.limit_waiting(list_limit);
    const auto sms = std::make_unique<GSM_SMSMessage>();
    sms->Folder = 0; // the location counts through all folders
    sms->Location = request.location;
    const GSM_Error error = GSM_DeleteSMS(in.machine, sms.get());
    if (error == ERR_NONE || error == ERR_EMPTY || error == ERR_INVALIDLOCATION)
        return Done{};
    if (!breaks_link(error) && in.tty >= 0 && in.unreadable.count(request.location) != 0)
        return in.remove_unreadable(request.location);
    return in.fail("deleting place " + std::to_string(request.location), error);
}

// --- state --------------------------------------------------------------------------------------

namespace {

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
        return broken_link;
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

// The network holds back the next one until the modem was told that this one arrived, and the modem
// gives up handing over where that takes long.
void Gammu::Inside::acknowledge(std::size_t count) {
    if (!push.wants_acknowledge || tty < 0)
        return;
    constexpr milliseconds patience{5000};
    AtPort port = plain_port();
    for (; count > 0 && !broken; --count)
        broken = !port.ask("AT+CNMA", patience);
}

void Gammu::Inside::collect() {
    constexpr std::size_t most_direct = 1000;
    // What comes with the answer to an acknowledgement is of the next round; a modem that never
    // stops is heard again later.
    constexpr int most_rounds = 20;
    for (int round = 0; number && tty_tap().has_arrivals(*number) && round < most_rounds; ++round) {
        const auto arrivals = tty_tap().take_arrivals(*number);
        incoming = true;
        direct.insert(direct.end(), arrivals.direct.begin(), arrivals.direct.end());
        if (!broken)
            acknowledge(arrivals.direct.size());
    }
    if (direct.size() > most_direct) {
        log_warning("MODEM", "Too much was handed over that nobody fetched: the oldest is dropped");
        direct.erase(direct.begin(), direct.end() - most_direct);
    }
}

bool Gammu::take_incoming() {
    inside_->collect();
    return std::exchange(inside_->incoming, false);
}

bool Gammu::broken() const {
    return inside_->broken;
}

} // namespace smsspool
