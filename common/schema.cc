// The schema.
//
// In the common subset of SQLite, MariaDB and PostgreSQL: no partial index, trigger, foreign key or
// automatic number. Times are UTC in milliseconds. Ids are UUIDv7 as text, made by the program, so
// they sort by time. Numbers of telephones are E.164 and compared as bytes.

#include "common/schema.h"

#include "common/error.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace smsspool {

namespace {

constexpr std::string_view table_message = R"sql(
CREATE TABLE IF NOT EXISTS message (
  id               TEXT NOT NULL PRIMARY KEY, -- UUIDv7; the message_id of the API
  username         TEXT NOT NULL,             -- whose it is; alerts: setting alerts_user
  api              TEXT NOT NULL,             -- by which door: rest, alerts
  address          TEXT NOT NULL,             -- the client's network address; '': none
  text             TEXT NOT NULL,             -- as it is sent (after truncation)
  encoding         TEXT NOT NULL,             -- gsm7 or ucs2
  parts            INTEGER NOT NULL,          -- how many SMS the text becomes
  original_length  INTEGER,                   -- characters before truncation; NULL: not truncated
  reply_timeout_ms INTEGER,                   -- how long a reply is awaited; NULL: none wanted
  created_ms       INTEGER NOT NULL,          -- when it was accepted
  valid_until_ms   INTEGER NOT NULL           -- an unsent job expires then
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_job = R"sql(
CREATE TABLE IF NOT EXISTS job (
  id               TEXT NOT NULL PRIMARY KEY, -- UUIDv7
  message_id       TEXT NOT NULL,
  number_given     TEXT NOT NULL,             -- the recipient as the client wrote it
  number           TEXT NOT NULL,             -- the recipient in E.164, or a service number
  state            TEXT NOT NULL,             -- see common/message.h
  priority         INTEGER NOT NULL,          -- 0 high, 1 normal, 2 low
  not_before_ms    INTEGER NOT NULL,          -- due then; orders the queue
  valid_until_ms   INTEGER NOT NULL,          -- of its message: the sweep looks here
  attempts         INTEGER NOT NULL,          -- refusals that counted
  waits            INTEGER NOT NULL,          -- pauses in a row for want of a network
  unknowns         INTEGER NOT NULL,          -- attempts that may have gone out, unconfirmed
  parts_done       INTEGER NOT NULL,          -- parts that the network took
  concat_reference INTEGER,                   -- of all its parts; NULL: none sent, or one part
  modem            TEXT,                      -- the modem of its last attempt; NULL: none yet
  owner            TEXT,                      -- who claimed it; NULL unless sending
  claim            TEXT,                      -- token of its last claim; NULL: none yet
  lease_until_ms   INTEGER,                   -- the claim's end; NULL unless sending
  attempted_ms     INTEGER,                   -- when the last attempt began; NULL: none yet
  ended_ms         INTEGER,                   -- when it came to an end; NULL: it has not
  error_code       TEXT,                      -- the API's word for what went wrong; NULL: nothing
  error_text       TEXT,                      -- a sentence for it
  reply_text       TEXT,                      -- NULL: no reply (yet)
  reply_ms         INTEGER                    -- time stamp of the reply
) STRICT, WITHOUT ROWID)sql";

// The question of the claim: the oldest due job of a priority.
constexpr std::string_view index_job_due = R"sql(
CREATE INDEX IF NOT EXISTS job_due ON job (state, priority, not_before_ms, id))sql";

constexpr std::string_view index_job_message = R"sql(
CREATE INDEX IF NOT EXISTS job_message ON job (message_id))sql";

// The question of the sweep: queued jobs whose validity ended.
constexpr std::string_view index_job_valid = R"sql(
CREATE INDEX IF NOT EXISTS job_valid ON job (state, valid_until_ms))sql";

constexpr std::string_view index_message_created = R"sql(
CREATE INDEX IF NOT EXISTS message_created ON message (created_ms, id))sql";

