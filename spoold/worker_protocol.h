// What the daemon and a worker say to each other: JSON objects, one a line, over the worker's
// standard input and output (a socket pair). See smsspool-worker(7) for the page a person reads.
//
// The daemon asks, the worker answers: one request at a time, each with a number `id` that the
// answer repeats as `re`. Beside answers a worker may say one thing unasked, {"hint":"incoming"}:
// something arrived, a scan is worth while. The daemon holds the deadline of each request; a worker
// that does not answer is killed and replaced. Standard error is the log. A worker leaves when its
// standard input ends.
//
// A transport is a program that speaks this. Nothing here knows what a modem is.
//
// A line is at most 256 KiB; a longer one, or one that is not such an object, is a fault of the
// link. Members that are not known are ignored by both sides.

#ifndef SMSSPOOL_SPOOLD_WORKER_PROTOCOL_H
#define SMSSPOOL_SPOOLD_WORKER_PROTOCOL_H

#include "common/clock.h"
#include "common/message.h"
#include "common/parts.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace smsspool {

// --- requests -----------------------------------------------------------------------------------

// {"id":1,"op":"open","settings":{"device":"/dev/ttyUSB0",…}}
// Make the transport ready to send: find and open the device, unlock the SIM. The settings are the
// worker's own, as text, from its section of the configuration; secrets come in here and nowhere
// else. Beside them the daemon adds what it knows: `send_timeout` (milliseconds for the network's
// answer), `known_imei` (of the device that was this modem before: to be found again under
// whatever name it has now), `pin` (from pin_file), `pin_unsure` ("1": this PIN may have been given
// before with no answer, so only to a SIM that has all its tries), `trace` (off, redacted, full).
// Answer: Opened or Trouble. A second `open` closes what was open first.
struct OpenRequest {
    std::map<std::string, std::string> settings;
};

// {"id":2,"op":"send","number":"+52…","text":"…","encoding":"gsm7","part":1,"parts":3,
//  "reference":77,"report":false,"validity":3600,"whole":false}
// Put one part on the air. `text` is this part's own text and fits one SMS in `encoding`; or, for a
// transport that said so (see Opened), it is the whole text of the message, whatever its length.
// `reference` is the concatenation reference, used where parts > 1. Answer: Accepted, Refused,
// Unknown; or Trouble where it is certain that nothing went out because the link failed before.
struct SendRequest {
    std::string number; // E.164 with +, or a service number: + and ASCII digits only
    std::string text;
    Encoding encoding = Encoding::gsm7;
    unsigned part = 1; // from 1
    unsigned parts = 1;
    std::uint8_t reference = 0;
    bool report = false; // ask the network for a delivery report
    // Seconds for which the network keeps trying; 0: as long as it likes.
    std::int64_t validity = 0;
    bool whole = false; // `text` is that of all parts
};

// {"id":3,"op":"scan"} Read what has arrived and is stored. Answer: Scanned or Trouble. Nothing is
// deleted. At most `scan_limit` messages an answer (50); `more` says that there are others.
struct ScanRequest {};

// {"id":4,"op":"delete","folder":1,"location":3} Delete one stored message, after it was committed.
// Answer: Done (also where it was gone already) or Trouble.
struct DeleteRequest {
    int folder = 0;
    int location = 0;
};

// {"id":5,"op":"state"} How is the link and the network? Answer: LinkState or Trouble.
struct StateRequest {};

// {"id":6,"op":"reset","level":"radio","settings":{…}} Bring a device back to its senses: `radio`
// switches its radio off and on, `modem` starts it again. The settings are those of `open`; what
// was open is closed, and must be opened again. Answer: Done (it was told and obeyed), or Trouble.
struct ResetRequest {
    enum class Level { radio, modem };
    Level level = Level::radio;
    std::map<std::string, std::string> settings;
};

using Request =
    std::variant<OpenRequest, SendRequest, ScanRequest, DeleteRequest, StateRequest, ResetRequest>;

// --- answers ------------------------------------------------------------------------------------

// {"re":1,"ok":"opened","device":"/dev/ttyUSB2","manufacturer":"…","model":"…","imei":"…",
//  "imsi":"…","whole":false} Fields that the transport has not are empty. `whole`: it wants the
//  text
// of a message as a whole, and one answer settles all parts.
struct Opened {
    std::string device, manufacturer, model, imei, imsi;
    bool whole = false;
};

