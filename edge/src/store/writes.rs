//! Each write of the flow as SQL. Pure: what D1 will be told, and which of its answers
//! is the write's value.

use recovery::flow::{
    policy::{DAY, HOUR},
    store::{AuditEvent, OutboxRow, Purge, Recovery, Session, Ticket, TicketState, Write},
};

use super::sql::{Bind, Gives, Sql};

/// Appends the statements of one write, in their order.
pub fn statements(write: &Write, out: &mut Vec<Sql>) {
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
        Write::InsertOutbox(row) => out.push(insert_outbox(row)),
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
        Write::TakeCompare { id, key, at, cap } => out.push(
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
        ),
        Write::ReturnTry { recovery, compare } => {
            out.push(
                Sql::new("UPDATE recovery SET tries = tries - 1 WHERE id = ?1 AND tries > 0")
                    .show(recovery),
            );
            out.push(Sql::new("DELETE FROM comparison WHERE id = ?1").show(compare));
        }
        Write::Audit(event) => out.push(audit(event)),
        Write::Purge(purge) => purge_all(purge, out),
        other => {
            if !ticket_and_member(other, out) {
                signin_and_outbox(other, out);
            }
        }
    }
}

/// Tickets, and what completing or disowning a recovery does to its member. False for others.
fn ticket_and_member(write: &Write, out: &mut Vec<Sql>) -> bool {
    match write {
        Write::RequireOpen { recovery } => out.push(
            Sql::new(
                "INSERT INTO guard (conflict) SELECT 'recovery-closed' WHERE NOT EXISTS \
                 (SELECT 1 FROM recovery WHERE id = ?1 AND state = 'open')",
            )
            .show(recovery),
        ),
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
        _ => return false,
    }
    true
}

fn signin_and_outbox(write: &Write, out: &mut Vec<Sql>) {
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
            out.push(Sql::new("DELETE FROM signin WHERE id = ?1 OR pair = ?2").show(id).show(pair))
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
                 settled_at = CASE ?2 WHEN 'pending' THEN NULL ELSE ?5 END WHERE id = ?1",
            )
            .show(id)
            .text(state.as_str())
            .int(*due_at)
            .int(i64::from(*unknowns))
            .int(*at),
        ),
        _ => {}
    }
}

/// Refuses the batch where the statement just before changed nothing.
fn unless_changed(conflict: &'static str) -> Sql {
    Sql::new("INSERT INTO guard (conflict) SELECT ?1 WHERE changes() = 0").text(conflict)
}

fn insert_recovery(row: &Recovery) -> Sql {
    Sql::new(
        "INSERT INTO recovery (id, channel, member, contact, decoy, kid, salt, epoch, code, link, \
         disown, dispatch_key, identifier_key, compare_key, locale, created_at, code_expires_at, \
         link_expires_at, disown_expires_at, tries, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, \
         ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
    )
    .show(row.id)
    .text(row.channel.as_str())
    .text(&row.member.0)
    .text(&row.contact)
    .int(i64::from(row.decoy))
    .text(&row.kid)
    .text(&hex(&row.salt))
    .int(row.epoch)
    .show(row.code)
    .show(row.link)
    .show(row.disown)
    .show(row.dispatch_key)
    .show(row.identifier_key)
    .show(row.compare_key)
    .text(row.locale.as_str())
    .int(row.created_at)
    .int(row.code_expires_at)
    .int(row.link_expires_at)
    .int(row.disown_expires_at)
    .int(i64::from(row.tries))
    .text(row.state.as_str())
}

fn insert_outbox(row: &OutboxRow) -> Sql {
    Sql::new(
        "INSERT INTO outbox (id, template, recovery, member, contact, decoy, locale, created_at, \
         not_after, due_at, lease_until, attempts, unknowns, state) VALUES (?1, ?2, ?3, ?4, ?5, \
         ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )
    .show(row.id)
    .text(row.template.as_str())
    .show(row.recovery)
    .text(&row.member.0)
    .text(&row.contact)
    .int(i64::from(row.decoy))
    .text(row.locale.as_str())
    .int(row.created_at)
    .bind(row.not_after.map_or(Bind::Null, Bind::Int))
    .int(row.due_at)
    .int(row.lease_until)
    .int(i64::from(row.attempts))
    .int(i64::from(row.unknowns))
    .text(row.state.as_str())
}

fn insert_ticket(row: &Ticket) -> Sql {
    let (state, attempt) = match row.state {
        TicketState::Live => ("live", Bind::Null),
        TicketState::Voided => ("voided", Bind::Null),
        TicketState::Spent(attempt) => ("spent", Bind::Text(attempt.to_string())),
    };
    Sql::new(
        "INSERT INTO ticket (hash, recovery, member, epoch, expires_at, state, attempt) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .show(row.hash)
    .show(row.recovery)
    .text(&row.member.0)
    .int(row.epoch)
    .int(row.expires_at)
    .text(state)
    .bind(attempt)
}

fn insert_session(row: &Session) -> Sql {
    Sql::new(
        "INSERT INTO session (hash, member, epoch, created_at, seen_at) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .show(row.hash)
    .text(&row.member.0)
    .int(row.epoch)
    .int(row.created_at)
    .int(row.seen_at)
}

fn audit(event: &AuditEvent) -> Sql {
    Sql::new("INSERT INTO audit (at, act, channel, recovery) VALUES (?1, ?2, ?3, ?4)")
        .int(event.at)
        .text(event.act)
        .text(event.channel.as_str())
        .bind(event.recovery.map_or(Bind::Null, |id| Bind::Text(id.to_string())))
}

fn purge_all(purge: &Purge, out: &mut Vec<Sql>) {
    for (text, bound) in [
        ("DELETE FROM captcha_nonce WHERE expires_at < ?1", purge.now),
        ("DELETE FROM ticket WHERE expires_at < ?1", purge.now),
        ("DELETE FROM session WHERE seen_at < ?1", purge.idle_before),
        ("DELETE FROM dispatch WHERE at < ?1", purge.counters_before),
        ("DELETE FROM comparison WHERE at < ?1", purge.counters_before),
        ("DELETE FROM signin WHERE at < ?1", purge.counters_before),
        ("DELETE FROM address_use WHERE at < ?1", purge.counters_before),
        ("DELETE FROM recovery WHERE created_at < ?1", purge.before),
        (
            "DELETE FROM outbox WHERE created_at < ?1 AND \
             state NOT IN ('pending', 'leased', 'sending')",
            purge.before,
        ),
        ("DELETE FROM mail_event WHERE at < ?1", purge.before),
    ] {
        out.push(Sql::new(text).int(bound).gives(Gives::Changes));
    }
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
