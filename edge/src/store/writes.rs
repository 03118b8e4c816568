//! Each write of the flow as SQL. Pure: what D1 will be told, and which of its answers
//! is the write's value.

use recovery::flow::{
    policy::{DAY, HOUR},
    store::Write,
    text_policy::vietnam_day,
};

use super::{
    inserts::{audit, insert_outbox, insert_recovery, insert_session, insert_ticket, purge_all},
    sql::{Gives, Sql},
};

/// Appends the statements of one write, in their order.
pub fn statements(write: &Write, out: &mut Vec<Sql>) {
    use Write as W;
    // Without a wildcard: a new write does not compile until it has its SQL.
    match write {
        W::SpendCaptcha { .. }
        | W::CountDispatch { .. }
        | W::InsertRecovery(_)
        | W::TakeTry { .. }
        | W::TakeCompare { .. }
        | W::ReturnTry { .. }
        | W::RequireOpen { .. } => recovery(write, out),
        W::VoidTickets { .. } | W::InsertTicket(_) | W::SpendTicket { .. } => ticket(write, out),
        W::VoidMember { .. }
        | W::CompleteRecovery { .. }
        | W::SetPassword { .. }
        | W::EndSessions { .. }
        | W::DisownOpen { .. }
        | W::DisownCompleted { .. } => member(write, out),
        W::TakeSignin { .. }
        | W::ReturnSignin { .. }
        | W::ClearSignins { .. }
        | W::InsertSession(_)
        | W::TouchSession { .. }
        | W::DeleteSession { .. } => session(write, out),
        W::InsertOutbox(_)
        | W::LeaseOutbox { .. }
        | W::MarkSending { .. }
        | W::CountAddress { .. }
        | W::SettleOutbox { .. }
        | W::ProveSent { .. } => outbox(write, out),
        W::Audit(event) => out.push(audit(event)),
        W::Purge(purge) => purge_all(purge, out),
    }
}

/// Asking for a recovery, and trying its code.
fn recovery(write: &Write, out: &mut Vec<Sql>) {
    match write {
        Write::SpendCaptcha { nonce, expires_at } => out.push(
            Sql::new("INSERT INTO captcha_nonce (nonce, expires_at) VALUES (?1, ?2)")
                .text(nonce)
                .int(*expires_at),
        ),
        Write::CountDispatch { key, identifier, at, hour, day } => {
            for (cap, window) in [(hour, HOUR), (day, DAY)] {
                out.push(
                    Sql::new(
                        "INSERT INTO guard (conflict) SELECT 'dispatch-limit' WHERE ?2 > 0 AND \
                         (SELECT count(*) FROM dispatch WHERE key = ?1 AND at > ?3) >= ?2",
                    )
                    .show(key)
                    .int(i64::from(*cap))
                    .int(at - window),
                );
            }
            out.push(
                Sql::new("INSERT INTO dispatch (key, identifier, at) VALUES (?1, ?2, ?3)")
                    .show(key)
                    .show(identifier)
                    .int(*at),
            );
        }
        Write::InsertRecovery(recovery) => out.push(insert_recovery(recovery)),
        Write::TakeTry { recovery, at, cap } => {
            out.push(
                Sql::new(
                    "UPDATE recovery SET tries = tries + 1 WHERE id = ?1 AND state = 'open' AND \
                     code_expires_at > ?2 AND (?3 = 0 OR tries < ?3) RETURNING tries AS value",
                )
                .show(recovery)
                .int(*at)
                .int(i64::from(*cap))
                .gives(Gives::Value),
            );
            out.push(unless_changed("recovery-closed"));
        }
        Write::TakeCompare { id, key, at, cap } => {
            out.push(
                Sql::new(
                    "INSERT INTO comparison (id, key, at) SELECT ?1, ?2, ?3 WHERE ?4 = 0 OR \
                 (SELECT count(*) FROM comparison WHERE key = ?2 AND at > ?5) < ?4 \
                 RETURNING 1 AS value",
                )
                .show(id)
                .show(key)
                .int(*at)
                .int(i64::from(*cap))
                .int(at - DAY)
                .gives(Gives::Rows),
            );
            // The cap is silent: the supervisor's figures alone tell of it.
            out.push(
                Sql::new(
                    "INSERT INTO figure_limit (day, kind, count) SELECT ?1, 'compared', 1 WHERE \
                     changes() = 0 ON CONFLICT (day, kind) DO UPDATE SET count = count + 1",
                )
                .int(vietnam_day(*at)),
            );
        }
        Write::ReturnTry { recovery, compare } => {
            out.push(
                Sql::new("UPDATE recovery SET tries = tries - 1 WHERE id = ?1 AND tries > 0")
                    .show(recovery),
            );
            out.push(Sql::new("DELETE FROM comparison WHERE id = ?1").show(compare));
        }
        Write::RequireOpen { recovery } => out.push(
            Sql::new(
                "INSERT INTO guard (conflict) SELECT 'recovery-closed' WHERE NOT EXISTS \
                 (SELECT 1 FROM recovery WHERE id = ?1 AND state = 'open')",
            )
            .show(recovery),
        ),
        _ => {}
    }
}

