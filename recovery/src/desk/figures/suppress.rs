//! Which counts may be shown to everybody.
//!
//! A count under [`SMALLEST`] could point at a person who is known to have been there, so it is
//! hidden, and so is what would give it away: where the parts of a sum are shown beside it, a
//! hidden part never stands alone, and the hidden parts together are not small. All that is
//! shown is rounded down to tens, for two reasons: a rule that is known must not be run
//! backwards (a hidden 3 beside 10 and 10 would follow from the sum), and periods overlap: the
//! difference of two weeks' numbers must say no more than each of them.

/// The smallest count that is shown.
pub const SMALLEST: u64 = 10;

/// What is shown of one count: `None` where it is hidden. Nobody is nobody's secret: 0 is shown.
pub const fn one(count: u64) -> Option<u64> {
    if 0 < count && count < SMALLEST { None } else { Some(count / 10 * 10) }
}

/// The parts of a sum, and the sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// In the order of the counts; `None` where hidden.
    pub parts: Vec<Option<u64>>,
    /// `None` where hidden.
    pub sum: Option<u64>,
}

/// What is shown of disjoint counts and their sum.
pub fn parts(counts: &[u64]) -> Shown {
    let sum: u64 = counts.iter().sum();
    if one(sum).is_none() {
        // Zeros would say that the rest is all that there is.
        return Shown { parts: vec![None; counts.len()], sum: None };
    }
    let mut hidden: Vec<bool> = counts.iter().map(|count| one(*count).is_none()).collect();
    let mut alone = hidden.iter().filter(|hidden| **hidden).count() == 1;
    let mut together: u64 =
        counts.iter().zip(&hidden).filter(|(_, hidden)| **hidden).map(|(count, _)| *count).sum();
    let any = hidden.iter().any(|hidden| *hidden);
    while any && (alone || together < SMALLEST) {
        // The smallest that is left goes too; a zero would hide nothing.
        let left = counts.iter().zip(&mut hidden);
        let left = left.filter(|(count, hidden)| !**hidden && **count >= SMALLEST);
        let Some((count, mark)) = left.min_by_key(|(count, _)| **count) else { break };
        (*mark, alone) = (true, false);
        together += count;
    }
    let shown = counts.iter().zip(hidden);
    let parts = shown.map(|(count, hidden)| if hidden { None } else { one(*count) }).collect();
    Shown { parts, sum: one(sum) }
}

/// How many of all: whole percents of what is shown, where that and its complement are.
pub fn share(of: u64, all: u64) -> Option<u64> {
    let shown = parts(&[of, all.saturating_sub(of)]);
    match (shown.parts.as_slice(), shown.sum) {
        ([Some(of), Some(_)], Some(all)) if all > 0 => Some((of * 100 / all).min(100)),
        _ => None,
    }
}