constexpr std::string_view table_attempt = R"sql(
CREATE TABLE IF NOT EXISTS attempt (          -- the journal: one row each time a part may go out
  id         TEXT NOT NULL PRIMARY KEY,       -- UUIDv7
  job_id     TEXT NOT NULL,
  part       INTEGER NOT NULL,                -- from 1
  modem      TEXT NOT NULL,
  started_ms INTEGER NOT NULL,                -- committed before the worker is told
  ended_ms   INTEGER,                         -- NULL: open
  outcome    TEXT NOT NULL,                   -- open, accepted, refused, unknown, withdrawn
  reference  INTEGER,                         -- TP-MR of the network; NULL: none
  code       INTEGER,                         -- the transport's number of a refusal; NULL: none
  reason     TEXT                             -- its sentence; NULL: none
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view index_attempt_job = R"sql(
CREATE INDEX IF NOT EXISTS attempt_job ON attempt (job_id, id))sql";

constexpr std::string_view table_awaiting = R"sql(
CREATE TABLE IF NOT EXISTS awaiting (         -- jobs that went out, or may have, and
                                              -- whose reply is still due
  job_id   TEXT NOT NULL PRIMARY KEY,
  number   TEXT NOT NULL,                     -- who should answer
  modem    TEXT NOT NULL,                     -- where the answer will come in
  sent_ms  INTEGER NOT NULL,                  -- the answer is not older
  until_ms INTEGER NOT NULL                   -- nor later
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view index_awaiting_number = R"sql(
CREATE INDEX IF NOT EXISTS awaiting_number ON awaiting (number, sent_ms))sql";

constexpr std::string_view index_awaiting_until = R"sql(
CREATE INDEX IF NOT EXISTS awaiting_until ON awaiting (until_ms))sql";

constexpr std::string_view table_concat = R"sql(
CREATE TABLE IF NOT EXISTS concat (           -- the last concatenation reference used
  modem     TEXT NOT NULL,                    -- a recipient joins parts by sender and reference
  number    TEXT NOT NULL,
  reference INTEGER NOT NULL,                 -- 0 to 255
  PRIMARY KEY (modem, number)
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_incoming = R"sql(
CREATE TABLE IF NOT EXISTS incoming (         -- each SMS that a modem held, as it came
  id          TEXT NOT NULL PRIMARY KEY,      -- UUIDv7
  fingerprint TEXT NOT NULL UNIQUE,           -- hash of modem, place and content while the modem
                                              -- may still hold it; then the id
  modem       TEXT NOT NULL,
  folder      INTEGER NOT NULL,               -- its place on the modem
  location    INTEGER NOT NULL,
  kind        TEXT NOT NULL,                  -- deliver, report, raw (hexadecimal in text)
  number      TEXT NOT NULL,                  -- the sender as given; of a report: the recipient
                                              -- as jobs have it, '': not known
  text        TEXT NOT NULL,
  sent_ms     INTEGER,                        -- time stamp of the service centre; NULL: none
  stored_ms   INTEGER NOT NULL,
  part        INTEGER NOT NULL,
  parts       INTEGER NOT NULL,
  reference   INTEGER NOT NULL,               -- -1: none; of a report: TP-MR
  inbox_id    TEXT                            -- the message it became part of; NULL: waits. Of a
                                              -- report: the attempt that it tells of
) STRICT, WITHOUT ROWID)sql";

// The question of the join: the parts that wait, of one sender and reference to one modem.
constexpr std::string_view index_incoming_join = R"sql(
CREATE INDEX IF NOT EXISTS incoming_join ON incoming (inbox_id, modem, number, reference, parts))sql";

constexpr std::string_view index_incoming_stored = R"sql(
CREATE INDEX IF NOT EXISTS incoming_stored ON incoming (stored_ms))sql";

constexpr std::string_view table_inbox = R"sql(
CREATE TABLE IF NOT EXISTS inbox (            -- whole incoming messages
  id        TEXT NOT NULL PRIMARY KEY,        -- UUIDv7
  modem     TEXT NOT NULL,
  number    TEXT NOT NULL,                    -- the sender as given
  text      TEXT NOT NULL,
  sent_ms   INTEGER,                          -- time stamp of its first part; NULL: none
  stored_ms INTEGER NOT NULL,
  state     TEXT NOT NULL,                    -- unread, read, reply
  folder    INTEGER NOT NULL,                 -- where its first part lay on the modem
  location  INTEGER NOT NULL,
  complete  INTEGER NOT NULL,                 -- 0: parts never came
  job_id    TEXT                              -- the job it answers; NULL: none
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view index_inbox_state = R"sql(
CREATE INDEX IF NOT EXISTS inbox_state ON inbox (state, id))sql";

constexpr std::string_view index_inbox_stored = R"sql(
CREATE INDEX IF NOT EXISTS inbox_stored ON inbox (stored_ms, id))sql";