/// Tickets.
fn ticket(write: &Write, out: &mut Vec<Sql>) {
    match write {
        Write::VoidTickets { recovery } => out.push(
            Sql::new(
                "UPDATE ticket SET state = 'voided' WHERE recovery = ?1 AND state = 'live' \
                 RETURNING 1 AS value",
            )
            .show(recovery)
            .gives(Gives::Rows),
        ),
        Write::InsertTicket(ticket) => out.push(insert_ticket(ticket)),
        Write::SpendTicket { hash, attempt, at, epoch } => {
            out.push(
                Sql::new(
                    "UPDATE ticket SET state = 'spent', attempt = ?2 WHERE hash = ?1 AND \
                     state = 'live' AND expires_at > ?3 AND epoch >= ?4",
                )
                .show(hash)
                .show(attempt)
                .int(*at)
                .int(*epoch),
            );
            out.push(unless_changed("ticket-spent"));
        }
        _ => {}
    }
}

/// What completing or disowning a recovery does to its member.
fn member(write: &Write, out: &mut Vec<Sql>) {
    match write {
        Write::VoidMember { member, except } => {
            out.push(
                Sql::new(
                    "UPDATE recovery SET state = 'voided' WHERE member = ?1 AND state = 'open' \
                     AND id <> ?2",
                )
                .text(&member.0)
                .show(except),
            );
            out.push(
                Sql::new("UPDATE ticket SET state = 'voided' WHERE member = ?1 AND state = 'live'")
                    .text(&member.0),
            );
        }
        Write::CompleteRecovery { recovery, .. } => out
            .push(Sql::new("UPDATE recovery SET state = 'completed' WHERE id = ?1").show(recovery)),
        Write::SetPassword { member, hash, recovery, at } => out.push(
            Sql::new(
                "UPDATE member SET password_hash = ?2, password_state = 'active', \
                 password_recovery = ?3, password_at = ?4 WHERE reference = ?1",
            )
            .text(&member.0)
            .text(hash)
            .show(recovery)
            .int(*at),
        ),
        Write::EndSessions { member } => out.push(
            Sql::new("DELETE FROM session WHERE member = ?1 RETURNING 1 AS value")
                .text(&member.0)
                .gives(Gives::Rows),
        ),
        Write::DisownOpen { recovery } => {
            out.push(
                Sql::new(
                    "UPDATE recovery SET state = 'disowned' WHERE id = ?1 AND state = 'open' \
                     RETURNING 1 AS value",
                )
                .show(recovery)
                .gives(Gives::Rows),
            );
            out.push(
                Sql::new(
                    "UPDATE ticket SET state = 'voided' WHERE recovery = ?1 AND state = 'live'",
                )
                .show(recovery),
            );
        }
        Write::DisownCompleted { member, recovery } => {
            out.push(
                Sql::new(
                    "DELETE FROM session WHERE member = ?1 AND EXISTS (SELECT 1 FROM member \
                     WHERE reference = ?1 AND password_recovery = ?2 AND \
                     password_state = 'active')",
                )
                .text(&member.0)
                .show(recovery),
            );
            out.push(
                Sql::new(
                    "UPDATE member SET password_state = 'to-be-recovered' WHERE reference = ?1 \
                     AND password_recovery = ?2 AND password_state = 'active' \
                     RETURNING 1 AS value",
                )
                .text(&member.0)
                .show(recovery)
                .gives(Gives::Rows),
            );
        }
        _ => {}
    }
}

