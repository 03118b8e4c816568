//! Times and durations as messages say them. No clock is read: seconds come in.

/// Vietnam keeps UTC+7 all year; it has had no daylight saving since 1976.
const VIETNAM_OFFSET: i64 = 7 * 3600;
const DAY: i64 = 86_400;

/// A point in time, taken apart by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: u8,
    /// 1 to 31.
    pub(super) day: u8,
    /// 0 to 23.
    pub(super) hour: u8,
    /// 0 to 59.
    pub(super) minute: u8,
    /// 0 to 59.
    pub(super) second: u8,
    /// 0 is Sunday.
    pub(super) weekday: u8,
}

impl Moment {
    /// Vietnam time at `unix` seconds.
    pub(super) fn in_vietnam(unix: i64) -> Self {
        Self::at(unix.saturating_add(VIETNAM_OFFSET))
    }

    /// Universal time at `unix` seconds.
    pub(super) fn in_utc(unix: i64) -> Self {
        Self::at(unix)
    }

    fn at(seconds: i64) -> Self {
        let days = seconds.div_euclid(DAY);
        let rest = seconds.rem_euclid(DAY);
        let (year, month, day) = civil(days);
        Self {
            year,
            month,
            day,
            hour: small(rest / 3600),
            minute: small(rest % 3600 / 60),
            second: small(rest % 60),
            weekday: small((days + 4).rem_euclid(7)), // day 0, 1 January 1970, was a Thursday
        }
    }

    /// Whether both fall on the same calendar day.
    pub(super) fn same_day(self, other: Self) -> bool {
        (self.year, self.month, self.day) == (other.year, other.month, other.day)
    }
}

/// Year, month and day of a day number counted from 1 January 1970, in the Gregorian calendar.
/// Years are counted from March, so that the leap day comes last.
fn civil(days: i64) -> (i64, u8, u8) {
    let shifted = days.saturating_add(719_468); // 1 March of year 0
    let era = shifted.div_euclid(146_097); // 400 years
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), small(month), small(day))
}

/// Narrows a number that the calendar keeps below 100.
fn small(n: i64) -> u8 {
    u8::try_from(n).unwrap_or(0)
}

/// The date of RFC 5322, 3.3, in universal time: `Sat, 22 Nov 2025 07:05:00 +0000`.
pub(super) fn rfc5322(unix: i64) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let m = Moment::in_utc(unix);
    let weekday = DAYS.get(usize::from(m.weekday)).unwrap_or(&DAYS[0]);
    let month = MONTHS.get(usize::from(m.month).wrapping_sub(1)).unwrap_or(&MONTHS[0]);
    format!(
        "{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} +0000",
        m.day, m.year, m.hour, m.minute, m.second
    )
}

/// How long something lasts, in the largest unit that does not promise too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    Seconds(u32),
    Minutes(u32),
    Hours(u32),
    Days(u32),
}

impl Span {
    /// Rounds down, never up: a message must not promise time that is not there.
    pub(super) fn of(seconds: u32) -> Self {
        match seconds {
            0..60 => Self::Seconds(seconds),
            60..7_200 => Self::Minutes(seconds / 60),
            7_200..172_800 => Self::Hours(seconds / 3_600),
            _ => Self::Days(seconds / 86_400),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, Span, rfc5322};

    fn vietnam(unix: i64) -> String {
        let m = Moment::in_vietnam(unix);
        format!("{:02}:{:02} {:02}/{:02}/{:04}", m.hour, m.minute, m.day, m.month, m.year)
    }

    #[test]
    fn vietnam_time_is_seven_hours_ahead_of_universal_time() {
        assert_eq!(vietnam(0), "07:00 01/01/1970");
        assert_eq!(vietnam(1_763_795_100), "14:05 22/11/2025");
    }

    #[test]
    fn the_day_changes_at_five_in_the_afternoon_universal_time() {
        assert_eq!(vietnam(1_767_200_399), "23:59 31/12/2025");
        assert_eq!(vietnam(1_767_200_400), "00:00 01/01/2026");
    }

    #[test]
    fn leap_days_are_kept_and_centuries_follow_the_gregorian_rule() {
        assert_eq!(vietnam(1_709_139_600), "00:00 29/02/2024");
        assert_eq!(vietnam(951_757_200), "00:00 29/02/2000");
        assert_eq!(vietnam(4_107_430_800), "00:00 28/02/2100");
        assert_eq!(vietnam(4_107_430_800 + 86_400), "00:00 01/03/2100");
    }

    #[test]
    fn every_day_for_four_centuries_follows_the_one_before() {
        let mut before = Moment::in_utc(-86_400);
        for day in 0..146_097 {
            let now = Moment::in_utc(day * 86_400);
            let next_day = now.day == before.day + 1 && now.month == before.month;
            let next_month = now.day == 1 && now.month == before.month + 1 && before.day >= 28;
            let next_year = (now.day, now.month, now.year) == (1, 1, before.year + 1);
            assert!(next_day || next_month || next_year, "{before:?} then {now:?}");
            assert_eq!(now.weekday, (before.weekday + 1) % 7);
            before = now;
        }
        assert_eq!((before.year, before.month, before.day), (2369, 12, 31));
    }

    #[test]
    fn the_mail_date_names_the_weekday() {
        assert_eq!(rfc5322(1_763_795_100), "Sat, 22 Nov 2025 07:05:00 +0000");
        assert_eq!(rfc5322(0), "Thu, 01 Jan 1970 00:00:00 +0000");
    }

    #[test]
    fn extreme_times_do_not_panic() {
        for unix in [i64::MIN, i64::MAX, -1] {
            let _ = (Moment::in_vietnam(unix), rfc5322(unix));
        }
    }

    #[test]
    fn a_lifetime_is_rounded_down() {
        assert_eq!(Span::of(5), Span::Seconds(5));
        assert_eq!(Span::of(119), Span::Minutes(1));
        assert_eq!(Span::of(600), Span::Minutes(10));
        assert_eq!(Span::of(86_400), Span::Hours(24));
        assert_eq!(Span::of(864_000), Span::Days(10));
    }
}
