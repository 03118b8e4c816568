//! D1 behind the desk's [`DeskStore`].

use base64::{Engine as _, engine::general_purpose::STANDARD};
use recovery::{
    desk::{
        audit::{AuditLink, AuditRecord, Checkpoint},
        case::{Case, CaseState, Entry, EntryKind, SealedItem},
        inbox::{Letter, LetterQuery},
        names::{CaseId, CaseNumber, OfficeId, StaffId},
        review::Step,
        seal::Sealed,
        staff::{Role, Staff},
        stated::Item,
        store::{DeskStore, DeskWrite, QueueQuery, StateCount, Which},
    },
    flow::{
        account::MemberRef,
        ids::{Digest32, Id, RecoveryId},
        store::{Batch, StoreError},
    },
    locale::Locale,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    D1,
    desk_queue::queue,
    desk_writes,
    rows::{Row, broken, salt},
    sql::Sql,
    writes,
};

#[derive(Deserialize)]
struct CaseRow {
    id: String,
    number: String,
    office: String,
    locale: String,
    state: String,
    version: u32,
    opened_at: i64,
    changed_at: i64,
    ended_at: Option<i64>,
    kid: String,
    salt: String,
    lookup: String,
    key_identifier: Option<String>,
    key_phone: Option<String>,
    key_email: Option<String>,
    assignee: Option<String>,
    first: Option<String>,
    member: Option<String>,
    recovery: Option<String>,
    changes_contacts: u8,
    cooling_until: Option<i64>,
    disputed_at: Option<i64>,
    from_letter: u8,
}

/// An error where there is a text that cannot be read.
fn digest(text: Option<&String>) -> Result<Option<Digest32>, ()> {
    text.map(|text| Digest32::parse(text).ok_or(())).transpose()
}

impl CaseRow {
    fn parse(self) -> Option<Case> {
        let recovery = match &self.recovery {
            Some(text) => Some(Id::parse(text)?),
            None => None,
        };
        Some(Case {
            id: Id::parse(&self.id)?,
            number: CaseNumber::parse(&self.number)?,
            office: OfficeId::parse(&self.office)?,
            locale: Locale::from_tag(&self.locale)?,
            state: CaseState::from_tag(&self.state)?,
            version: self.version,
            opened_at: self.opened_at,
            changed_at: self.changed_at,
            ended_at: self.ended_at,
            kid: self.kid,
            salt: salt(&self.salt)?,
            lookup: Digest32::parse(&self.lookup)?,
            keys: [
                digest(self.key_identifier.as_ref()).ok()?,
                digest(self.key_phone.as_ref()).ok()?,
                digest(self.key_email.as_ref()).ok()?,
            ],
            assignee: self.assignee.map(StaffId),
            first: self.first.map(StaffId),
            member: self.member.map(MemberRef),
            recovery,
            changes_contacts: self.changes_contacts != 0,
            cooling_until: self.cooling_until,
            disputed_at: self.disputed_at,
            from_letter: self.from_letter != 0,
        })
    }
}

#[derive(Deserialize)]
struct EntryRow {
    id: String,
    case_id: String,
    at: i64,
    kind: String,
    staff: Option<String>,
    kid: Option<String>,
    nonce: Option<String>,
    body: Option<String>,
}

pub(super) fn sealed(kid: String, nonce: &str, body: &str) -> Option<Sealed> {
    let nonce = STANDARD.decode(nonce).ok()?.try_into().ok()?;
    Some(Sealed { kid, nonce, body: STANDARD.decode(body).ok()? })
}

impl EntryRow {
    fn parse(self) -> Option<Entry> {
        let text = match (self.kid, self.nonce, self.body) {
            (Some(kid), Some(nonce), Some(body)) => Some(sealed(kid, &nonce, &body)?),
            (None, None, None) => None,
            _ => return None,
        };
        Some(Entry {
            id: Id::parse(&self.id)?,
            case: Id::parse(&self.case_id)?,
            at: self.at,
            kind: EntryKind::from_tag(&self.kind)?,
            staff: self.staff.map(StaffId),
            text,
        })
    }
}

/// Id, role, office, own account, and whether active.
fn staff(row: Row) -> Option<Staff> {
    Some(Staff {
        id: StaffId(row.a?),
        role: Role::from_tag(&row.b?)?,
        office: OfficeId::parse(&row.c?)?,
        member: row.d.map(MemberRef),
        active: row.n? != 0,
    })
}

#[derive(Deserialize)]
struct RecordRow {
    seq: i64,
    at: i64,
    act: String,
    channel: String,
    recovery: Option<String>,
    case_id: Option<String>,
    staff: Option<String>,
    office: Option<String>,
}

