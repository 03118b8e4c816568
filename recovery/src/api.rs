//! Wire types of the HTTP contract, version 1. They serve both sides: the
//! Worker writes what the app reads, and the other way round.
//!
//! Times are whole seconds; `expires_in` and the like count from the answer.
//! Absolute instants are Unix seconds.

use serde::{Deserialize, Serialize};

/// What every problem document's `type` starts with; the slug follows.
pub const PROBLEM_PREFIX: &str = "urn:chiakhoa:problem:";

/// Stable slugs: the last part of a problem document's `type`.
pub mod slug {
    /// 400: the body is not JSON (or not UTF-8).
    pub const MALFORMED_JSON: &str = "malformed-json";
    /// 401: identifier or password is wrong, or the account does not exist: all alike.
    pub const SIGN_IN_REJECTED: &str = "sign-in-rejected";
    /// 401: there is no live session.
    pub const NOT_SIGNED_IN: &str = "not-signed-in";
    /// 401: a webhook is not signed by whom it should be.
    pub const SIGNATURE_REJECTED: &str = "signature-rejected";
    /// 403: the captcha's answer is not a good solution.
    pub const CAPTCHA_REJECTED: &str = "captcha-rejected";
    /// 403: this sign-in needs a captcha.
    pub const CAPTCHA_REQUIRED: &str = "captcha-required";
    /// 403: the desk: not this role, or not this person in this case.
    pub const NOT_ALLOWED: &str = "not-allowed";
    /// 403: the desk: a second person must do it.
    pub const SAME_PERSON: &str = "same-person";
    /// 404: no such case; a wrong number and a wrong look-up code alike.
    pub const CASE_NOT_FOUND: &str = "case-not-found";
    /// 409: the case has changed since it was read.
    pub const CASE_CHANGED: &str = "case-changed";
    /// 409: the case does not stand where this can be done.
    pub const CASE_STATE: &str = "case-state";
    /// 409: the message was sent again before.
    pub const MESSAGE_SENT_AGAIN: &str = "message-sent-again";
    /// 410: the message would be of no use any more.
    pub const MESSAGE_OVER: &str = "message-over";
    /// 422: the desk: something must be there first; `errors` says what.
    pub const NOT_YET: &str = "not-yet";
    /// 403: an unsafe call from a foreign page.
    pub const CROSS_SITE: &str = "cross-site";
    /// 404: no such call or resource.
    pub const NOT_FOUND: &str = "not-found";
    /// 405: the call exists, the method does not; `Allow` says which do.
    pub const METHOD_NOT_ALLOWED: &str = "method-not-allowed";
    /// 410: the recovery is unknown, expired, voided or used up, all alike.
    pub const RECOVERY_CLOSED: &str = "recovery-closed";
    /// 410: the link is unknown, expired, voided or used, all alike.
    pub const LINK_SPENT: &str = "link-spent";
    /// 410: the ticket is unknown, expired, voided or spent, all alike.
    pub const TICKET_SPENT: &str = "ticket-spent";
    /// 413: the body is over 16 KB.
    pub const TOO_LARGE: &str = "too-large";
    /// 415: the body is not `application/json`.
    pub const WRONG_CONTENT_TYPE: &str = "wrong-content-type";
    /// 422: `errors` names each field and what is wrong with it.
    pub const INVALID_INPUT: &str = "invalid-input";
    /// 422: not the code; `attempts_left` says how often one may still try.
    pub const CODE_REJECTED: &str = "code-rejected";
    /// 422: the password breaks a rule; `errors` names each one.
    pub const PASSWORD_REJECTED: &str = "password-rejected";
    /// 429: `Retry-After` says when to come back.
    pub const TOO_MANY_REQUESTS: &str = "too-many-requests";
    /// 500: our mistake; nothing of it is told.
    pub const INTERNAL: &str = "internal";
    /// 503: something we rely on does not answer; `Retry-After` says when to come back.
    pub const TRY_AGAIN: &str = "try-again";
}

/// A problem document (RFC 9457), `application/problem+json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// [`PROBLEM_PREFIX`] and a [`slug`].
    pub r#type: String,
    /// One short sentence for people, in the caller's language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do next, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Input errors, one per field and rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With `code-rejected`: tries left on this recovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_left: Option<u32>,
    /// With `captcha-rejected`: the work level the next challenge must have
    /// (`GET /captcha?form=…&level=…`); absent where the level was not the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
}

impl Problem {
    /// The last part of `type`, one of [`slug`].
    pub fn slug(&self) -> &str {
        self.r#type.strip_prefix(PROBLEM_PREFIX).unwrap_or(&self.r#type)
    }
}

/// One field, one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the request body or query.
    pub field: String,
    /// A stable code, such as `empty`, `wrong-length`, `unknown-field`.
    pub code: String,
}

/// `POST /recoveries`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryRequest {
    /// Mã số BHXH, CCCD number or BHYT card code, as typed.
    pub identifier: String,
    /// The registered email address, as typed.
    pub email: String,
    /// The captcha's answer.
    pub captcha: String,
    /// Language of the message: `vi` or `en`.
    pub locale: String,
}

