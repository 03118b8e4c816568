//! Reading what a person typed: words, abbreviations, leftovers of Telex and VNI, glued words.

use crate::directory::Directory;
use crate::fold::{Accents, Word, letter, mark, words};
use crate::names::narrow;
use crate::search::keyboard::{split_glued, telex, without_digits};
use crate::units::UnitKind;

/// More words than this are not looked at: bit masks have 16 places.
pub(crate) const MAX_TOKENS: usize = 16;
/// Characters of the query that are read; the rest is ignored.
const MAX_CHARS: usize = 240;

/// Levels of the administration, as bits.
pub(crate) const WARD: u8 = 1;
pub(crate) const DISTRICT: u8 = 2;
pub(crate) const PROVINCE: u8 = 4;
pub(crate) const OFFICE: u8 = 8;

/// A word that says what the following name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// The kind of a unit, and the levels it may stand for.
    Unit(UnitKind, u8),
    /// `BHXH`: an office is meant.
    Office,
    /// `văn phòng`, `cơ sở`, …: probably an office, but also parts of names.
    Perhaps,
    /// A further word of the marker before.
    Tail,
}

/// One word of the query.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) text: Vec<u8>,
    pub(crate) accents: Accents,
    pub(crate) start: u16,
    pub(crate) end: u16,
    pub(crate) marker: Option<Marker>,
    /// Levels that the marker before speaks of; 0: none.
    pub(crate) bound: u8,
    /// Place of that marker.
    pub(crate) bound_by: u8,
    /// Cost of finding this word nowhere.
    pub(crate) missing: u16,
    /// Part of a kind of several words (`thành phố`), and so hardly a word of a name.
    pub(crate) in_phrase: bool,
    /// Read from keyboard leftovers: a guess, a little dearer than what was typed plainly.
    pub(crate) guessed: bool,
    pub(crate) new_segment: bool,
}

impl Token {
    pub(crate) fn is_number(&self) -> bool {
        self.text.first().is_some_and(u8::is_ascii_digit)
    }
}

/// The query, read.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) tokens: Vec<Token>,
    /// The last word is complete: a space or sign follows it.
    pub(crate) closed: bool,
    pub(crate) has_accents: bool,
    pub(crate) wants_office: bool,
}

impl Query {
    pub(crate) fn read(text: &str, dictionary: &Directory<'_>) -> Self {
        let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(i, _)| i);
        let text = text.get(..end).unwrap_or_default();
        let closed = text.chars().last().is_some_and(|c| letter(c).is_none() && mark(c).is_none());
        let found = words(text);
        let count = found.len();
        let mut tokens = Vec::with_capacity(count + 4);
        for (i, word) in found.into_iter().enumerate() {
            read_word(&word, !closed && i + 1 == count, dictionary, &mut tokens);
        }
        join_letters(&mut tokens, dictionary);
        // The end of a long address says more than its beginning.
        tokens.drain(..tokens.len().saturating_sub(MAX_TOKENS));
        let mut query = Self { tokens, closed, ..Self::default() };
        query.has_accents = query.tokens.iter().any(|t| !t.accents.is_plain());
        query.find_markers();
        query.spell_out();
        query.drop_street();
        query.weigh();
        query
    }

    /// The words that something holds for, a bit each.
    pub(crate) fn set(&self, holds: impl Fn(&Token) -> bool) -> u16 {
        let tokens = self.tokens.iter().enumerate();
        tokens.filter(|(_, token)| holds(token)).fold(0, |set, (t, _)| set | 1 << t)
    }

    /// Finds the words for kinds and binds what follows them.
    fn find_markers(&mut self) {
        let mut i = 0;
        while i < self.tokens.len() {
            let Some((marker, length)) = marker_at(&self.tokens, i) else {
                i += 1;
                continue;
            };
            self.wants_office |= marker == Marker::Office;
            for (k, token) in self.tokens.iter_mut().skip(i).take(length).enumerate() {
                token.marker = Some(if k == 0 { marker } else { Marker::Tail });
                token.in_phrase = length > 1 && matches!(marker, Marker::Unit(..));
            }
            i += length;
        }
        let (mut levels, mut by) = (0, 0);
        for i in 0..self.tokens.len() {
            let Some(token) = self.tokens.get_mut(i) else { break };
            match token.marker {
                Some(Marker::Unit(_, l)) => (levels, by) = (l, i.to_le_bytes()[0]),
                Some(Marker::Office | Marker::Perhaps) => levels = 0,
                Some(Marker::Tail) => {}
                None => {
                    if token.new_segment {
                        levels = 0;
                    }
                    (token.bound, token.bound_by) = (levels, by);
                    if token.is_number() {
                        levels = 0;
                    }
                }
            }
        }
    }

    /// `q`, `p.`, `h.` and `x` as the words they stand for; the last one may yet become a name.
    fn spell_out(&mut self) {
        let last = self.tokens.len().saturating_sub(1);
        for token in self.tokens.iter_mut().take(last) {
            let word: &[u8] = match token.marker {
                Some(Marker::Unit(Phuong, _)) => b"phuong",
                Some(Marker::Unit(Xa, _)) => b"xa",
                Some(Marker::Unit(Quan, _)) => b"quan",
                Some(Marker::Unit(Huyen, _)) => b"huyen",
                _ => continue,
            };
            token.text = word.to_vec();
        }
    }

    /// Leaves out a house number and street before the ward: `12 Nguyễn Huệ, phường Bến Nghé`.
    fn drop_street(&mut self) {
        const STREETS: [&[u8]; 9] =
            [b"so", b"duong", b"ngo", b"hem", b"ngach", b"thon", b"ap", b"to", b"pho"];
        let Some(first) = self.tokens.first().filter(|t| t.marker.is_none()) else { return };
        if !(first.is_number() || STREETS.contains(&first.text.as_slice())) {
            return;
        }
        let is_unit = |t: &Token| matches!(t.marker, Some(Marker::Unit(_, l)) if l != PROVINCE);
        // The first word after the street: a unit's kind that is not the second word of all.
        if let Some(at) = self.tokens.iter().position(is_unit).filter(|at| *at > 1) {
            self.tokens.drain(..at);
            for token in &mut self.tokens {
                token.bound_by = token.bound_by.saturating_sub(at.to_le_bytes()[0]);
            }
        } else if let Some(at) = self.tokens.iter().position(|t| t.new_segment) {
            for token in self.tokens.iter_mut().take(at) {
                token.missing = 3;
            }
        } else if let Some(token) = self.tokens.first_mut().filter(|t| !t.is_number()) {
            token.missing = 6;
        }
    }

    /// What it costs to find a word nowhere.
    fn weigh(&mut self) {
        const NOISE: [&[u8]; 14] = [
            b"o", b"tai", b"thuoc", b"cu", b"moi", b"nay", b"la", b"gan", b"vn", b"viet", b"nam",
            b"toi", b"dia", b"chi",
        ];
        let last = self.tokens.len().saturating_sub(1);
        for (i, token) in self.tokens.iter_mut().enumerate() {
            let typing = i == last && !self.closed && token.text.len() == 1 && !token.is_number();
            let weight = match () {
                () if token.marker.is_some() => 0,
                () if NOISE.contains(&token.text.as_slice()) => 4,
                () if typing => 12,
                () if token.is_number() && token.bound == WARD => 25,
                () if token.is_number() && token.bound != 0 => 45,
                () if token.is_number() => 20,
                () => 40,
            };
            token.missing = token.missing.min(weight);
        }
    }
}

