//! What text messages say: Vietnamese without accents, ASCII, one segment whatever the length of
//! the service's address. English where a page in English asked.
//!
//! Each is a function of its arguments alone: a replayed message gets the same bytes. Replies say
//! nothing that depends on whether an account exists.

use super::gsm::Segment;
use super::short::ShortName;
use crate::code::Code;
use crate::locale::Locale;

/// What all texts share.
#[derive(Clone, Debug)]
pub struct Imprint {
    /// `PUBLIC_URL`, without a slash at the end.
    pub public_url: String,
    /// Synthetic members only: every text says so.
    pub demonstration: bool,
    /// A number to call; anything but ASCII digits, spaces, dots and `+` is left out.
    pub hotline: Option<String>,
}

/// A page as a person types it: the address without its scheme.
fn page(imprint: &Imprint, path: &str) -> String {
    let url = imprint.public_url.trim_end_matches('/');
    let bare = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    format!("{}{path}", bare.unwrap_or(url))
}

/// `, hoac goi 1900 9068` where a number is given.
fn or_call(imprint: &Imprint) -> String {
    let number: String = imprint
        .hotline
        .iter()
        .flat_map(|text| text.chars())
        .filter(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '+'))
        .take(20)
        .collect();
    let number = number.trim();
    if number.is_empty() { String::new() } else { format!(", hoac goi {number}") }
}

fn segment(imprint: &Imprint, wordings: &[String]) -> Segment {
    let mark = if imprint.demonstration { "(THU) " } else { "" };
    let marked: Vec<String> = wordings.iter().map(|text| format!("{mark}{text}")).collect();
    Segment::first_that_fits(&marked)
}

fn minutes(seconds: i64) -> i64 {
    (seconds + 59).max(60) / 60
}

/// The plain form: locator and code, and where to type them.
pub fn code(imprint: &Imprint, locator: ShortName, code: &Code, lifetime: i64) -> Segment {
    let (at, minutes) = (page(imprint, "/tin-nhan"), minutes(lifetime));
    let typed = format!("{locator}-{code}");
    segment(
        imprint,
        &[
            format!(
                "Ma: {typed} ({minutes} phut). Nhap tai {at}. Ma chi dung duoc neu so nay da dang \
                 ky. Khong dua ma cho ai. Khong yeu cau? Bo qua."
            ),
            format!("Ma: {typed} ({minutes} phut). Nhap tai {at}. Khong dua ma cho ai."),
            format!("{typed} {at}"),
            format!("Ma: {typed} ({minutes} phut). Khong dua ma cho ai."),
        ],
    )
}

/// The form bound to a page: the second code, for that page only.
pub fn web_code(imprint: &Imprint, code: &Code, lifetime: i64, locale: Locale) -> Segment {
    let minutes = minutes(lifetime);
    let wording = match locale {
        Locale::Vi => format!(
            "Ma: {code} ({minutes} phut). Chi nhap vao trang chinh BAN da mo. Khong ai khac can ma \
             nay; ai hoi la lua dao. Ban khong mo trang nao? Bo qua tin nay."
        ),
        Locale::En => format!(
            "Code: {code} ({minutes} min). Type it only on the page YOU opened. Nobody else needs \
             it; whoever asks is a scammer. Opened no page? Ignore this."
        ),
    };
    segment(imprint, &[wording])
}

/// The temporary password, where the operator's policy is to send one.
pub fn temporary(imprint: &Imprint, password: &str, lifetime: i64) -> Segment {
    let (at, hours) = (page(imprint, "/dang-nhap"), (lifetime + 3_599).max(3_600) / 3_600);
    segment(
        imprint,
        &[
            format!(
                "Mat khau tam: {password}. Dung 1 lan trong {hours} gio, chi de dat mat khau moi \
                 tai {at}. Khong dua cho ai."
            ),
            format!("Mat khau tam: {password} (1 lan, {hours} gio). {at}"),
            format!("Mat khau tam: {password} (1 lan, {hours} gio)."),
        ],
    )
}