constexpr std::string_view table_idempotency = R"sql(
CREATE TABLE IF NOT EXISTS idempotency (
  username   TEXT NOT NULL,
  idem_key   TEXT NOT NULL,                   -- the client's Idempotency-Key
  body_hash  TEXT NOT NULL,                   -- SHA-256 of the request's body
  message_id TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (username, idem_key)
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view index_idempotency_created = R"sql(
CREATE INDEX IF NOT EXISTS idempotency_created ON idempotency (created_ms))sql";

constexpr std::string_view table_alert = R"sql(
CREATE TABLE IF NOT EXISTS alert (            -- the last known state of each alert
  alert_key  TEXT NOT NULL PRIMARY KEY,       -- hash of its labels and recipient
  state      TEXT NOT NULL,                   -- FIRING, RESOLVED
  message_id TEXT NOT NULL,                   -- the SMS that told of it
  sent_ms    INTEGER NOT NULL                 -- when that was accepted
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view index_alert_sent = R"sql(
CREATE INDEX IF NOT EXISTS alert_sent ON alert (sent_ms))sql";

constexpr std::string_view table_daemon = R"sql(
CREATE TABLE IF NOT EXISTS daemon (           -- one row for each run of a daemon
  owner      TEXT NOT NULL PRIMARY KEY,       -- host and run
  host       TEXT NOT NULL,
  pid        INTEGER NOT NULL,
  started_ms INTEGER NOT NULL,
  beat_ms    INTEGER NOT NULL                 -- it was alive then
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_modem = R"sql(
CREATE TABLE IF NOT EXISTS modem (            -- one writer: the daemon that owns the modem
  name          TEXT NOT NULL PRIMARY KEY,
  state         TEXT NOT NULL,                -- starting, ready, waiting, down
  device        TEXT NOT NULL,                -- facts as the worker gave them; '' or -1: unknown
  manufacturer  TEXT NOT NULL,
  model         TEXT NOT NULL,
  imei          TEXT NOT NULL,
  imsi          TEXT NOT NULL,
  network       TEXT NOT NULL,                -- home, roaming, searching, denied, none, unknown
  operator_name TEXT NOT NULL,
  signal        INTEGER NOT NULL,             -- percent
  used          INTEGER NOT NULL,             -- places taken for incoming messages
  capacity      INTEGER NOT NULL,             -- and how many there are
  error         TEXT NOT NULL,                -- why it is not ready; '': it is
  since_ms      INTEGER NOT NULL,             -- of this state
  beat_ms       INTEGER NOT NULL
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_pin = R"sql(
CREATE TABLE IF NOT EXISTS rejected_pin (     -- a PIN that a SIM refused is not given again
  modem TEXT NOT NULL PRIMARY KEY,
  mark  TEXT NOT NULL                         -- of the PIN's file: its time and size, not the PIN
) STRICT, WITHOUT ROWID)sql";

// --- columns and tables that came later ---

constexpr std::string_view message_label =
    "ALTER TABLE message ADD COLUMN label TEXT NOT NULL DEFAULT ''"; // the sender's word; '': none
constexpr std::string_view message_report =
    "ALTER TABLE message ADD COLUMN report INTEGER NOT NULL DEFAULT 0"; // 1: reports are asked for
// How long the network tries each part; 0: as long as it likes.
constexpr std::string_view message_network_valid =
    "ALTER TABLE message ADD COLUMN network_valid_ms INTEGER NOT NULL DEFAULT 0";

// Of the configuration; '': any modem may take it.
constexpr std::string_view job_route = "ALTER TABLE job ADD COLUMN route TEXT NOT NULL DEFAULT ''";
// The modem that sent its first parts and must send the rest; '': none did.
constexpr std::string_view job_pinned =
    "ALTER TABLE job ADD COLUMN pinned TEXT NOT NULL DEFAULT ''";
// What the delivery reports say, see common/message.h.
constexpr std::string_view job_delivery =
    "ALTER TABLE job ADD COLUMN delivery TEXT NOT NULL DEFAULT 'none'";
// When the last part reached the phone; NULL: not all did.
constexpr std::string_view job_delivered = "ALTER TABLE job ADD COLUMN delivered_ms INTEGER";

// The questions of the claim, since there are routes: the oldest due job of a priority on a route;
// and, of whatever route, what only this modem may finish, which is never much.
constexpr std::string_view index_job_route_due = R"sql(
CREATE INDEX IF NOT EXISTS job_route_due ON job
(state, pinned, route, priority, not_before_ms, id))sql";
constexpr std::string_view drop_job_due = "DROP INDEX IF EXISTS job_due";

