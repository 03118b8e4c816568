//! Open or closed at given moments, written as a person reads a clock in Vietnam.
#![expect(clippy::unwrap_used, reason = "a helper that fails, fails its test")]

use offices::hours::{Closed, Day, Holiday, Opening, Week, state};

/// The office's week: `U` the usual one (not confirmed), `S` one with a Saturday morning.
const SATURDAYS: &str = "mon-fri 07:30-11:30,13:00-16:30; sat 07:30-11:30";

/// Moment; week; `open` with closing time, or why closed with the next opening; doubts: `u` usual
/// hours, `y` a year without notice, `c` 24 November.
const TABLE: &str = "\
2026-11-23 00:00 U not-yet 2026-11-23 08:00 u
2026-11-23 07:59 U not-yet 2026-11-23 08:00 u
2026-11-23 08:00 U open 2026-11-23 12:00 u
2026-11-23 11:59 U open 2026-11-23 12:00 u
2026-11-23 12:00 U lunch 2026-11-23 13:00 u
2026-11-23 12:59 U lunch 2026-11-23 13:00 u
2026-11-23 13:00 U open 2026-11-23 17:00 u
2026-11-23 16:59 U open 2026-11-23 17:00 u
2026-11-23 17:00 U over 2026-11-24 08:00 uc
2026-11-23 23:59 U over 2026-11-24 08:00 uc
2026-11-24 00:00 U not-yet 2026-11-24 08:00 uc
2026-11-24 09:00 U open 2026-11-24 12:00 uc
2026-11-25 09:00 U open 2026-11-25 12:00 u
2026-11-27 16:59 U open 2026-11-27 17:00 u
2026-11-27 17:00 U over 2026-11-30 08:00 u
2026-11-28 10:00 U day-off 2026-11-30 08:00 u
2026-11-29 10:00 U day-off 2026-11-30 08:00 u
2026-11-28 10:00 S open 2026-11-28 11:30 -
2026-11-28 11:30 S over 2026-11-30 07:30 -
2026-11-28 07:29 S not-yet 2026-11-28 07:30 -
2026-11-29 10:00 S day-off 2026-11-30 07:30 -
2026-11-30 11:30 S lunch 2026-11-30 13:00 -
2026-11-30 16:30 S over 2026-12-01 07:30 -
2026-11-24 10:00 S open 2026-11-24 11:30 c
2026-01-01 10:00 U new-year 2026-01-05 08:00 u
2026-01-02 10:00 U new-year 2026-01-05 08:00 u
2026-01-02 10:00 S new-year 2026-01-03 07:30 -
2026-02-13 16:00 U open 2026-02-13 17:00 u
2026-02-13 17:30 U over 2026-02-23 08:00 u
2026-02-15 10:00 U day-off 2026-02-23 08:00 u
2026-02-16 10:00 U tet 2026-02-23 08:00 u
2026-02-17 00:00 U tet 2026-02-23 08:00 u
2026-02-17 09:00 S tet 2026-02-21 07:30 -
2026-02-20 23:59 U tet 2026-02-23 08:00 u
2026-02-21 10:00 U day-off 2026-02-23 08:00 u
2026-02-23 08:00 U open 2026-02-23 12:00 u
2026-04-24 17:00 U over 2026-04-28 08:00 u
2026-04-26 10:00 U hung-kings 2026-04-28 08:00 u
2026-04-27 10:00 U hung-kings 2026-04-28 08:00 u
2026-04-27 10:00 S hung-kings 2026-04-28 07:30 -
2026-04-29 17:00 U over 2026-05-04 08:00 u
2026-04-30 10:00 U reunification 2026-05-04 08:00 u
2026-05-01 10:00 U labour 2026-05-04 08:00 u
2026-05-01 10:00 S labour 2026-05-02 07:30 -
2026-08-21 17:00 U over 2026-08-22 08:00 u
2026-08-22 09:00 U open 2026-08-22 12:00 u
2026-08-22 14:00 S open 2026-08-22 16:30 -
2026-08-22 17:00 U over 2026-08-24 08:00 u
2026-08-23 09:00 U day-off 2026-08-24 08:00 u
2026-08-28 17:00 U over 2026-09-03 08:00 u
2026-08-31 10:00 U national 2026-09-03 08:00 u
2026-09-01 10:00 U national 2026-09-03 08:00 u
2026-09-02 10:00 U national 2026-09-03 08:00 u
2026-09-03 10:00 U open 2026-09-03 12:00 u
2026-12-31 17:00 U over 2027-01-04 08:00 uy
2027-01-01 10:00 U new-year 2027-01-04 08:00 uy
2027-02-04 10:00 U open 2027-02-04 12:00 uy
2027-02-05 10:00 U tet 2027-02-12 08:00 uy
2027-02-06 10:00 S tet 2027-02-12 07:30 y
2027-04-16 10:00 S hung-kings 2027-04-17 07:30 y
2027-06-16 10:00 S open 2027-06-16 11:30 y
2027-09-02 10:00 U national 2027-09-03 08:00 uy
2027-11-24 10:00 S open 2027-11-24 11:30 yc
2025-06-16 10:00 U open 2025-06-16 12:00 uy
";