/// A member of staff, by what follows.
macro_rules! staff_sql {
    () => {
        "SELECT id AS a, role AS b, office AS c, member AS d, active AS n FROM desk_staff WHERE "
    };
}

impl D1 {
    async fn case_by(&self, sql: Sql) -> Result<Option<Case>, StoreError> {
        match self.first::<CaseRow>(sql).await? {
            Some(row) => row.parse().map(Some).ok_or_else(|| broken("desk_case")),
            None => Ok(None),
        }
    }

    async fn staff_by(&self, sql: Sql) -> Result<Option<Staff>, StoreError> {
        Ok(self.all(sql, "desk_staff", staff).await?.pop())
    }

    pub(super) async fn all<R: DeserializeOwned, T>(
        &self,
        sql: Sql,
        table: &'static str,
        parse: impl Fn(R) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.read::<R>(sql).await?;
        rows.into_iter().map(|row| parse(row).ok_or_else(|| broken(table))).collect()
    }
}

impl DeskStore for D1 {
    async fn apply_desk(&self, desk: Vec<DeskWrite>, batch: Batch) -> Result<Vec<i64>, StoreError> {
        let mut groups = Vec::with_capacity(desk.len() + batch.len());
        for write in &desk {
            let mut statements = Vec::new();
            desk_writes::statements(write, &mut statements);
            groups.push(statements);
        }
        for write in &batch {
            let mut statements = Vec::new();
            writes::statements(write, &mut statements);
            groups.push(statements);
        }
        self.apply_groups(groups).await
    }

    async fn case(&self, id: &CaseId) -> Result<Option<Case>, StoreError> {
        self.case_by(Sql::new("SELECT * FROM desk_case WHERE id = ?1").show(id)).await
    }

    async fn case_by_number(&self, number: &CaseNumber) -> Result<Option<Case>, StoreError> {
        self.case_by(Sql::new("SELECT * FROM desk_case WHERE number = ?1").show(number)).await
    }

    async fn case_of(&self, recovery: &RecoveryId) -> Result<Option<Case>, StoreError> {
        self.case_by(Sql::new("SELECT * FROM desk_case WHERE recovery = ?1").show(recovery)).await
    }

    async fn items(&self, case: &CaseId) -> Result<Vec<SealedItem>, StoreError> {
        let sql = Sql::new(
            "SELECT item AS a, kid AS b, nonce AS c, body AS d FROM desk_item WHERE case_id = ?1",
        );
        self.all(sql.show(case), "desk_item", |row: Row| {
            let sealed = sealed(row.b?, &row.c?, &row.d?)?;
            Some(SealedItem { item: Item::from_tag(&row.a?)?, sealed })
        })
        .await
    }

    async fn entries(&self, case: &CaseId) -> Result<Vec<Entry>, StoreError> {
        let sql = Sql::new("SELECT * FROM desk_entry WHERE case_id = ?1 ORDER BY at, id");
        self.all(sql.show(case), "desk_entry", EntryRow::parse).await
    }

    async fn course(&self, case: &CaseId) -> Result<Vec<Step>, StoreError> {
        self.all(Sql::new(COURSE).show(case), "audit", |row: Row| {
            Some(Step {
                at: row.n?,
                act: row.a?,
                staff: row.b.map(StaffId),
                role: row.c.as_deref().and_then(Role::from_tag),
                office: row.d.as_deref().and_then(OfficeId::parse),
            })
        })
        .await
    }

    async fn queue(&self, query: &QueueQuery) -> Result<Vec<Case>, StoreError> {
        let mut cases = self.all(queue(query), "desk_case", CaseRow::parse).await?;
        if query.which == Which::Open {
            cases.retain(|case| case.ended_at.is_none());
        }
        cases.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(cases)
    }

    async fn counts(&self, office: &OfficeId) -> Result<Vec<StateCount>, StoreError> {
        let sql = Sql::new(
            "SELECT state AS a, count(*) AS n, min(opened_at) AS m FROM desk_case \
             WHERE office = ?1 GROUP BY state",
        );
        self.all(sql.text(office.as_str()), "desk_case", |row: Row| {
            let (state, count) = (CaseState::from_tag(row.text())?, u32::try_from(row.n?).ok()?);
            Some(StateCount { state, count, oldest: row.m? })
        })
        .await
    }

    async fn inbox_letter(&self, id: &Id) -> Result<Option<Letter>, StoreError> {
        self.letter_by(id).await
    }