/// 202 of `POST /recoveries` and of `…/resend`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryAccepted {
    /// The recovery's public id; grants nothing by itself.
    pub recovery: String,
    /// Characters in the code.
    pub code_length: u32,
    /// Seconds until code and link expire.
    pub expires_in: i64,
    /// Seconds after which asking for the message again makes sense.
    pub resend_after: i64,
}

/// `POST /recoveries/{recovery}/resend`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResendRequest {
    /// The captcha's answer (form `email`).
    pub captcha: String,
}

/// `POST /recoveries/{recovery}/code`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// The code as typed; case, spaces and dashes do not matter.
    pub code: String,
}

/// `POST /recoveries/link` and `POST /recoveries/disown`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// `<recovery>.<secret>`, the fragment of the link.
    pub token: String,
}

/// 200 of `…/code` and `…/link`: the right to set a password once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketGranted {
    /// 256 bits, for `POST /password`. Keep it in memory only.
    pub ticket: String,
    /// Seconds until it expires.
    pub expires_in: i64,
}

/// `POST /password`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// From [`TicketGranted`].
    pub ticket: String,
    /// The new password.
    pub password: String,
}

/// `POST /session`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// Mã số BHXH, CCCD number or BHYT card code, as typed.
    pub identifier: String,
    /// The password.
    pub password: String,
    /// The captcha's answer, once asked for (form `session`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captcha: Option<String>,
}

/// 200 of `POST /session`: signed in; or, for a temporary password where the operator's policy
/// sends them, a ticket for `POST /password` and no session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SessionOpened {
    /// Good only for choosing a new password.
    Ticket(TicketGranted),
    /// The masked profile, with the session's cookie.
    Profile(Profile),
}

/// `POST /sms-sessions`: a page begins to wait for a text.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitRequest {
    /// The captcha's answer (form `email`).
    pub captcha: String,
    /// Language of the page and of the reply: `vi` or `en`.
    pub locale: String,
}

/// 202 of `POST /sms-sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitAccepted {
    /// For `GET /sms-sessions/{session}`; grants nothing.
    pub session: String,
    /// The four characters that the text must end with.
    pub web_code: String,
    /// Seconds that the page waits.
    pub expires_in: i64,
}

/// 200 of `GET /sms-sessions/{session}`; 410 `recovery-closed` when it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitProgress {
    /// `waiting` or `received`.
    pub state: String,
    /// Seconds until the page stops waiting, or until the code expires.
    pub expires_in: i64,
    /// With `received`: for `POST /recoveries/{recovery}/code`, with the code from the reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<String>,
    /// With `received`: characters in the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_length: Option<u32>,
}

/// `POST /sms-codes`: the first four characters of a texted code, in the plain form.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocateRequest {
    /// See [`crate::sms::short::TextCode`]: only the locator is sent, never the code.
    pub locator: String,
    /// The captcha's answer (form `email`).
    pub captcha: String,
}

/// 200 of `POST /sms-codes`; 410 `recovery-closed` for a locator that names nothing now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// For `POST /recoveries/{recovery}/code`, with the other eight characters.
    pub recovery: String,
    /// Characters in the code.
    pub code_length: u32,
    /// Seconds until the code expires.
    pub expires_in: i64,
}

/// 200 of `POST` and `GET /session`: what the owner may see, masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The member's name, masked.
    pub name: String,
    /// The identifiers on record, masked.
    pub identifiers: Vec<String>,
    /// The email addresses on record, masked.
    pub emails: Vec<String>,
    /// The phone numbers on record, masked.
    pub phones: Vec<String>,
    /// Seconds until the session ends unless used.
    pub expires_in: i64,
    /// The member's own latest recoveries, newest first.
    pub recoveries: Vec<RecentRecovery>,
}

/// One line of the member's own history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentRecovery {
    /// `email`, `sms` or `desk`.
    pub channel: String,
    /// Unix seconds.
    pub at: i64,
    /// `open`, `expired`, `voided`, `completed` or `disowned`.
    pub state: String,
}

/// 200 of `GET /config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// `guide` or `service`.
    pub mode: String,
    /// Channels that work now: `email`, `sms`, `desk`.
    pub channels: Vec<String>,
    /// Which captcha, and what the browser needs for it.
    pub captcha: CaptchaConfig,
    /// Limits that a page may tell people.
    pub limits: PublicLimits,
}

/// The captcha's kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptchaConfig {
    /// `altcha` or `turnstile`.
    pub kind: String,
    /// Turnstile's site key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_key: Option<String>,
}

/// Public limits; lifetimes in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicLimits {
    /// Life of a code.
    pub code_seconds: i64,
    /// Life of a link.
    pub link_seconds: i64,
    /// Life of a ticket.
    pub ticket_seconds: i64,
    /// Wrong codes per recovery.
    pub code_attempts: u32,
    /// Messages per hour and identifier with email; 0 = no limit.
    pub dispatches_hour: u32,
    /// Messages per day and identifier with email; 0 = no limit.
    pub dispatches_day: u32,
    /// Fewest characters of a password.
    pub password_min: u32,
    /// Most characters of a password.
    pub password_max: u32,
}

/// 200 of `GET /health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// The release.
    pub version: String,
}
