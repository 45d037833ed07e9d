// bare_gammu: libgammu and nothing else, for `make bench`: what it alone gets out of a modem.
//
//   bare_gammu DEVICE COUNT [NUMBER]
//
// Connects as gammu's own programs do, asks for the service centre, and hands over COUNT messages,
// each when the modem has answered the one before. Prints {"connect_s":…,"sent":…}; 69 where one of
// it fails.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gammu.h>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience(60);

struct Verdict {
    bool given = false;
    int status = 0;
};

void on_verdict(GSM_StateMachine*, int status, int, void* verdict) {
    *static_cast<Verdict*>(verdict) = {true, status};
}

void must(GSM_Error error, const char* what) {
    if (error == ERR_NONE)
        return;
    std::fprintf(stderr, "bare_gammu: %s: %s\n", what, GSM_ErrorString(error));
    std::exit(69);
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void configure(GSM_StateMachine* machine, const char* device) {
    GSM_Config* config = GSM_GetConfig(machine, 0);
    std::strcpy(config->Model, "");
    std::strcpy(config->DebugLevel, "nothing");
    config->Device = strdup(device); // libgammu frees them
    config->Connection = strdup("at");
    config->DebugFile = strdup("");
    config->SyncTime = FALSE;
    config->LockDevice = FALSE;
    config->StartInfo = FALSE;
    config->UseGlobalDebugFile = FALSE;
    for (int& each : config->CNMIParams)
        each = -1;
    GSM_SetConfigNum(machine, 1);
}

void send(GSM_StateMachine* machine, GSM_SMSMessage& message, const Verdict& verdict) {
    must(GSM_SendSMS(machine, &message), "sending");
    const auto begin = Clock::now();
    while (!verdict.given && Clock::now() - begin < patience)
        GSM_ReadDevice(machine, TRUE);
    if (!verdict.given || verdict.status != 0) {
        std::fprintf(stderr, "bare_gammu: the modem did not take a message\n");
        std::exit(69);
    }
}

void send_all(GSM_StateMachine* machine, int count, const char* number) {
    GSM_SMSC center{};
    center.Location = 1;
    must(GSM_GetSMSC(machine, &center), "asking for the service centre");
    Verdict verdict;
    GSM_SetSendSMSStatusCallback(machine, on_verdict, &verdict);
    for (int i = 0; i < count; ++i) {
        static GSM_SMSMessage message;
        const std::string text = "bench " + std::to_string(i);
        GSM_SetDefaultSMSData(&message);
        message.PDU = SMS_Submit;
        message.Coding = SMS_Coding_Default_No_Compression;
        message.Class = -1;
        CopyUnicodeString(message.SMSC.Number, center.Number);
        EncodeUnicode(message.Number, number, std::strlen(number));
        EncodeUnicode(message.Text, text.c_str(), text.size());
        message.Length = static_cast<int>(text.size());
        verdict = {};
        send(machine, message, verdict);
    }
}

} // namespace

int main(int count, char** words) {
    if (count < 3 || count > 4)
        return 64;
    GSM_InitLocales(nullptr);
    GSM_StateMachine* machine = GSM_AllocStateMachine();
    configure(machine, words[1]);
    const auto begin = Clock::now();
    must(GSM_InitConnection(machine, 1), "connecting");
    const double connected = seconds_since(begin);
    const int messages = std::atoi(words[2]);
    if (messages > 0)
        send_all(machine, messages, count == 4 ? words[3] : "+525512345678");
    std::printf("{\"connect_s\":%.3f,\"sent\":%d}\n", connected, messages);
    GSM_TerminateConnection(machine);
    GSM_FreeStateMachine(machine);
}