// TP-Status of the last report on this part; NULL: none came.
constexpr std::string_view attempt_report_status =
    "ALTER TABLE attempt ADD COLUMN report_status INTEGER";
constexpr std::string_view attempt_settled = "ALTER TABLE attempt ADD COLUMN settled_ms INTEGER";
// The conversation with the modem, where it ended badly; NULL: not kept.
constexpr std::string_view attempt_trace = "ALTER TABLE attempt ADD COLUMN trace TEXT";

constexpr std::string_view table_report_due = R"sql(
CREATE TABLE IF NOT EXISTS report_due (       -- parts whose final delivery report is awaited
  attempt_id TEXT NOT NULL PRIMARY KEY,
  job_id     TEXT NOT NULL,
  modem      TEXT NOT NULL,                   -- where the report will come in
  reference  INTEGER NOT NULL,                -- TP-MR
  number     TEXT NOT NULL,                   -- the recipient in E.164, or a service number
  sent_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view index_report_due_reference = R"sql(
CREATE INDEX IF NOT EXISTS report_due_reference ON report_due (modem, reference, sent_ms))sql";
constexpr std::string_view index_report_due_job = R"sql(
CREATE INDEX IF NOT EXISTS report_due_job ON report_due (job_id))sql";

constexpr std::string_view incoming_report_status =
    "ALTER TABLE incoming ADD COLUMN report_status INTEGER NOT NULL DEFAULT -1"; // TP-Status
constexpr std::string_view incoming_settled = "ALTER TABLE incoming ADD COLUMN settled_ms INTEGER";

// The question of settle(): reports that came before their send was settled.
constexpr std::string_view index_incoming_report = R"sql(
CREATE INDEX IF NOT EXISTS incoming_report ON incoming (kind, modem, reference, stored_ms))sql";

// The question of a part that comes late: what was handed out of its message.
constexpr std::string_view index_incoming_parts = R"sql(
CREATE INDEX IF NOT EXISTS incoming_parts ON incoming (modem, number, reference, parts, sent_ms))sql";

constexpr std::string_view table_usage_minute = R"sql(
CREATE TABLE IF NOT EXISTS usage_minute (     -- for limits; one writer: the modem's daemon
  modem     TEXT NOT NULL,
  minute_ms INTEGER NOT NULL,                 -- its beginning
  parts     INTEGER NOT NULL,                 -- that a worker may have been told in it
  PRIMARY KEY (modem, minute_ms)
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_recipient = R"sql(
CREATE TABLE IF NOT EXISTS recipient (        -- whom a modem with recipients_per_month wrote to
  modem  TEXT NOT NULL,
  month  TEXT NOT NULL,                       -- 2026-11, in UTC
  number TEXT NOT NULL,
  PRIMARY KEY (modem, month, number)
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view modem_failures =
    "ALTER TABLE modem ADD COLUMN failures INTEGER NOT NULL DEFAULT 0"; // in a row
constexpr std::string_view modem_recoveries =
    "ALTER TABLE modem ADD COLUMN recoveries INTEGER NOT NULL DEFAULT 0"; // since the start
constexpr std::string_view modem_recovery_ms =
    "ALTER TABLE modem ADD COLUMN recovery_ms INTEGER NOT NULL DEFAULT -1"; // the last one
constexpr std::string_view modem_step =
    "ALTER TABLE modem ADD COLUMN step TEXT NOT NULL DEFAULT ''"; // the last try to get it back
constexpr std::string_view modem_trace =
    "ALTER TABLE modem ADD COLUMN trace TEXT NOT NULL DEFAULT ''"; // of its last trouble

constexpr std::string_view table_account = R"sql(
CREATE TABLE IF NOT EXISTS account (          -- users; their passwords are in the password file
  name          TEXT NOT NULL PRIMARY KEY,
  enabled       INTEGER NOT NULL,             -- 0: let in no more
  scopes        TEXT NOT NULL,                -- words of common/accounts.h, separated by spaces
  parts_per_day INTEGER NOT NULL,             -- 0: no limit
  recipients    TEXT NOT NULL,                -- beginnings of numbers; '': all
  hours         TEXT NOT NULL,                -- 08:00-20:00; '': all day
  created_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_token = R"sql(
CREATE TABLE IF NOT EXISTS token (            -- bearer tokens
  id            TEXT NOT NULL PRIMARY KEY,    -- UUIDv7
  username      TEXT NOT NULL,
  hash          TEXT NOT NULL UNIQUE,         -- SHA-256 of the token
  note          TEXT NOT NULL,                -- what it is for
  scopes        TEXT NOT NULL,
  parts_per_day INTEGER NOT NULL,
  recipients    TEXT NOT NULL,
  hours         TEXT NOT NULL,
  networks      TEXT NOT NULL,                -- where it counts; '': everywhere
  expires_ms    INTEGER,                      -- NULL: never
  created_ms    INTEGER NOT NULL,
  used_ms       INTEGER                       -- last time; NULL: never
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view index_token_username = R"sql(
CREATE INDEX IF NOT EXISTS token_username ON token (username, id))sql";

// A user's messages by their time, which their ids have in them.
constexpr std::string_view index_message_username = R"sql(
CREATE INDEX IF NOT EXISTS message_username ON message (username, id))sql";

constexpr std::string_view table_spent = R"sql(
CREATE TABLE IF NOT EXISTS spent (            -- parts that were accepted, for limits of a day
  spender TEXT NOT NULL,                      -- user:NAME, token:ID
  slot_ms INTEGER NOT NULL,                   -- the beginning of ten minutes
  parts   INTEGER NOT NULL,
  PRIMARY KEY (spender, slot_ms)
) STRICT, WITHOUT ROWID)sql";

// How often a person had it sent again after it was a dead letter.
constexpr std::string_view job_retries =
    "ALTER TABLE job ADD COLUMN retries INTEGER NOT NULL DEFAULT 0";
// The question of the dead letters: those of a state, page by page in the order of their ids.
constexpr std::string_view index_job_state = R"sql(
CREATE INDEX IF NOT EXISTS job_state ON job (state, id))sql";

