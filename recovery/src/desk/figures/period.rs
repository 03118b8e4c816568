//! Days and weeks as they are counted: Vietnam's, which has no summer time (UTC+7).

use crate::flow::text_policy::{day_begins, vietnam_day};

/// How far back a page of figures looks; today, which is not over yet, is its last day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// 7 days.
    Week,
    /// 30 days.
    #[default]
    Month,
    /// 90 days.
    Quarter,
}

impl Span {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Quarter];

    /// As in an address: the number of days.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Week => "7",
            Self::Month => "30",
            Self::Quarter => "90",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.as_str() == tag)
    }

    /// How many days.
    pub const fn days(self) -> i64 {
        match self {
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }

    /// The days up to the one of this instant.
    pub const fn until(self, now: i64) -> Days {
        let last = vietnam_day(now);
        Days { first: last - self.days() + 1, last }
    }
}

/// A stretch of days, both ends included, as numbers of Vietnam's days since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

impl Days {
    /// When the first begins, Unix seconds.
    pub const fn begins(self) -> i64 {
        day_begins(self.first)
    }

    /// When the last is over, Unix seconds: the first instant that is not in it.
    pub const fn ends(self) -> i64 {
        day_begins(self.last + 1)
    }

    /// Is this day one of them?
    pub const fn contains(self, day: i64) -> bool {
        self.first <= day && day <= self.last
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = i64> {
        self.first..=self.last
    }
}

/// The week of a day. Weeks begin on Monday; week 0 is that of 1 January 1970, a Thursday.
pub const fn week_of(day: i64) -> i64 {
    (day + 3).div_euclid(7)
}

/// The days of a week.
pub const fn days_of(week: i64) -> Days {
    Days { first: week * 7 - 3, last: week * 7 + 3 }
}

/// The last so many weeks that are over at this instant, the oldest first.
pub fn complete_weeks(now: i64, count: i64) -> impl DoubleEndedIterator<Item = i64> + Clone {
    let this = week_of(vietnam_day(now));
    (this - count)..this
}

/// Year, month and day of a day's number (Howard Hinnant, `civil_from_days`).
pub const fn civil(day: i64) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, doy - (153 * mp + 2) / 5 + 1)
}

/// As in files: `2026-11-22`.
pub fn iso_date(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// As on pages, in both languages: `22/11/2026`.
pub fn date(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{day:02}/{month:02}/{year}")
}
