// Every SQL statement that runs while the programs work, once, by name.
//
// In the common subset of SQLite, MariaDB and PostgreSQL: positional `?`, no RETURNING, no upsert,
// no SQL clock, LIMIT only in plain SELECT. Row i is proven to be statement i by the compiler;
// schema_test prepares each against a fresh schema.

#ifndef SMSSPOOL_COMMON_SQL_H
#define SMSSPOOL_COMMON_SQL_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace smsspool {

enum class Sql : std::uint8_t {
    migration_list,
    migration_add,
    message_add,
    message_get,
    message_ended,
    message_remove,
    job_add,
    job_of_message,
    job_counts,
    job_look,
    job_take,
    job_part,
    job_settle,
    job_orphans,
    job_claimed,
    job_due_next,
    job_reply,
    job_overdue,
    job_expire,
    job_reply_late,
    job_remove,
    attempt_add,
    attempt_end,
    attempt_open,
    attempt_get,
    attempt_of_job,
    attempt_remove,
    awaiting_add,
    awaiting_match,
    awaiting_late,
    awaiting_remove,
    concat_get,
    concat_add,
    concat_set,
    incoming_known,
    incoming_add,
    incoming_waiting,
    incoming_overdue,
    incoming_join,
    incoming_release,
    incoming_old,
    incoming_remove,
    inbox_add,
    inbox_all,
    inbox_unread,
    inbox_read,
    inbox_remove,
    inbox_old,
    inbox_count_old,
    idempotency_get,
    idempotency_add,
    idempotency_remove,
    idempotency_old,
    alert_get,
    alert_add,
    alert_set,
    alert_old,
    alert_remove,
    daemon_list,
    daemon_add,
    daemon_beat,
    daemon_remove,
    daemon_forget,
    modem_list,
    modem_add,
    modem_set,
    modem_remove,
    pin_get,
    pin_add,
    pin_remove,
    count
};

struct Statement {
    Sql id;
    std::string_view text;
};

