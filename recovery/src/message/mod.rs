//! Messages to people: what they say ([`Content`]), in which language ([`Locale`]), and the forms
//! in which transports take them ([`mime`], [`resend_json`]).
//!
//! Everything here is a pure function of its arguments. An outbox row that is rendered again for
//! a retry gives the same bytes, which is what an idempotency key at a provider relies on.
//!
//! No password can travel in a message: no variant of [`Content`] has a place for one.
//!
//! Text messages have words of their own, [`crate::sms::words`], over the same [`Template`] names:
//! 160 characters leave no room for these.

mod checkpoint;
mod compose;
mod document;
mod field;
mod html;
mod mime;
mod moment;
mod quoted;
mod resend;
mod text;
mod words;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::checkpoint::checkpoint;
pub use self::field::{BadField, Line, Link, Mailbox, MessageId};
pub use self::mime::{Envelope, mime};
pub(crate) use self::resend::OUTBOX_TAG;
pub use self::resend::resend_json;
use crate::code::Code;
use crate::locale::Locale;

/// The kind of a message, as an outbox row stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// The code and the link that lead to a new password.
    RecoveryCode,
    /// In place of a code that would arrive too late to be used.
    TooLate,
    /// A notice to every registered address that the password was changed.
    PasswordChanged,
    /// A notice that "this was not me" ended all sessions.
    PasswordDisowned,
    /// The desk's link that leads to a new password.
    DeskLink,
    /// The same after a change of contacts: it needs the case's look-up code too.
    DeskGuardedLink,
    /// To every old contact while it can still stop a change of contacts.
    ContactsChanging,
    /// To every old contact after a change: information, no power.
    ContactsChanged,
    /// A checkpoint of the audit, to the supervisor: [`checkpoint`].
    AuditCheckpoint,
}

impl Template {
    /// Every kind of message to members.
    pub const ALL: [Self; 8] = [
        Self::RecoveryCode,
        Self::TooLate,
        Self::PasswordChanged,
        Self::PasswordDisowned,
        Self::DeskLink,
        Self::DeskGuardedLink,
        Self::ContactsChanging,
        Self::ContactsChanged,
    ];

    /// Is it of use only while its recovery is open?
    pub const fn needs_open(self) -> bool {
        matches!(
            self,
            Self::RecoveryCode | Self::DeskLink | Self::DeskGuardedLink | Self::ContactsChanging
        )
    }

    /// The stable name in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RecoveryCode => "recovery-code",
            Self::TooLate => "too-late",
            Self::PasswordChanged => "password-changed",
            Self::PasswordDisowned => "password-disowned",
            Self::DeskLink => "desk-link",
            Self::DeskGuardedLink => "desk-guarded-link",
            Self::ContactsChanging => "contacts-changing",
            Self::ContactsChanged => "contacts-changed",
            Self::AuditCheckpoint => "audit-checkpoint",
        }
    }

    /// The template of a name as [`Self::as_str`] gives it.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = Self::ALL.into_iter().chain([Self::AuditCheckpoint]);
        all.into_iter().find(|template| template.as_str() == name)
    }
}

