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
    begin_write,
    begin_read,
    commit,
    migration_list,
    migration_add,
    message_add,
    message_get,
    message_numbered,
    message_ids_from,
    message_count_from,
    job_states_of,
    message_ended,
    message_remove,
    job_add,
    job_of_message,
    job_counts,
    job_look,
    job_look_known,
    job_look_pinned,
    job_take,
    job_part,
    job_settle,
    job_orphans,
    job_claimed,
    job_damaged,
    job_due,
    job_due_pinned,
    job_due_all_pinned,
    job_route_after,
    job_of_route,
    job_reroute,
    job_pinned,
    job_unpin,
    job_reply,
    job_reply_rewrite,
    job_answered,
    job_whose,
    job_sending_of,
    job_delivery,
    job_after,
    job_expire,
    job_reply_late,
    job_remove,
    job_ended_of,
    job_any_of,
    attempt_add,
    attempt_end,
    attempt_open,
    attempt_give_up,
    attempt_get,
    attempt_of_job,
    attempt_remove,
    attempt_reported,
    attempt_report,
    attempt_reports,
    awaiting_add,
    awaiting_extend,
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
    incoming_copied,
    incoming_handed_out,
    incoming_report_earlier,
    incoming_report_waiting,
    incoming_report_count,
    incoming_join,
    incoming_release,
    incoming_old,
    incoming_remove,
    inbox_add,
    inbox_get,
    inbox_fill,
    inbox_all,
    inbox_unread,
    inbox_read,
    inbox_remove,
    inbox_old,
    inbox_count_old,
    report_due_add,
    report_due_match,
    report_due_remove,
    report_due_forget,
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
    usage_more,
    usage_less,
    usage_add,
    usage_list,
    usage_old,
    usage_remove,
    recipient_count,
    recipient_known,
    recipient_add,
    recipient_old,
    recipient_remove,
    pin_get,
    pin_add,
    pin_remove,
    care_job_alone,
    care_message_empty,
    care_sending_closed,
    care_sending_unclaimed,
    care_attempt_open,
    care_attempt_alone,
    care_dead_alone,
    care_dead_missing,
    care_parts,
    care_priority,
    care_awaiting,
    care_report_due,
    care_states,
    care_deliveries,
    care_encodings,
    care_outcomes,
    care_inbox_states,
    care_kinds,
    account_list,
    account_get,
    account_add,
    account_set,
    account_remove,
    token_list,
    token_get,
    token_hash,
    token_add,
    token_used,
    token_remove,
    token_remove_all,
    spent_list,
    spent_more,
    spent_add,
    spent_purge,
    dead_list,
    dead_get,
    dead_counts,
    dead_retry,
    dead_abandon,
    dead_lengthen,
    dead_add,
    dead_remove,
    dead_forget,
    dead_drop_stale,
    dead_add_missing,
    follow_mark_stale,
    cancel_list,
    cancel_job,
    follow_add,
    follow_due,
    follow_told,
    follow_failed,
    follow_list,
    follow_get,
    follow_target,
    follow_replay,
    follow_reopen,
    follow_news,
    follow_counts,
    follow_forget,
    agent_list,
    agent_add,
    agent_set,
    agent_remove,
    bulk_add,
    bulk_close,
    bulk_next,
    bulk_get,
    bulk_waiting,
    bulk_remove,
    bulk_left_open,
    piece_add,
    piece_first,
    piece_after,
    piece_sum,
    piece_remove,
    care_bulk_alone,
    care_piece_alone,
    care_bulk_progress,
    search_mark_get,
    search_mark_add,
    search_mark_set,
    search_mark_covers,
    search_due_known,
    search_due_add,
    search_due_list,
    search_due_remove,
    search_message_get,
    search_message_above,
    search_message_below,
    search_message_newest,
    search_message_newest_of,
    search_inbox_get,
    search_inbox_above,
    search_inbox_below,
    search_inbox_newest,
    message_search_find,
    message_search_has,
    message_search_list,
    message_search_add,
    message_search_remove,
    inbox_search_find,
    inbox_search_has,
    inbox_search_list,
    inbox_search_add,
    inbox_search_remove,
    search_due_of,
    search_due_numbered,
    search_message_forget_gone,
    search_inbox_forget_gone,
    message_search_probe,
    inbox_search_probe,
    inbox_row,
    count
};

struct Statement {
    Sql id;
    std::string_view text;
};

