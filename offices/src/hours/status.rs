//! Open or closed at a moment, and when that changes.

use super::calendar::{Day, local};
use super::holidays::{DayKind, Holiday, KNOWN_YEARS, day_kind};
use super::week::{DayHours, Week};

/// How far ahead an opening is looked for, in days: longer than any row of holidays.
const AHEAD: u8 = 31;

/// A moment at which something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Seconds since 1970 (UTC).
    pub at: i64,
    /// The day in Vietnam.
    pub day: Day,
    /// Minutes since midnight in Vietnam.
    pub minute: u16,
}

/// Why an office is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Not open yet today.
    NotYet,
    /// The break between two spans of the day.
    Lunch,
    /// Closed for today.
    Over,
    /// A weekday without hours.
    DayOff,
    /// A public holiday, or a day off instead of one.
    Holiday(Holiday),
}

/// Open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Open until `closes`.
    Open {
        /// The end of this span (perhaps only a lunch break).
        closes: Turn,
    },
    /// Closed; `opens` is missing when nothing opens within a month.
    Closed {
        /// Why.
        why: Closed,
        /// When it opens next.
        opens: Option<Turn>,
    },
}

/// Why an answer is only an estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// The hours are the usual ones, confirmed by no source: call first.
    pub usual_hours: bool,
    /// The answer touches a year whose holidays no notice has fixed (see [`KNOWN_YEARS`]).
    pub unannounced_year: bool,
    /// The answer touches 24 November ("Ngày Văn hóa Việt Nam"): planned as a holiday from 2026,
    /// whether it is law was not found.
    pub culture_day: bool,
}

impl Doubts {
    /// The answer is to be labelled as an estimate.
    pub fn any(self) -> bool {
        self.usual_hours || self.unannounced_year || self.culture_day
    }

    fn consider(&mut self, day: Day) {
        let (year, month, date) = day.date();
        self.unannounced_year |= !KNOWN_YEARS.contains(&year);
        self.culture_day |= year >= 2026 && (month, date) == (11, 24) && day.weekday() < 5;
    }
}

/// Open or closed, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Open or closed.
    pub opening: Opening,
    /// Why this is only an estimate; none when it is none.
    pub doubts: Doubts,
}

/// The state of an office at a moment, in seconds since 1970 (UTC). `week` is the office's own
/// sourced week; without one the usual hours stand in, and the state says so.
pub fn state(week: Option<&Week>, now: i64) -> State {
    let mut doubts = Doubts { usual_hours: week.is_none(), ..Doubts::default() };
    let week = week.unwrap_or(&Week::USUAL);
    let (today, minute) = local(now);
    doubts.consider(today);
    let (hours, holiday) = hours_of(week, today);
    let spans = hours.spans();
    if let Some((_, closes)) = spans.iter().find(|(o, c)| (*o..*c).contains(&minute)) {
        let closes = turn(today, *closes);
        return State { opening: Opening::Open { closes }, doubts };
    }
    let why = match (holiday, spans.first(), spans.last()) {
        (Some(holiday), _, _) => Closed::Holiday(holiday),
        (None, Some((opens, _)), _) if minute < *opens => Closed::NotYet,
        (None, _, Some((_, closes))) if minute >= *closes => Closed::Over,
        (None, Some(_), _) => Closed::Lunch,
        (None, None, _) => Closed::DayOff,
    };
    let mut opens = spans.iter().find(|(opens, _)| *opens > minute).map(|s| turn(today, s.0));
    let mut day = today;
    for _ in 0..AHEAD {
        if opens.is_some() {
            break;
        }
        day = day.next();
        doubts.consider(day);
        opens = hours_of(week, day).0.spans().first().map(|s| turn(day, s.0));
    }
    State { opening: Opening::Closed { why, opens }, doubts }
}

/// The hours of a day, holidays considered; with the holiday that closes it.
pub(crate) fn hours_of(week: &Week, day: Day) -> (DayHours, Option<Holiday>) {
    match day_kind(day) {
        DayKind::Ordinary => (week.day(day.weekday()), None),
        DayKind::Holiday(holiday) | DayKind::Instead(holiday) => {
            (DayHours::default(), Some(holiday))
        }
        DayKind::WorkedAs(weekday) => (week.day(weekday), None),
    }
}

fn turn(day: Day, minute: u16) -> Turn {
    Turn { at: day.at(minute), day, minute }
}