/// One typed word becomes one token, or more when words were glued.
fn read_word(word: &Word, last: bool, dictionary: &Directory<'_>, out: &mut Vec<Token>) {
    let token = |text: &[u8], from: usize, missing: u16, guessed: bool| Token {
        text: text.to_vec(),
        accents: Accents::default(),
        start: word.start.saturating_add(narrow(from)).min(word.end),
        end: word.start.saturating_add(narrow(from + text.len())).min(word.end),
        marker: None,
        bound: 0,
        bound_by: 0,
        missing,
        in_phrase: false,
        guessed,
        new_segment: word.new_segment && from == 0,
    };
    let text = word.folded.as_slice();
    let whole = Token { accents: word.accents, end: word.end, ..token(text, 0, u16::MAX, false) };
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    if digits == text.len() || (digits == 0 && is_known(text, last, dictionary)) {
        out.push(whole);
        return;
    }
    if digits > 0 {
        let head = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let (letters, rest) = text.split_at_checked(head).unwrap_or((text, &[]));
        let plain = without_digits(text);
        if head > 0 && rest.iter().all(u8::is_ascii_digit) {
            // `q1`, `quan1`, `mongcai2`, or VNI's `phu1`: the number may mean nothing.
            let certain = is_marker_word(letters);
            read_letters(letters, 0, last, dictionary, &token, out);
            out.push(token(rest, head, if certain { u16::MAX } else { 6 }, false));
        } else if head > 0 && is_known(&plain, last, dictionary) {
            out.push(Token { end: word.end, ..token(&plain, 0, u16::MAX, true) });
        } else {
            let mut from = 0;
            for run in text.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
                out.push(token(run, from, u16::MAX, false));
                from += run.len();
            }
        }
        return;
    }
    let before = out.len();
    read_letters(text, 0, last, dictionary, &token, out);
    if let Some(only) = out.get_mut(before).filter(|t| t.text == text) {
        *only = whole;
    }
}

/// Makes a token from its letters, their place in the typed word, its cost and whether it is a guess.
type Make<'m> = dyn Fn(&[u8], usize, u16, bool) -> Token + 'm;

