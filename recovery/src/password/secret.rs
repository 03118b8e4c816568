//! The password itself.

use std::fmt;

use zeroize::Zeroizing;

use crate::unicode;

use super::{ContextWords, MAX_LENGTH, MIN_LENGTH, Reason, common};

/// A password of acceptable length, in NFC.
///
/// Composed and decomposed Vietnamese letters look alike and come from different keyboards, so
/// the same normal form is taken when a password is set and when it is verified. Nothing else is
/// changed or cut off (ASVS 6.2.8). Memory is cleared on drop.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes what was typed, as it is but for NFC. At sign-in, a password refused here is wrong.
    pub fn parse(input: &str) -> Result<Self, PasswordRejected> {
        // As large as it can get, so that growing leaves no copies behind.
        let mut nfc = Zeroizing::new(String::with_capacity(MAX_LENGTH * char::MAX_LEN_UTF8));
        let mut length = 0;
        for c in Zeroizing::new(unicode::nfc(input)).chars() {
            length += 1;
            if length > MAX_LENGTH {
                return Err(PasswordRejected(Reason::TooLong));
            }
            nfc.push(c);
        }
        if length < MIN_LENGTH {
            return Err(PasswordRejected(Reason::TooShort));
        }
        Ok(Self(nfc))
    }

    /// Takes a password that a person chooses: [`Self::parse`], then [`check`].
    pub fn choose(input: &str, context: &ContextWords) -> Result<Self, Vec<Reason>> {
        let password = Self::parse(input).map_err(|rejected| vec![rejected.reason()])?;
        check(&password, context)?;
        Ok(password)
    }

    /// The UTF-8 of the NFC form, at most 1024 bytes: all of it goes into the hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A text is no password: too short or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRejected(Reason);

impl PasswordRejected {
    /// Which of the two.
    pub const fn reason(self) -> Reason {
        self.0
    }
}

impl fmt::Display for PasswordRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for PasswordRejected {}