/// Over a limit.
pub fn too_many(imprint: &Imprint) -> Segment {
    let call = or_call(imprint);
    segment(imprint, &[format!("Ban da nhan tin qua nhieu lan. Xin thu lai sau 1 gio{call}.")])
}

/// How the channel is used.
pub fn usage(imprint: &Imprint) -> Segment {
    segment(
        imprint,
        &["De lay lai mat khau, soan: BH MK va ma so BHXH (10 so) hoac so CCCD (12 so). Vi du: \
             BH MK 0123456789"
            .into()],
    )
}

/// The number was not one.
pub fn bad_number(imprint: &Imprint) -> Segment {
    segment(
        imprint,
        &["Chua doc duoc so. Can ma so BHXH 10 so hoac CCCD 12 so. Soan lai theo vi du: BH MK \
             0123456789"
            .into()],
    )
}

/// In place of a code that would arrive too late.
pub fn too_late(imprint: &Imprint) -> Segment {
    segment(imprint, &["Tin co ma den qua muon nen khong gui nua. Xin nhan tin lai.".into()])
}

/// The password was changed. `disown` is the whole link of "this was not me"; where it does not
/// fit, the page is named at which help begins.
pub fn password_changed(imprint: &Imprint, account: &str, disown: &str) -> Segment {
    let (safety, call) = (page(imprint, "/an-toan"), or_call(imprint));
    segment(
        imprint,
        &[
            format!("Mat khau {account} da doi. Khong phai ban: {disown}"),
            format!("Mat khau da doi. Khong phai ban: {disown}"),
            format!("Mat khau {account} da doi. Khong phai ban? Vao {safety}{call}."),
            format!("Mat khau {account} da doi. Khong phai ban? Bao ngay co quan BHXH{call}."),
        ],
    )
}

/// "This was not me" was said: the password is shut.
pub fn password_disowned(imprint: &Imprint, account: &str) -> Segment {
    let (at, call) = (page(imprint, ""), or_call(imprint));
    segment(
        imprint,
        &[
            format!("Mat khau {account} da bi khoa theo yeu cau. Dat lai tai {at}{call}."),
            format!("Mat khau {account} da bi khoa theo yeu cau. Hay dat lai{call}."),
        ],
    )
}

/// A way in from the desk. A link that does not fit is of no use cut: the page says where to ask.
pub fn desk_link(imprint: &Imprint, link: &str) -> Segment {
    let call = or_call(imprint);
    segment(
        imprint,
        &[
            format!("Lien ket dat mat khau moi cho ho so cua ban: {link}"),
            format!("Dat mat khau moi: {link}"),
            link.to_owned(),
            format!("Lien ket dat mat khau qua dai, khong gui duoc. Hay hoi noi nhan ho so{call}."),
        ],
    )
}

/// The same after a change of contacts: it needs the case's look-up code too.
pub fn desk_guarded_link(imprint: &Imprint, link: &str) -> Segment {
    let call = or_call(imprint);
    segment(
        imprint,
        &[
            format!("Dat mat khau moi (can ma tra cuu ho so): {link}"),
            format!("Can ma tra cuu: {link}"),
            link.to_owned(),
            format!("Lien ket dat mat khau qua dai, khong gui duoc. Hay hoi noi nhan ho so{call}."),
        ],
    )
}

/// To an old contact while it can still stop a change.
pub fn contacts_changing(imprint: &Imprint, link: &str) -> Segment {
    let call = or_call(imprint);
    segment(
        imprint,
        &[
            format!("So dien thoai, email cua ban sap bi doi. Khong phai ban? {link}"),
            format!("Lien lac sap bi doi. Huy: {link}"),
            format!("Sap doi lien lac. Khong phai ban? Bao ngay co quan BHXH{call}."),
        ],
    )
}

