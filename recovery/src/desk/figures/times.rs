//! How long recoveries took: counted in steps, so that no single one is kept.
//!
//! A percentile over steps is the upper end of the step in which the exact one lies
//! (nearest rank): never too small, and at most one step too large.

/// The steps' upper ends, in seconds; what took longer than the last is in one more step.
/// The migration that counts them has the same list.
pub const STEPS: [i64; 32] = [
    15, 30, 45, 60, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1_800, 3_600, 7_200, 14_400,
    28_800, 43_200, 86_400, 129_600, 172_800, 259_200, 345_600, 432_000, 604_800, 864_000,
    1_209_600, 1_814_400, 2_592_000, 5_184_000, 7_776_000,
];

/// The step of a duration in seconds: 0 for the shortest.
pub fn step_of(seconds: i64) -> usize {
    STEPS.partition_point(|upto| *upto < seconds)
}

/// A percentile as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Took {
    /// At most so many seconds.
    AtMost(i64),
    /// Longer than the longest step.
    Longer,
}

/// Which place, from 1, a percentile has among `count` ordered values (nearest rank); 0 where
/// there are none. `percent` is 1 to 100.
pub const fn rank(count: u64, percent: u64) -> u64 {
    (count * percent).div_ceil(100)
}

/// How many recoveries took how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    counts: [u64; STEPS.len() + 1],
}

impl Default for Times {
    fn default() -> Self {
        Self { counts: [0; STEPS.len() + 1] }
    }
}

impl Times {
    /// Adds so many of a step; one beyond the last step is the last.
    pub fn add(&mut self, step: usize, count: u64) {
        let last = self.counts.len() - 1;
        if let Some(known) = self.counts.get_mut(step.min(last)) {
            *known = known.saturating_add(count);
        }
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        for (step, count) in other.counts.iter().enumerate() {
            self.add(step, *count);
        }
    }

    /// How many in all.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// A percentile; `None` where nothing was counted.
    pub fn percentile(&self, percent: u64) -> Option<Took> {
        let rank = rank(self.count(), percent);
        let mut seen = 0;
        for (step, count) in self.counts.iter().enumerate() {
            seen += count;
            if rank > 0 && seen >= rank {
                return Some(STEPS.get(step).map_or(Took::Longer, |upto| Took::AtMost(*upto)));
            }
        }
        None
    }

    /// The same, where at least [`super::suppress::SMALLEST`] lie on each side of it.
    pub fn public_percentile(&self, percent: u64) -> Option<Took> {
        let (count, least) = (self.count(), super::suppress::SMALLEST);
        let below = rank(count, percent);
        if below >= least && count - below >= least { self.percentile(percent) } else { None }
    }
}
