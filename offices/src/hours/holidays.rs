//! Public holidays, days off in their place, and Saturdays worked for them.
//!
//! Labour Code 2019, article 112: 1 January; five days at Tết; the Hùng kings (10th of the 3rd
//! lunar month); 30 April; 1 May; two days around 2 September. The Prime Minister fixes Tết and
//! National Day each year. Article 111: a holiday on a weekly day off moves to the next working
//! day. 2026 for officials: Thông báo 9441/TB-BNV. What a year's notice has not said yet is worked
//! out from the law and marked as not announced.

use super::calendar::Day;
use super::lunar::{hung_kings, tet};

/// Years whose notice is known.
pub const KNOWN_YEARS: std::ops::RangeInclusive<i32> = 2026..=2026;

/// A public holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holiday {
    /// 1 January.
    NewYear,
    /// Tết Nguyên đán.
    Tet,
    /// Giỗ Tổ Hùng Vương.
    HungKings,
    /// 30 April.
    Reunification,
    /// 1 May.
    Labour,
    /// Quốc khánh, 2 September and a day beside it.
    National,
}

/// What a day is for those who work Monday to Friday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// An ordinary day of its weekday.
    Ordinary,
    /// A public holiday.
    Holiday(Holiday),
    /// A weekday off beside or instead of a holiday.
    Instead(Holiday),
    /// A day off that is worked with the hours of this weekday (0 for Monday).
    WorkedAs(u8),
}

/// Days off of 2026 beyond 1 January, 30 April and 1 May: month, day, kind.
const OF_2026: [(u8, u8, DayKind); 12] = [
    // Swapped by the employer's notice; the Saturday worked for it was not found.
    (1, 2, DayKind::Instead(Holiday::NewYear)),
    (2, 16, DayKind::Holiday(Holiday::Tet)),
    (2, 17, DayKind::Holiday(Holiday::Tet)),
    (2, 18, DayKind::Holiday(Holiday::Tet)),
    (2, 19, DayKind::Holiday(Holiday::Tet)),
    (2, 20, DayKind::Holiday(Holiday::Tet)),
    (4, 26, DayKind::Holiday(Holiday::HungKings)),
    (4, 27, DayKind::Instead(Holiday::HungKings)),
    (8, 22, DayKind::WorkedAs(0)),
    (8, 31, DayKind::Instead(Holiday::National)),
    (9, 1, DayKind::Holiday(Holiday::National)),
    (9, 2, DayKind::Holiday(Holiday::National)),
];

/// What `day` is, as far as it is known or follows from the law.
pub fn day_kind(day: Day) -> DayKind {
    let (year, month, date) = day.date();
    if let Some(holiday) = fixed(month, date) {
        return DayKind::Holiday(holiday);
    }
    if KNOWN_YEARS.contains(&year) {
        let known = OF_2026.iter().find(|(m, d, _)| (*m, *d) == (month, date));
        return known.map_or(DayKind::Ordinary, |(_, _, kind)| *kind);
    }
    if let Some(holiday) = by_law(day) {
        return DayKind::Holiday(holiday);
    }
    moved_to(day).map_or(DayKind::Ordinary, DayKind::Instead)
}

fn fixed(month: u8, date: u8) -> Option<Holiday> {
    match (month, date) {
        (1, 1) => Some(Holiday::NewYear),
        (4, 30) => Some(Holiday::Reunification),
        (5, 1) => Some(Holiday::Labour),
        (9, 2) => Some(Holiday::National),
        _ => None,
    }
}

/// Holidays of a year without a notice: the days of Tết are taken as the eve and four more, the
/// second National Day as 1 September, as in 2026.
fn by_law(day: Day) -> Option<Holiday> {
    let (year, month, date) = day.date();
    let first = tet(year).0;
    match () {
        () if fixed(month, date).is_some() => fixed(month, date),
        () if (first - 1..=first + 3).contains(&day.0) => Some(Holiday::Tet),
        () if hung_kings(year) == day => Some(Holiday::HungKings),
        () if (month, date) == (9, 1) => Some(Holiday::National),
        () => None,
    }
}

/// The holiday on a weekend that a working day stands in for: each takes the next working day that
/// is neither a holiday nor taken already.
fn moved_to(day: Day) -> Option<Holiday> {
    if day.weekday() >= 5 {
        return None;
    }
    // Five days of Tết and two weekends: what moves here began at most ten days before.
    let mut waiting: Vec<Holiday> = Vec::new();
    for earlier in (1..=10).rev().map(|n| Day(day.0 - n)) {
        match by_law(earlier) {
            Some(holiday) if earlier.weekday() >= 5 => waiting.push(holiday),
            None if earlier.weekday() < 5 && !waiting.is_empty() => {
                waiting.remove(0);
            }
            _ => {}
        }
    }
    waiting.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_alone_gives_2026_but_for_its_swaps() {
        let mut day = Day::from_date(2026, 1, 1);
        let mut other = Vec::new();
        while day.date().0 == 2026 {
            let by_law = by_law(day)
                .map(DayKind::Holiday)
                .or_else(|| moved_to(day).map(DayKind::Instead))
                .unwrap_or(DayKind::Ordinary);
            if by_law != day_kind(day) {
                other.push(day.date());
            }
            day = day.next();
        }
        assert_eq!(other, [(2026, 1, 2), (2026, 8, 22), (2026, 8, 31)]);
    }

    #[test]
    fn tet_2027_falls_on_a_weekend_and_moves_to_the_days_after() {
        let kind = |month, date| day_kind(Day::from_date(2027, month, date));
        assert_eq!(kind(2, 5), DayKind::Holiday(Holiday::Tet));
        assert_eq!(kind(2, 6), DayKind::Holiday(Holiday::Tet));
        assert_eq!(kind(2, 9), DayKind::Holiday(Holiday::Tet));
        assert_eq!(kind(2, 10), DayKind::Instead(Holiday::Tet));
        assert_eq!(kind(2, 11), DayKind::Instead(Holiday::Tet));
        assert_eq!(kind(2, 12), DayKind::Ordinary);
    }
}
