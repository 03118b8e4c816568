//! A supervisor's figures.

use super::CHANNELS;
use super::period::{Days, Span};
use super::resend::{Life, life};
use super::store::{Bounce, Counted, DeadLetter, FigureStore, Lasted, Limit, Queued, Tally};
use super::times::{Times, Took, rank};
use crate::desk::names::OfficeId;
use crate::desk::staff::{Act, Staff};
use crate::desk::{Desk, DeskHost, DeskRefusal};
use crate::flow::ids::Id;
use crate::flow::store::{Channel, OutboxState};
use crate::message::Template;

/// Most dead letters, and most messages that came back, on one page.
pub const MOST: u32 = 50;

/// Asked for, and led to a new password. What was asked for on one day may lead there on
/// another; both count on their own day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Asked for.
    pub asked: u64,
    /// Led to a new password.
    pub recovered: u64,
}

impl Outcomes {
    /// Whole percents, rounded down; `None` where nothing was asked for. At most 100: what was
    /// asked for before the period may end in it.
    pub fn share(self) -> Option<u64> {
        (self.recovered * 100).checked_div(self.asked).map(|share| share.min(100))
    }
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelFigures {
    /// Which.
    pub channel: Channel,
    /// Asked for, and led to a new password.
    pub outcomes: Outcomes,
    /// Time to recovery, the middle one.
    pub p50: Option<Took>,
    /// Time to recovery of the slowest twentieth.
    pub p95: Option<Took>,
}

/// How long the open cases of an office have waited, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How many are open.
    pub count: u64,
    /// The longest.
    pub oldest: i64,
    /// The middle one.
    pub p50: i64,
    /// Longer than 95 of 100.
    pub p95: i64,
}

/// One office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeFigures {
    /// Cases opened, and those that led to a new password.
    pub outcomes: Outcomes,
    /// Cases approved.
    pub approved: u64,
    /// Cases refused.
    pub rejected: u64,
    /// Cases that their citizens withdrew.
    pub withdrawn: u64,
    /// Changes of contacts that an old contact stopped.
    pub disputed: u64,
    /// From opening to the new password.
    pub times: Times,
    /// What is open now.
    pub waiting: Option<Waiting>,
}

/// A message that was given up, as a supervisor sees it: no address, no text, no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The outbox row.
    pub id: Id,
    /// Which message.
    pub template: Template,
    /// Of which channel; `None` where its recovery is gone.
    pub channel: Option<Channel>,
    /// `dead` or `unknown`.
    pub state: OutboxState,
    /// Unix seconds.
    pub created_at: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether it can be sent again.
    pub life: Life,
}

impl Letter {
    fn of(letter: &DeadLetter, now: i64) -> Self {
        Self {
            id: letter.row.id,
            template: letter.row.template,
            channel: letter.recovery.as_ref().map(|recovery| recovery.channel),
            state: letter.row.state,
            created_at: letter.row.created_at,
            attempts: letter.row.attempts,
            life: life(letter, now),
        }
    }
}

/// A message that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Unix seconds.
    pub at: i64,
    /// As its provider said.
    pub kind: String,
    /// A keyed name of the address, the same for the same address; never the address. `None`
    /// where the message is gone.
    pub name: Option<String>,
}

/// Everything on a supervisor's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which days.
    pub days: Days,
    /// Each channel.
    pub channels: Vec<ChannelFigures>,
    /// Each office that has or had cases, in their order.
    pub offices: Vec<(OfficeId, OfficeFigures)>,
    /// Each day, the oldest first, with its channels in their order.
    pub by_day: Vec<(i64, [Outcomes; 3])>,
    /// Limits that were met.
    pub limits: Vec<(Limit, u64)>,
    /// How many messages are given up.
    pub dead: u64,
    /// The newest of them.
    pub letters: Vec<Letter>,
    /// How many messages came back, by what their provider said.
    pub returned: Vec<(String, u64)>,
    /// The newest of them.
    pub returns: Vec<Returned>,
}

fn place(channel: Channel) -> usize {
    CHANNELS.iter().position(|one| *one == channel).unwrap_or(0)
}

/// Counts by day and channel, without gaps.
pub fn by_day(days: Days, tallies: &[Tally]) -> Vec<(i64, [Outcomes; 3])> {
    let mut rows: Vec<(i64, [Outcomes; 3])> =
        days.iter().map(|day| (day, [Outcomes::default(); 3])).collect();
    for tally in tallies {
        let row = usize::try_from(tally.day - days.first).ok().and_then(|at| rows.get_mut(at));
        let row = row.and_then(|(_, row)| row.get_mut(place(tally.channel)));
        match (row, tally.what) {
            (Some(row), Counted::Asked) => row.asked += tally.count,
            (Some(row), Counted::Recovered) => row.recovered += tally.count,
            _ => {}
        }
    }
    rows
}

