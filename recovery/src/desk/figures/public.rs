//! The figures for everybody: whole weeks that are over, and no small numbers.
//!
//! Weeks, because days are small; only those that are over, because the difference of two looks
//! at a growing number is small too. See [`super::suppress`].

use super::period::{Days, complete_weeks, days_of};
use super::report::{Outcomes, by_channel, by_day};
use super::store::{Counted, FigureStore, Lasted, Tally};
use super::suppress::{Shown, parts, share};
use super::times::{Times, Took};
use crate::desk::names::OfficeId;
use crate::desk::{Desk, DeskHost, DeskRefusal};
use crate::flow::store::Channel;

/// So many weeks are shown.
pub const WEEKS: i64 = 13;

/// One week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its days.
    pub days: Days,
    /// Asked for on each channel, and on all.
    pub asked: Shown,
    /// Recovered on each channel; `None` where it, or how many were not, is hidden.
    pub recovered: Vec<Option<u64>>,
}

/// One channel over all weeks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    /// Which.
    pub channel: Channel,
    /// Whole percents.
    pub share: Option<u64>,
    /// Time to recovery, the middle one.
    pub p50: Option<Took>,
    /// Time to recovery of the slowest twentieth.
    pub p95: Option<Took>,
}

/// Everything on the public page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicFigures {
    /// All its days.
    pub days: Days,
    /// The oldest first.
    pub weeks: Vec<Week>,
    /// Each channel.
    pub channels: Vec<Public>,
    /// Cases opened at each office, over all weeks; `None` where hidden.
    pub offices: Vec<(OfficeId, Option<u64>)>,
}

fn recovered_beside(outcomes: Outcomes, is_asked_shown: bool) -> Option<u64> {
    let Outcomes { asked, recovered } = outcomes;
    // A recovery that was asked for in the week before counts in this one: then the two counts
    // have nothing to do with each other.
    let split = parts(&[recovered, asked.saturating_sub(recovered)]);
    split.parts.first().copied().flatten().filter(|_| is_asked_shown)
}

/// The figures out of their counts.
pub fn figures(now: i64, tallies: &[Tally], lasted: &[Lasted]) -> PublicFigures {
    let all = span(now);
    let rows = by_day(all, tallies);
    let mut weeks = Vec::new();
    for days in complete_weeks(now, WEEKS).map(days_of) {
        let mut sums = [Outcomes::default(); 3];
        for (_, row) in rows.iter().filter(|(day, _)| days.contains(*day)) {
            for (sum, one) in sums.iter_mut().zip(row) {
                sum.asked += one.asked;
                sum.recovered += one.recovered;
            }
        }
        let asked = parts(&sums.map(|sum| sum.asked));
        let recovered = sums.iter().zip(&asked.parts);
        let recovered =
            recovered.map(|(sum, asked)| recovered_beside(*sum, asked.is_some())).collect();
        weeks.push(Week { days, asked, recovered });
    }
    let channels = by_channel(&rows, &[]).into_iter().map(|row| {
        let mut times = Times::default();
        for one in lasted.iter().filter(|one| one.channel == row.channel) {
            times.merge(&one.times);
        }
        Public {
            channel: row.channel,
            share: share(row.outcomes.recovered, row.outcomes.asked),
            p50: times.public_percentile(50),
            p95: times.public_percentile(95),
        }
    });
    let channels = channels.collect();
    let mut offices: Vec<(OfficeId, u64)> = Vec::new();
    for tally in tallies.iter().filter(|tally| tally.what == Counted::Asked) {
        let Some(office) = &tally.office else { continue };
        match offices.binary_search_by(|(known, _)| known.cmp(office)) {
            Ok(place) => offices[place].1 += tally.count,
            Err(place) => offices.insert(place, (office.clone(), tally.count)),
        }
    }
    // The desk's weeks add up to about the offices' sum, so that they are parts of one.
    let counts: Vec<u64> = offices.iter().map(|(_, count)| *count).collect();
    let shown = parts(&counts).parts;
    let offices = offices.into_iter().zip(shown).map(|((office, _), shown)| (office, shown));
    PublicFigures { days: all, weeks, channels, offices: offices.collect() }
}

/// The days of all weeks that are shown.
pub fn span(now: i64) -> Days {
    let mut weeks = complete_weeks(now, WEEKS).map(days_of);
    let last = weeks.next_back().map_or(0, |days| days.last);
    Days { first: last + 1 - 7 * WEEKS, last }
}

impl<H: DeskHost<Store: FigureStore>> Desk<'_, H> {
    /// The figures for everybody.
    pub async fn public_figures(&self) -> Result<PublicFigures, DeskRefusal> {
        let days = span(self.now());
        let tallies = self.store().tallies(days).await?;
        let lasted = self.store().lasted(days).await?;
        Ok(figures(self.now(), &tallies, &lasted))
    }
}