// {"re":2,"ok":"accepted","reference":12,"answer":"…"} The network took the part. `reference` is
// its TP-MR, -1 where the transport has none; `answer` the network's own words, empty where it has
// none.
struct Accepted {
    int reference = -1;
    std::string answer{};
};

// {"re":2,"ok":"refused","class":"temporary","code":500,"text":"CMS ERROR 500: unknown error"}
// The part certainly did not go out. `code` is the transport's number (CMS/CME, HTTP).
// "retry_after":30 may be there: the network wants to be left alone for so many seconds.
struct Refused {
    RefusalKind kind = RefusalKind::temporary;
    int code = 0;
    std::string text;
    std::int64_t retry_after = 0; // seconds; 0: it did not say
};

// {"re":2,"ok":"unknown","text":"no +CMGS within 60 s"} It may have gone out. The worker is
// replaced by the daemon after this answer.
struct Unknown {
    std::string text;
};

// One stored SMS as the transport sees it.
struct IncomingSms {
    enum class Kind { deliver, report, raw };
    Kind kind = Kind::deliver; // raw: could not be decoded; `text` is its bytes in hexadecimal
    int folder = 0;
    int location = 0;             // -1: the device does not hold it (any more), nothing to delete
    std::string number;           // the sender as given; for a report the recipient
    std::string text;             // valid UTF-8
    std::optional<UtcMs> sent;    // time stamp of the service centre
    int part = 1, parts = 1;      // concatenation; parts > 1 where it is one of several
    int reference = -1;           // concatenation reference, or TP-MR of a report
    int report_status = -1;       // TP-Status of a report (TS 23.040 9.2.3.15)
    std::optional<UtcMs> settled; // discharge time of a report
};

// {"re":3,"ok":"scanned","messages":[{"kind":"deliver","folder":1,"location":3,"number":"+52…",
//  "text":"…","sent":1763000000000,"part":1,"parts":1,"reference":-1},…],"more":false}
struct Scanned {
    std::vector<IncomingSms> messages;
    bool more = false;
};

// {"re":4,"ok":"done"}
struct Done {};

// {"re":5,"ok":"state","network":"home","operator":"…","signal":57,"used":3,"capacity":30}
// `network`: home, roaming, searching, denied, none, unknown. `signal` in percent, -1 unknown.
// `used` and `capacity` count the places for incoming messages, -1 unknown.
struct LinkState {
    std::string network = "unknown";
    std::string operator_name;
    int signal = -1;
    int used = -1, capacity = -1;
};

// {"re":1,"ok":"trouble","kind":"device_missing","text":"…"} The request was not carried out.
// kind: device_missing, permission, busy_device, timeout, pin, sim, other. After `pin` the same PIN
// must not be given again; `sim` is also a SIM that is not the one wanted. The daemon replaces the
// worker after any trouble; but in `state`, `scan` and `delete` it goes on after one of the kind
// `other`.
struct Trouble {
    std::string kind = "other";
    std::string text;
};

using Answer = std::variant<Opened, Accepted, Refused, Unknown, Scanned, Done, LinkState, Trouble>;

// Unasked: something arrived.
struct Hint {};

struct NumberedRequest {
    std::int64_t id = 0;
    Request request;
};
struct NumberedAnswer {
    std::int64_t re = 0;
    Answer answer;
};
using FromWorker = std::variant<NumberedAnswer, Hint>;

inline constexpr std::size_t worker_line_limit = 256 * 1024;

// One line with its line feed.
[[nodiscard]] std::string to_line(const NumberedRequest& request);
[[nodiscard]] std::string to_line(const NumberedAnswer& answer);
[[nodiscard]] std::string to_line(Hint);

// The line without its line feed. Nothing where it is not one of these, a member has a wrong type
// or a value outside its range; `why` then holds one sentence for the log.
[[nodiscard]] std::optional<NumberedRequest> parse_request(std::string_view line, std::string& why);
[[nodiscard]] std::optional<FromWorker> parse_from_worker(std::string_view line, std::string& why);

} // namespace smsspool

#endif