/// Sign-ins and sessions.
fn session(write: &Write, out: &mut Vec<Sql>) {
    match write {
        Write::TakeSignin { id, pair, identifier, at, since, cap } => {
            out.push(
                Sql::new(
                    "INSERT INTO guard (conflict) SELECT 'signin-limit' WHERE ?2 > 0 AND \
                     (SELECT count(*) FROM signin WHERE pair = ?1 AND at > ?3) >= ?2",
                )
                .show(pair)
                .int(i64::from(*cap))
                .int(*since),
            );
            out.push(
                Sql::new("INSERT INTO signin (id, pair, identifier, at) VALUES (?1, ?2, ?3, ?4)")
                    .show(id)
                    .show(pair)
                    .show(identifier)
                    .int(*at),
            );
        }
        Write::ReturnSignin { id, pair } => {
            out.push(Sql::new("DELETE FROM signin WHERE id = ?1 OR pair = ?2").show(id).show(pair));
        }
        Write::ClearSignins { identifiers } => {
            for identifier in identifiers {
                out.push(Sql::new("DELETE FROM signin WHERE identifier = ?1").show(identifier));
            }
        }
        Write::InsertSession(session) => out.push(insert_session(session)),
        Write::TouchSession { hash, at } => out.push(
            Sql::new("UPDATE session SET seen_at = max(seen_at, ?2) WHERE hash = ?1")
                .show(hash)
                .int(*at),
        ),
        Write::DeleteSession { hash } => out.push(
            Sql::new("DELETE FROM session WHERE hash = ?1 RETURNING 1 AS value")
                .show(hash)
                .gives(Gives::Rows),
        ),
        _ => {}
    }
}

/// What dispatching does to the outbox.
fn outbox(write: &Write, out: &mut Vec<Sql>) {
    match write {
        Write::InsertOutbox(row) => out.push(insert_outbox(row)),
        Write::LeaseOutbox { id, at, until } => out.push(
            Sql::new(
                "UPDATE outbox SET unknowns = unknowns + (state = 'sending'), state = 'leased', \
                 attempts = attempts + 1, lease_until = ?3 WHERE id = ?1 AND \
                 ((state = 'pending' AND due_at <= ?2) OR \
                 (state IN ('leased', 'sending') AND lease_until <= ?2)) RETURNING 1 AS value",
            )
            .show(id)
            .int(*at)
            .int(*until)
            .gives(Gives::Rows),
        ),
        Write::MarkSending { id, until } => out.push(
            Sql::new(
                "UPDATE outbox SET state = 'sending', lease_until = ?2 WHERE id = ?1 AND \
                 state = 'leased' RETURNING 1 AS value",
            )
            .show(id)
            .int(*until)
            .gives(Gives::Rows),
        ),
        Write::CountAddress { id, key, at, cap } => {
            out.push(
                Sql::new(
                    "INSERT INTO address_use (outbox, key, at) SELECT ?1, ?2, ?3 WHERE \
                     NOT EXISTS (SELECT 1 FROM address_use WHERE outbox = ?1) AND (?4 = 0 OR \
                     (SELECT count(*) FROM address_use WHERE key = ?2 AND at > ?5) < ?4)",
                )
                .show(id)
                .show(key)
                .int(*at)
                .int(i64::from(*cap))
                .int(at - DAY),
            );
            out.push(
                Sql::new("SELECT 1 AS value FROM address_use WHERE outbox = ?1")
                    .show(id)
                    .gives(Gives::Rows),
            );
        }
        Write::SettleOutbox { id, state, due_at, unknowns, at } => out.push(
            Sql::new(
                "UPDATE outbox SET state = ?2, due_at = ?3, unknowns = ?4, \
                 settled_at = CASE ?2 WHEN 'pending' THEN NULL ELSE ?5 END \
                 WHERE id = ?1 AND state != 'sent'",
            )
            .show(id)
            .text(state.as_str())
            .int(*due_at)
            .int(i64::from(*unknowns))
            .int(*at),
        ),
        Write::ProveSent { id, at } => out.push(
            Sql::new(
                "UPDATE outbox SET state = 'sent', settled_at = ?2 WHERE id = ?1 AND \
                 (state IN ('sending', 'unknown') OR \
                 (state IN ('pending', 'leased') AND unknowns > 0))",
            )
            .show(id)
            .int(*at),
        ),
        _ => {}
    }
}

/// Refuses the batch where the statement just before changed nothing.
pub(super) fn unless_changed(conflict: &'static str) -> Sql {
    Sql::new("INSERT INTO guard (conflict) SELECT ?1 WHERE changes() = 0").text(conflict)
}
