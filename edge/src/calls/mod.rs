//! The calls of the contract, one file per resource.

mod captcha;
mod mail_events;
mod meta;
mod password;
mod recoveries;
mod session;

pub use captcha::CAPTCHA;
pub use mail_events::MAIL_EVENTS;
pub use meta::META;
pub use password::PASSWORDS;
pub use recoveries::RECOVERIES;
pub use session::SESSIONS;