inline constexpr std::array<Statement, static_cast<std::size_t>(Sql::count)> statements{{
    {Sql::begin_write, "BEGIN IMMEDIATE"},
    {Sql::begin_read, "BEGIN"},
    {Sql::commit, "COMMIT"},
    {Sql::migration_list, "SELECT name FROM migration"},
    {Sql::migration_add, "INSERT INTO migration (name, applied_ms) VALUES (?, ?)"},
    {Sql::message_add,
     "INSERT INTO message (id, username, api, text, encoding, parts, original_length, "
     "reply_timeout_ms, created_ms, valid_until_ms, address, label, report, network_valid_ms, "
     "callback) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::message_get,
     "SELECT id, username, api, text, encoding, parts, original_length, reply_timeout_ms, "
     "created_ms, valid_until_ms, address, label, report, network_valid_ms FROM message WHERE id = "
     "?"},
    {Sql::message_numbered, "SELECT id FROM message WHERE id > ? AND id < ? ORDER BY id LIMIT 1"},
    {Sql::message_ids_from,
     "SELECT id FROM message WHERE username = ? AND id >= ? ORDER BY id LIMIT ? OFFSET ?"},
    {Sql::message_count_from, "SELECT COUNT(*) FROM message WHERE username = ? AND id >= ?"},
    {Sql::job_states_of, "SELECT state, COUNT(*), MAX(attempted_ms) FROM job WHERE message_id = ? "
                         "GROUP BY state"},
    {Sql::message_ended,
     "SELECT id FROM message WHERE created_ms < ? AND NOT EXISTS (SELECT 1 FROM job WHERE "
     "job.message_id = message.id AND (job.ended_ms IS NULL OR job.ended_ms >= ? OR "
     "job.id IN (SELECT job_id FROM awaiting) OR (message.created_ms >= ? AND EXISTS (SELECT 1 "
     "FROM "
     "follow WHERE follow.job_id = job.id AND progress = 'open' AND (told_state <> job.state OR "
     "told_delivery <> job.delivery))))) AND NOT EXISTS (SELECT 1 FROM bulk WHERE "
     "bulk.message_id = message.id) ORDER BY created_ms, id LIMIT 500"},
    {Sql::message_remove, "DELETE FROM message WHERE id = ?"},
    {Sql::job_add,
     "INSERT INTO job (id, message_id, number_given, number, state, priority, "
     "not_before_ms, valid_until_ms, route, attempts, waits, unknowns, parts_done) VALUES (?, ?, "
     "?, ?, 'queued', ?, ?, ?, ?, 0, 0, 0, 0)"},
    {Sql::job_of_message,
     "SELECT id, number_given, number, state, attempted_ms, attempts, unknowns, "
     "parts_done, error_code, error_text, modem, reply_text, reply_ms, not_before_ms, route, "
     "delivery, delivered_ms FROM job WHERE message_id = ? ORDER BY id"},
    {Sql::job_counts, "SELECT state, COUNT(*) FROM job GROUP BY state"},
    // What job_look, job_orphans and job_claimed begin with is read by read_job().
    {Sql::job_look,
     "SELECT id, message_id, number, number_given, attempts, waits, unknowns, parts_done, "
     "concat_reference, route, modem, claim, not_before_ms FROM job WHERE state = 'queued' AND "
     "route = ? AND priority = ? AND not_before_ms <= ? AND valid_until_ms > ? AND pinned = '' "
     "ORDER BY not_before_ms, id LIMIT 1"},
    {Sql::job_look_known,
     "SELECT id, message_id, number, number_given, attempts, waits, unknowns, parts_done, "
     "concat_reference, route, modem, claim, not_before_ms FROM job WHERE state = 'queued' AND "
     "route = ? AND priority = ? AND not_before_ms <= ? AND valid_until_ms > ? AND pinned = '' AND "
     "EXISTS (SELECT 1 FROM recipient WHERE recipient.modem = ? AND recipient.month = ? AND "
     "recipient.number = job.number) ORDER BY not_before_ms, id LIMIT 1"},
    {Sql::job_look_pinned,
     "SELECT id, message_id, number, number_given, attempts, waits, unknowns, parts_done, "
     "concat_reference, route, modem, claim, not_before_ms FROM job WHERE state = 'queued' AND "
     "pinned = ? AND priority = ? AND not_before_ms <= ? AND valid_until_ms > ? ORDER BY "
     "not_before_ms, id LIMIT 1"},
    {Sql::job_take,
     "UPDATE job SET state = 'sending', owner = ?, claim = ?, lease_until_ms = ?, modem = "
     "?, attempted_ms = ?, concat_reference = ? WHERE id = ? AND state = 'queued'"},
    {Sql::job_part,
     "UPDATE job SET parts_done = ?, attempted_ms = ?, lease_until_ms = ? WHERE id = ? AND "
     "claim = ? AND state = 'sending'"},
    {Sql::job_settle,
     "UPDATE job SET state = ?, not_before_ms = ?, attempts = ?, waits = ?, unknowns = ?, "
     "parts_done = ?, pinned = ?, error_code = ?, error_text = ?, ended_ms = ?, owner = NULL, "
     "lease_until_ms = NULL WHERE id = ? AND claim = ? AND state = 'sending'"},
    {Sql::job_orphans,
     "SELECT id, message_id, number, number_given, attempts, waits, unknowns, parts_done, "
     "concat_reference, route, modem, claim, owner, attempted_ms FROM job WHERE state = 'sending' "
     "AND owner <> ? ORDER BY id LIMIT 500"},
    {Sql::job_claimed,
     "SELECT id, message_id, number, number_given, attempts, waits, unknowns, parts_done, "
     "concat_reference, route, modem, claim, owner, attempted_ms FROM job WHERE state = 'sending' "
     "AND owner = ? AND modem = ? ORDER BY id LIMIT 1"},
    {Sql::job_damaged,
     "UPDATE job SET state = 'failed', error_code = ?, error_text = ?, ended_ms = ?, pinned = '', "
     "owner = NULL, lease_until_ms = NULL WHERE id = ? AND state = ? AND COALESCE(claim, '') = ?"},
    {Sql::job_due,
     "SELECT not_before_ms FROM job WHERE state = 'queued' AND pinned = '' AND route = ? AND "
     "priority = ? ORDER BY not_before_ms, id LIMIT 1"},
    {Sql::job_due_pinned,
     "SELECT not_before_ms FROM job WHERE state = 'queued' AND pinned = ? AND priority = ? "
     "ORDER BY not_before_ms, id LIMIT 1"},
    {Sql::job_due_all_pinned,
     "SELECT MIN(not_before_ms) FROM job WHERE state = 'queued' AND pinned > ''"},
    {Sql::job_route_after, "SELECT route FROM job WHERE state = 'queued' AND pinned = '' AND route "
                           "> ? ORDER BY route LIMIT 1"},
    {Sql::job_of_route,
     "SELECT id FROM job WHERE state = 'queued' AND pinned = '' AND route = ? LIMIT 500"},
    {Sql::job_reroute, "UPDATE job SET route = '' WHERE id = ? AND state = 'queued' AND route = ?"},
    {Sql::job_pinned, "SELECT id FROM job WHERE state = 'queued' AND pinned = ? LIMIT 500"},
    {Sql::job_unpin, "UPDATE job SET parts_done = 0, concat_reference = NULL, pinned = '' WHERE id "
                     "= ? AND state = 'queued' AND pinned = ?"},
    {Sql::job_reply,
     "UPDATE job SET state = ?, reply_text = ?, reply_ms = ?, ended_ms = ?, error_code = NULL, "
     "error_text = NULL WHERE id = ? AND state = ?"},
    {Sql::job_reply_rewrite, "UPDATE job SET reply_text = ? WHERE id = ? AND state = 'replied'"},
    {Sql::job_answered,
     "SELECT message.id, message.username, job.attempted_ms, job.reply_ms FROM job JOIN message "
     "ON message.id = job.message_id WHERE job.id = ?"},
    {Sql::job_whose,
     "SELECT message.id, message.username, job.number, message.parts FROM job JOIN message ON "
     "message.id = job.message_id WHERE job.id = ?"},
    {Sql::job_sending_of, "SELECT number FROM job WHERE state = 'sending' AND modem = ?"},
    {Sql::job_delivery, "UPDATE job SET delivery = ?, delivered_ms = ? WHERE id = ? AND (delivery "
                        "<> ? OR delivered_ms IS NOT ?)"},
    {Sql::job_after,
     "SELECT id, message_id, number, valid_until_ms, pinned, route, priority, not_before_ms FROM "
     "job WHERE state = 'queued' AND (pinned, route, priority, not_before_ms, id) > (?, ?, ?, ?, "
     "?) ORDER BY pinned, route, priority, not_before_ms, id LIMIT ?"},
    {Sql::job_expire,
     "UPDATE job SET state = 'expired', error_code = ?, error_text = ?, ended_ms = ?, pinned = '' "
     "WHERE id = ? AND state = 'queued' AND valid_until_ms <= ?"},
    {Sql::job_reply_late,
     "UPDATE job SET state = 'timeout', ended_ms = ? WHERE id = ? AND state = 'sent'"},
    {Sql::job_remove, "DELETE FROM job WHERE id = ?"},
    {Sql::job_ended_of, "SELECT id, number, state FROM job WHERE message_id = ? AND ended_ms < ? "
                        "ORDER BY id LIMIT ?"},
    {Sql::job_any_of, "SELECT 1 FROM job WHERE message_id = ? LIMIT 1"},
    {Sql::attempt_add,
     "INSERT INTO attempt (id, job_id, part, modem, started_ms, outcome) VALUES (?, ?, ?, "
     "?, ?, 'open')"},
    {Sql::attempt_end,
     "UPDATE attempt SET ended_ms = ?, outcome = ?, reference = ?, code = ?, reason = ?, trace = ? "
     "WHERE id = ? AND outcome = 'open'"},
    {Sql::attempt_open,
     "SELECT id, part, started_ms FROM attempt WHERE job_id = ? AND outcome = 'open' ORDER BY id"},
    {Sql::attempt_give_up, "UPDATE attempt SET ended_ms = ?, outcome = 'unknown', reason = ? WHERE "
                           "job_id = ? AND outcome = 'open'"},
    {Sql::attempt_get,
     "SELECT attempt.outcome, job.claim, job.state FROM attempt JOIN job ON job.id = "
     "attempt.job_id WHERE attempt.id = ?"},
    {Sql::attempt_of_job,
     "SELECT job_id, part, modem, started_ms, ended_ms, outcome, reference, code, reason, "
     "report_status, settled_ms, trace FROM attempt WHERE job_id = ? ORDER BY id"},
    {Sql::attempt_remove, "DELETE FROM attempt WHERE job_id = ?"},
    {Sql::attempt_reported, "SELECT job_id, started_ms, report_status FROM attempt WHERE id = ?"},
    {Sql::attempt_report, "UPDATE attempt SET report_status = ?, settled_ms = ? WHERE id = ?"},
    {Sql::attempt_reports,
     "SELECT part, report_status, settled_ms FROM attempt WHERE job_id = ? AND outcome = "
     "'accepted' AND reference IS NOT NULL"},
    {Sql::awaiting_add,
     "INSERT INTO awaiting (job_id, number, modem, sent_ms, until_ms) VALUES (?, ?, ?, ?, "
     "?)"},
    {Sql::awaiting_extend, "UPDATE awaiting SET modem = ?, until_ms = ? WHERE job_id = ?"},
    {Sql::awaiting_match,
     "SELECT job_id, sent_ms, message.id, message.username, message.text, job.state FROM awaiting "
     "JOIN "
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
     "sent_ms, stored_ms, part, parts, reference, report_status, settled_ms) VALUES (?, ?, ?, ?, "
     "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::incoming_waiting,
     "SELECT id, modem, folder, location, text, sent_ms, part FROM incoming WHERE inbox_id "
     "IS NULL AND modem = ? AND number = ? AND reference = ? AND parts = ? AND kind = 'deliver' "
     "ORDER BY part, id"},
    {Sql::incoming_overdue,
     "SELECT modem, number, reference, parts, MAX(stored_ms) FROM incoming WHERE inbox_id IS NULL "
     "AND kind = 'deliver' GROUP BY modem, number, reference, parts HAVING MAX(stored_ms) < ? "
     "LIMIT 100"},
    {Sql::incoming_copied,
     "SELECT inbox_id FROM incoming WHERE modem = ? AND number = ? AND reference = ? AND parts = ? "
     "AND sent_ms = ? AND part = ? AND text = ? AND kind = 'deliver' AND inbox_id IS NOT NULL"},
    {Sql::incoming_handed_out,
     "SELECT id, modem, folder, location, text, sent_ms, part, inbox_id FROM incoming WHERE "
     "modem = ? AND number = ? AND reference = ? AND parts = ? AND sent_ms >= ? AND sent_ms <= ? "
     "AND kind = 'deliver' AND inbox_id IS NOT NULL ORDER BY inbox_id DESC, part, id"},
    {Sql::incoming_report_earlier,
     "SELECT inbox_id, report_status, settled_ms FROM incoming WHERE kind = 'report' AND modem = "
     "? AND reference = ? AND stored_ms >= ? AND stored_ms <= ? AND number = ? AND inbox_id IS "
     "NOT NULL ORDER BY stored_ms DESC, id DESC"},
    {Sql::incoming_report_waiting,
     "SELECT id, reference, report_status, settled_ms, stored_ms FROM incoming WHERE inbox_id IS "
     "NULL AND modem = ? AND number = ? AND kind = 'report' AND stored_ms >= ? ORDER BY "
     "stored_ms, id"},
    {Sql::incoming_report_count,
     "SELECT COUNT(*), COUNT(inbox_id) FROM incoming WHERE kind = 'report'"},
    {Sql::incoming_join, "UPDATE incoming SET inbox_id = ? WHERE id = ?"},
    {Sql::incoming_release, "UPDATE incoming SET fingerprint = id WHERE id = ?"},
    {Sql::incoming_old, "SELECT id FROM incoming WHERE stored_ms < ? AND (fingerprint = id OR "
                        "location < 0) AND (inbox_id IS NOT NULL OR kind <> 'deliver') LIMIT 500"},
    {Sql::incoming_remove, "DELETE FROM incoming WHERE id = ?"},
    {Sql::inbox_add,
     "INSERT INTO inbox (id, modem, number, text, sent_ms, stored_ms, state, folder, "
     "location, complete, job_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::inbox_get, "SELECT stored_ms, state, complete, job_id FROM inbox WHERE id = ?"},
    {Sql::inbox_fill,
     "UPDATE inbox SET text = ?, sent_ms = ?, state = ?, folder = ?, location = ?, complete = ? "
     "WHERE id = ?"},
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
    {Sql::report_due_add,
     "INSERT INTO report_due (attempt_id, job_id, modem, reference, number, sent_ms) VALUES (?, ?, "
     "?, ?, ?, ?)"},
    {Sql::report_due_match,
     "SELECT attempt_id, number FROM report_due WHERE modem = ? AND reference = ? AND sent_ms >= ? "
     "AND sent_ms <= ? ORDER BY sent_ms DESC, attempt_id DESC"},
    {Sql::report_due_remove, "DELETE FROM report_due WHERE attempt_id = ?"},
    {Sql::report_due_forget, "DELETE FROM report_due WHERE job_id = ?"},
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
     "signal, used, capacity, error, since_ms, beat_ms, failures, recoveries, recovery_ms, step, "
     "trace FROM modem ORDER BY name"},
    {Sql::modem_add,
     "INSERT INTO modem (state, device, manufacturer, model, imei, imsi, network, "
     "operator_name, signal, used, capacity, error, since_ms, beat_ms, failures, recoveries, "
     "recovery_ms, step, trace, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
     "?, ?, ?)"},
    {Sql::modem_set,
     "UPDATE modem SET state = ?, device = ?, manufacturer = ?, model = ?, imei = ?, imsi "
     "= ?, network = ?, operator_name = ?, signal = ?, used = ?, capacity = ?, error = ?, "
     "since_ms = ?, beat_ms = ?, failures = ?, recoveries = ?, recovery_ms = ?, step = ?, trace = "
     "? WHERE name = ?"},
    {Sql::modem_remove, "DELETE FROM modem WHERE name = ?"},
    {Sql::usage_more,
     "UPDATE usage_minute SET parts = parts + 1 WHERE modem = ? AND minute_ms = ?"},
    {Sql::usage_less,
     "UPDATE usage_minute SET parts = parts - 1 WHERE modem = ? AND minute_ms = ? AND parts > 0"},
    {Sql::usage_add, "INSERT INTO usage_minute (modem, minute_ms, parts) VALUES (?, ?, 1)"},
    {Sql::usage_list,
     "SELECT minute_ms, parts FROM usage_minute WHERE modem = ? AND minute_ms >= ? ORDER "
     "BY minute_ms"},
    {Sql::usage_old, "SELECT modem, minute_ms FROM usage_minute WHERE minute_ms < ? LIMIT 500"},
    {Sql::usage_remove, "DELETE FROM usage_minute WHERE modem = ? AND minute_ms = ?"},
    {Sql::recipient_count, "SELECT COUNT(*) FROM recipient WHERE modem = ? AND month = ?"},
    {Sql::recipient_known, "SELECT 1 FROM recipient WHERE modem = ? AND month = ? AND number = ?"},
    {Sql::recipient_add, "INSERT INTO recipient (modem, month, number) VALUES (?, ?, ?)"},
    {Sql::recipient_old, "SELECT modem, month, number FROM recipient WHERE month < ? LIMIT 500"},
    {Sql::recipient_remove, "DELETE FROM recipient WHERE modem = ? AND month = ? AND number = ?"},
    {Sql::pin_get, "SELECT mark, fate FROM rejected_pin WHERE modem = ?"},
    {Sql::pin_add, "INSERT INTO rejected_pin (modem, mark, fate) VALUES (?, ?, ?)"},
    {Sql::pin_remove, "DELETE FROM rejected_pin WHERE modem = ?"},
    // --- what spool check looks for: rows that should not be there ---
    {Sql::care_job_alone, "SELECT id FROM job WHERE NOT EXISTS (SELECT 1 FROM message WHERE "
                          "message.id = job.message_id) ORDER BY id LIMIT 100"},
    {Sql::care_message_empty,
     "SELECT id FROM message WHERE NOT EXISTS (SELECT 1 FROM job WHERE "
     "job.message_id = message.id) AND NOT EXISTS (SELECT 1 FROM bulk WHERE "
     "bulk.message_id = message.id) ORDER BY id LIMIT 100"},
    {Sql::care_sending_closed,
     "SELECT id FROM job WHERE state = 'sending' AND NOT EXISTS (SELECT 1 FROM attempt WHERE "
     "attempt.job_id = job.id AND attempt.outcome = 'open') ORDER BY id LIMIT 100"},
    {Sql::care_sending_unclaimed, "SELECT id FROM job WHERE state = 'sending' AND (owner IS NULL "
                                  "OR claim IS NULL) ORDER BY id LIMIT 100"},
    {Sql::care_attempt_open,
     "SELECT id FROM attempt WHERE outcome = 'open' AND EXISTS (SELECT 1 FROM job WHERE job.id = "
     "attempt.job_id AND job.state <> 'sending') ORDER BY id LIMIT 100"},
    {Sql::care_attempt_alone, "SELECT id FROM attempt WHERE NOT EXISTS (SELECT 1 FROM job WHERE "
                              "job.id = attempt.job_id) ORDER BY id LIMIT 100"},
    {Sql::care_dead_alone,
     "SELECT job_id FROM dead_letter WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.id = job_id AND "
     "job.state = dead_letter.state) ORDER BY job_id LIMIT 100"},
    {Sql::care_dead_missing,
     "SELECT id FROM job WHERE state IN ('failed', 'unknown') AND NOT EXISTS (SELECT 1 FROM "
     "dead_letter WHERE job_id = job.id AND dead_letter.state = job.state) ORDER BY id LIMIT 100"},
    {Sql::care_parts, "SELECT job.id FROM job JOIN message ON message.id = job.message_id WHERE "
                      "parts_done < 0 OR parts_done > parts ORDER BY job.id LIMIT 100"},
    {Sql::care_priority,
     "SELECT id FROM job WHERE priority < 0 OR priority > 2 ORDER BY id LIMIT 100"},
    {Sql::care_awaiting, "SELECT job_id FROM awaiting WHERE NOT EXISTS (SELECT 1 FROM job WHERE "
                         "job.id = job_id AND state = 'sent') AND NOT EXISTS (SELECT 1 FROM "
                         "attempt WHERE attempt.job_id = awaiting.job_id AND outcome = 'unknown') "
                         "ORDER BY job_id LIMIT 100"},
    {Sql::care_report_due, "SELECT attempt_id FROM report_due WHERE NOT EXISTS (SELECT 1 FROM "
                           "attempt WHERE attempt.id = attempt_id) OR NOT EXISTS (SELECT 1 FROM "
                           "job WHERE job.id = report_due.job_id) ORDER BY attempt_id LIMIT 100"},
    {Sql::care_states, "SELECT state, MIN(id), COUNT(*) FROM job GROUP BY state"},
    {Sql::care_deliveries, "SELECT delivery, MIN(id), COUNT(*) FROM job GROUP BY delivery"},
    {Sql::care_encodings, "SELECT encoding, MIN(id), COUNT(*) FROM message GROUP BY encoding"},
    {Sql::care_outcomes, "SELECT outcome, MIN(id), COUNT(*) FROM attempt GROUP BY outcome"},
    {Sql::care_inbox_states, "SELECT state, MIN(id), COUNT(*) FROM inbox GROUP BY state"},
    {Sql::care_kinds, "SELECT kind, MIN(id), COUNT(*) FROM incoming GROUP BY kind"},
    {Sql::account_list, "SELECT name, enabled, scopes, parts_per_day, recipients, hours, "
                        "created_ms FROM account ORDER BY name"},
    {Sql::account_get, "SELECT name, enabled, scopes, parts_per_day, recipients, hours, created_ms "
                       "FROM account WHERE name = ?"},
    {Sql::account_add, "INSERT INTO account (enabled, scopes, parts_per_day, recipients, hours, "
                       "name, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"},
    {Sql::account_set, "UPDATE account SET enabled = ?, scopes = ?, parts_per_day = ?, recipients "
                       "= ?, hours = ? WHERE name = ?"},
    {Sql::account_remove, "DELETE FROM account WHERE name = ?"},
    {Sql::token_list,
     "SELECT id, username, hash, note, scopes, parts_per_day, recipients, hours, networks, "
     "expires_ms, created_ms, used_ms FROM token WHERE ? = '' OR username = ? ORDER BY id"},
    {Sql::token_get, "SELECT id, username, hash, note, scopes, parts_per_day, recipients, hours, "
                     "networks, expires_ms, created_ms, used_ms FROM token WHERE id = ?"},
    {Sql::token_hash, "SELECT id, username, hash, note, scopes, parts_per_day, recipients, hours, "
                      "networks, expires_ms, created_ms, used_ms FROM token WHERE hash = ?"},
    {Sql::token_add,
     "INSERT INTO token (id, username, hash, note, scopes, parts_per_day, recipients, hours, "
     "networks, expires_ms, created_ms, used_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::token_used,
     "UPDATE token SET used_ms = ? WHERE id = ? AND (used_ms IS NULL OR used_ms < ?)"},
    {Sql::token_remove, "DELETE FROM token WHERE id = ?"},
    {Sql::token_remove_all, "DELETE FROM token WHERE username = ?"},
    {Sql::spent_list,
     "SELECT slot_ms, parts FROM spent WHERE spender = ? AND slot_ms > ? AND slot_ms <= ? "
     "ORDER BY slot_ms"},
    {Sql::spent_more, "UPDATE spent SET parts = parts + ? WHERE spender = ? AND slot_ms = ?"},
    {Sql::spent_add, "INSERT INTO spent (parts, spender, slot_ms) VALUES (?, ?, ?)"},
    {Sql::spent_purge, "DELETE FROM spent WHERE slot_ms <= ?"},
    // What a person decides. dead_list and dead_get are read by read_letter().
    {Sql::dead_list,
     "SELECT job.id, job.message_id, job.number, job.number_given, job.state, job.attempted_ms, "
     "job.attempts, job.unknowns, job.retries, job.parts_done, job.error_code, job.error_text, "
     "job.modem, job.route, job.ended_ms, job.not_before_ms, job.valid_until_ms, message.username, "
     "message.label, message.text, message.parts, message.created_ms FROM dead_letter JOIN job ON "
     "job.id = job_id AND job.state = dead_letter.state LEFT JOIN message ON message.id = "
     "job.message_id WHERE dead_letter.state = ? "
     "AND job_id > ? AND (? = '' OR message.username = ?) AND SUBSTR(job.number, 1, LENGTH(?)) = ? "
     "AND (? = '' OR job.error_code "
     "= ?) AND COALESCE(job.ended_ms, 0) >= ? AND COALESCE(job.ended_ms, 0) < ? ORDER BY job_id "
     "LIMIT ?"},
    {Sql::dead_get,
     "SELECT job.id, job.message_id, job.number, job.number_given, job.state, job.attempted_ms, "
     "job.attempts, job.unknowns, job.retries, job.parts_done, job.error_code, job.error_text, "
     "job.modem, job.route, job.ended_ms, job.not_before_ms, job.valid_until_ms, message.username, "
     "message.label, message.text, message.parts, message.created_ms FROM job LEFT JOIN message ON "
     "message.id = job.message_id WHERE job.id = ?"},
    {Sql::dead_counts,
     "SELECT dead_letter.state, COALESCE(error_code, ''), COUNT(*), SUM(CASE WHEN retries > 0 THEN "
     "1 ELSE 0 END) FROM dead_letter JOIN job ON job.id = job_id AND "
     "job.state = dead_letter.state WHERE dead_letter.state = ? GROUP "
     "BY dead_letter.state, COALESCE(error_code, '') ORDER BY 2"},
    {Sql::dead_retry,
     "UPDATE job SET state = 'queued', not_before_ms = ?, valid_until_ms = ?, route = ?, attempts "
     "= 0, waits = 0, parts_done = 0, concat_reference = NULL, pinned = '', retries = retries + 1, "
     "error_code = NULL, error_text = NULL, ended_ms = NULL WHERE id = ? AND state = ?"},
    {Sql::dead_abandon, "UPDATE job SET state = 'abandoned', error_code = 'ABANDONED', error_text "
                        "= ?, ended_ms = ? WHERE id = ? AND state = ?"},
    {Sql::dead_lengthen,
     "UPDATE message SET valid_until_ms = ? WHERE id = ? AND valid_until_ms < ?"},
    {Sql::dead_add, "INSERT INTO dead_letter (state, job_id) VALUES (?, ?)"},
    {Sql::dead_remove, "DELETE FROM dead_letter WHERE state = ? AND job_id = ?"},
    {Sql::dead_forget,
     "DELETE FROM dead_letter WHERE job_id = ? AND state IN ('failed', 'unknown')"},
    // What programs from before there was this table, or the mark of news, did not note.
    {Sql::dead_drop_stale,
     "DELETE FROM dead_letter WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.id = job_id AND "
     "job.state = dead_letter.state)"},
    {Sql::dead_add_missing,
     "INSERT INTO dead_letter (state, job_id) SELECT state, id FROM job WHERE state IN ('failed', "
     "'unknown') AND NOT EXISTS (SELECT 1 FROM dead_letter WHERE dead_letter.state = job.state AND "
     "job_id = job.id)"},
    {Sql::follow_mark_stale,
     "UPDATE follow SET news = 1 WHERE news = 0 AND progress = 'open' AND EXISTS (SELECT 1 FROM "
     "job "
     "WHERE job.id = follow.job_id AND job.state <> 'queued' AND job.state <> 'sending' AND "
     "(job.state <> told_state OR job.delivery <> told_delivery))"},
    // All states: of a backlog, the queued jobs are more than those of the message.
    {Sql::cancel_list,
     "SELECT id, state FROM job WHERE message_id = ? AND id > ? ORDER BY id LIMIT 500"},
    {Sql::cancel_job, "UPDATE job SET state = 'canceled', error_code = NULL, error_text = NULL, "
                      "ended_ms = ?, pinned = '' WHERE id = ? AND state = 'queued'"},
    {Sql::follow_add,
     "INSERT INTO follow (follower, job_id, message_id, target, told_state, told_delivery, "
     "progress, failures, due_ms, code, error, changed_ms, news) VALUES (?, ?, ?, ?, '', '', "
     "'open', 0, ?, 0, '', ?, ?)"},
    // What follow_due, follow_list and follow_get give is read by read_followed().
    {Sql::follow_due,
     "SELECT follow.follower, follow.job_id, follow.message_id, target, told_state, "
     "told_delivery, progress, failures, due_ms, follow.code, error, changed_ms, job.state, "
     "job.delivery, job.number, job.number_given, job.error_code, job.error_text, "
     "job.attempted_ms, job.ended_ms, job.delivered_ms, job.reply_text, job.reply_ms, "
     "message.username, message.label, message.parts, message.created_ms, message.callback, "
     "message.reply_timeout_ms, turn FROM follow JOIN job ON job.id = follow.job_id JOIN message "
     "ON "
     "message.id = follow.message_id WHERE follow.follower = ? AND news = 1 AND progress = 'open' "
     "AND "
     "follow.job_id > ? AND due_ms <= ? AND ((? = 1 AND told_state = '') OR (job.state <> "
     "'queued' AND job.state <> 'sending' AND (told_state <> job.state OR told_delivery <> "
     "job.delivery))) ORDER BY follow.job_id LIMIT ?"},
    {Sql::follow_told,
     "UPDATE follow SET told_state = ?, told_delivery = ?, progress = ?, news = ?, failures = 0, "
     "code = ?, error = '', changed_ms = ? WHERE follower = ? AND job_id = ? AND turn = ?"},
    {Sql::follow_failed,
     "UPDATE follow SET progress = ?, failures = ?, due_ms = ?, code = ?, error = ?, changed_ms = "
     "? WHERE follower = ? AND job_id = ? AND turn = ?"},
    {Sql::follow_list,
     "SELECT follow.follower, follow.job_id, follow.message_id, target, told_state, "
     "told_delivery, progress, failures, due_ms, follow.code, error, changed_ms, job.state, "
     "job.delivery, job.number, job.number_given, job.error_code, job.error_text, "
     "job.attempted_ms, job.ended_ms, job.delivered_ms, job.reply_text, job.reply_ms, "
     "message.username, message.label, message.parts, message.created_ms, message.callback, "
     "message.reply_timeout_ms, turn FROM follow JOIN job ON job.id = follow.job_id JOIN message "
     "ON "
     "message.id = follow.message_id WHERE follow.follower = ? AND progress = ? AND "
     "follow.job_id > ? ORDER BY follow.job_id LIMIT ?"},
    {Sql::follow_get,
     "SELECT follow.follower, follow.job_id, follow.message_id, target, told_state, "
     "told_delivery, progress, failures, due_ms, follow.code, error, changed_ms, job.state, "
     "job.delivery, job.number, job.number_given, job.error_code, job.error_text, "
     "job.attempted_ms, job.ended_ms, job.delivered_ms, job.reply_text, job.reply_ms, "
     "message.username, message.label, message.parts, message.created_ms, message.callback, "
     "message.reply_timeout_ms, turn FROM follow JOIN job ON job.id = follow.job_id JOIN message "
     "ON "
     "message.id = follow.message_id WHERE follow.follower = ? AND follow.job_id = ?"},
    {Sql::follow_target, "SELECT job_id FROM follow WHERE follower = ? AND target = ? ORDER BY "
                         "job_id LIMIT 1"},
    {Sql::follow_replay,
     "UPDATE follow SET told_state = '', told_delivery = '', progress = 'open', news = 1, failures "
     "= 0, due_ms = ?, changed_ms = ?, turn = turn + 1 WHERE follower = ? AND job_id = ?"},
    // It begins anew, and may well come to the same: what was told of it before does not count.
    {Sql::follow_reopen,
     "UPDATE follow SET progress = 'open', told_state = CASE WHEN told_state = '' THEN '' ELSE "
     "'queued' END, told_delivery = '', failures = 0, due_ms = ?, turn = turn + 1 WHERE job_id = "
     "?"},
    // A receiver that is gone (410) stays so. What is tried again keeps its turn.
    {Sql::follow_news,
     "UPDATE follow SET news = 1, failures = CASE WHEN progress = 'open' THEN failures ELSE 0 END, "
     "due_ms = CASE WHEN progress = 'open' THEN due_ms ELSE 0 END, progress = 'open' WHERE job_id "
     "= "
     "? AND (progress <> 'given_up' OR code <> 410) AND EXISTS (SELECT 1 FROM job WHERE job.id = "
     "follow.job_id AND (job.state <> told_state OR job.delivery <> told_delivery))"},
    {Sql::follow_counts, "SELECT follower, progress, COUNT(*) FROM follow GROUP BY follower, "
                         "progress"},
    {Sql::follow_forget, "DELETE FROM follow WHERE job_id = ?"},
    {Sql::agent_list, "SELECT name, state, error, since_ms, beat_ms, fetched, told, failures FROM "
                      "agent ORDER BY name"},
    {Sql::agent_add, "INSERT INTO agent (state, error, since_ms, beat_ms, fetched, told, failures, "
                     "name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::agent_set, "UPDATE agent SET state = ?, error = ?, since_ms = ?, beat_ms = ?, fetched = "
                     "?, told = ?, failures = ? WHERE name = ?"},
    {Sql::agent_remove, "DELETE FROM agent WHERE name = ?"},
    {Sql::bulk_add,
     "INSERT INTO bulk (message_id, progress, priority, not_before_ms, valid_until_ms, follower, "
     "target, created_ms) VALUES (?, 'open', ?, ?, ?, ?, ?, ?)"},
    {Sql::bulk_close,
     "UPDATE bulk SET progress = 'closed' WHERE message_id = ? AND progress = 'open'"},
    {Sql::bulk_next, "SELECT message_id FROM bulk WHERE progress = 'closed' ORDER BY priority, "
                     "created_ms, message_id LIMIT 1"},
    {Sql::bulk_get, "SELECT progress, priority, not_before_ms, valid_until_ms, follower, target, "
                    "created_ms FROM bulk WHERE message_id = ?"},
    {Sql::bulk_waiting,
     "SELECT COALESCE(SUM(jobs), 0) FROM bulk JOIN bulk_piece ON bulk_piece.message_id = "
     "bulk.message_id WHERE progress = 'closed'"},
    {Sql::bulk_remove, "DELETE FROM bulk WHERE message_id = ?"},
    {Sql::bulk_left_open,
     "SELECT message_id FROM bulk WHERE progress = 'open' AND created_ms < ? LIMIT 1"},
    {Sql::piece_add,
     "INSERT INTO bulk_piece (message_id, piece, jobs, recipients) VALUES (?, ?, ?, ?)"},
    {Sql::piece_first,
     "SELECT piece, recipients, jobs FROM bulk_piece WHERE message_id = ? ORDER BY "
     "piece LIMIT 1"},
    {Sql::piece_after,
     "SELECT piece, recipients, jobs FROM bulk_piece WHERE message_id = ? AND piece > "
     "? ORDER BY piece LIMIT 1"},
    {Sql::piece_sum, "SELECT COALESCE(SUM(jobs), 0) FROM bulk_piece WHERE message_id = ?"},
    {Sql::piece_remove, "DELETE FROM bulk_piece WHERE message_id = ? AND piece = ?"},
    {Sql::care_bulk_alone,
     "SELECT message_id FROM bulk WHERE progress <> 'open' AND NOT EXISTS (SELECT 1 FROM message "
     "WHERE message.id = bulk.message_id)"},
    {Sql::care_piece_alone,
     "SELECT DISTINCT message_id FROM bulk_piece WHERE NOT EXISTS (SELECT 1 FROM bulk WHERE "
     "bulk.message_id = bulk_piece.message_id)"},
    {Sql::care_bulk_progress,
     "SELECT progress, MIN(message_id), COUNT(*) FROM bulk GROUP BY progress"},
    {Sql::search_mark_get, "SELECT oldest, newest FROM search_mark WHERE kind = ?"},
    {Sql::search_mark_add, "INSERT INTO search_mark (kind, oldest, newest) VALUES (?, ?, ?)"},
    {Sql::search_mark_set, "UPDATE search_mark SET oldest = ?, newest = ? WHERE kind = ?"},
    {Sql::search_mark_covers,
     "SELECT 1 FROM search_mark WHERE kind = ? AND oldest <= ? AND newest >= ?"},
    {Sql::search_due_known, "SELECT 1 FROM search_due WHERE kind = ? AND id = ?"},
    {Sql::search_due_add, "INSERT INTO search_due (kind, id, owner, text) VALUES (?, ?, ?, ?)"},
    {Sql::search_due_list,
     "SELECT kind, id, owner, text FROM search_due ORDER BY kind, id LIMIT ?"},
    {Sql::search_due_remove, "DELETE FROM search_due WHERE kind = ? AND id = ?"},
    // These give an id, whose it is or its state, and the text.
    {Sql::search_message_get, "SELECT id, username, text FROM message WHERE id = ?"},
    {Sql::search_message_above,
     "SELECT id, username, text FROM message WHERE id > ? AND id < ? ORDER BY id LIMIT ?"},
    {Sql::search_message_below,
     "SELECT id, username, text FROM message WHERE id < ? ORDER BY id DESC LIMIT ?"},
    {Sql::search_message_newest,
     "SELECT id, username, text FROM message WHERE id > ? ORDER BY id DESC LIMIT ?"},
    {Sql::search_message_newest_of, "SELECT id, username, text FROM message WHERE username = ? AND "
                                    "id > ? ORDER BY id DESC LIMIT ?"},
    {Sql::search_inbox_get, "SELECT id, state, text FROM inbox WHERE id = ?"},
    {Sql::search_inbox_above,
     "SELECT id, state, text FROM inbox WHERE id > ? AND id < ? ORDER BY id LIMIT ?"},
    {Sql::search_inbox_below,
     "SELECT id, state, text FROM inbox WHERE id < ? ORDER BY id DESC LIMIT ?"},
    {Sql::search_inbox_newest,
     "SELECT id, state, text FROM inbox WHERE id > ? ORDER BY id DESC LIMIT ?"},
    // Of FTS5, where `rowid` is the number of an id.
    {Sql::message_search_find,
     "SELECT rowid FROM message_search WHERE message_search MATCH ? ORDER BY rowid DESC"},
    {Sql::message_search_has, "SELECT 1 FROM message_search_docsize WHERE id = ?"},
    {Sql::message_search_list, "SELECT id FROM message_search_docsize ORDER BY id"},
    {Sql::message_search_add, "INSERT INTO message_search (rowid, owner, text) VALUES (?, ?, ?)"},
    {Sql::message_search_remove,
     "INSERT INTO message_search (message_search, rowid, owner, text) VALUES ('delete', ?, ?, ?)"},
    {Sql::inbox_search_find,
     "SELECT rowid FROM inbox_search WHERE inbox_search MATCH ? ORDER BY rowid DESC"},
    {Sql::inbox_search_has, "SELECT 1 FROM inbox_search_docsize WHERE id = ?"},
    {Sql::inbox_search_list, "SELECT id FROM inbox_search_docsize ORDER BY id"},
    {Sql::inbox_search_add, "INSERT INTO inbox_search (rowid, owner, text) VALUES (?, ?, ?)"},
    {Sql::inbox_search_remove,
     "INSERT INTO inbox_search (inbox_search, rowid, owner, text) VALUES ('delete', ?, ?, ?)"},
    {Sql::search_due_of, "SELECT id FROM search_due WHERE kind = ? ORDER BY id DESC"},
    {Sql::search_due_numbered,
     "SELECT id, owner, text FROM search_due WHERE kind = ? AND id >= ? AND id < ? ORDER BY id"},
    {Sql::search_message_forget_gone,
     "DELETE FROM search_due WHERE kind = ? AND NOT EXISTS (SELECT 1 FROM message WHERE "
     "message.id = search_due.id)"},
    {Sql::search_inbox_forget_gone,
     "DELETE FROM search_due WHERE kind = ? AND NOT EXISTS (SELECT 1 FROM inbox WHERE "
     "inbox.id = search_due.id)"},
    {Sql::message_search_probe,
     "SELECT rowid FROM message_search WHERE message_search MATCH ? AND rowid = ?"},
    {Sql::inbox_search_probe,
     "SELECT rowid FROM inbox_search WHERE inbox_search MATCH ? AND rowid = ?"},
    {Sql::inbox_row, "SELECT id, modem, number, text, sent_ms, stored_ms, state, folder, location, "
                     "complete, job_id FROM inbox WHERE id = ?"},
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
