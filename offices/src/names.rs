//! Words and names: every name is a short list of words, every word is stored once.

use crate::fold;
use crate::reader::Reader;

/// Counts fit `u16` by construction; what would not is refused when reading.
pub(crate) fn narrow(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// The one sort of this crate: a second one for another type costs browsers a kilobyte.
#[inline(never)]
pub(crate) fn sort(keys: &mut [u64]) {
    keys.sort_unstable();
}

/// The order of the folded words: by their first five letters as numbers, the few that agree in
/// these by hand.
fn spelling_order(parts: &[(Vec<u8>, u16)]) -> Vec<usize> {
    let head =
        |text: &[u8]| (0..5).fold(0, |n, i| n << 8 | text.get(i).map_or(0, |b| u64::from(*b)));
    let mut keys: Vec<u64> =
        parts.iter().enumerate().map(|(i, (text, _))| head(text) << 24 | i as u64).collect();
    sort(&mut keys);
    let places = keys.iter().map(|key| usize::try_from(key & 0xFF_FFFF).unwrap_or(0));
    let mut order: Vec<usize> = places.collect();
    for i in 1..order.len() {
        let mut at = i;
        while at > 0 && parts.get(order[at]) < parts.get(order[at - 1]) {
            order.swap(at, at - 1);
            at -= 1;
        }
    }
    order
}

/// The dictionary of words, with their folded forms sorted for look-up by prefix.
pub(crate) struct Words<'a> {
    spelled: Vec<&'a str>,
    folded_of: Vec<u16>,
    accents: Vec<fold::Accents>,
    /// Folded forms, sorted, in one buffer: `arena[at[i]..at[i + 1]]`.
    arena: Vec<u8>,
    at: Vec<u32>,
    /// Which letters occur, one bit each: a cheap bound on the edit distance.
    letters: Vec<u32>,
}

impl<'a> Words<'a> {
    pub(crate) fn read(r: &mut Reader<'a>) -> Option<Self> {
        let n = r.count()?;
        let lengths = r.take(n)?;
        let mut spelled = Vec::with_capacity(n);
        let mut parts: Vec<(Vec<u8>, u16)> = Vec::with_capacity(n);
        let mut accents = Vec::with_capacity(n);
        for (i, length) in lengths.iter().enumerate() {
            let text = std::str::from_utf8(r.take(usize::from(*length))?).ok()?;
            // A word such as a dash or `(BHXH` folds to what its letters are.
            let word = fold::words(text).into_iter().next();
            accents.push(word.as_ref().map(|w| w.accents).unwrap_or_default());
            parts.push((word.map(|w| w.folded).unwrap_or_default(), u16::try_from(i).ok()?));
            spelled.push(text);
        }
        let order = spelling_order(&parts);
        let (mut arena, mut at, mut letters) = (Vec::with_capacity(n * 4), vec![0], Vec::new());
        let mut folded_of = vec![0; n];
        let mut previous: Option<&[u8]> = None;
        for (folded, word) in order.iter().filter_map(|i| parts.get(*i)) {
            if previous != Some(folded) {
                arena.extend_from_slice(folded);
                at.push(u32::from(narrow(arena.len())));
                letters.push(letter_set(folded));
                previous = Some(folded);
            }
            *folded_of.get_mut(usize::from(*word))? = narrow(letters.len() - 1);
        }
        (arena.len() < usize::from(u16::MAX)).then_some(Self {
            spelled,
            folded_of,
            accents,
            arena,
            at,
            letters,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.spelled.len()
    }

    pub(crate) fn spelled(&self, word: u16) -> &'a str {
        self.spelled.get(usize::from(word)).copied().unwrap_or_default()
    }

    pub(crate) fn folded_of(&self, word: u16) -> u16 {
        self.folded_of.get(usize::from(word)).copied().unwrap_or_default()
    }

    pub(crate) fn accents(&self, word: u16) -> fold::Accents {
        self.accents.get(usize::from(word)).copied().unwrap_or_default()
    }

    pub(crate) fn folded_len(&self) -> usize {
        self.letters.len()
    }

    pub(crate) fn folded(&self, id: u16) -> &[u8] {
        let i = usize::from(id);
        match (self.at.get(i), self.at.get(i + 1)) {
            (Some(a), Some(b)) => self.arena.get(*a as usize..*b as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// All folded forms with the letters that occur in them.
    pub(crate) fn letters(&self) -> impl Iterator<Item = (u16, u32)> {
        self.letters.iter().enumerate().map(|(i, set)| (narrow(i), *set))
    }

    /// The folded form that is `text`.
    pub(crate) fn find(&self, text: &[u8]) -> Option<u16> {
        let i = self.lower_bound(text);
        (i < self.folded_len() && self.folded(narrow(i)) == text).then(|| narrow(i))
    }

    /// The folded forms that begin with `prefix`, itself included.
    pub(crate) fn starting_with(&self, prefix: &[u8]) -> std::ops::Range<u16> {
        let first = self.lower_bound(prefix);
        let mut last = first;
        while last < self.folded_len() && self.folded(narrow(last)).starts_with(prefix) {
            last += 1;
        }
        narrow(first)..narrow(last)
    }

    fn lower_bound(&self, text: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.folded_len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.folded(narrow(middle)) < text {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// One bit per letter, digits share the bits above.
pub(crate) fn letter_set(folded: &[u8]) -> u32 {
    folded.iter().fold(0, |set, b| {
        set | match b {
            b'a'..=b'z' => 1 << (b - b'a'),
            _ => 1 << (26 + (b & 3)),
        }
    })
}

/// Names of all entries, as lists of words, in one column.
#[derive(Default)]
pub(crate) struct Names {
    at: Vec<u32>,
    words: Vec<u16>,
}

impl Names {
    pub(crate) fn new() -> Self {
        Self { at: vec![0], words: Vec::new() }
    }

    /// Reads `n` names: first all their lengths, then all their words.
    pub(crate) fn read(&mut self, r: &mut Reader<'_>, n: usize, words: usize) -> Option<()> {
        let lengths = r.take(n)?;
        for length in lengths {
            for _ in 0..*length {
                let word = r.u16()?;
                if usize::from(word) >= words {
                    return None;
                }
                self.words.push(word);
            }
            self.at.push(u32::try_from(self.words.len()).ok()?);
        }
        Some(())
    }

    pub(crate) fn len(&self) -> usize {
        self.at.len().saturating_sub(1)
    }

    pub(crate) fn get(&self, entry: usize) -> &[u16] {
        match (self.at.get(entry), self.at.get(entry + 1)) {
            (Some(a), Some(b)) => self.words.get(*a as usize..*b as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}
