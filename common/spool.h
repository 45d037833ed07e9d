// The spool: everything that was accepted, and what became of it. The only place where the programs
// meet, and the only header through which they do.
//
// One Spool is one connection; it belongs to one thread. Each verb is a transaction of its own: it
// is done as a whole and on the disk when the verb returns (SQLite, WAL, synchronous=FULL), or
// nothing of it is. Each verb can be run again with the same arguments, after a lost answer or a
// crash, and then changes nothing more; but a claim that is repeated claims another job, and
// claimed() tells of the first.
//
// Every verb throws Error:
//   busy         another writer held the spool for longer than `busy_timeout`; try again
//   full         no room on the disk; nothing was written, reading still works. submit() says so
//                already below `disk_reserve`, so that what was accepted can still be settled
//   unavailable  the file is missing, not writable, or of another schema
//   corrupt      SQLite found the file damaged
//   bug          a statement does not fit the schema
// After each of them the same object can be used again: when the cause is gone, it works. A file
// that was taken away or replaced is noticed before anything is written to it.
// All times are UTC in milliseconds and given by the caller: the spool reads no clock.

#ifndef SMSSPOOL_COMMON_SPOOL_H
#define SMSSPOOL_COMMON_SPOOL_H

#include "common/accounts.h"
#include "common/clock.h"
#include "common/many_recipients.h"
#include "common/message.h"
#include "common/parts.h"

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smsspool {

class Database;
class History;
class Numbers;
class SharedCommits;
struct Config;

enum class Access { read, write };

// --- accepting ----------------------------------------------------------------------------------

// Stored; never renumber. Smaller goes first.
enum class Priority : int { high = 0, normal = 1, low = 2 };

// One of several recipients that was left out. `position` counts from 1.
struct LeftOut {
    std::size_t position = 0;
    std::string given, reason;
};

// The same key and body from the same user within the window is the same message.
struct IdempotencyKey {
    std::string key;
    std::string body_hash;
    UtcMs since = 0; // older entries no longer count
};

// An alert of a monitoring system. Sent only if `state` differs from the last one under `key`, or
// the last SMS of it is from before `remind_before`.
struct AlertChange {
    std::string key;
    std::string state;
    UtcMs remind_before = 0;
};

// Who tells the receivers of webhooks.
inline constexpr std::string_view webhook_follower = "webhook";

// Somebody outside is told what becomes of each job.
struct Following {
    std::string follower; // who tells it: webhook_follower, "pull:NAME"
    std::string target{}; // what the other side calls it; empty: nothing of its own
};

struct NewMessage {
    std::string id; // made by the caller with new_id(), before the first try
    std::string user;
    std::string api;     // "rest", "alerts"
    std::string address; // of the client; empty: none
    std::string text;
    Encoding encoding = Encoding::gsm7;
    std::size_t parts = 1;
    std::optional<std::size_t> original_length;   // code points before truncation
    std::optional<std::int64_t> reply_timeout_ms; // a reply is awaited
    Priority priority = Priority::normal;
    std::string label;                 // the sender's word for a kind of messages; empty: none
    bool report = false;               // a delivery report is asked for
    std::int64_t network_valid_ms = 0; // how long the network tries; 0: as long as it likes
    UtcMs created = 0;
    UtcMs not_before = 0; // not sent earlier; 0: at once
    UtcMs valid_until = 0;
    // First `recipients`, then `many`; either may be empty.
    std::vector<Recipient> recipients;
    ManyRecipients many{};
    // Of those that were asked for; for the answer, not stored.
    std::size_t duplicates = 0;
    std::vector<LeftOut> left_out{};
    std::optional<IdempotencyKey> idempotency;
    std::optional<AlertChange> alert;
    std::vector<Spender> spenders{}; // whose limits it has to keep
    std::string callback{};          // where the sender wants to be told; empty: nowhere
    std::optional<Following> following{};

    // Of all recipients. REQUIRES: index < recipient_count().
    [[nodiscard]] std::size_t recipient_count() const noexcept {
        return recipients.size() + many.size();
    }
    [[nodiscard]] Recipient recipient(std::size_t index) const {
        return index < recipients.size() ? recipients[index] : many[index - recipients.size()];
    }
};

enum class Stored {
    done,     // it is in the spool (also if this very id was stored before)
    again,    // the key was used for the same body; `message_id` is the earlier message
    conflict, // the key was used for another body; nothing was stored
    taken,    // another message has the number of this id; the caller makes another id
    repeated, // the alert has not changed; `message_id` is the SMS that told of its state
    refused,  // a limit forbids it, see `refusal`; nothing was stored
};

struct StoreAnswer {
    Stored how = Stored::done;
    std::string message_id;
    std::optional<NotAllowed> refusal{};
};

// --- reading ------------------------------------------------------------------------------------

struct JobView {
    std::string id;
    std::string number_given;
    std::string number;
    State state = State::queued;
    std::optional<UtcMs> attempted; // when the last attempt began
    std::int64_t attempts = 0;      // refusals that counted
    std::int64_t unknowns = 0;      // attempts that may have gone out and were not confirmed
    std::int64_t parts_done = 0;
    UtcMs not_before = 0; // while it is queued: when it is due
    std::string route;
    Delivery delivery = Delivery::none;
    std::optional<UtcMs> delivered; // when the last part reached the recipient's phone
    std::string error_code;         // empty: none
    std::string error_text;
    std::string modem;
    struct Reply {
        std::string text;
        UtcMs received = 0;
    };
    std::optional<Reply> reply;
};

struct JobCounts {
    std::array<std::int64_t, static_cast<std::size_t>(State::count)> jobs{};
    std::optional<UtcMs> attempted;
};

struct AttemptView {
    std::string job_id;
    std::int64_t part = 1;
    std::string modem;
    UtcMs started = 0;
    std::optional<UtcMs> ended;
    std::string outcome; // open, accepted, refused, unknown, withdrawn
    std::optional<std::int64_t> reference, code;
    std::string reason; // why it ended so; of one that was accepted: the provider's answer, if any
    std::optional<std::int64_t> report_status; // TP-Status of its last report (TS 23.040 9.2.3.15)
    std::optional<UtcMs> settled;              // discharge time of that report
    std::string trace; // the conversation with the modem, where it ended badly and was kept
};

struct MessageView {
    std::string id, user, api, address, text, label;
    bool report = false; // a delivery report was asked for
    Encoding encoding = Encoding::gsm7;
    std::int64_t parts = 1;
    std::optional<std::int64_t> original_length;
    std::optional<std::int64_t> reply_timeout_ms;
    UtcMs created = 0;
    UtcMs valid_until = 0;
    std::vector<JobView> jobs;
};

struct InboxMessage {
    std::string id;
    std::string modem;
    std::string number;
    std::string text;
    std::optional<UtcMs> sent; // time stamp of the service centre
    UtcMs stored = 0;
    std::string state; // unread, read, reply
    int folder = 0;
    int location = 0;
    bool complete = true; // false: parts are missing, "…" marks each gap in the text
    std::string job_id;   // of the job that it answers; empty: none
};

// What /inbox asks for. Replies that were matched to a job are not part of the inbox.
struct InboxQuery {
    enum class Which { all, unread };
    enum class After { peek, mark_read, remove };
    Which which = Which::all;
    After after = After::mark_read;
    std::size_t limit = 0; // 0: no limit
};

struct ModemView {
    std::string name, state; // starting, ready, waiting, limited, aside, down
    std::string device, manufacturer, model, imei, imsi, network, operator_name;
    std::int64_t signal = -1, used = -1, capacity = -1;
    std::string error;
    UtcMs since = 0; // of this state
    UtcMs beat = 0;
    std::int64_t failures = 0;     // in a row, now
    std::int64_t recoveries = 0;   // how often it came back, since the daemon's start
    std::int64_t recovery_ms = -1; // how long the last of them took; -1: none yet
    std::string step;  // the last thing that was tried to get it back, and what came of it
    std::string trace; // the conversation of its last trouble
};

struct DaemonView {
    std::string owner, host;
    std::int64_t pid = 0;
    UtcMs started = 0, beat = 0;
};

// A program that speaks to the outside, as it last said. `name` as that of a follower.
struct AgentView {
    std::string name;
    std::string state; // starting, working, failing
    std::string error; // why it is failing; empty: it is not
    UtcMs since = 0;   // of this state
    UtcMs beat = 0;
    std::int64_t fetched = 0, told = 0, failures = 0; // since its start
};

struct Health {
    std::vector<DaemonView> daemons; // newest beat first
    std::vector<ModemView> modems;   // by name
    std::vector<AgentView> agents;   // by name
};

struct StateCount {
    State state = State::queued;
    std::int64_t jobs = 0;
};

// --- what a person decides ----------------------------------------------------------------------

// Which dead letters. An empty text means any.
struct DeadFilter {
    std::optional<State> state; // failed or unknown; nothing: both
    std::string user;
    std::string number; // how it begins, in E.164, or of a service number
    std::string error_code;
    UtcMs since = 0;                                  // dead since then or later
    UtcMs before = std::numeric_limits<UtcMs>::max(); // and since before that
};

// A job with what its message says; of a message that is missing, nothing.
struct DeadLetter {
    std::string job_id, message_id, user, label, text;
    std::string number, number_given, route, modem;
    State state = State::failed;
    std::string error_code, error_text;
    std::int64_t attempts = 0, unknowns = 0, parts_done = 0, parts = 0;
    std::int64_t retries = 0;       // by a person, so far
    UtcMs created = 0;              // of its message
    std::optional<UtcMs> attempted; // when the last attempt began
    std::optional<UtcMs> ended;     // since when it is dead
    UtcMs not_before = 0, valid_until = 0;
};

struct DeadCount {
    State state = State::failed;
    std::string error_code;
    std::int64_t jobs = 0;
    std::int64_t retried = 0; // of these: were sent again by a person before, and are dead again
};

// A dead letter that is to be sent again, and no earlier than then; a time that has passed: at
// once.
struct Resending {
    std::string job_id;
    UtcMs not_before = 0;
};

// What became of a decision about one job.
struct Verdict {
    enum class How {
        done,    // also if it was done before, by this very call
        missing, // there is no such job
        alive,   // `state` is none of a dead letter; nothing was changed
        damaged, // what the spool holds of its message cannot be sent; nothing was changed
    };
    How how = How::missing;
    std::string job_id, message_id;
    State state = State::queued; // of the job, afterwards
    UtcMs not_before = 0, valid_until = 0;
};

// What became of the wish to take a message back.
struct Withdrawal {
    std::int64_t canceled = 0; // jobs, by this call
    JobCounts jobs{};          // all of them, afterwards

    // Also where an earlier call canceled something.
    [[nodiscard]] bool took() const noexcept {
        return jobs.jobs[static_cast<std::size_t>(State::canceled)] > 0;
    }
};

// --- who tells it outside -----------------------------------------------------------------------

// A job with what was told of it so far.
struct Followed {
    std::string follower, job_id, message_id, target;
    std::optional<State> told; // nothing: nothing was told yet
    Delivery told_delivery = Delivery::none;
    enum class Progress { open, done, given_up };
    Progress progress = Progress::open;
    std::int64_t failures = 0; // in a row
    UtcMs due = 0;             // not tried earlier
    std::int64_t code = 0;     // status of the last answer; 0: none
    std::string error;         // why the last try failed; empty: it did not
    UtcMs changed = 0;
    std::int64_t turn = 0; // how often it was opened again
    // As it stands now:
    State state = State::queued;
    Delivery delivery = Delivery::none;
    std::string number, number_given, error_code, error_text, user, label, callback;
    std::optional<UtcMs> attempted, ended, delivered;
    std::optional<JobView::Reply> reply;
    std::int64_t parts = 1;
    UtcMs created = 0;
    std::optional<std::int64_t> reply_timeout_ms;

    // True if nothing more will become of the job by itself, so that this is the last to be told.
    [[nodiscard]] bool is_final() const noexcept;
};

// Words of the spool and of those who read them: never renamed.
inline constexpr std::array<std::pair<Followed::Progress, std::string_view>, 3> progress_words{{
    {Followed::Progress::open, "open"},
    {Followed::Progress::done, "done"},
    {Followed::Progress::given_up, "given_up"},
}};
[[nodiscard]] std::string_view name_of(Followed::Progress progress) noexcept;

struct FollowCount {
    std::string follower;
    Followed::Progress progress = Followed::Progress::open;
    std::int64_t jobs = 0;
};

// --- the daemon's side --------------------------------------------------------------------------

// How much of what came as delivery reports could be matched to its message.
struct ReportCount {
    std::int64_t all = 0, matched = 0;
};

// Who claims: `owner` names a host and one run of its daemon.
struct Claimer {
    std::string owner;
    std::string modem;
    std::int64_t lease_ms = 0;
    // What it takes: jobs of these routes ("" are those of none), never one whose first parts went
    // out through another modem.
    std::vector<std::string> routes{""};
    // In this order; all three once each.
    std::array<Priority, 3> order{Priority::high, Priority::normal, Priority::low};
    // The most different recipients of this modem in `month` ("2026-11"); 0: no limit.
    std::int64_t recipients_most = 0;
    std::string month{};
};

// How many parts a modem sent, or may have sent, in one minute.
struct Usage {
    UtcMs minute = 0; // its beginning
    std::int64_t parts = 0;
};

// One part of one job, claimed and in the journal: to be told to a worker.
struct Work {
    std::string job_id, message_id, attempt_id, claim, owner, modem;
    std::string user, api, address, number, number_given;
    std::string text; // of this part
    std::string whole_text;
    Encoding encoding = Encoding::gsm7;
    unsigned part = 1, parts = 1;
    std::uint8_t reference = 0; // concatenation reference, where parts > 1
    std::int64_t attempts = 0, waits = 0, unknowns = 0;
    std::optional<std::int64_t> reply_timeout_ms;
    bool report = false;
    std::int64_t network_valid_ms = 0; // of its message; never longer than the message is valid
    std::string label, route;
    UtcMs started = 0;
    // Set by the daemon: the worker is told the whole text, and this attempt is that of all parts.
    bool whole = false;
    // True if nothing of the job is left to send once this is accepted.
    [[nodiscard]] bool ends_job() const noexcept { return whole || part == parts; }
};

// How an attempt ended, as the journal keeps it.
struct AttemptEnd {
    std::string outcome; // accepted, refused, unknown, withdrawn
    std::optional<int> reference, code;
    std::string reason;
    std::string trace; // of the conversation with the modem; empty: none
};

// What follows for the job; made by decide() (common/retry.h). No event: the next part is due.
struct Decision {
    std::optional<Event> event;
    UtcMs not_before = 0; // where the job is queued again
    std::int64_t attempts = 0, waits = 0, unknowns = 0;
    std::string error_code, error_text; // empty: the job has no error
};

struct Turn {
    bool settled = true;      // false: the claim was not ours any more; nothing was changed
    std::optional<Work> next; // the job's next part, or the next job
};

// One SMS that a worker found.
struct Arrival {
    std::string kind; // deliver, report, raw
    std::string number, text;
    std::optional<UtcMs> sent;
    int folder = 0, location = 0; // location -1: it lies nowhere on the modem
    int part = 1, parts = 1, reference = -1;
    int report_status = -1;         // TP-Status of a report
    std::optional<UtcMs> settled{}; // discharge time of a report
};

struct TakenIn {
    std::string incoming_id;             // for released()
    bool again = false;                  // a second copy: stored before, still to be deleted
    std::optional<InboxMessage> message; // complete now
    bool late = false; // it filled a gap of `message`, which had been handed out before
    // Why it could not be stored; empty: it was. What was not has no incoming_id, and must stay on
    // the modem.
    std::string failed;
    // Of a report that was matched: what is known of the job's delivery now. Then `message_id`,
    // `user` and `number` say whose.
    std::optional<Delivery> delivery;
    std::string number;
    // Where it answers a job:
    std::string message_id, user;
    std::int64_t elapsed_s = 0;
};

// A job in the queue, for a walk from one to the next in the order of its index; none: before the
// first.
struct QueuePlace {
    std::string pinned, route;
    std::int64_t priority = -1;
    UtcMs not_before = 0;
    std::string job_id;

    [[nodiscard]] explicit operator bool() const noexcept { return !job_id.empty(); }
};

struct SweptJob {
    std::string message_id, user, number, error_code;
    UtcMs created = 0;
    State state = State::queued;
    std::int64_t reply_timeout_ms = 0;
};

class Spool {
public:
    // Opens the file named by setting `spool`, which must exist with the present schema. `many`: of
    // a program in which many threads have one each. It keeps less of the file in memory, and while
    // no verb of it runs, any other of these may use its connection.
    enum class Threads { one, many };
    Spool(const Config& config, Access access, Threads threads = Threads::one);
    ~Spool();
    Spool(Spool&&) noexcept;
    Spool& operator=(Spool&&) noexcept;

    // What the connections of many threads that nobody uses now keep in memory goes. Any thread.
    static void forget() noexcept;

    // Makes the file if it is missing and brings its schema up to date. The names of the
    // migrations that were applied. For smsctl, before the daemon starts.
    static std::vector<std::string> migrate(const Config& config, UtcMs now);

    // A copy of the whole spool as it is at one moment, made while it is used. `file` is written
    // beside its place, checked, and put there when it is complete. Throws Error: conflict where
    // `file` exists.
    void backup(const std::string& file);
    // What is wrong in the file and between its rows, a sentence each, the first hundred of them;
    // empty: nothing. Reads all of it.
    std::vector<std::string> check();

    // Accepts a message with all its jobs. See Stored. An id that is there with another text or
    // user is an Error(conflict). Its limits are looked at in the transaction that stores it; what
    // was stored before is no new message, and no limit is in its way.
    StoreAnswer submit(const NewMessage& message);

    // From now on its submit() shares commits with those of other threads, and may wait for another
    // writer up to twice as long. `commits` must outlive it.
    void share(SharedCommits& commits);
    // A message to many comes in by several transactions, the last of which accepts it; its
    // recipients have jobs a little later. unfold() makes the next of these jobs, some hundred of
    // them, and says how many; 0: all have theirs. What cannot be read of them becomes `failed`
    // (SPOOL_DAMAGED), see take_damaged(). Who reads the message does not see the difference.
    std::size_t unfold();
    // Whether unfold() has something to do. Needs no right to write.
    bool has_folded();
    // Removes a bite of what was written before `before` of messages that were never accepted,
    // since the program died. False: there is none.
    bool remove_unfinished(UtcMs before);

    // The message with its jobs; nothing where there is none of this id.
    std::optional<MessageView> find(std::string_view message_id);
    // The id of the message with this number (common/ids.h); nothing: there is none.
    std::optional<std::string> id_numbered(std::int64_t number);
    // The message without its jobs; nothing where there is none of this id.
    std::optional<MessageView> message(std::string_view message_id);
    // The messages of `user`, the newest first: `limit` of them behind the first `skip`, without
    // their jobs, and how many there are. Any place of a long list is found as fast as its start:
    // marks are remembered for ten seconds, in which what is purged shows late.
    struct MessagePage {
        std::int64_t total = 0;
        std::vector<MessageView> messages;
        bool complete = true; // see search_messages()
    };
    MessagePage messages_of(const std::string& user, std::int64_t skip, std::int64_t limit,
                            UtcMs now);
    // The same of those messages whose text contains `text`, upper and lower case being the same;
    // of this user, or, where there is none, of all users. `total` counts no more than
    // `search_most`, the newest.
    // Not `complete`: there are more, or may be more, for one of these reasons: there are more than
    // `search_most`; more than `search_scan` texts were looked into in vain (a long one counts for
    // several), as happens to a `text` of one or two characters, that no index knows, to one whose
    // parts are frequent and stand together nowhere, and where the index is far behind; old texts
    // are still to be entered into the index.
    // Throws Error(unavailable) where the index cannot be read; the rest of the spool may be sound.
    MessagePage search_messages(std::optional<std::string_view> user, std::string_view text,
                                std::int64_t skip, std::int64_t limit);
    // How the jobs of a message stand, and when the last attempt of any began.
    JobCounts job_counts(std::string_view message_id);
    // Calls `take` for the jobs of a message in order, until it says stop. It must not use the
    // spool.
    enum class Each { go_on, stop };
    void each_job(std::string_view message_id, const std::function<Each(const JobView&)>& take);
    // The journal of a message: job by job, each oldest first.
    std::vector<AttemptView> attempts(std::string_view message_id);
    // The same of one job.
    std::vector<AttemptView> attempts_of_job(std::string_view job_id);
    // Ordered by arrival. What `after` says has happened to exactly the returned ones.
    std::vector<InboxMessage> inbox(const InboxQuery& query);
    // The same of those whose text contains `text`, the newest first; `complete` and errors as of
    // search_messages().
    struct InboxPage {
        std::vector<InboxMessage> messages;
        bool complete = true;
    };
    InboxPage search_inbox(const InboxQuery& query, std::string_view text);
    // Removes inbox messages (replies included) stored before `before`; at most `bite` of them in
    // one transaction, and says how many. Which::all takes unread ones too.
    enum class Unread { remove, keep };
    std::size_t clean_inbox(UtcMs before, Unread unread, std::size_t bite);
    // How many clean_inbox() would remove in all.
    std::size_t count_cleanable(UtcMs before, Unread unread);
    Health health();
    std::vector<StateCount> state_counts();
    // Since when the oldest queued job that is due waits; nothing: none does.
    std::optional<UtcMs> oldest_due(UtcMs now);
    // Of the reports that are still kept.
    ReportCount report_count();

    // The next job that is due for this claimer, its attempt open in the journal and counted in
    // usage(). Nothing: none is. A job whose rows cannot be read becomes `failed` (SPOOL_DAMAGED)
    // on the way, see take_damaged().
    std::optional<Work> claim(const Claimer& claimer, UtcMs now);
    // The message ids of such jobs since the last call.
    [[nodiscard]] std::vector<std::string> take_damaged();
    // Closes work's attempt and moves its job as decided. If that leaves a part of the job to send,
    // its attempt is opened and returned, unless the job turns out to be damaged; else, with
    // `claimer`, the next due job is claimed. One transaction. A job that is queued again with
    // parts gone out waits for the modem that sent them, until unpin().
    Turn settle(const Work& work, const AttemptEnd& end, const Decision& decision,
                const Claimer* claimer, UtcMs now);
    // Open attempts of claims that are not `owner`'s: left by a daemon that died; at most 500.
    // Those that cannot be read become `failed` (SPOOL_DAMAGED), their attempts `unknown`, and are
    // not among them, see take_damaged(). REQUIRES: the caller holds this host's lock, so no other
    // daemon of this spool is alive.
    std::vector<Work> orphans(std::string_view owner);
    // The claim that this claimer holds; nothing: none. For after a lost answer: a claimer that
    // knows of no work in its hands was never told of this one, so its worker was not either. What
    // cannot be read is given up as in orphans().
    std::optional<Work> claimed(const Claimer& claimer);
    // When the next queued job of all becomes due; nothing: none is queued.
    std::optional<UtcMs> next_due();
    // When the next job that this claimer may take becomes due; nothing: none is queued. What only
    // its limit of recipients forbids counts.
    std::optional<UtcMs> next_due(const Claimer& claimer);
    // What `modem` sent since the minute of `since`, minute by minute, oldest first. A part that
    // was withdrawn is not among them.
    std::vector<Usage> usage(std::string_view modem, UtcMs since);

    // Queued jobs of routes that are not among `known` belong to none from now on; how many.
    std::int64_t reroute(const std::vector<std::string>& known);
    // Queued jobs whose first parts went out through `modem` are sent from their first part again,
    // through any; how many.
    std::int64_t unpin(std::string_view modem);

    // Stores what arrived, joins parts, matches replies and reports. In order, an answer for each.
    // A report that fits no attempt yet is kept, and matched by the settle() that it came before. A
    // part that came before, to the letter, joins its message in silence, whenever it comes. If one
    // of them cannot be stored, for a reason that is not the whole spool's (busy, full,
    // unavailable), each is taken in by a transaction of its own, and its answer says so: see
    // TakenIn::failed.
    std::vector<TakenIn> take_in(std::string_view modem, const std::vector<Arrival>& arrivals,
                                 const Numbers& numbers, UtcMs now);
    // The copy on the modem is gone: an equal message may be a new one from now on.
    void released(const std::vector<std::string>& incoming_ids);

    // Puts right what programs of an older version, which may have run beside a migration, did not
    // note: which jobs are dead letters, and of which there is something to tell. For the start of
    // a daemon.
    void reconcile();

    // Of the next 500 queued jobs behind `place`, those whose validity is over at `now` expire: a
    // walk through the whole queue looks at each job once. `place` becomes the last that was looked
    // at, and the beginning again behind the end of the queue; it stays where this throws.
    std::vector<SweptJob> expire(QueuePlace& place, UtcMs now, std::string_view error_code,
                                 std::string_view error_text);
    // Sweeps; each takes at most 500 and says which.
    // Jobs on `modem` whose reply was due before `deadline_before`. `modem` empty: of any modem.
    std::vector<SweptJob> give_up_replies(std::string_view modem, UtcMs deadline_before);
    // Hands out multi-part messages whose last part came before `before` and that lack parts.
    std::vector<TakenIn> assemble_overdue(UtcMs before, const Numbers& numbers, UtcMs now);
    // Removes messages whose jobs have all come to an end before `before`, with their journal. One
    // of which somebody outside is still to be told stays until it is thirty days older.
    std::vector<SweptJob> purge(UtcMs before);
    // Forgets idempotency keys made before `keys_before`, and resolved alerts and raw incoming SMS
    // (their messages stay in the inbox) from before `traces_before`. What usage() says stays for
    // two days more, the recipients of a month as long as a day of it does.
    void purge_traces(UtcMs keys_before, UtcMs traces_before);

    // The first beat of a run forgets the modems that are not among `modems`, with an unpin().
    void beat(const DaemonView& daemon, const std::vector<ModemView>& modems);
    // The daemon has ended in order: its row goes.
    void leave(std::string_view owner);

    // The last PIN that was given for this modem and did not prove right. `mark` is that of its
    // file, empty: none.
    struct PinNote {
        enum class Fate {
            given,  // no answer of the SIM is known
            refused // by the SIM
        };
        std::string mark;
        Fate fate = Fate::refused;
    };
    PinNote pin_note(std::string_view modem);
    // An empty mark forgets it: the PIN was right.
    void note_pin(std::string_view modem, const PinNote& note);

    // --- the index of search (common/spool_search.h) ---

    // A search finds what was accepted with its id within the last second, or since the index went
    // so far, by looking through it; the rest through the index. This enters up to `bite` texts
    // that came, and takes out those that went or changed, in one transaction; the old texts of a
    // spool that had no index last, the newest of them first; fewer where they are long. Where the
    // index cannot be written, texts that have gone are not kept for it, and this throws Error
    // (corrupt, or bug where a part of it is missing).
    enum class Indexing {
        complete, // nothing was left to do, nor is now
        waits,    // but for what has just come: others with smaller ids may still come
        behind,   // a bite was done, and more may be left
    };
    struct Indexed {
        Indexing state = Indexing::complete; // before
        std::size_t texts = 0;               // were entered or taken out
    };
    Indexed index_texts(UtcMs now, std::size_t bite);
    // Empties the index, whatever its state; index_texts() fills it.
    void reindex();

    // --- what a person decides (common/dead_letters.h does it with many) ---

    // In the order of their ids, those behind `after` (empty: from the first), at most `limit`.
    std::vector<DeadLetter> dead_letters(const DeadFilter& filter, std::string_view after,
                                         std::size_t limit);
    // A job in whatever state; nothing: there is none of this id.
    std::optional<DeadLetter> letter(std::string_view job_id);
    // By state and error code. Looks at all dead letters.
    std::vector<DeadCount> dead_counts();
    // Queues these again as if they were new, for `valid_for` more and on the route that the
    // settings say now. Their journal stays, and the count of attempts that may have gone out. One
    // transaction, in order, a verdict for each. REQUIRES: at most 500.
    std::vector<Verdict> resend(const std::vector<Resending>& jobs, const Config& config,
                                UtcMs now);
    // Gives these up for good. One transaction, in order, a verdict for each. REQUIRES: at most
    // 500.
    std::vector<Verdict> abandon(const std::vector<std::string>& job_ids, UtcMs now);
    // Takes back what of the message still waits, 500 jobs a transaction; what is on its way, or
    // was, stays as it is. Nothing: there is no such message, or it is not of `user` (empty: of
    // whoever).
    std::optional<Withdrawal> cancel(std::string_view message_id, std::string_view user, UtcMs now);

    // --- who tells it outside ---

    // Open ones of this follower that are due and whose job has come to something that was not told
    // yet; with `first`, also those of which nothing was told, whatever they wait for. In the order
    // of their jobs' ids, those behind `after` (empty: from the first), at most `limit`.
    enum class First { skip, tell };
    std::vector<Followed> to_tell(std::string_view follower, First first, std::string_view after,
                                  std::size_t limit, UtcMs now);
    // The other side knows `followed` as its `state` and `delivery` are there. It is done if that
    // was final, unless the job has come to something else since. `code`: of the answer. Nothing is
    // noted where a person had it sent or told again since `followed` was read.
    void told(const Followed& followed, std::int64_t code, UtcMs now);
    // It does not; `failures`, `due`, `code`, `error` and `progress` of `followed` are kept, but it
    // is not given up where the job has come to something else since. What is given up is open
    // again as soon as the job comes to something else; but with `code` 410, it is given up for
    // good. Else as told().
    void not_told(const Followed& followed, UtcMs now);
    // In the order of their jobs' ids, those behind `after`, at most `limit`.
    std::vector<Followed> followed(std::string_view follower, Followed::Progress progress,
                                   std::string_view after, std::size_t limit);
    std::optional<Followed> followed_job(std::string_view follower, std::string_view job_id);
    // By the name of the other side; nothing: it is not known, or not any more.
    std::optional<Followed> followed_target(std::string_view follower, std::string_view target);
    // What was told is told again, from now on. False: there is no such job.
    bool tell_again(std::string_view follower, std::string_view job_id, UtcMs now);
    std::vector<FollowCount> follow_counts();

    // In the place of what was said before under this name.
    void agent_beat(const AgentView& agent);
    // It is no more, by order.
    void agent_leave(std::string_view name);

    // --- users and tokens (common/accounts.h) ---

    // By name.
    std::vector<Account> accounts();
    std::optional<Account> account(std::string_view name);
    // In the place of the one of this name, if there is one; its time of creation stays then.
    void put_account(const Account& account);
    // With its tokens. False: there was none.
    bool remove_account(std::string_view name);

    // Those of `user`, or of all where it is empty, in the order in which they were made.
    std::vector<Token> tokens(std::string_view user);
    // Whether it has expired or its user may still use it is for the caller to judge.
    std::optional<Token> token(std::string_view id);
    std::optional<Token> token_with_hash(std::string_view hash);
    // Done already where this very id and hash are there. Throws Error(conflict) where another has
    // the hash.
    void add_token(const Token& token);
    // False: there was none.
    bool remove_token(std::string_view id);
    // It was used at `now`; written once a minute at the most.
    void note_token_use(std::string_view id, UtcMs now);

private:
    std::unique_ptr<Database> db_;
    std::int64_t report_window_ms_ = 0;
    std::int64_t disk_reserve_ = 0;
    std::int64_t search_most_ = 0, search_scan_ = 0;
    SharedCommits* commits_ = nullptr;
    std::vector<std::string> damaged_;
    std::unique_ptr<History> history_;
};

} // namespace smsspool

#endif