/// Checks a new password against common ones and against the words of its context, and names
/// every reason to refuse it.
pub fn check(password: &Password, context: &ContextWords) -> Result<(), Vec<Reason>> {
    let mut reasons = Vec::new();
    if common::is_common(password.as_str()) {
        reasons.push(Reason::Common);
    }
    if context.remaining(password.as_str()) < MIN_LENGTH {
        reasons.push(Reason::Context);
    }
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reason(input: &str) -> Option<Reason> {
        Password::parse(input).err().map(PasswordRejected::reason)
    }

    /// Two spellings that must be one password, and its code points in NFC.
    const SPELLINGS: [(&str, &str, usize); 30] = [
        (
            "mật khẩu của tôi",
            "m\u{61}\u{323}\u{302}t kh\u{61}\u{302}\u{309}u cu\u{309}a to\u{302}i",
            16,
        ),
        ("mật khẩu của tôi", "ma\u{302}\u{323}t kha\u{302}\u{309}u cu\u{309}a to\u{302}i", 16),
        ("trời hôm nay xanh", "tro\u{31B}\u{300}i ho\u{302}m nay xanh", 17),
        ("trời hôm nay xanh", "tro\u{300}\u{31B}i ho\u{302}m nay xanh", 17),
        ("đường về nhà", "đ\u{1B0}\u{1A1}\u{300}ng ve\u{302}\u{300} nha\u{300}", 12),
        (
            "ửửửửửửửử",
            "u\u{31B}\u{309}u\u{31B}\u{309}u\u{31B}\u{309}u\u{31B}\u{309}u\u{31B}\u{309}u\u{31B}\u{309}u\u{31B}\u{309}u\u{31B}\u{309}",
            8,
        ),
        ("cà phê sữa đá", "ca\u{300} phe\u{302} su\u{31B}\u{303}a đa\u{301}", 13),
        ("con mèo trèo cây cau", "con me\u{300}o tre\u{300}o ca\u{302}y cau", 20),
        ("một hai ba bốn", "mo\u{302}\u{323}t hai ba bo\u{302}\u{301}n", 14),
        ("ĐƯỜNG LÊN ĐỈNH", "ĐU\u{31B}O\u{31B}\u{300}NG LE\u{302}N ĐI\u{309}NH", 14),
        ("quỳnh nở về đêm", "quy\u{300}nh no\u{31B}\u{309} ve\u{302}\u{300} đe\u{302}m", 15),
        ("nghiêng nghiêng", "nghie\u{302}ng nghie\u{302}ng", 15),
        (
            "ếch ngồi đáy giếng",
            "e\u{302}\u{301}ch ngo\u{302}\u{300}i đa\u{301}y gie\u{302}\u{301}ng",
            18,
        ),
        (
            "ăn quả nhớ kẻ trồng",
            "a\u{306}n qua\u{309} nho\u{31B}\u{301} ke\u{309} tro\u{302}\u{300}ng",
            19,
        ),
        ("Ẩm ướt quá đi", "A\u{302}\u{309}m u\u{31B}o\u{31B}\u{301}t qua\u{301} đi", 13),
        ("correct horse battery", "correct horse battery", 21),
        ("tab\tand space ", "tab\tand space ", 14),
        ("  leading spaces", "  leading spaces", 16),
        ("émigré à Huế", "e\u{301}migre\u{301} a\u{300} Hue\u{302}\u{301}", 12),
        ("Ångström-units", "A\u{30A}ngstro\u{308}m-units", 14),
        ("Ångström-units", "\u{212B}ngstro\u{308}m-units", 14),
        ("8 ohm: \u{3A9}", "8 ohm: \u{2126}", 8),
        ("пароль-для-бабушки", "пароль-для-бабушки", 18),
        ("й-краткое-слово", "и\u{306}-краткое-слово", 15),
        ("密码很长很安全吧", "密码很长很安全吧", 8),
        ("パスワードですよ", "ハ\u{309A}スワート\u{3099}て\u{3099}すよ", 8),
        (
            "한국어 비밀번호",
            "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}\u{110B}\u{1165} \u{1107}\u{1175}\u{1106}\u{1175}\u{11AF}\u{1107}\u{1165}\u{11AB}\u{1112}\u{1169}",
            8,
        ),
        ("😀😃😄😁😆😅😂🤣", "😀😃😄😁😆😅😂🤣", 8),
        ("👩‍👩‍👧‍👦 nhà tôi", "👩‍👩‍👧‍👦 nha\u{300} to\u{302}i", 15),
        ("ｆｕｌｌ ｗｉｄｔｈ", "ｆｕｌｌ ｗｉｄｔｈ", 10),
    ];

    #[test]
    fn composed_and_decomposed_spellings_are_one_password() {
        for (composed, other, length) in SPELLINGS {
            let a = Password::parse(composed).unwrap();
            let b = Password::parse(other).unwrap();
            assert_eq!(a.as_bytes(), b.as_bytes(), "{composed}");
            assert_eq!(a.as_str().chars().count(), length, "{composed}");
        }
    }

    #[test]
    fn full_width_case_and_spaces_stay_as_typed() {
        for (a, b) in [
            ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
            ("Con Mèo Trèo", "con mèo trèo"),
            ("con mèo trèo ", "con mèo trèo"),
            ("hoà bình nhé", "hòa bình nhé"),
        ] {
            let (a, b) = (Password::parse(a).unwrap(), Password::parse(b).unwrap());
            assert_ne!(a.as_bytes(), b.as_bytes());
        }
    }

    #[test]
    fn length_is_counted_in_code_points_after_nfc() {
        for (input, expected) in [
            (String::new(), Some(Reason::TooShort)),
            ("k7#qz!w".into(), Some(Reason::TooShort)),
            ("k7#qz!wp".into(), None),
            // 7 letters, though 21 code points or 21 bytes as typed.
            ("u\u{31B}\u{309}".repeat(7), Some(Reason::TooShort)),
            ("ử".repeat(7), Some(Reason::TooShort)),
            ("u\u{31B}\u{309}".repeat(8), None),
            ("ử".repeat(256), None),
            ("u\u{31B}\u{309}".repeat(256), None),
            ("u\u{31B}\u{309}".repeat(257), Some(Reason::TooLong)),
            ("😀".repeat(256), None),
            ("😀".repeat(257), Some(Reason::TooLong)),
        ] {
            assert_eq!(reason(&input), expected, "{} bytes", input.len());
        }
    }

    #[test]
    fn nothing_is_cut_off_at_72_bytes_or_at_a_zero_byte() {
        let long = "ồ".repeat(72);
        for (a, b) in [
            ("k".repeat(72) + "a", "k".repeat(72) + "b"),
            (format!("{long}a"), format!("{long}b")),
            ("k".repeat(255) + "a", "k".repeat(255) + "b"),
            ("k7#qz!wp\0a".into(), "k7#qz!wp\0b".into()),
        ] {
            let (pa, pb) = (Password::parse(&a).unwrap(), Password::parse(&b).unwrap());
            assert_eq!(pa.as_bytes(), a.as_bytes());
            assert_ne!(pa.as_bytes(), pb.as_bytes());
        }
    }

    #[test]
    fn no_kind_of_character_is_demanded() {
        let context = ContextWords::new();
        for input in ["luanchuyenhoa", "73920461857", "LUANCHUYENHOA", "#)(!^$&_+", "khế chua lá"]
        {
            assert_eq!(Password::choose(input, &context).map(|_| ()), Ok(()), "{input}");
        }
    }

    #[test]
    fn every_reason_is_named() {
        let context = ContextWords::new();
        for (input, expected) in [
            ("ngắn", vec![Reason::TooShort]),
            ("password1", vec![Reason::Common, Reason::Context]),
            ("iloveyou", vec![Reason::Common]),
            ("vssid+k7#qz", vec![Reason::Context]),
        ] {
            assert_eq!(Password::choose(input, &context).unwrap_err(), expected, "{input}");
        }
        let long = "dài ".repeat(65);
        assert_eq!(Password::choose(&long, &context).unwrap_err(), vec![Reason::TooLong]);
    }

    #[test]
    fn a_reason_travels_as_its_code() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(Reason::from_code("weak"), None);
    }

    #[test]
    fn the_debug_form_says_nothing() {
        let password = Password::parse("k7#qz!wp").unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
    }

    proptest! {
        #[test]
        fn normalising_again_changes_nothing(input in "(?s).{0,300}") {
            if let Ok(password) = Password::parse(&input) {
                let again = Password::parse(password.as_str()).unwrap();
                prop_assert_eq!(again.as_bytes(), password.as_bytes());
                prop_assert!((MIN_LENGTH..=MAX_LENGTH).contains(&password.as_str().chars().count()));
            }
        }

        #[test]
        fn decomposing_changes_nothing(input in "[a-zăâđêôơưáàảãạấầẩẫậýỳỷỹỵ ]{8,40}") {
            let decomposed: String =
                unicode_normalization::UnicodeNormalization::nfd(input.as_str()).collect();
            let (a, b) = (Password::parse(&input).unwrap(), Password::parse(&decomposed).unwrap());
            prop_assert_eq!(a.as_bytes(), b.as_bytes());
        }

        #[test]
        fn checking_junk_never_panics(input in any::<String>(), word in any::<String>()) {
            let context = ContextWords::new().name(&word).word(&word);
            if let Err(reasons) = Password::choose(&input, &context) {
                prop_assert!(!reasons.is_empty());
            }
        }
    }
}
