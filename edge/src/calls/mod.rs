//! The calls of the contract, one file per resource.

mod captcha;
mod cases;
mod csp_report;
mod desk;
mod figures;
mod mail_events;
mod meta;
mod offices;
mod password;
mod recoveries;
mod session;
mod sms;
mod sms_pages;

pub use self::offices::{OFFICES, examples as office_examples, offices_meant};
pub use captcha::CAPTCHA;
pub use cases::{CASES, as_iso, desk_is_on, desk_problem, host as desk_host, stated, this_year};
pub use csp_report::CSP_REPORTS;
pub use desk::{DESK, LETTERS, MOST_RECORDS, With, perform};
pub use figures::{FIGURES, span_of};
pub use mail_events::MAIL_EVENTS;
pub use meta::META;
pub use password::{BUSY, PASSWORDS};
pub use recoveries::{DISOWN, RECOVERIES};
pub use session::SESSIONS;
pub use sms::SMS;
pub use sms_pages::SMS_PAGES;
