//! Rows of D1 as the flow's own types.

use recovery::{
    flow::{
        account::MemberRef,
        ids::{Digest32, Id},
        store::{
            Channel, OutboxRow, OutboxState, Recovery, RecoveryState, Session, StoreError, Ticket,
            TicketState,
        },
    },
    locale::Locale,
    message::Template,
};
use serde::Deserialize;

/// What a row of the account store looks like.
#[derive(Deserialize)]
pub struct MemberRow {
    /// The member's name inside the account store.
    pub reference: String,
    /// Full name.
    pub name: String,
    /// Year of birth.
    pub birth_year: Option<u16>,
    /// `active` or `closed`.
    pub status: String,
    /// Argon2id in PHC form.
    pub password_hash: Option<String>,
    /// `active` or `to-be-recovered`.
    pub password_state: String,
    /// Unix seconds of the last change of contacts at the desk.
    pub contacts_changed_at: Option<i64>,
}

/// A row of `recovery`.
#[derive(Deserialize)]
pub struct RecoveryRow {
    id: String,
    channel: String,
    member: String,
    contact: String,
    decoy: u8,
    kid: String,
    salt: String,
    epoch: i64,
    code: String,
    link: String,
    disown: String,
    dispatch_key: String,
    identifier_key: String,
    compare_key: String,
    locale: String,
    created_at: i64,
    code_expires_at: i64,
    link_expires_at: i64,
    disown_expires_at: i64,
    tries: u32,
    state: String,
}

/// A row of `ticket`.
#[derive(Deserialize)]
pub struct TicketRow {
    hash: String,
    recovery: String,
    member: String,
    epoch: i64,
    expires_at: i64,
    state: String,
    attempt: Option<String>,
}

/// A row of `session`.
#[derive(Deserialize)]
pub struct SessionRow {
    hash: String,
    member: String,
    epoch: i64,
    created_at: i64,
    seen_at: i64,
}

/// A row of `outbox`.
#[derive(Deserialize)]
pub struct Outbox {
    id: String,
    template: String,
    recovery: String,
    member: String,
    contact: String,
    decoy: u8,
    locale: String,
    created_at: i64,
    not_after: Option<i64>,
    due_at: i64,
    lease_until: i64,
    attempts: u32,
    unknowns: u32,
    state: String,
}

/// A row that the constraints of the schema should have made impossible.
pub fn broken(table: &'static str) -> StoreError {
    StoreError::Unavailable(format!("a row of {table} cannot be read"))
}

/// 16 bytes from 32 hexadecimal digits.
pub fn salt(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 16];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

impl RecoveryRow {
    /// The recovery, where every column is what it must be.
    pub fn read(self) -> Result<Recovery, StoreError> {
        self.parse().ok_or_else(|| broken("recovery"))
    }

    fn parse(self) -> Option<Recovery> {
        Some(Recovery {
            id: Id::parse(&self.id)?,
            channel: Channel::from_tag(&self.channel)?,
            member: MemberRef(self.member),
            contact: self.contact,
            decoy: self.decoy != 0,
            kid: self.kid,
            salt: salt(&self.salt)?,
            epoch: self.epoch,
            code: Digest32::parse(&self.code)?,
            link: Digest32::parse(&self.link)?,
            disown: Digest32::parse(&self.disown)?,
            dispatch_key: Digest32::parse(&self.dispatch_key)?,
            identifier_key: Digest32::parse(&self.identifier_key)?,
            compare_key: Digest32::parse(&self.compare_key)?,
            locale: Locale::from_tag(&self.locale)?,
            created_at: self.created_at,
            code_expires_at: self.code_expires_at,
            link_expires_at: self.link_expires_at,
            disown_expires_at: self.disown_expires_at,
            tries: self.tries,
            state: RecoveryState::from_tag(&self.state)?,
        })
    }
}

impl TicketRow {
    /// The ticket, where every column is what it must be.
    pub fn read(self) -> Result<Ticket, StoreError> {
        self.parse().ok_or_else(|| broken("ticket"))
    }

    fn parse(self) -> Option<Ticket> {
        let state = match (self.state.as_str(), &self.attempt) {
            ("live", None) => TicketState::Live,
            ("voided", None) => TicketState::Voided,
            ("spent", Some(attempt)) => TicketState::Spent(Id::parse(attempt)?),
            _ => return None,
        };
        Some(Ticket {
            hash: Digest32::parse(&self.hash)?,
            recovery: Id::parse(&self.recovery)?,
            member: MemberRef(self.member),
            epoch: self.epoch,
            expires_at: self.expires_at,
            state,
        })
    }
}

impl SessionRow {
    /// The session, where every column is what it must be.
    pub fn read(self) -> Result<Session, StoreError> {
        let hash = Digest32::parse(&self.hash).ok_or_else(|| broken("session"))?;
        Ok(Session {
            hash,
            member: MemberRef(self.member),
            epoch: self.epoch,
            created_at: self.created_at,
            seen_at: self.seen_at,
        })
    }
}

impl Outbox {
    /// The outbox row, where every column is what it must be.
    pub fn read(self) -> Result<OutboxRow, StoreError> {
        self.parse().ok_or_else(|| broken("outbox"))
    }

    fn parse(self) -> Option<OutboxRow> {
        Some(OutboxRow {
            id: Id::parse(&self.id)?,
            template: Template::from_name(&self.template)?,
            recovery: Id::parse(&self.recovery)?,
            member: MemberRef(self.member),
            contact: self.contact,
            decoy: self.decoy != 0,
            locale: Locale::from_tag(&self.locale)?,
            created_at: self.created_at,
            not_after: self.not_after,
            due_at: self.due_at,
            lease_until: self.lease_until,
            attempts: self.attempts,
            unknowns: self.unknowns,
            state: OutboxState::from_tag(&self.state)?,
        })
    }
}

/// A row of many questions: what they give has these names, so that one code reads all of them.
/// Reading a type out of D1 is some kilobytes of the Worker each.
#[derive(Deserialize)]
pub(super) struct Row {
    #[serde(default)]
    pub(super) a: Option<String>,
    #[serde(default)]
    pub(super) b: Option<String>,
    #[serde(default)]
    pub(super) c: Option<String>,
    #[serde(default)]
    pub(super) d: Option<String>,
    #[serde(default)]
    pub(super) n: Option<i64>,
    #[serde(default)]
    pub(super) m: Option<i64>,
}

impl Row {
    /// The first text; empty where there is none.
    pub(super) fn text(&self) -> &str {
        self.a.as_deref().unwrap_or_default()
    }

    /// The first number, as a count.
    pub(super) fn count(&self) -> u64 {
        self.n.and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
    }
}