    async fn letter_text(&self, id: &Id) -> Result<Option<Sealed>, StoreError> {
        self.text_of_letter(id).await
    }

    async fn inbox_letters(&self, query: &LetterQuery) -> Result<Vec<Letter>, StoreError> {
        self.page_of_letters(query).await
    }

    async fn staff_by_email(&self, email: &str) -> Result<Option<Staff>, StoreError> {
        let sql = Sql::new(concat!(staff_sql!(), "email = ?1"));
        self.staff_by(sql.text(email)).await
    }

    async fn staff(&self, id: &StaffId) -> Result<Option<Staff>, StoreError> {
        let sql = Sql::new(concat!(staff_sql!(), "id = ?1"));
        self.staff_by(sql.text(&id.0)).await
    }

    async fn desk_offices(&self) -> Result<Vec<OfficeId>, StoreError> {
        let sql = Sql::new(
            "SELECT DISTINCT office AS a FROM desk_staff WHERE active = 1 ORDER BY office",
        );
        self.all(sql, "desk_staff", |row: Row| OfficeId::parse(row.text())).await
    }

    async fn cooled(&self, at: i64, limit: u32) -> Result<Vec<CaseId>, StoreError> {
        let sql = Sql::new(
            "SELECT id AS a FROM desk_case WHERE state = 'cooling-off' AND \
             cooling_until <= ?1 ORDER BY cooling_until, id LIMIT ?2",
        );
        let sql = sql.int(at).int(i64::from(limit));
        self.all(sql, "desk_case", |row: Row| Id::parse(row.text())).await
    }

    async fn newest_link(&self) -> Result<Option<AuditLink>, StoreError> {
        let sql = Sql::new(
            "SELECT seq AS n, kid AS a, hash AS b FROM audit_link ORDER BY seq DESC LIMIT 1",
        );
        Ok(self.all(sql, "audit_link", link).await?.into_iter().next())
    }

    async fn records(&self, above: i64, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        let sql = Sql::new(
            "SELECT seq, at, act, channel, recovery, case_id, staff, office FROM audit \
             WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        );
        self.all(sql.int(above).int(i64::from(limit)), "audit", |row: RecordRow| {
            Some(AuditRecord {
                seq: row.seq,
                at: row.at,
                act: row.act,
                channel: row.channel,
                recovery: row.recovery,
                case: row.case_id,
                staff: row.staff,
                office: row.office,
            })
        })
        .await
    }

    async fn links(&self, above: i64, limit: u32) -> Result<Vec<AuditLink>, StoreError> {
        let sql = Sql::new(
            "SELECT seq AS n, kid AS a, hash AS b FROM audit_link WHERE seq > ?1 ORDER BY seq \
                 LIMIT ?2",
        );
        self.all(sql.int(above).int(i64::from(limit)), "audit_link", link).await
    }

    async fn unmailed_checkpoint(&self, since: i64) -> Result<Option<Checkpoint>, StoreError> {
        let sql = Sql::new(UNMAILED).int(since);
        Ok(self.all(sql, "audit_checkpoint", checkpoint).await?.pop())
    }

    async fn checkpoints(&self, above: i64, limit: u32) -> Result<Vec<Checkpoint>, StoreError> {
        let sql = Sql::new(
            "SELECT upto AS n, at AS m, kid AS a, head AS b, signature AS c FROM \
             audit_checkpoint WHERE upto > ?1 ORDER BY upto LIMIT ?2",
        );
        let sql = sql.int(above).int(i64::from(limit));
        self.all(sql, "audit_checkpoint", checkpoint).await
    }
}

const COURSE: &str = "SELECT at AS n, act AS a, staff AS b, role AS c, audit.office AS d FROM audit \
                      LEFT JOIN desk_staff ON desk_staff.id = staff WHERE case_id = ?1 ORDER BY seq";
/// The newest is looked at alone: where it was mailed, nothing has moved since.
const UNMAILED: &str = "SELECT upto AS n, at AS m, kid AS a, head AS b, signature AS c FROM (SELECT \
                        * FROM audit_checkpoint ORDER BY upto DESC LIMIT 1) WHERE mailed_at IS \
                        NULL AND NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE mailed_at > ?1)";

fn checkpoint(row: Row) -> Option<Checkpoint> {
    Some(Checkpoint {
        upto: row.n?,
        head: Digest32::parse(&row.b?)?,
        at: row.m?,
        kid: row.a?,
        signature: Digest32::parse(&row.c?)?,
    })
}

fn link(row: Row) -> Option<AuditLink> {
    Some(AuditLink { seq: row.n?, kid: row.a?, hash: Digest32::parse(&row.b?)? })
}