/// Each channel over all days.
pub fn by_channel(by_day: &[(i64, [Outcomes; 3])], lasted: &[Lasted]) -> Vec<ChannelFigures> {
    let channels = CHANNELS.into_iter().enumerate().map(|(place, channel)| {
        let mut outcomes = Outcomes::default();
        for (_, row) in by_day {
            let Outcomes { asked, recovered } = row.get(place).copied().unwrap_or_default();
            outcomes.asked += asked;
            outcomes.recovered += recovered;
        }
        let mut times = Times::default();
        for one in lasted.iter().filter(|one| one.channel == channel) {
            times.merge(&one.times);
        }
        let (p50, p95) = (times.percentile(50), times.percentile(95));
        ChannelFigures { channel, outcomes, p50, p95 }
    });
    channels.collect()
}

/// The figures of an office, in a list that is kept in order.
fn of<'a>(
    offices: &'a mut Vec<(OfficeId, OfficeFigures)>,
    office: &OfficeId,
) -> &'a mut OfficeFigures {
    let place = match offices.binary_search_by(|(known, _)| known.cmp(office)) {
        Ok(place) => place,
        Err(place) => {
            offices.insert(place, (office.clone(), OfficeFigures::default()));
            place
        }
    };
    &mut offices[place].1
}

fn by_office(tallies: &[Tally], lasted: &[Lasted]) -> Vec<(OfficeId, OfficeFigures)> {
    let mut offices = Vec::new();
    for tally in tallies {
        let Some(office) = &tally.office else { continue };
        let row = of(&mut offices, office);
        *match tally.what {
            Counted::Asked => &mut row.outcomes.asked,
            Counted::Recovered => &mut row.outcomes.recovered,
            Counted::Approved => &mut row.approved,
            Counted::Rejected => &mut row.rejected,
            Counted::Withdrawn => &mut row.withdrawn,
            Counted::Disputed => &mut row.disputed,
        } += tally.count;
    }
    for one in lasted {
        if let Some(office) = &one.office {
            of(&mut offices, office).times.merge(&one.times);
        }
    }
    offices
}

impl<H: DeskHost<Store: FigureStore>> Desk<'_, H> {
    /// The figures of all channels and offices: for supervisors.
    pub async fn report(&self, staff: &Staff, span: Span) -> Result<Report, DeskRefusal> {
        if !staff.may(Act::Figures) {
            return Err(DeskRefusal::NotAllowed);
        }
        let (now, store) = (self.now(), self.store());
        let days = span.until(now);
        let (tallies, lasted) = (store.tallies(days).await?, store.lasted(days).await?);
        let by_day = by_day(days, &tallies);
        let mut offices = by_office(&tallies, &lasted);
        for (office, waiting) in self.waiting().await? {
            of(&mut offices, &office).waiting = Some(waiting);
        }
        let (dead, letters) = store.dead_letters(MOST).await?;
        let (returned, returns) = store.bounces(days, MOST).await?;
        Ok(Report {
            days,
            channels: by_channel(&by_day, &lasted),
            offices,
            by_day,
            limits: store.limits(days).await?,
            dead,
            letters: letters.iter().map(|letter| Letter::of(letter, now)).collect(),
            returned,
            returns: returns.into_iter().map(|bounce| self.returned(bounce)).collect(),
        })
    }

    fn returned(&self, bounce: Bounce) -> Returned {
        let Bounce { at, kind, contact } = bounce;
        let name = contact.map(|(member, contact)| {
            let name = self.host.keys().name("figure-contact", &[&member.0, &contact]);
            name.to_string().chars().take(12).collect()
        });
        Returned { at, kind, name }
    }

    /// How long the open cases of each office have waited.
    async fn waiting(&self) -> Result<Vec<(OfficeId, Waiting)>, DeskRefusal> {
        let queues = self.store().queues().await?;
        // The longest waiting stand first: place 1 is the 100th percentile of the ages.
        let place = |queue: &Queued, percent| {
            (queue.office.clone(), queue.count + 1 - rank(queue.count, percent).max(1))
        };
        let places: Vec<_> =
            queues.iter().flat_map(|queue| [place(queue, 50), place(queue, 95)]).collect();
        let opened = self.store().opened_at(&places).await?;
        let age = |at: i64| (self.now() - at).max(0);
        let rows = queues.into_iter().zip(opened.chunks(2)).map(|(queue, at)| {
            // A case that was closed between the two reads leaves a place empty.
            let at = |place: usize| at.get(place).copied().filter(|at| *at > 0);
            let waiting = Waiting {
                count: queue.count,
                oldest: age(queue.oldest),
                p50: age(at(0).unwrap_or(queue.oldest)),
                p95: age(at(1).unwrap_or(queue.oldest)),
            };
            (queue.office, waiting)
        });
        Ok(rows.collect())
    }
}