fn day(text: &str) -> Day {
    let mut parts = text.split('-');
    let year: i32 = parts.next().unwrap().parse().unwrap();
    let mut next = || parts.next().unwrap().parse().unwrap();
    let (month, date): (u8, u8) = (next(), next());
    Day::from_date(year, month, date)
}

fn minute(text: &str) -> u16 {
    let (hours, minutes) = text.split_once(':').unwrap();
    hours.parse::<u16>().unwrap() * 60 + minutes.parse::<u16>().unwrap()
}

#[test]
fn sixty_moments_give_the_state_and_the_next_change() {
    assert!(TABLE.lines().count() >= 60);
    let saturdays = Week::parse(SATURDAYS).unwrap();
    for line in TABLE.lines() {
        let f: Vec<&str> = line.split(' ').collect();
        let [date, time, week, what, then_date, then_time, doubts] = f[..] else {
            panic!("{line}")
        };
        let week = (week == "S").then_some(&saturdays);
        let found = state(week, day(date).at(minute(time)));
        let (word, turn) = match found.opening {
            Opening::Open { closes } => ("open", closes),
            Opening::Closed { why, opens } => (word(why), opens.unwrap()),
        };
        assert_eq!(word, what, "{line}");
        assert_eq!((turn.day, turn.minute), (day(then_date), minute(then_time)), "{line}");
        assert_eq!(turn.at, turn.day.at(turn.minute), "{line}");
        let shown = [
            (found.doubts.usual_hours, 'u'),
            (found.doubts.unannounced_year, 'y'),
            (found.doubts.culture_day, 'c'),
        ];
        let shown: String = shown.iter().filter(|(on, _)| *on).map(|(_, c)| *c).collect();
        assert_eq!(shown, doubts.trim_start_matches('-'), "{line}");
        assert_eq!(found.doubts.any(), !shown.is_empty());
    }
}

fn word(why: Closed) -> &'static str {
    match why {
        Closed::NotYet => "not-yet",
        Closed::Lunch => "lunch",
        Closed::Over => "over",
        Closed::DayOff => "day-off",
        Closed::Holiday(Holiday::NewYear) => "new-year",
        Closed::Holiday(Holiday::Tet) => "tet",
        Closed::Holiday(Holiday::HungKings) => "hung-kings",
        Closed::Holiday(Holiday::Reunification) => "reunification",
        Closed::Holiday(Holiday::Labour) => "labour",
        Closed::Holiday(Holiday::National) => "national",
    }
}

#[test]
fn every_second_of_a_lunch_boundary_belongs_to_one_side() {
    let noon = day("2026-11-25").at(12 * 60);
    let open = |moment| matches!(state(None, moment).opening, Opening::Open { .. });
    assert!(open(noon - 1) && !open(noon) && !open(noon + 3599) && open(noon + 3600));
}

#[test]
fn an_office_that_never_opens_has_no_next_opening() {
    let never = Week::default();
    let found = state(Some(&never), day("2026-11-25").at(600));
    assert_eq!(found.opening, Opening::Closed { why: Closed::DayOff, opens: None });
}

#[test]
fn what_is_said_to_come_next_is_true_when_it_comes() {
    let mut moment = day("2026-01-01").at(0);
    let mut turns = 0;
    while moment < day("2027-12-31").at(0) {
        let (next, was_open) = match state(None, moment).opening {
            Opening::Open { closes } => (closes.at, true),
            Opening::Closed { opens, .. } => (opens.unwrap().at, false),
        };
        assert!(next > moment);
        let opened = |m| matches!(state(None, m).opening, Opening::Open { .. });
        assert_eq!(opened(next), !was_open);
        assert_eq!(opened(next - 1), was_open);
        moment = next;
        turns += 1;
    }
    assert!(turns > 1900, "{turns}");
}
