//! Each write of the desk as SQL. Pure, like [`super::writes`].

use base64::{Engine as _, engine::general_purpose::STANDARD};
use recovery::{
    desk::{
        case::{Case, Entry, SealedItem},
        names::StaffId,
        seal::Sealed,
        store::{DeskAudit, DeskWrite},
    },
    flow::{
        account::{Contact, ContactValue},
        ids::Digest32,
    },
};

use super::{
    desk_letters,
    inserts::hex,
    sql::{Bind, Gives, Sql},
};

/// Appends the statements of one write, in their order.
pub(super) fn statements(write: &DeskWrite, out: &mut Vec<Sql>) {
    match write {
        DeskWrite::InsertCase { case, items } => {
            out.push(insert_case(case));
            out.extend(items.iter().map(|row| insert_item(case, row)));
        }
        DeskWrite::UpdateCase { case, expect } => {
            out.push(update_case(case, *expect));
            out.push(Sql::new(
                "INSERT INTO desk_guard (conflict) SELECT 'case-changed' WHERE changes() = 0",
            ));
        }
        DeskWrite::InsertEntry(entry) => out.push(insert_entry(entry)),
        DeskWrite::ReplaceContacts { member, keep, add, at } => {
            out.push(
                Sql::new(
                    "UPDATE member_contact SET former_at = ?2 WHERE member = ?1 AND \
                     former_at IS NULL AND id NOT IN (SELECT value FROM json_each(?3))",
                )
                .text(&member.0)
                .int(*at)
                .text(&serde_json::json!(keep).to_string()),
            );
            out.extend(add.iter().map(|contact| insert_contact(&member.0, contact)));
            out.push(
                Sql::new("UPDATE member SET contacts_changed_at = ?2 WHERE reference = ?1")
                    .text(&member.0)
                    .int(*at),
            );
        }
        DeskWrite::Audit(line) => out.push(audit(line)),
        DeskWrite::Chain { links, checkpoint } => {
            // One statement: D1 counts statements, and links come by the hundred.
            let rows: Vec<_> = links
                .iter()
                .map(|link| (link.seq, link.kid.as_str(), link.hash.to_string()))
                .collect();
            out.push(
                Sql::new(
                    "INSERT INTO audit_link (seq, kid, hash) SELECT value ->> 0, value ->> 1, \
                     value ->> 2 FROM json_each(?1)",
                )
                .text(&serde_json::json!(rows).to_string()),
            );
            out.push(
                Sql::new(
                    "INSERT INTO audit_checkpoint (upto, head, at, kid, signature) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )
                .int(checkpoint.upto)
                .show(checkpoint.head)
                .int(checkpoint.at)
                .text(&checkpoint.kid)
                .show(checkpoint.signature),
            );
        }
        DeskWrite::MailCheckpoint { upto, at, since } => {
            out.push(
                Sql::new(
                    "UPDATE audit_checkpoint SET mailed_at = ?2 WHERE upto = ?1 AND mailed_at IS \
                     NULL AND NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE mailed_at > ?3)",
                )
                .int(*upto)
                .int(*at)
                .int(*since),
            );
            // Where nothing was changed, the row is there twice, which its key refuses.
            out.push(
                Sql::new(
                    "INSERT INTO audit_checkpoint SELECT * FROM audit_checkpoint \
                     WHERE changes() = 0 AND upto = ?1",
                )
                .int(*upto),
            );
        }
        DeskWrite::ReviveMessage { id, at } => {
            out.push(
                Sql::new(
                    "UPDATE outbox SET state = 'pending', due_at = ?2, lease_until = 0, \
                     attempts = 0, unknowns = min(unknowns, 1), settled_at = NULL, \
                     resent_at = ?2 WHERE id = ?1 AND state IN ('dead', 'unknown') AND \
                     resent_at IS NULL",
                )
                .show(id)
                .int(*at),
            );
            out.push(Sql::new(
                "INSERT INTO figure_guard (conflict) SELECT 'message-revived' WHERE changes() = 0",
            ));
        }
        DeskWrite::InsertLetter { letter, text } => out.push(desk_letters::insert(letter, text)),
        DeskWrite::SettleLetter { letter, expect } => {
            out.push(desk_letters::settle(letter, *expect));
            out.push(Sql::new(
                "INSERT INTO desk_guard (conflict) SELECT 'case-changed' WHERE changes() = 0",
            ));
        }
        DeskWrite::Purge { ended, idle, former, letters } => {
            purge(*ended, *idle, *former, out);
            out.push(desk_letters::purge(*letters, *ended));
        }
    }
}

fn optional(text: Option<&str>) -> Bind {
    text.map_or(Bind::Null, |text| Bind::Text(text.to_owned()))
}

fn digest(value: Option<Digest32>) -> Bind {
    value.map_or(Bind::Null, |digest| Bind::Text(digest.to_string()))
}

pub(super) fn staff(id: Option<&StaffId>) -> Bind {
    optional(id.map(|id| id.0.as_str()))
}

pub(super) fn int(value: Option<i64>) -> Bind {
    value.map_or(Bind::Null, Bind::Int)
}

fn insert_case(case: &Case) -> Sql {
    let [identifier, phone, email] = case.keys;
    let sql = Sql::new(
        "INSERT INTO desk_case (id, office, state, version, changed_at, ended_at, assignee, \
         first, member, recovery, changes_contacts, cooling_until, disputed_at, number, locale, \
         opened_at, kid, salt, lookup, key_identifier, key_phone, key_email, from_letter) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
         ?19, ?20, ?21, ?22, ?23)",
    );
    changing(sql, case)
        .show(case.number)
        .text(case.locale.as_str())
        .int(case.opened_at)
        .text(&case.kid)
        .text(&hex(&case.salt))
        .show(case.lookup)
        .bind(digest(identifier))
        .bind(digest(phone))
        .bind(digest(email))
        .int(i64::from(case.from_letter))
}

