//! Opening hours.
mod week;
pub use week::{DayHours, Week};
