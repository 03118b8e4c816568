//! The Vietnamese lunar calendar (UTC+7), as far as public holidays need it: the first day of the
//! year, and the tenth of the third month.
//!
//! New moons and the sun's longitude by the formulas of Meeus, *Astronomical Algorithms*, shortened
//! to the terms that decide a day; months are numbered by the winter solstice rule.

use super::calendar::Day;
use std::f64::consts::PI;

/// Julian day number of 1 January 1970 at noon UTC.
const EPOCH: f64 = 2_440_588.0;
/// Mean length of a lunar month in days.
const MONTH: f64 = 29.530_588_853;

/// Days since 1970 (with a fraction, UTC) of the `k`-th new moon after 1 January 1900.
fn new_moon(k: i32) -> f64 {
    let k = f64::from(k);
    let t = k / 1236.85;
    let (t2, t3) = (t * t, t * t * t);
    let rad = PI / 180.0;
    let mean = 2_415_020.759_33 + 29.530_588_68 * k + 0.000_117_8 * t2 - 0.000_000_155 * t3
        + 0.000_33 * ((166.56 + 132.87 * t - 0.009_173 * t2) * rad).sin();
    let sun = (359.2242 + 29.105_356_08 * k - 0.000_033_3 * t2 - 0.000_003_47 * t3) * rad;
    let moon = (306.0253 + 385.816_918_06 * k + 0.010_730_6 * t2 + 0.000_012_36 * t3) * rad;
    let node = (21.2964 + 390.670_506_46 * k - 0.001_652_8 * t2 - 0.000_002_39 * t3) * rad;
    let correction = (0.1734 - 0.000_393 * t) * sun.sin() + 0.0021 * (2.0 * sun).sin()
        - 0.4068 * moon.sin()
        + 0.0161 * (2.0 * moon).sin()
        - 0.0004 * (3.0 * moon).sin()
        + 0.0104 * (2.0 * node).sin()
        - 0.0051 * (sun + moon).sin()
        - 0.0074 * (sun - moon).sin()
        + 0.0004 * (2.0 * node + sun).sin()
        - 0.0004 * (2.0 * node - sun).sin()
        - 0.0006 * (2.0 * node + moon).sin()
        + 0.0010 * (2.0 * node - moon).sin()
        + 0.0005 * (sun + 2.0 * moon).sin();
    // Difference between dynamical and universal time.
    let delta = -0.000_278 + 0.000_265 * t + 0.000_262 * t2;
    mean + correction - delta - EPOCH
}

/// The day in Vietnam of the `k`-th new moon.
fn new_moon_day(k: i32) -> i32 {
    whole(new_moon(k) + 0.5 + 7.0 / 24.0)
}

/// Which twelfth of its year the sun is in at the beginning of a day in Vietnam: 9 from the winter
/// solstice on.
fn sun_twelfth(day: i32) -> i32 {
    let t = (f64::from(day) + EPOCH - 2_451_545.5 - 7.0 / 24.0) / 36_525.0;
    let t2 = t * t;
    let rad = PI / 180.0;
    let anomaly = (357.529_10 + 35_999.050_30 * t - 0.000_155_9 * t2) * rad;
    let mean = 280.466_45 + 36_000.769_83 * t + 0.000_303_2 * t2;
    let centre = (1.914_600 - 0.004_817 * t - 0.000_014 * t2) * anomaly.sin()
        + (0.019_993 - 0.000_101 * t) * (2.0 * anomaly).sin()
        + 0.000_290 * (3.0 * anomaly).sin();
    whole((mean + centre).rem_euclid(360.0) / 30.0)
}

#[expect(clippy::cast_possible_truncation, reason = "days within a few thousand years of 1970")]
fn whole(x: f64) -> i32 {
    x.floor() as i32
}

/// The number of the new moon on or before 31 December of `year` that begins the month of the
/// winter solstice, the eleventh.
fn eleventh(year: i32) -> i32 {
    let last = Day::from_date(year, 12, 31).0;
    let k = whole((f64::from(last) + EPOCH - 2_415_021.0) / MONTH);
    // The solstice must not lie before the month: then the month before is the eleventh.
    if sun_twelfth(new_moon_day(k)) >= 9 { k - 1 } else { k }
}

/// The first day of `month` (1 to 10, not a leap one) of the lunar year that begins in `year`.
fn first_of(year: i32, month: i32) -> Day {
    let (before, after) = (eleventh(year - 1), eleventh(year));
    // From one eleventh month to the next there are 12 months, or 13 with a leap one: the first
    // in which the sun enters no new twelfth.
    let leap = (after - before == 13).then(|| {
        (1..13)
            .find(|i| {
                let twelfth = |k: i32| sun_twelfth(new_moon_day(before + k));
                twelfth(*i) == twelfth(i + 1)
            })
            .unwrap_or(13)
    });
    // The twelfth month is one after the eleventh, the first is two.
    let mut steps = month + 1;
    if leap.is_some_and(|l| l <= steps) {
        steps += 1;
    }
    Day(new_moon_day(before + steps))
}

/// The first day of the lunar year that begins in `year`: mùng 1 Tết. Good from 1900 to 2199.
pub fn tet(year: i32) -> Day {
    first_of(year, 1)
}

/// The tenth day of the third lunar month: the Hùng kings. Good from 1900 to 2199.
pub fn hung_kings(year: i32) -> Day {
    Day(first_of(year, 3).0 + 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published dates of Tết; 1985 and 2007 are years in which Vietnam and China differ.
    #[test]
    fn tet_is_on_the_days_that_were_celebrated() {
        for (year, month, day) in [
            (1985, 1, 21),
            (2000, 2, 5),
            (2007, 2, 17),
            (2012, 1, 23),
            (2015, 2, 19),
            (2020, 1, 25),
            (2021, 2, 12),
            (2022, 2, 1),
            (2023, 1, 22),
            (2024, 2, 10),
            (2025, 1, 29),
            (2026, 2, 17),
            (2027, 2, 6),
            (2028, 1, 26),
            (2029, 2, 13),
            (2030, 2, 2),
        ] {
            assert_eq!(tet(year).date(), (year, month, day));
        }
    }

    #[test]
    fn the_hung_kings_are_remembered_on_the_tenth_of_the_third_month() {
        for (year, month, day) in [
            (2020, 4, 2),
            (2021, 4, 21),
            (2022, 4, 10),
            (2023, 4, 29),
            (2024, 4, 18),
            (2025, 4, 7),
            (2026, 4, 26),
            (2027, 4, 16),
        ] {
            assert_eq!(hung_kings(year).date(), (year, month, day));
        }
    }
}