// A message on its way changes its state twice, and each index that begins with the state is then
// written in three places: there is one, that of the claim. Dead letters, which are few, have a
// table in place of job_state. What is too old is found by a walk through the queue.
constexpr std::string_view table_dead_letter = R"sql(
CREATE TABLE IF NOT EXISTS dead_letter (      -- jobs in a state of is_dead_letter()
  state  TEXT NOT NULL,                       -- that of the job
  job_id TEXT NOT NULL,
  PRIMARY KEY (state, job_id)
) STRICT, WITHOUT ROWID)sql";
constexpr std::string_view fill_dead_letter = R"sql(
INSERT INTO dead_letter (state, job_id) SELECT state, id FROM job WHERE
state IN ('failed', 'unknown') AND NOT EXISTS
(SELECT 1 FROM dead_letter WHERE dead_letter.state = job.state AND job_id = job.id))sql";
constexpr std::string_view drop_job_state = "DROP INDEX IF EXISTS job_state";
constexpr std::string_view drop_job_valid = "DROP INDEX IF EXISTS job_valid";

// Where the sender wants to be told what became of it; '': nowhere.
constexpr std::string_view message_callback =
    "ALTER TABLE message ADD COLUMN callback TEXT NOT NULL DEFAULT ''";

constexpr std::string_view table_follow = R"sql(
CREATE TABLE IF NOT EXISTS follow (           -- jobs whose fate somebody outside is told
  follower      TEXT NOT NULL,                -- who tells it: webhook, pull:NAME
  job_id        TEXT NOT NULL,
  message_id    TEXT NOT NULL,
  target        TEXT NOT NULL,                -- the job's name on the other side; '': none
  told_state    TEXT NOT NULL,                -- what was told last; '': nothing yet
  told_delivery TEXT NOT NULL,
  progress      TEXT NOT NULL,                -- open, done, given_up
  failures      INTEGER NOT NULL,             -- in a row
  due_ms        INTEGER NOT NULL,             -- not tried earlier
  code          INTEGER NOT NULL,             -- status of the last answer; 0: none
  error         TEXT NOT NULL,                -- why the last try failed; '': it did not
  changed_ms    INTEGER NOT NULL,             -- of this row
  PRIMARY KEY (follower, job_id)
) STRICT, WITHOUT ROWID)sql";

