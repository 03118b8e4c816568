//! Days and times in Vietnam: UTC+7 all year, whatever the zone of the device.

/// Vietnam is seven hours ahead of UTC; there is no summer time.
const OFFSET: i64 = 7 * 3600;

/// A day of the calendar, counted from 1 January 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub(crate) i32);

impl Day {
    /// The day of a date; months and days beyond their range run on into the next ones.
    pub const fn from_date(year: i32, month: u8, day: u8) -> Self {
        // Years begin in March here, so that the leap day is the last of the year.
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = (month as i32 + 9) % 12;
        let of_year = (153 * month + 2) / 5 + day as i32 - 1;
        let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Self(era * 146_097 + days - 719_468)
    }

    /// Year, month 1 to 12, day 1 to 31.
    pub fn date(self) -> (i32, u8, u8) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let (month, after) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        (era * 400 + year + after, month.to_le_bytes()[0], day.to_le_bytes()[0])
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> u8 {
        // 1 January 1970 was a Thursday.
        (self.0 + 3).rem_euclid(7).to_le_bytes()[0]
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The moment at `minute` minutes since midnight, as seconds since 1970 (UTC).
    pub fn at(self, minute: u16) -> i64 {
        i64::from(self.0) * 86_400 + i64::from(minute) * 60 - OFFSET
    }
}

/// Day and minute since midnight, in Vietnam, of a moment in seconds since 1970 (UTC). Moments
/// beyond some million years are the first or last day that can be counted.
pub fn local(moment: i64) -> (Day, u16) {
    let seconds = moment.saturating_add(OFFSET);
    let day = seconds.div_euclid(86_400);
    let edge = if day < 0 { i32::MIN / 4 } else { i32::MAX / 4 };
    let day = i32::try_from(day).ok().filter(|d| d.abs() <= i32::MAX / 4).unwrap_or(edge);
    let minute = u16::try_from(seconds.rem_euclid(86_400) / 60).unwrap_or(0);
    (Day(day), minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree_over_four_centuries() {
        let mut day = Day::from_date(1900, 1, 1);
        let mut before = (1899, 12, 31);
        for _ in 0..146_097 {
            let date = day.date();
            assert_eq!(Day::from_date(date.0, date.1, date.2), day);
            assert!(date > before);
            before = date;
            day = day.next();
        }
        assert_eq!(day.date(), (2300, 1, 1));
    }

    #[test]
    fn weekdays_are_those_of_the_announcements() {
        assert_eq!(Day::from_date(2026, 2, 16).weekday(), 0);
        assert_eq!(Day::from_date(2026, 8, 22).weekday(), 5);
        assert_eq!(Day::from_date(2026, 11, 24).weekday(), 1);
    }

    #[test]
    fn a_day_begins_at_seventeen_hours_utc() {
        let midnight = Day::from_date(2026, 11, 23).at(0);
        assert_eq!(midnight, 1_795_366_800);
        assert_eq!(local(midnight), (Day::from_date(2026, 11, 23), 0));
        assert_eq!(local(midnight - 1), (Day::from_date(2026, 11, 22), 1439));
    }

    #[test]
    fn moments_beyond_all_calendars_do_no_harm() {
        for moment in [i64::MIN, i64::MAX] {
            let (day, minute) = local(moment);
            assert!(minute < 1440 && day.weekday() < 7);
            assert_ne!(day.date().0, 0);
        }
    }
}
