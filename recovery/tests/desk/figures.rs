//! Figures: edges of days, percentiles, what everybody may see, files.

use std::collections::BTreeMap;

use proptest::prelude::*;
use recovery::desk::figures::csv;
use recovery::desk::figures::period::{
    Days, Span, complete_weeks, date, days_of, iso_date, week_of,
};
use recovery::desk::figures::public::{self, WEEKS};
use recovery::desk::figures::report::Outcomes;
use recovery::desk::figures::store::{Counted, Lasted, Tally};
use recovery::desk::figures::suppress::{SMALLEST, one, parts, share};
use recovery::desk::figures::times::{STEPS, Times, Took, rank, step_of};
use recovery::desk::names::OfficeId;
use recovery::flow::store::Channel;

/// 22 November 2026, 00:00 in Vietnam: 21 November, 17:00 UTC.
const MIDNIGHT: i64 = 1_795_280_400;

#[test]
fn a_period_ends_with_today_in_vietnam_and_turns_at_midnight_there() {
    let today = Span::Week.until(MIDNIGHT);
    assert_eq!(
        (iso_date(today.first), iso_date(today.last)),
        ("2026-11-16".into(), "2026-11-22".into())
    );
    assert_eq!(date(Span::Week.until(MIDNIGHT - 1).last), "21/11/2026");
    assert_eq!(date(Span::Month.until(MIDNIGHT).first), "24/10/2026");
    assert_eq!(date(Span::Quarter.until(MIDNIGHT + 86_399).first), "25/08/2026");
    for span in Span::ALL {
        let days = span.until(MIDNIGHT + 5);
        assert_eq!(days.iter().count(), usize::try_from(span.days()).unwrap());
        assert_eq!(days.ends() - days.begins(), span.days() * 86_400);
        assert_eq!(Span::from_tag(span.as_str()), Some(span));
    }
    assert_eq!(Span::from_tag("8"), None);
}

#[test]
fn weeks_begin_on_monday_and_only_those_that_are_over_count() {
    // 22 November 2026 is a Sunday: its week is not over until midnight.
    let sunday = Span::Week.until(MIDNIGHT).last;
    assert_eq!(iso_date(days_of(week_of(sunday)).first), "2026-11-16");
    let last = complete_weeks(MIDNIGHT, 2).next_back().map(days_of).unwrap();
    assert_eq!(iso_date(last.last), "2026-11-15");
    let last = complete_weeks(MIDNIGHT + 86_400, 2).next_back().map(days_of).unwrap();
    assert_eq!(iso_date(last.last), "2026-11-22");
}

proptest! {
    #[test]
    fn every_day_is_in_its_week_and_weeks_follow_each_other(day in -800_000i64..800_000) {
        let days = days_of(week_of(day));
        prop_assert!(days.contains(day));
        prop_assert_eq!(days.last - days.first, 6);
        prop_assert_eq!(days_of(week_of(day) + 1).first, days.last + 1);
        let shown = iso_date(day);
        prop_assert!(iso_date(day + 1) != shown);
    }

    /// Nearest rank over steps: never too small, and in the step of the exact value.
    #[test]
    fn a_percentile_is_the_upper_end_of_the_step_with_the_exact_one(
        mut seconds in prop::collection::vec(0i64..9_000_000, 1..200),
        percent in 1u64..=100,
    ) {
        let mut times = Times::default();
        for one in &seconds {
            times.add(step_of(*one), 1);
        }
        seconds.sort_unstable();
        let place = usize::try_from(rank(times.count(), percent)).unwrap();
        let exact = seconds[place - 1];
        let found = times.percentile(percent).unwrap();
        match found {
            Took::AtMost(upto) => {
                prop_assert!(exact <= upto);
                prop_assert_eq!(step_of(exact), step_of(upto));
            }
            Took::Longer => prop_assert!(exact > *STEPS.last().unwrap()),
        }
        prop_assert!(times.percentile(50) <= times.percentile(95));
        if times.public_percentile(percent).is_some() {
            let beyond = seconds.len() - place;
            prop_assert!(place >= 10 && beyond >= 10);
        }
    }

    #[test]
    fn no_part_that_is_shown_is_small_and_no_hidden_one_stands_alone(
        counts in prop::collection::vec(0u64..40, 1..40),
    ) {
        let shown = parts(&counts);
        let hidden: Vec<u64> =
            counts.iter().zip(&shown.parts).filter(|(_, s)| s.is_none()).map(|(c, _)| *c).collect();
        for (count, part) in counts.iter().zip(&shown.parts) {
            if let Some(part) = part {
                prop_assert!(*count == 0 || *part >= SMALLEST);
                prop_assert!(part <= count && count - part < 10);
            }
        }
        if shown.sum.is_some() && !hidden.is_empty() {
            let others = counts.iter().any(|count| *count >= SMALLEST);
            prop_assert!(hidden.len() >= 2 || !others);
            prop_assert!(hidden.iter().sum::<u64>() >= SMALLEST || !others);
        }
    }

    #[test]
    fn a_cell_of_a_file_is_read_back_and_is_no_formula(text in any::<String>()) {
        let cell = csv::cell(&text);
        let bare = cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let read = bare.map_or(cell.clone(), |bare| bare.replace("\"\"", "\""));
        let marked = ["'", text.as_str()].concat();
        prop_assert!(read == text || read == marked);
        prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        if bare.is_none() {
            prop_assert!(!cell.contains([',', '"', '\r', '\n', ';']));
        }
    }
}