/// Letters that are no word as they stand: Telex leftovers, or words without spaces.
fn read_letters(
    text: &[u8],
    from: usize,
    last: bool,
    dictionary: &Directory<'_>,
    token: &Make<'_>,
    out: &mut Vec<Token>,
) {
    if !is_known(text, last, dictionary) {
        if let Some(decoded) = telex(text).filter(|t| is_known(t, last, dictionary)) {
            let end = token(text, from, u16::MAX, true).end;
            out.push(Token { end, ..token(&decoded, from, u16::MAX, true) });
            return;
        }
        let pieces = split_glued(text, last, dictionary);
        if !pieces.is_empty() {
            let mut at = from;
            for length in pieces {
                let piece = text.get(at - from..at - from + length).unwrap_or_default();
                out.push(token(piece, at, u16::MAX, false));
                at += length;
            }
            return;
        }
    }
    out.push(token(text, from, u16::MAX, false));
}

/// `M Drắk`, `Ea H leo`: a single letter and a word that are one word of the dictionary.
fn join_letters(tokens: &mut Vec<Token>, dictionary: &Directory<'_>) {
    let mut i = 0;
    while i + 1 < tokens.len() {
        let lone = |t: &&Token| t.text.len() == 1 && dictionary.words.find(&t.text).is_none();
        let single = tokens.get(i).filter(lone);
        let joined = single.and_then(|t| {
            let next = tokens.get(i + 1)?;
            let text = [t.text.as_slice(), next.text.as_slice()].concat();
            (!next.new_segment && dictionary.words.find(&text).is_some())
                .then_some((text, next.end))
        });
        if let Some((text, end)) = joined {
            tokens.remove(i + 1);
            if let Some(token) = tokens.get_mut(i) {
                (token.text, token.end) = (text, end);
            }
        }
        i += 1;
    }
}

/// A word of the dictionary, a word for a kind, or (while typing) the beginning of a word.
pub(crate) fn is_known(text: &[u8], last: bool, dictionary: &Directory<'_>) -> bool {
    let found = if last {
        !dictionary.words.starting_with(text).is_empty()
    } else {
        dictionary.words.find(text).is_some()
    };
    found || is_marker_word(text)
}

/// A single word that is a marker, or part of one.
pub(crate) fn is_marker_word(text: &[u8]) -> bool {
    MARKERS.iter().any(|(phrase, _)| phrase.split(|b| *b == b' ').any(|word| word == text))
}

use Marker::{Office, Perhaps, Unit};
use UnitKind::{DacKhu, Huyen, Phuong, Quan, ThanhPho, ThiTran, ThiXa, Tinh, Xa};

/// Longest first: `bảo hiểm xã hội` before `xã`.
const MARKERS: [(&[u8], Marker); 35] = [
    (b"bao hiem xa hoi", Office),
    (b"social insurance", Office),
    (b"bao hiem", Office),
    (b"van phong", Perhaps),
    (b"co quan", Perhaps),
    (b"co so", Perhaps),
    (b"tru so", Perhaps),
    (b"bhxh", Office),
    (b"office", Perhaps),
    (b"thi tran", Unit(ThiTran, WARD)),
    (b"dac khu", Unit(DacKhu, WARD)),
    (b"thi xa", Unit(ThiXa, DISTRICT)),
    (b"thanh pho", Unit(ThanhPho, DISTRICT | PROVINCE)),
    (b"t p", Unit(ThanhPho, DISTRICT | PROVINCE)),
    (b"phuong", Unit(Phuong, WARD)),
    (b"ward", Unit(Phuong, WARD)),
    (b"ph", Unit(Phuong, WARD)),
    (b"p", Unit(Phuong, WARD)),
    (b"f", Unit(Phuong, WARD)),
    (b"xa", Unit(Xa, WARD)),
    (b"commune", Unit(Xa, WARD)),
    (b"x", Unit(Xa, WARD)),
    (b"tt", Unit(ThiTran, WARD)),
    (b"dk", Unit(DacKhu, WARD)),
    (b"quan", Unit(Quan, DISTRICT)),
    (b"district", Unit(Quan, DISTRICT)),
    (b"q", Unit(Quan, DISTRICT)),
    (b"huyen", Unit(Huyen, DISTRICT)),
    (b"h", Unit(Huyen, DISTRICT)),
    (b"tx", Unit(ThiXa, DISTRICT)),
    (b"tp", Unit(ThanhPho, DISTRICT | PROVINCE)),
    (b"city", Unit(ThanhPho, DISTRICT | PROVINCE)),
    (b"tinh", Unit(Tinh, PROVINCE)),
    (b"province", Unit(Tinh, PROVINCE)),
    (b"tpho", Unit(ThanhPho, DISTRICT | PROVINCE)),
];

/// The marker that begins at token `i`, and how many tokens it takes.
fn marker_at(tokens: &[Token], i: usize) -> Option<(Marker, usize)> {
    MARKERS.iter().find_map(|(phrase, marker)| {
        let mut length = 0;
        for word in phrase.split(|b| *b == b' ') {
            if tokens.get(i + length)?.text != word {
                return None;
            }
            length += 1;
        }
        Some((*marker, length))
    })
}
