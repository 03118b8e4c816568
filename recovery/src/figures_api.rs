//! Wire types of the supervisor's figures: `GET /desk/report`.

use serde::{Deserialize, Serialize};

/// The figures of some days. Durations are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskReport {
    /// The first day, `YYYY-MM-DD`, in Vietnam's time.
    pub from: String,
    /// The last day: today.
    pub to: String,
    /// Each channel.
    pub channels: Vec<ReportChannel>,
    /// Each office that has or had cases.
    pub offices: Vec<ReportOffice>,
    /// Each day and channel, the oldest first.
    pub by_day: Vec<ReportDay>,
    /// Limits that were met.
    pub limits: Vec<ReportCount>,
    /// How many messages are given up.
    pub dead: u64,
    /// The newest of them.
    pub dead_letters: Vec<ReportLetter>,
    /// How many messages came back, by what their provider said.
    pub returned: Vec<ReportCount>,
    /// The newest of them.
    pub returns: Vec<ReportReturn>,
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportChannel {
    /// `email`, `sms` or `desk`.
    pub channel: String,
    /// Asked for: accepted requests, or cases opened.
    pub asked: u64,
    /// Led to a new password.
    pub recovered: u64,
    /// Whole percents; absent where nothing was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<u64>,
    /// Time to recovery, the middle one: the upper end of its step; absent where there is none
    /// or where it took longer than the longest step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<i64>,
    /// The same of the slowest twentieth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<i64>,
}

/// One office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportOffice {
    /// Its id in the directory.
    pub office: String,
    /// Cases opened.
    pub opened: u64,
    /// Cases approved.
    pub approved: u64,
    /// Cases refused.
    pub rejected: u64,
    /// Cases withdrawn.
    pub withdrawn: u64,
    /// Changes of contacts that were stopped.
    pub disputed: u64,
    /// Cases that led to a new password.
    pub recovered: u64,
    /// From opening to the new password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<i64>,
    /// The same of the slowest twentieth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<i64>,
    /// Open now.
    pub open: u64,
    /// How long the longest waiting open case has waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<i64>,
    /// The middle one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_p50: Option<i64>,
    /// Longer than 95 of 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_p95: Option<i64>,
}

/// One day of one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDay {
    /// `YYYY-MM-DD`, in Vietnam's time.
    pub day: String,
    /// `email`, `sms` or `desk`.
    pub channel: String,
    /// Asked for.
    pub asked: u64,
    /// Led to a new password.
    pub recovered: u64,
}

/// How often something happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCount {
    /// What.
    pub kind: String,
    /// How often.
    pub count: u64,
}

/// A message that was given up: no address, no text, no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLetter {
    /// Names it in `POST /desk/dead-letters/{message}`.
    pub message: String,
    /// Which message.
    pub template: String,
    /// Of which channel; absent where its recovery is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// `dead` or `unknown`.
    pub state: String,
    /// Unix seconds.
    pub created_at: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// `live`: it can be sent again; `sent-again`: it was; `over`: it is of no use any more.
    pub life: String,
}

/// A message that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportReturn {
    /// Unix seconds.
    pub at: i64,
    /// `bounced`, `delayed`, `complained` or `undelivered`.
    pub kind: String,
    /// A keyed name of the address, never the address; absent where the message is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