fn update_case(case: &Case, expect: u32) -> Sql {
    let sql = Sql::new(
        "UPDATE desk_case SET office = ?2, state = ?3, version = ?4, changed_at = ?5, \
         ended_at = ?6, assignee = ?7, first = ?8, member = ?9, recovery = ?10, \
         changes_contacts = ?11, cooling_until = ?12, disputed_at = ?13 \
         WHERE id = ?1 AND version = ?14",
    );
    changing(sql, case).int(i64::from(expect))
}

/// What of a case may change, as values 1 to 13.
fn changing(sql: Sql, case: &Case) -> Sql {
    sql.show(case.id)
        .text(case.office.as_str())
        .text(case.state.as_str())
        .int(i64::from(case.version))
        .int(case.changed_at)
        .bind(int(case.ended_at))
        .bind(staff(case.assignee.as_ref()))
        .bind(staff(case.first.as_ref()))
        .bind(optional(case.member.as_ref().map(|member| member.0.as_str())))
        .bind(optional(case.recovery.map(|id| id.to_string()).as_deref()))
        .int(i64::from(case.changes_contacts))
        .bind(int(case.cooling_until))
        .bind(int(case.disputed_at))
}

pub(super) fn sealed(sql: Sql, sealed: Option<&Sealed>) -> Sql {
    match sealed {
        Some(sealed) => sql
            .text(&sealed.kid)
            .text(&STANDARD.encode(sealed.nonce))
            .text(&STANDARD.encode(&sealed.body)),
        None => sql.bind(Bind::Null).bind(Bind::Null).bind(Bind::Null),
    }
}

fn insert_item(case: &Case, row: &SealedItem) -> Sql {
    let sql = Sql::new(
        "INSERT INTO desk_item (case_id, item, kid, nonce, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    );
    sealed(sql.show(case.id).text(row.item.as_str()), Some(&row.sealed))
}

fn insert_entry(entry: &Entry) -> Sql {
    let sql = Sql::new(
        "INSERT INTO desk_entry (id, case_id, at, kind, staff, kid, nonce, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .show(entry.id)
    .show(entry.case)
    .int(entry.at)
    .text(entry.kind.as_str())
    .bind(staff(entry.staff.as_ref()));
    sealed(sql, entry.text.as_ref())
}

fn insert_contact(member: &str, contact: &Contact) -> Sql {
    let (kind, value) = match &contact.value {
        ContactValue::Email(email) => ("email", email.as_str().to_owned()),
        ContactValue::Phone(phone) => ("phone", phone.e164().to_owned()),
    };
    Sql::new("INSERT INTO member_contact (id, member, kind, value) VALUES (?1, ?2, ?3, ?4)")
        .text(&contact.id)
        .text(member)
        .text(kind)
        .text(&value)
}

fn audit(line: &DeskAudit) -> Sql {
    Sql::new(
        "INSERT INTO audit (at, act, channel, recovery, case_id, staff, office) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .int(line.event.at)
    .text(line.event.act)
    .text(line.event.channel.as_str())
    .bind(optional(line.event.recovery.map(|id| id.to_string()).as_deref()))
    .bind(optional(line.case.map(|id| id.to_string()).as_deref()))
    .bind(staff(line.staff.as_ref()))
    .text(line.office.as_str())
}

/// A cooling-off is never cut short by retention. What belongs to a case goes first.
fn purge(ended: i64, idle: i64, former: i64, out: &mut Vec<Sql>) {
    for text in [
        "DELETE FROM desk_item WHERE case_id IN (SELECT id FROM desk_case WHERE ended_at < ?1 \
         UNION ALL SELECT id FROM desk_case WHERE changed_at < ?2 AND state <> 'cooling-off')",
        "DELETE FROM desk_entry WHERE case_id IN (SELECT id FROM desk_case WHERE ended_at < ?1 \
         UNION ALL SELECT id FROM desk_case WHERE changed_at < ?2 AND state <> 'cooling-off')",
        "DELETE FROM desk_case WHERE id IN (SELECT id FROM desk_case WHERE ended_at < ?1 \
         UNION ALL SELECT id FROM desk_case WHERE changed_at < ?2 AND state <> 'cooling-off')",
    ] {
        out.push(Sql::new(text).int(ended).int(idle).gives(Gives::Changes));
    }
    out.push(
        Sql::new("DELETE FROM member_contact WHERE former_at < ?1")
            .int(former)
            .gives(Gives::Changes),
    );
}
