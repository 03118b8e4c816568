//! Opening hours: what a week looks like, which days are holidays, and whether an office is open.
//!
//! Time is an argument, in seconds since 1970 (UTC); the wall clock is Vietnam's. What rests on
//! unconfirmed hours or on holidays that are not announced yet is marked as an estimate.

mod calendar;
mod holidays;
mod lunar;
mod status;
mod week;

pub use calendar::{Day, local};
pub use holidays::{DayKind, Holiday, KNOWN_YEARS, day_kind};
pub use lunar::{hung_kings, tet};
pub use status::{Closed, Doubts, Opening, State, Turn, state};
pub use week::{DayHours, Week};
