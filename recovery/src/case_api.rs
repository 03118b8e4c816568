//! Wire types of the desk: what citizens and staff send and read. See [`crate::api`].

use serde::{Deserialize, Serialize};

/// 202 of `POST /cases`. Both are told this once.
#[derive(Clone, Serialize, Deserialize)]
pub struct CaseOpened {
    /// `HS-XXXX-XXXX`: what the case is called; opens nothing.
    pub case_number: String,
    /// `XXXX-XXXX-XXXX-XXXX`: what opens it.
    pub lookup_code: String,
}

/// `GET /cases/offices`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOffices {
    /// Ids of the directory's offices that take cases.
    pub offices: Vec<String>,
}

/// 200 of `POST /cases/status`, `/message` and `/withdraw`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseStatus {
    /// As the citizen wrote it down.
    pub case_number: String,
    /// `received`, `in-review`, `waiting`, `second-approval`, `cooling-off`, `disputed`,
    /// `approved`, `rejected` or `withdrawn`.
    pub state: String,
    /// Where it lies.
    pub office: String,
    /// Unix seconds.
    pub opened_at: i64,
    /// Unix seconds.
    pub changed_at: i64,
    /// Unix seconds: when the way in is sent, while it waits for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooling_until: Option<i64>,
    /// What was said, oldest first.
    pub messages: Vec<CaseMessage>,
}

/// One message of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseMessage {
    /// Unix seconds.
    pub at: i64,
    /// `citizen` or `office`.
    pub from: String,
    /// Plain text with line breaks.
    pub text: String,
}

/// `GET /desk/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskMe {
    /// The name in the audit.
    pub staff: String,
    /// `officer` or `supervisor`.
    pub role: String,
    /// Whose cases are seen.
    pub office: String,
}

/// A page of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskQueue {
    /// In the order asked for.
    pub cases: Vec<DeskRow>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A case in the queue: nothing of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskRow {
    /// Names the case in calls.
    pub case: String,
    /// What its citizen calls it.
    pub case_number: String,
    /// Where it stands.
    pub state: String,
    /// What a decision must name.
    pub version: u32,
    /// Unix seconds.
    pub opened_at: i64,
    /// Unix seconds.
    pub changed_at: i64,
    /// Who has taken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Who approved changed contacts first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooling_until: Option<i64>,
    /// Whether an officer made it of a letter: it changes no contacts, and nobody has its
    /// look-up code. Absent where not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_letter: bool,
}

/// A page of the office's letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskLetters {
    /// Those that nobody has decided about, oldest first.
    pub letters: Vec<DeskLetterRow>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A letter in the list: nothing of its writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskLetterRow {
    /// Names the letter in calls, and the case that is made of it.
    pub letter: String,
    /// What a decision must name.
    pub version: u32,
    /// Unix seconds.
    pub received_at: i64,
    /// How many parts were not kept.
    pub attachments: u32,
    /// Whether it was longer than what is kept.
    pub cut: bool,
}

/// `GET /desk/letters/{letter}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskLetter {
    /// The letter itself.
    pub row: DeskLetterRow,
    /// Whom it says it is from: not verified, no contact on record.
    pub claimed_sender: String,
    /// Its subject; may be empty.
    pub subject: String,
    /// What it says: plain text with line breaks.
    pub text: String,
}

/// `GET /desk/cases/{case}`, and what every act answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskCase {
    /// The case itself.
    pub row: DeskRow,
    /// What was stated, beside its verdict.
    pub stated: Vec<DeskItem>,
    /// Where a way in could be sent to.
    pub contacts: Vec<DeskContact>,
    /// Whether stated contacts differ from the record.
    pub may_change_contacts: bool,
    /// Everything written, oldest first.
    pub entries: Vec<DeskEntry>,
}

/// One stated item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskItem {
    /// `name`, `birth_date`, `identifier`, `phone`, `email` or `message`.
    pub item: String,
    /// As stated.
    pub stated: String,
    /// `match`, `differs` or `not-on-record`; absent for the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
}

/// A contact on record: its kind, never its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskContact {
    /// Names it in an approval.
    pub id: String,
    /// `email` or `phone`.
    pub kind: String,
    /// Whether it is what was stated.
    pub is_stated: bool,
}

/// One entry of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskEntry {
    /// Unix seconds.
    pub at: i64,
    /// `citizen-message`, `office-message`, `note`, `call-back`, `in-person`, `record`
    /// or `letter`.
    pub kind: String,
    /// Who; absent for the citizen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// Its text; checks have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// `GET /desk/figures`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskFigures {
    /// One for each state that a case stands in.
    pub states: Vec<DeskFigure>,
}

/// How many cases stand in a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskFigure {
    /// The state.
    pub state: String,
    /// How many.
    pub count: u32,
    /// When the longest waiting was opened, Unix seconds.
    pub oldest: i64,
}

/// `GET /desk/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReport {
    /// Linked records that hold.
    pub good: u64,
    /// Newest records that are not linked yet: at most one run's period old.
    pub open: u64,
    /// What is wrong, in the order of the records.
    pub findings: Vec<AuditFinding>,
}

/// One record, or checkpoint, that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFinding {
    /// The record.
    pub seq: i64,
    /// `altered`, `removed`, `inserted`, `forged-checkpoint`, `rewritten` or `key-gone`.
    pub finding: String,
}