/// To an old contact after a change.
pub fn contacts_changed(imprint: &Imprint, account: &str) -> Segment {
    let call = or_call(imprint);
    segment(
        imprint,
        &[
            format!(
                "So dien thoai, email cua tai khoan {account} da doi tai co quan BHXH. Khong phai \
                 ban? Den ngay co quan BHXH{call}."
            ),
            format!("Lien lac cua {account} da doi. Khong phai ban? Den co quan BHXH{call}."),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn imprint(host: &str) -> Imprint {
        Imprint {
            public_url: format!("https://{host}"),
            demonstration: true,
            hotline: Some("1900 9068".into()),
        }
    }

    fn all(imprint: &Imprint) -> Vec<Segment> {
        let the_code = Code::from_bits(12_345_678_901);
        let disown = format!("{}/khong-phai-toi#{}", imprint.public_url, "x".repeat(70));
        vec![
            code(imprint, ShortName::from_bits(1), &the_code, 600),
            web_code(imprint, &the_code, 600, Locale::Vi),
            web_code(imprint, &the_code, 600, Locale::En),
            temporary(imprint, "ABCD-EFGH-JKMN", 86_400),
            too_many(imprint),
            usage(imprint),
            bad_number(imprint),
            too_late(imprint),
            password_changed(imprint, "90xxxxx001", &disown),
            password_disowned(imprint, "90xxxxx001"),
            desk_link(imprint, &disown),
            desk_guarded_link(imprint, &disown),
            contacts_changing(imprint, &disown),
            contacts_changed(imprint, "90xxxxx001"),
        ]
    }

    #[test]
    fn the_fullest_wording_is_used_at_an_address_of_usual_length() {
        let usual = imprint("khoiphuc.example.vn");
        let text = code(&usual, ShortName::from_bits(1), &Code::from_bits(2), 600);
        assert_eq!(
            text.as_str(),
            "(THU) Ma: 0001-0000-0002 (10 phut). Nhap tai khoiphuc.example.vn/tin-nhan. Ma chi \
             dung duoc neu so nay da dang ky. Khong dua ma cho ai. Khong yeu cau? Bo qua."
        );
        for (text, part) in [
            (web_code(&usual, &Code::from_bits(2), 600, Locale::Vi), "Khong ai khac can ma nay"),
            (web_code(&usual, &Code::from_bits(2), 600, Locale::En), "Nobody else needs it"),
            (temporary(&usual, "ABCD-EFGH-JKMN", 86_400), "Dung 1 lan trong 24 gio"),
            (usage(&usual), "BH MK 0123456789"),
            (bad_number(&usual), "BH MK 0123456789"),
        ] {
            assert!(text.as_str().contains(part), "{}", text.as_str());
            assert!(text.as_str().ends_with(['.', '9']), "cut: {}", text.as_str());
        }
    }

    #[test]
    fn a_notice_carries_the_disown_link_where_it_fits() {
        let link = format!("https://khoiphuc.example.vn/khong-phai-toi#{}", "x".repeat(70));
        let text = password_changed(&imprint("khoiphuc.example.vn"), "90xxxxx001", &link);
        assert!(text.as_str().ends_with(&link), "{}", text.as_str());
        let long = format!("https://{}/khong-phai-toi#{}", "y".repeat(60), "x".repeat(70));
        let text = password_changed(&imprint("khoiphuc.example.vn"), "90xxxxx001", &long);
        assert!(text.as_str().contains("khoiphuc.example.vn/an-toan"), "{}", text.as_str());
    }

    proptest! {
        #[test]
        fn every_text_is_one_segment_whatever_the_address(
            host in "[a-z0-9.\\-]{0,250}",
            hotline in proptest::option::of(any::<String>()),
        ) {
            let imprint = Imprint { hotline, ..imprint(&host) };
            for text in all(&imprint) {
                prop_assert!(Segment::new(text.as_str()).is_some(), "{}", text.as_str());
            }
        }

        #[test]
        fn the_code_is_whole_whatever_the_address(host in "[a-z0-9.\\-]{0,250}") {
            let the_code = Code::from_bits(77);
            let imprint = imprint(&host);
            let text = code(&imprint, ShortName::from_bits(5), &the_code, 600);
            prop_assert!(text.as_str().contains("0005-0000-002D"));
            let text = temporary(&imprint, "ABCD-EFGH-JKMN", 600);
            prop_assert!(text.as_str().contains("ABCD-EFGH-JKMN"));
        }
    }
}
