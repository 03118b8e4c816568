//! Whole rows into their tables, and old rows out of them.

use recovery::flow::store::{AuditEvent, OutboxRow, Purge, Recovery, Session, Ticket, TicketState};

use super::sql::{Bind, Gives, Sql};

pub(super) fn insert_recovery(row: &Recovery) -> Sql {
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

pub(super) fn insert_outbox(row: &OutboxRow) -> Sql {
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

pub(super) fn insert_ticket(row: &Ticket) -> Sql {
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

pub(super) fn insert_session(row: &Session) -> Sql {
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

pub(super) fn audit(event: &AuditEvent) -> Sql {
    Sql::new("INSERT INTO audit (at, act, channel, recovery) VALUES (?1, ?2, ?3, ?4)")
        .int(event.at)
        .text(event.act)
        .text(event.channel.as_str())
        .bind(event.recovery.map_or(Bind::Null, |id| Bind::Text(id.to_string())))
}

pub(super) fn purge_all(purge: &Purge, out: &mut Vec<Sql>) {
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
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
