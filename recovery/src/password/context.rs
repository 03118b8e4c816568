//! Words a guesser would try first for this person and this service.

use std::collections::BTreeSet;
use std::fmt;

use super::fold;
use crate::email::EmailAddress;
use crate::identifier::Identifier;
use crate::phone::Phone;

/// Words of this service, in every spelling: matching ignores case, accents, spaces, dots and
/// dashes.
const SERVICE: [&str; 14] = [
    "vssid",
    "bhxh",
    "bhyt",
    "bhtn",
    "vneid",
    "cccd",
    "mật khẩu",
    "password",
    "bảo hiểm",
    "bảo hiểm xã hội",
    "bảo hiểm y tế",
    "social insurance",
    "tài khoản",
    "chìa khoá",
];

/// Shortest word that counts. Two letters, such as the names An or Vy, occur anywhere by chance;
/// joined with their neighbours they count.
const SHORTEST: usize = 3;

/// Digits of a personal number that give it away, wherever in it they stand.
const DIGITS: usize = 6;

/// The words that do not count towards a password's length.
///
/// A password is refused when fewer than eight code points remain without them, so a long
/// passphrase is never refused for containing one.
#[derive(Clone)]
pub struct ContextWords(BTreeSet<String>);

impl ContextWords {
    /// The words of this service.
    pub fn new() -> Self {
        SERVICE.into_iter().fold(Self(BTreeSet::new()), Self::word)
    }

    /// Adds a single word or fixed phrase. One of fewer than 3 letters and digits is ignored.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        self.insert(fold::letters(word));
        self
    }

    /// Adds the person's name: its words of 3 letters and more, and, for the shorter ones, each
    /// pair of neighbours, the given name before the family name, and the whole.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        let words: Vec<String> =
            name.split_whitespace().map(fold::letters).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            self.insert(pair.concat());
        }
        if let [first, .., last] = words.as_slice() {
            self.insert(format!("{last}{first}"));
        }
        self.insert(words.concat());
        for word in words {
            self.insert(word);
        }
        self
    }

    /// Adds the person's number: any 6 neighbouring digits of it.
    #[must_use]
    pub fn identifier(self, identifier: &Identifier) -> Self {
        self.number(identifier.normal())
    }

    /// Adds a phone number: any 6 neighbouring digits of it, as dialled at home or from abroad.
    #[must_use]
    pub fn phone(self, phone: &Phone) -> Self {
        self.number(&phone.national()).number(phone.e164())
    }

    /// Adds what stands before the `@`: the whole, and its words of 3 characters and more.
    #[must_use]
    pub fn email(mut self, email: &EmailAddress) -> Self {
        for word in email.local_part().split(|c: char| !c.is_ascii_alphanumeric()) {
            self.insert(fold::letters(word));
        }
        self.word(email.local_part())
    }

    /// Adds the year of birth, four digits.
    #[must_use]
    pub fn birth_year(mut self, year: u16) -> Self {
        self.insert(format!("{year:04}"));
        self
    }

    fn number(mut self, number: &str) -> Self {
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        for window in digits.windows(DIGITS) {
            self.insert(window.iter().collect());
        }
        self
    }

    fn insert(&mut self, word: String) {
        if word.chars().count() >= SHORTEST {
            self.0.insert(word);
        }
    }

    /// How many code points of `password` remain when every occurrence of every word is taken
    /// away, with the spaces, dots and dashes inside it. Occurrences may overlap.
    pub(super) fn remaining(&self, password: &str) -> usize {
        let folded = fold::positioned(password);
        let mut taken = vec![false; password.chars().count()];
        for word in &self.0 {
            let length = word.chars().count();
            for place in folded.windows(length) {
                if !place.iter().map(|(c, _)| *c).eq(word.chars()) {
                    continue;
                }
                if let [(_, first), .., (_, last)] = place {
                    taken[*first..=*last].fill(true);
                }
            }
        }
        taken.into_iter().filter(|taken| !taken).count()
    }
}