// The question of who lists them.
constexpr std::string_view index_follow_progress = R"sql(
CREATE INDEX IF NOT EXISTS follow_progress ON follow (follower, progress, job_id))sql";
constexpr std::string_view index_follow_target = R"sql(
CREATE INDEX IF NOT EXISTS follow_target ON follow (follower, target))sql";
constexpr std::string_view index_follow_job = R"sql(
CREATE INDEX IF NOT EXISTS follow_job ON follow (job_id))sql";

// How often it was opened again; who tells of it must have read it since.
constexpr std::string_view follow_turn =
    "ALTER TABLE follow ADD COLUMN turn INTEGER NOT NULL DEFAULT 0";

// 1: there may be something to tell. Who tells looks at no others: most of what is open waits, for
// its turn, a reply, a report.
constexpr std::string_view follow_news =
    "ALTER TABLE follow ADD COLUMN news INTEGER NOT NULL DEFAULT 1";
// The question of the follower: what is still to be told.
constexpr std::string_view index_follow_news = R"sql(
CREATE INDEX IF NOT EXISTS follow_news ON follow (follower, news, progress, job_id))sql";

constexpr std::string_view table_agent = R"sql(
CREATE TABLE IF NOT EXISTS agent (            -- programs that speak to the outside; one writer each
  name       TEXT NOT NULL PRIMARY KEY,       -- as follower
  state      TEXT NOT NULL,                   -- starting, working, failing
  error      TEXT NOT NULL,                   -- why it is failing; '': it is not
  since_ms   INTEGER NOT NULL,                -- of this state
  beat_ms    INTEGER NOT NULL,                -- it was alive then
  fetched    INTEGER NOT NULL,                -- messages taken in, since its start
  told       INTEGER NOT NULL,                -- and outcomes that were told
  failures   INTEGER NOT NULL                 -- and requests that failed
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_bulk = R"sql(
CREATE TABLE IF NOT EXISTS bulk (             -- messages to many, until each recipient has a job
  message_id     TEXT NOT NULL PRIMARY KEY,
  progress       TEXT NOT NULL,               -- open: being written, and there is no such message
                                              -- yet; closed: accepted
  priority       INTEGER NOT NULL,            -- of the jobs, and so on
  not_before_ms  INTEGER NOT NULL,
  valid_until_ms INTEGER NOT NULL,
  follower       TEXT NOT NULL,               -- '': nobody
  target         TEXT NOT NULL,
  created_ms     INTEGER NOT NULL
) STRICT, WITHOUT ROWID)sql";

// The question of unfold().
constexpr std::string_view index_bulk_progress = R"sql(
CREATE INDEX IF NOT EXISTS bulk_progress ON bulk (progress, priority, created_ms, message_id))sql";

constexpr std::string_view table_bulk_piece = R"sql(
CREATE TABLE IF NOT EXISTS bulk_piece (       -- recipients that have no job yet
  message_id TEXT NOT NULL,
  piece      INTEGER NOT NULL,                -- from 0, in the order of their jobs' ids
  jobs       INTEGER NOT NULL,                -- how many
  recipients TEXT NOT NULL,                   -- JSON, see common/spool_bulk.cc
  PRIMARY KEY (message_id, piece)
) STRICT, WITHOUT ROWID)sql";

// given: no answer of the SIM is known. refused: by the SIM.
constexpr std::string_view pin_fate =
    "ALTER TABLE rejected_pin ADD COLUMN fate TEXT NOT NULL DEFAULT 'refused'";

// The index of search: which texts contain a trigram. Numbers are those of number_of_id(), so that
// the newest are found first. No text is kept in it (content): what is found is held against the
// message itself, so that less of it (detail) is enough. FTS5 alone knows these two tables.
constexpr std::string_view table_message_search = R"sql(
CREATE VIRTUAL TABLE IF NOT EXISTS message_search USING fts5(owner, text, content = '',
tokenize = 'trigram', detail = 'none'))sql";
constexpr std::string_view table_inbox_search = R"sql(
CREATE VIRTUAL TABLE IF NOT EXISTS inbox_search USING fts5(owner, text, content = '',
tokenize = 'trigram', detail = 'none'))sql";