/// A message's kind with all that this kind says, and nothing that it must not say.
///
/// Times are unix seconds and belong to the event (never to the moment of rendering); lifetimes
/// are seconds.
#[derive(Clone, Debug)]
pub enum Content {
    /// See [`Template::RecoveryCode`].
    RecoveryCode(RecoveryCode),
    /// See [`Template::TooLate`]. Holds no secret.
    TooLate {
        /// When the recovery was asked for.
        asked_at: i64,
        /// The page that starts a recovery.
        start_link: Link,
    },
    /// See [`Template::PasswordChanged`].
    PasswordChanged {
        /// When the password was changed.
        changed_at: i64,
        /// `…/khong-phai-toi#…`.
        disown_link: Link,
        /// `TTL_DISOWN`.
        disown_lifetime: u32,
    },
    /// See [`Template::PasswordDisowned`]. Holds no secret.
    PasswordDisowned {
        /// When the change was disowned.
        disowned_at: i64,
        /// The page that starts a recovery.
        start_link: Link,
    },
    /// See [`Template::DeskLink`] and [`Template::DeskGuardedLink`].
    DeskLink {
        /// When it was sent.
        sent_at: i64,
        /// `…/lien-ket#…`, or `…/ho-so#…` for a guarded one.
        link: Link,
        /// `TTL_DESK_LINK`.
        lifetime: u32,
        /// Whether the look-up code is needed too.
        guarded: bool,
    },
    /// See [`Template::ContactsChanging`].
    ContactsChanging {
        /// When the second officer approved.
        confirmed_at: i64,
        /// When the change happens.
        effective_at: i64,
        /// `…/khong-phai-toi#…`.
        stop_link: Link,
    },
    /// See [`Template::ContactsChanged`]. Holds no secret.
    ContactsChanged {
        /// When the change happened.
        changed_at: i64,
    },
}

/// What the message with the code says.
#[derive(Clone, Debug)]
pub struct RecoveryCode {
    /// The typed code; shown as `XXXX-XXXX`.
    pub code: Code,
    /// `…/lien-ket#<recovery>.<secret>`.
    pub recovery_link: Link,
    /// `…/khong-phai-toi#…`.
    pub disown_link: Link,
    /// When the recovery was asked for; a resent message keeps the first time.
    pub asked_at: i64,
    /// `TTL_CODE`.
    pub code_lifetime: u32,
    /// `TTL_LINK`.
    pub link_lifetime: u32,
    /// `TTL_DISOWN`.
    pub disown_lifetime: u32,
}

impl Content {
    /// The kind of this message.
    pub const fn template(&self) -> Template {
        match self {
            Self::RecoveryCode(_) => Template::RecoveryCode,
            Self::TooLate { .. } => Template::TooLate,
            Self::PasswordChanged { .. } => Template::PasswordChanged,
            Self::PasswordDisowned { .. } => Template::PasswordDisowned,
            Self::DeskLink { guarded: false, .. } => Template::DeskLink,
            Self::DeskLink { guarded: true, .. } => Template::DeskGuardedLink,
            Self::ContactsChanging { .. } => Template::ContactsChanging,
            Self::ContactsChanged { .. } => Template::ContactsChanged,
        }
    }
}

/// Who writes to whom, in the language of the message.
#[derive(Clone, Debug)]
pub struct Context {
    /// The name of the service, such as `Chìa Khoá`.
    pub service: Line,
    /// The agency that runs it; without one the message says that it is not from BHXH.
    pub operator: Option<Line>,
    /// Whether this is a demonstration on synthetic members; the message then says so.
    pub demonstration: bool,
    /// The masked identifier: the only name by which a stranger is greeted.
    pub account: Line,
    /// Whom to call, in the order of `operator.toml`.
    pub hotlines: Vec<Hotline>,
}

/// A number to call.
#[derive(Clone, Debug)]
pub struct Hotline {
    /// Whose number it is.
    pub label: Line,
    /// The number as people write it, such as `1900 9068`.
    pub number: Line,
    /// Price or hours; empty for none.
    pub note: Line,
}

/// A rendered message. All three parts are free of `\r`; the subject is one line.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The language of all parts.
    pub locale: Locale,
    /// At most 78 characters.
    pub subject: Line,
    /// Lines of at most 76 characters, links excepted.
    pub text: String,
    /// A whole HTML document without scripts, remote content or tracking; empty where the message
    /// is plain text alone.
    pub html: String,
}

/// A message may hold a code, so its text stays out of logs.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("locale", &self.locale)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// Renders a message: the same arguments give the same bytes.
pub fn render(content: &Content, locale: Locale, context: &Context) -> Message {
    let document = compose::compose(content, words::of(locale), context);
    Message {
        locale,
        text: text::render(&document),
        html: html::render(&document, locale),
        subject: document.subject,
    }
}