impl Default for ContextWords {
    fn default() -> Self {
        Self::new()
    }
}

/// Tells how many words there are, never which: they are personal data.
impl fmt::Debug for ContextWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContextWords({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::{Password, Reason, check};
    use proptest::prelude::*;

    fn member() -> ContextWords {
        ContextWords::new()
            .name("Trần Thị Vy Mẫu")
            .identifier(&Identifier::parse("9012345678").unwrap())
            .phone(&Phone::parse("0905551234").unwrap())
            .email(&EmailAddress::parse("vy.mau+bhxh@example.vn").unwrap())
            .birth_year(1987)
    }

    #[test]
    fn what_remains_is_counted_in_code_points() {
        for (password, remaining) in [
            ("vssid123", 3),
            ("VSSID-bhxh", 1),
            ("v.s.s.i.d", 0),
            ("ｖｓｓｉｄ12", 2),
            ("Mật Khẩu", 0),
            ("ma\u{323}\u{302}t-kha\u{302}\u{309}u", 0),
            ("mật_khẩu của tôi", 8),
            ("matkhau của tô", 7),
            ("bảo hiểm xã hội", 0),
            ("trầnthị12", 2),
            ("Tran.Vy.87", 6),
            ("vymau", 0),
            ("mautran", 0),
            ("thivy", 0),
            ("vy12ab", 6),
            ("1987", 0),
            ("01021987", 4),
            ("9012345678", 0),
            ("9012-345-678", 0),
            ("x345678y", 2),
            ("x45678y", 7),
            ("0905551234", 0),
            ("84905551234", 0),
            ("+84 905 551 234", 1),
            ("v!s!s!i!d", 9),
            ("mật khẩu là con mèo trèo", 16),
            ("vssidvssidvssid", 0),
        ] {
            let nfc: String = unicode_normalization::UnicodeNormalization::nfc(password).collect();
            assert_eq!(member().remaining(&nfc), remaining, "{password}");
        }
    }

    #[test]
    fn eight_code_points_that_remain_are_enough() {
        for (password, accepted) in [
            ("vssid k7#qz!w", true),
            ("vssid k7#qz!", false),
            ("trần thị k7#qz!w", true),
            ("tranthi1987", false),
            ("mật khẩu bhxh vssid", false),
            ("mật khẩu bhxh vssid của bà ngoại", true),
            ("bhxh2026", false),
            ("9012345678vssid", false),
        ] {
            let password = Password::parse(password).unwrap();
            let verdict = check(&password, &member());
            assert_eq!(verdict == Ok(()), accepted, "{:?}", password.as_str());
            if let Err(reasons) = verdict {
                assert!(reasons.contains(&Reason::Context));
            }
        }
    }

    #[test]
    fn one_persons_words_do_not_count_for_another() {
        let password = Password::parse("tranthi19x").unwrap();
        assert_eq!(check(&password, &member()), Err(vec![Reason::Context]));
        assert_eq!(check(&password, &ContextWords::new()), Ok(()));
    }

    #[test]
    fn the_debug_form_hides_the_words() {
        assert!(!format!("{:?}", member()).to_lowercase().contains("tran"));
    }

    proptest! {
        #[test]
        fn a_long_passphrase_is_never_refused_for_containing_a_word(
            rest in "[g-jwz]{8,20}",
            word in "vssid|BHXH|mật khẩu|1987|9012345678|Trần Thị",
            at in 0_usize..8,
        ) {
            let (head, tail) = rest.split_at(at);
            let password = format!("{head} {word} {tail}");
            prop_assert!(member().remaining(&password) >= 8);
        }

        #[test]
        fn words_only_take_away(password in any::<String>(), word in "[a-z]{3,6}") {
            let (few, more) = (ContextWords::new(), ContextWords::new().word(&word));
            let length = password.chars().count();
            prop_assert!(few.remaining(&password) <= length);
            prop_assert!(more.remaining(&password) <= few.remaining(&password));
        }
    }
}