constexpr std::string_view table_search_mark = R"sql(
CREATE TABLE IF NOT EXISTS search_mark (      -- how far the index of search goes; written by who
                                              -- indexes
  kind   TEXT NOT NULL PRIMARY KEY,           -- message, inbox
  oldest TEXT NOT NULL,                       -- what has an id from here, '': from the first,
  newest TEXT NOT NULL                        -- to here is indexed, or in search_due
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_search_due = R"sql(
CREATE TABLE IF NOT EXISTS search_due (       -- texts that came late, changed, or went
  kind  TEXT NOT NULL,
  id    TEXT NOT NULL,
  owner TEXT NOT NULL,                        -- what the index has of it, if anything
  text  TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID)sql";

constexpr std::string_view table_migration = R"sql(
CREATE TABLE IF NOT EXISTS migration (
  name       TEXT NOT NULL PRIMARY KEY,
  applied_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID)sql";

std::vector<std::string> applied_names(Database& database) {
    std::vector<std::string> names;
    Use use = database.use(Sql::migration_list);
    while (use.step())
        names.push_back(use.text(0));
    return names;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_migration_table(Database& database) {
    return !database
                .ask_text("SELECT name FROM sqlite_master WHERE type='table' AND name='migration'")
                .empty();
}

// A column is added once: its migration is named TABLE.COLUMN, and SQLite knows no IF NOT EXISTS
// for it.
bool is_done(Database& database, const Migration& migration) {
    const std::size_t dot = migration.name.find('.');
    if (dot == std::string_view::npos)
        return false;
    const std::string table(migration.name.substr(0, dot));
    const std::string column(migration.name.substr(dot + 1));
    return !database
                .ask_text("SELECT name FROM pragma_table_info('" + table + "') WHERE name='" +
                          column + "'")
                .empty();
}

// False: it was there already. Looked at inside the transaction: two hands may migrate at once.
bool apply(Database& database, const Migration& migration, UtcMs now) {
    bool missing = false;
    database.transact([&] {
        missing = !has(applied_names(database), migration.name);
        if (!missing)
            return;
        if (!is_done(database, migration))
            database.run_text(std::string(migration.sql));
        database.use(Sql::migration_add).bind_all(migration.name, now).run();
    });
    return missing;
}

// WAL: readers never wait for the writer. Stored in the file, so said once. Where another hand is
// at the same, SQLite says "busy" at once and not after the timeout.
void use_log(Database& database) {
    constexpr int tries = 100;
    constexpr std::chrono::milliseconds pause(10);
    for (int i = 1;; ++i) {
        try {
            if (database.ask_text("PRAGMA journal_mode=WAL") == "wal")
                return;
            throw Error(Fault::unavailable, "spool: the file system does not allow WAL");
        } catch (const Error& error) {
            if (error.fault() != Fault::busy || i == tries)
                throw;
        }
        std::this_thread::sleep_for(pause);
    }
}

// Asked before anything is changed.
void require_search(Database& database) {
    if (database.ask_text("SELECT name FROM pragma_module_list WHERE name='fts5'").empty())
        throw Error(Fault::unavailable, "spool: this SQLite has no FTS5, which search needs");
}

} // namespace

const std::vector<Migration>& migrations() {
    static const std::vector<Migration> list{
        {"message", table_message},
        {"message_created", index_message_created},
        {"job", table_job},
        {"job_due", index_job_due},
        {"job_message", index_job_message},
        {"job_valid", index_job_valid},
        {"attempt", table_attempt},
        {"attempt_job", index_attempt_job},
        {"awaiting", table_awaiting},
        {"awaiting_number", index_awaiting_number},
        {"awaiting_until", index_awaiting_until},
        {"concat", table_concat},
        {"incoming", table_incoming},
        {"incoming_join", index_incoming_join},
        {"incoming_stored", index_incoming_stored},
        {"inbox", table_inbox},
        {"inbox_state", index_inbox_state},
        {"inbox_stored", index_inbox_stored},
        {"idempotency", table_idempotency},
        {"idempotency_created", index_idempotency_created},
        {"alert", table_alert},
        {"alert_sent", index_alert_sent},
        {"daemon", table_daemon},
        {"modem", table_modem},
        {"rejected_pin", table_pin},
        {"message.label", message_label},
        {"message.report", message_report},
        {"message.network_valid_ms", message_network_valid},
        {"job.route", job_route},
        {"job.pinned", job_pinned},
        {"job.delivery", job_delivery},
        {"job.delivered_ms", job_delivered},
        {"job_route_due", index_job_route_due},
        {"drop job_due", drop_job_due},
        {"attempt.report_status", attempt_report_status},
        {"attempt.settled_ms", attempt_settled},
        {"attempt.trace", attempt_trace},
        {"report_due", table_report_due},
        {"report_due_reference", index_report_due_reference},
        {"report_due_job", index_report_due_job},
        {"incoming.report_status", incoming_report_status},
        {"incoming.settled_ms", incoming_settled},
        {"incoming_report", index_incoming_report},
        {"incoming_parts", index_incoming_parts},
        {"usage_minute", table_usage_minute},
        {"recipient", table_recipient},
        {"modem.failures", modem_failures},
        {"modem.recoveries", modem_recoveries},
        {"modem.recovery_ms", modem_recovery_ms},
        {"modem.step", modem_step},
        {"modem.trace", modem_trace},
        {"rejected_pin.fate", pin_fate},
        {"account", table_account},
        {"token", table_token},
        {"token_username", index_token_username},
        {"spent", table_spent},
        {"message_username", index_message_username},
        {"job.retries", job_retries},
        {"job_state", index_job_state},
        {"message.callback", message_callback},
        {"follow", table_follow},
        {"follow_progress", index_follow_progress},
        {"follow_target", index_follow_target},
        {"follow_job", index_follow_job},
        {"follow.turn", follow_turn},
        {"agent", table_agent},
        {"bulk", table_bulk},
        {"bulk_progress", index_bulk_progress},
        {"bulk_piece", table_bulk_piece},
        {"dead_letter", table_dead_letter},
        {"dead_letter_fill", fill_dead_letter},
        {"drop job_state", drop_job_state},
        {"drop job_valid", drop_job_valid},
        {"follow.news", follow_news},
        {"follow_news", index_follow_news},
        {"message_search", table_message_search},
        {"inbox_search", table_inbox_search},
        {"search_mark", table_search_mark},
        {"search_due", table_search_due},
    };
    return list;
}

std::vector<std::string> migrate(Database& database, UtcMs now) {
    require_search(database);
    use_log(database);
    database.run_text(std::string(table_migration));
    std::vector<std::string> done;
    for (const Migration& migration : migrations()) {
        if (apply(database, migration, now))
            done.emplace_back(migration.name);
    }
    return done;
}

namespace {

// Whatever its state; its pages stay in the file, unused.
void forget_table(Database& database, const std::string& name) {
    database.run_text("PRAGMA writable_schema=ON");
    database.run_text("DELETE FROM sqlite_master WHERE tbl_name='" + name + "'");
    database.run_text("PRAGMA writable_schema=RESET");
}

bool is_sound(Database& database, const std::string& name) {
    try {
        return database.ask_text("PRAGMA quick_check('" + name + "')") == "ok";
    } catch (const Error& error) {
        if (error.fault() != Fault::corrupt && error.fault() != Fault::bug)
            throw;
        return false;
    }
}

// With pages of their own. Of an index of FTS5 these are its parts.
constexpr std::array search_tables{
    "message_search_data", "message_search_idx", "message_search_docsize", "message_search_config",
    "inbox_search_data",   "inbox_search_idx",   "inbox_search_docsize",   "inbox_search_config",
    "search_mark",         "search_due"};

} // namespace

// What is damaged cannot be dropped, and a transaction that has met it cannot be committed: so this
// is found out before.
void renew_search(Database& database) {
    std::vector<std::string> sound;
    for (const char* name : search_tables) {
        if (is_sound(database, name))
            sound.push_back(name);
    }
    database.transact([&] {
        forget_table(database, "message_search");
        forget_table(database, "inbox_search");
        for (const std::string& name : sound)
            database.run_text("DROP TABLE IF EXISTS " + name);
        for (const char* name : search_tables)
            forget_table(database, name);
        for (const std::string_view table :
             {table_message_search, table_inbox_search, table_search_mark, table_search_due})
            database.run_text(std::string(table));
    });
}

void check_schema(Database& database) {
    if (!has_migration_table(database))
        throw Error(Fault::unavailable, "spool: it is empty; run: smsctl spool migrate");
    const std::vector<std::string> applied = applied_names(database);
    for (const Migration& migration : migrations()) {
        if (!has(applied, migration.name))
            throw Error(Fault::unavailable, "spool: it lacks \"" + std::string(migration.name) +
                                                "\"; run: smsctl spool migrate");
    }
    if (applied.size() > migrations().size())
        throw Error(Fault::unavailable, "spool: it was made by a newer version of smsspool");
}

} // namespace smsspool