inline constexpr std::array<Statement, static_cast<std::size_t>(Sql::count)> statements{{
    {Sql::migration_list, "SELECT name FROM migration"},
    {Sql::migration_add, "INSERT INTO migration (name, applied_ms) VALUES (?, ?)"},
    {Sql::message_add,
     "INSERT INTO message (id, username, api, text, encoding, parts, original_length, "
     "reply_timeout_ms, created_ms, valid_until_ms, address) VALUES "
     "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::message_get,
     "SELECT id, username, api, text, encoding, parts, original_length, reply_timeout_ms, "
     "created_ms, valid_until_ms, address FROM message WHERE id = ?"},
    {Sql::message_ended,
     "SELECT id FROM message WHERE created_ms < ? AND NOT EXISTS (SELECT 1 FROM job WHERE "
     "job.message_id = message.id AND (job.ended_ms IS NULL OR job.ended_ms >= ? OR "
     "job.id IN (SELECT job_id FROM awaiting))) ORDER BY created_ms, id LIMIT 500"},
    {Sql::message_remove, "DELETE FROM message WHERE id = ?"},
    {Sql::job_add,
     "INSERT INTO job (id, message_id, number_given, number, state, priority, "
     "not_before_ms, valid_until_ms, attempts, waits, unknowns, parts_done) VALUES (?, ?, "
     "?, ?, 'queued', ?, ?, ?, 0, 0, 0, 0)"},
    {Sql::job_of_message,
     "SELECT id, number_given, number, state, attempted_ms, attempts, unknowns, "
     "parts_done, error_code, error_text, modem, reply_text, reply_ms FROM job WHERE "
     "message_id = ? ORDER BY id"},
    {Sql::job_counts, "SELECT state, COUNT(*) FROM job GROUP BY state"},
    {Sql::job_look,
     "SELECT id, message_id, number, number_given, attempts, waits, unknowns, parts_done, "
     "concat_reference FROM job WHERE state = 'queued' AND priority = ? AND not_before_ms "
     "<= ? AND valid_until_ms > ? ORDER BY not_before_ms, id LIMIT 1"},
    {Sql::job_take,
     "UPDATE job SET state = 'sending', owner = ?, claim = ?, lease_until_ms = ?, modem = "
     "?, attempted_ms = ?, concat_reference = ? WHERE id = ? AND state = 'queued'"},
    {Sql::job_part,
     "UPDATE job SET parts_done = ?, attempted_ms = ?, lease_until_ms = ? WHERE id = ? AND "
     "claim = ? AND state = 'sending'"},
    {Sql::job_settle,
     "UPDATE job SET state = ?, not_before_ms = ?, attempts = ?, waits = ?, unknowns = ?, "
     "parts_done = ?, error_code = ?, error_text = ?, ended_ms = ?, owner = NULL, "
     "lease_until_ms = NULL WHERE id = ? AND claim = ? AND state = 'sending'"},
    {Sql::job_orphans,
     "SELECT id, message_id, number, number_given, attempts, waits, unknowns, parts_done, "
     "concat_reference, owner, claim, modem, attempted_ms FROM job WHERE state = 'sending' "
     "AND owner <> ? ORDER BY id LIMIT 500"},
    {Sql::job_claimed,
     "SELECT id, message_id, number, number_given, attempts, waits, unknowns, parts_done, "
     "concat_reference, owner, claim, modem, attempted_ms FROM job WHERE state = 'sending' "
     "AND owner = ? AND modem = ? ORDER BY id LIMIT 1"},
    {Sql::job_due_next,
     "SELECT not_before_ms FROM job WHERE state = 'queued' AND priority = ? ORDER BY "
     "not_before_ms LIMIT 1"},
    {Sql::job_reply, "UPDATE job SET state = 'replied', reply_text = ?, reply_ms = ?, ended_ms = ? "
                     "WHERE id = ? AND "
                     "state = 'sent'"},
    {Sql::job_overdue,
     "SELECT id, message_id, number FROM job WHERE state = 'queued' AND valid_until_ms <= "
     "? ORDER BY valid_until_ms LIMIT 500"},
    {Sql::job_expire,
     "UPDATE job SET state = 'expired', error_code = ?, error_text = ?, ended_ms = ? WHERE "
     "id = ? AND state = 'queued'"},
    {Sql::job_reply_late,
     "UPDATE job SET state = 'timeout', ended_ms = ? WHERE id = ? AND state = 'sent'"},
    {Sql::job_remove, "DELETE FROM job WHERE message_id = ?"},
    {Sql::attempt_add,
     "INSERT INTO attempt (id, job_id, part, modem, started_ms, outcome) VALUES (?, ?, ?, "
     "?, ?, 'open')"},
    {Sql::attempt_end,
     "UPDATE attempt SET ended_ms = ?, outcome = ?, reference = ?, code = ?, reason = ? "
     "WHERE id = ? AND outcome = 'open'"},
    {Sql::attempt_open,
     "SELECT id, part, started_ms FROM attempt WHERE job_id = ? AND outcome = 'open' ORDER BY id"},
    {Sql::attempt_get,
     "SELECT attempt.outcome, job.claim, job.state FROM attempt JOIN job ON job.id = "
     "attempt.job_id WHERE attempt.id = ?"},
    {Sql::attempt_of_job,
     "SELECT job_id, part, modem, started_ms, ended_ms, outcome, reference, code, reason "
     "FROM attempt WHERE job_id = ? ORDER BY id"},
    {Sql::attempt_remove, "DELETE FROM attempt WHERE job_id = ?"},
    {Sql::awaiting_add,
     "INSERT INTO awaiting (job_id, number, modem, sent_ms, until_ms) VALUES (?, ?, ?, ?, "
     "?)"},
    {Sql::awaiting_match,
     "SELECT job_id, sent_ms, message.id, message.username, message.text FROM awaiting JOIN "
     "job ON job.id = job_id JOIN message ON message.id = job.message_id WHERE "
     "awaiting.number = ? AND sent_ms <= ? AND until_ms >= ? ORDER BY sent_ms DESC, job_id"},
    {Sql::awaiting_late,
     "SELECT job_id, message.id, message.username, job.number, message.created_ms, "
     "message.reply_timeout_ms FROM awaiting JOIN job ON job.id = job_id JOIN message ON "
     "message.id = job.message_id WHERE until_ms < ? AND (? = '' OR awaiting.modem = ?) "
     "ORDER BY until_ms LIMIT 500"},
    {Sql::awaiting_remove, "DELETE FROM awaiting WHERE job_id = ?"},
    {Sql::concat_get, "SELECT reference FROM concat WHERE modem = ? AND number = ?"},
    {Sql::concat_add, "INSERT INTO concat (modem, number, reference) VALUES (?, ?, ?)"},
    {Sql::concat_set, "UPDATE concat SET reference = ? WHERE modem = ? AND number = ?"},
    {Sql::incoming_known, "SELECT id FROM incoming WHERE fingerprint = ?"},
    {Sql::incoming_add,
     "INSERT INTO incoming (id, fingerprint, modem, folder, location, kind, number, text, "
     "sent_ms, stored_ms, part, parts, reference) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
     "?, ?)"},
    {Sql::incoming_waiting,
     "SELECT id, modem, folder, location, text, sent_ms, part FROM incoming WHERE inbox_id "
     "IS NULL AND modem = ? AND number = ? AND reference = ? AND parts = ? AND kind = 'deliver' "
     "ORDER BY part, id"},
    {Sql::incoming_overdue,
     "SELECT modem, number, reference, parts, MAX(stored_ms) FROM incoming WHERE inbox_id IS NULL "
     "AND kind = 'deliver' GROUP BY modem, number, reference, parts HAVING MAX(stored_ms) < ? "
     "LIMIT 100"},
    {Sql::incoming_join, "UPDATE incoming SET inbox_id = ? WHERE id = ?"},
    {Sql::incoming_release, "UPDATE incoming SET fingerprint = id WHERE id = ?"},
    {Sql::incoming_old, "SELECT id FROM incoming WHERE stored_ms < ? AND fingerprint = id AND "
                        "(inbox_id IS NOT NULL OR kind <> 'deliver') LIMIT 500"},
    {Sql::incoming_remove, "DELETE FROM incoming WHERE id = ?"},
    {Sql::inbox_add,
     "INSERT INTO inbox (id, modem, number, text, sent_ms, stored_ms, state, folder, "
     "location, complete, job_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::inbox_all, "SELECT id, modem, number, text, sent_ms, stored_ms, state, folder, location, "
                     "complete, job_id FROM inbox WHERE state <> 'reply' ORDER BY id LIMIT ?"},
    {Sql::inbox_unread,
     "SELECT id, modem, number, text, sent_ms, stored_ms, state, folder, location, "
     "complete, job_id FROM inbox WHERE state = 'unread' ORDER BY id LIMIT ?"},
    {Sql::inbox_read, "UPDATE inbox SET state = 'read' WHERE id = ? AND state = 'unread'"},
    {Sql::inbox_remove, "DELETE FROM inbox WHERE id = ?"},
    {Sql::inbox_old,
     "SELECT id FROM inbox WHERE stored_ms < ? AND state <> ? ORDER BY stored_ms, id LIMIT "
     "?"},
    {Sql::inbox_count_old, "SELECT COUNT(*) FROM inbox WHERE stored_ms < ? AND state <> ?"},
    {Sql::idempotency_get,
     "SELECT body_hash, message_id, created_ms FROM idempotency WHERE username = ? AND "
     "idem_key = ?"},
    {Sql::idempotency_add,
     "INSERT INTO idempotency (username, idem_key, body_hash, message_id, created_ms) VALUES "
     "(?, ?, ?, ?, ?)"},
    {Sql::idempotency_remove, "DELETE FROM idempotency WHERE username = ? AND idem_key = ?"},
    {Sql::idempotency_old,
     "SELECT username, idem_key FROM idempotency WHERE created_ms < ? LIMIT 500"},
    {Sql::alert_get, "SELECT state, message_id, sent_ms FROM alert WHERE alert_key = ?"},
    {Sql::alert_add,
     "INSERT INTO alert (alert_key, state, message_id, sent_ms) VALUES (?, ?, ?, ?)"},
    {Sql::alert_set, "UPDATE alert SET state = ?, message_id = ?, sent_ms = ? WHERE alert_key = ?"},
    {Sql::alert_old,
     "SELECT alert_key FROM alert WHERE sent_ms < ? AND state = 'RESOLVED' LIMIT 500"},
    {Sql::alert_remove, "DELETE FROM alert WHERE alert_key = ?"},
    {Sql::daemon_list,
     "SELECT owner, host, pid, started_ms, beat_ms FROM daemon ORDER BY beat_ms DESC"},
    {Sql::daemon_add,
     "INSERT INTO daemon (owner, host, pid, started_ms, beat_ms) VALUES (?, ?, ?, ?, ?)"},
    {Sql::daemon_beat, "UPDATE daemon SET beat_ms = ? WHERE owner = ?"},
    {Sql::daemon_remove, "DELETE FROM daemon WHERE owner = ?"},
    {Sql::daemon_forget, "DELETE FROM daemon WHERE host = ? AND owner <> ?"},
    {Sql::modem_list,
     "SELECT name, state, device, manufacturer, model, imei, imsi, network, operator_name, "
     "signal, used, capacity, error, since_ms, beat_ms FROM modem ORDER BY name"},
    {Sql::modem_add,
     "INSERT INTO modem (state, device, manufacturer, model, imei, imsi, network, "
     "operator_name, signal, used, capacity, error, since_ms, beat_ms, name) VALUES (?, ?, "
     "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::modem_set,
     "UPDATE modem SET state = ?, device = ?, manufacturer = ?, model = ?, imei = ?, imsi "
     "= ?, network = ?, operator_name = ?, signal = ?, used = ?, capacity = ?, error = ?, "
     "since_ms = ?, beat_ms = ? WHERE name = ?"},
    {Sql::modem_remove, "DELETE FROM modem WHERE name = ?"},
    {Sql::pin_get, "SELECT mark FROM rejected_pin WHERE modem = ?"},
    {Sql::pin_add, "INSERT INTO rejected_pin (modem, mark) VALUES (?, ?)"},
    {Sql::pin_remove, "DELETE FROM rejected_pin WHERE modem = ?"},
}};

static_assert([] {
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (static_cast<std::size_t>(statements[i].id) != i)
            return false;
    }
    return true;
}());

} // namespace smsspool

#endif