/// Whoever knows the rule and sees the answer: of all tables that give this answer, does each
/// hidden small count differ among them? Tried with every table of three up to 24.
#[test]
fn a_hidden_count_cannot_be_found_by_running_the_rule_backwards() {
    let mut answers: BTreeMap<String, Vec<[u64; 3]>> = BTreeMap::new();
    for a in 0..25 {
        for b in 0..25 {
            for c in 0..25 {
                let answer = format!("{:?}", parts(&[a, b, c]));
                answers.entry(answer).or_default().push([a, b, c]);
            }
        }
    }
    let mut looked = 0;
    for (answer, tables) in answers {
        let shown = parts(&tables[0]);
        for place in 0..3 {
            if shown.parts[place].is_some() {
                continue;
            }
            let mut values: Vec<u64> = tables.iter().map(|table| table[place]).collect();
            values.sort_unstable();
            values.dedup();
            assert!(values.len() >= 3, "{answer}: part {place} is one of {values:?}");
            looked += 1;
        }
    }
    assert!(looked > 10, "{looked}");
}

#[test]
fn nobody_is_shown_and_a_few_are_not() {
    assert_eq!([0, 1, 9, 10, 19, 20].map(one), [Some(0), None, None, Some(10), Some(10), Some(20)]);
    assert_eq!(parts(&[3, 50, 70]).parts, [None, None, Some(70)]);
    assert_eq!(parts(&[3, 50, 70]).sum, Some(120));
    // Two small ones that are together still small take a third with them.
    assert_eq!(parts(&[3, 4, 50, 70]).parts, [None, None, None, Some(70)]);
    assert_eq!(parts(&[1, 2, 3]), parts(&[2, 2, 2]));
    assert_eq!(share(40, 100), Some(40));
    assert_eq!((share(97, 100), share(3, 100), share(0, 0)), (None, None, None));
}

#[test]
fn the_share_of_what_succeeded_is_in_whole_percents_and_never_over_a_hundred() {
    let share = |recovered, asked| Outcomes { asked, recovered }.share();
    assert_eq!(
        [share(1, 3), share(0, 5), share(7, 5), share(0, 0)],
        [Some(33), Some(0), Some(100), None]
    );
}

fn tally(day: i64, channel: Channel, what: Counted, count: u64) -> Tally {
    Tally { day, channel, office: None, what, count }
}

#[test]
fn the_public_figures_are_whole_weeks_without_small_numbers() {
    let span = public::span(MIDNIGHT);
    let (first, last) = (span.first, span.last);
    assert_eq!((last - first + 1, iso_date(last)), (7 * WEEKS, "2026-11-15".into()));
    let office = |name: &str| OfficeId::parse(name);
    let at = |name: &str, count| Tally {
        office: office(name),
        ..tally(last, Channel::Desk, Counted::Asked, count)
    };
    let tallies = [
        tally(last, Channel::Email, Counted::Asked, 119),
        tally(last, Channel::Email, Counted::Recovered, 60),
        tally(last, Channel::Sms, Counted::Asked, 4),
        // This week's, which is not over.
        tally(last + 1, Channel::Email, Counted::Asked, 1_000),
        at("thu-a", 31),
        at("thu-b", 5),
        at("thu-c", 64),
    ];
    let mut times = Times::default();
    times.add(3, 40);
    let lasted = [Lasted { channel: Channel::Email, office: None, times }];
    let figures = public::figures(MIDNIGHT, &tallies, &lasted);
    let week = figures.weeks.last().unwrap();
    assert_eq!(figures.weeks.len(), usize::try_from(WEEKS).unwrap());
    // Texts are few: the next smallest goes with them.
    assert_eq!(
        (week.asked.parts.as_slice(), week.asked.sum),
        (&[Some(110), None, None][..], Some(220))
    );
    assert_eq!(week.recovered, [Some(60), None, None]);
    let email = &figures.channels[0];
    assert_eq!((email.share, email.p50), (Some(54), Some(Took::AtMost(60))));
    // Of 40, only two are slower than the 95th percentile.
    assert_eq!(email.p95, None);
    let offices: Vec<_> = figures.offices.iter().map(|(id, count)| (id.as_str(), *count)).collect();
    assert_eq!(offices, [("thu-a", None), ("thu-b", None), ("thu-c", Some(60))]);
}

#[test]
fn a_file_is_read_by_a_spreadsheet_and_by_nothing_else() {
    assert_eq!(
        csv::line(&["a", "1,5", "nói \"vâng\"", "=1+1", "-2"]),
        "a,\"1,5\",\"nói \"\"vâng\"\"\",'=1+1,'-2\r\n"
    );
    assert_eq!(csv::cell("＝HYPERLINK(1)"), "'＝HYPERLINK(1)");
    let days = Days { first: 0, last: 0 };
    assert_eq!(csv::line(&[iso_date(days.first), 7.to_string()]), "1970-01-01,7\r\n");
}
