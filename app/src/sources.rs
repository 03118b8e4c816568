//! Where the statements of the guide come from. Native build only.
//!
//! The prose says `{{source:strength key key …}}` after a statement; here each key gets its site,
//! its date and its address. Sites that look official and are not, and traders, are named but not
//! linked.

use crate::{operator::Both, routes::Lang};

/// What a page prints as its date.
#[derive(Clone, Copy)]
enum Day {
    On(u16, u8, u8),
    Month(u16, u8),
    /// Not printed; known from what the page tells.
    Near(u16, u8),
    Around(u16),
    /// The page has no date of its own; the copy that was read is from about this month.
    Read(u16, u8),
    None,
}

use Day::{Around, Month, Near, On, Read};

/// Key, site, date, address (empty: named only).
type Source = (&'static str, &'static str, Day, &'static str);

const SOURCES: [Source; 43] = [
    (
        "cokhi",
        "cokhivietnam.vn",
        On(2021, 10, 25),
        "https://www.cokhivietnam.vn/post/bao-hiem-xa-hoi-viet-nam-huong-dan-cach-lay-lai-mat-khau-ung-dung-vssid",
    ),
    (
        "vneconomy",
        "vneconomy.vn",
        On(2021, 11, 5),
        "https://vneconomy.vn/cap-lai-mat-khau-vssid-qua-nhan-tin-den-dau-so-8079-phi-1-000-dong-lan.htm",
    ),
    (
        "nld-3",
        "nld.com.vn",
        On(2022, 3, 10),
        "https://nld.com.vn/cong-doan/quen-mat-khau-vssid-2-cach-don-gian-de-lay-lai-20220310063816428.htm",
    ),
    (
        "nld-8",
        "nld.com.vn",
        On(2022, 8, 29),
        "https://nld.com.vn/cong-doan/xin-lai-mat-khau-dang-nhap-vssid-20220829195551872.htm",
    ),
    (
        "haugiang",
        "baohaugiang.com.vn",
        On(2021, 10, 27),
        "https://baohaugiang.com.vn/bao-hiem-xa-hoi/huong-dan-lay-lai-mat-khau-ung-dung-vssid-bhxh-so-102076.html",
    ),
    ("danketoan", "danketoan.com", Day::None, ""),
    (
        "thidiem",
        "laodongthudo.vn",
        Around(2023),
        "https://laodongthudo.vn/thi-diem-cap-lai-mat-khau-ung-dung-vssid-bao-hiem-xa-hoi-so-qua-tong-dai-156965.html",
    ),
    (
        "ngaynay",
        "ngaynay.vn",
        Around(2023),
        "https://ngaynay.vn/thi-diem-cap-lai-mat-khau-ung-dung-vssid-thong-qua-tro-ly-ao-post135063.html",
    ),
    (
        "sannhi",
        "benhviensannhibacninh.vn",
        Day::None,
        "https://benhviensannhibacninh.vn/product/cap-lai-mat-khau-ung-dung-vssid-thong-qua-tro-ly-ao-ai",
    ),
    (
        "newsdaily",
        "newsdailytech.com",
        On(2023, 10, 3),
        "https://newsdailytech.com/instructions-to-retrieve-digital-social-insurance-vssid-password-via-virtual-assistant/",
    ),
    (
        "caccach",
        "laodongthudo.vn",
        Around(2023),
        "https://laodongthudo.vn/cac-cach-lay-lai-mat-khau-ung-dung-vssid-162529.html",
    ),
    (
        "tacnghiep",
        "laodongthudo.vn",
        Near(2021, 11),
        "https://tacnghiep.laodongthudo.vn/cap-lai-mat-khau-ung-dung-vssid-mien-phi-qua-email-ca-nhan-132618.html",
    ),
    ("daknong", "baodaknong.vn", On(2023, 5, 10), "https://baodaknong.vn/print/147955.html"),
    (
        "vcci",
        "vcci.com.vn",
        On(2023, 5, 24),
        "https://en.vcci.com.vn/instructions-for-recovering-the-password-of-the-vssid-application-login-account",
    ),
    ("dongian", "vietnam.vn", Day::None, "https://vietnam.vn/lay-lai-mat-khau-vssid-don-gian-nhat"),
    ("thesamhouse", "thesamhouse.net", Day::None, ""),
    ("webgamemoi", "webgamemoi.net", Day::None, ""),
    (
        "congluan",
        "congluan.vn",
        On(2022, 8, 13),
        "https://congluan.vn/huong-dan-thay-doi-cap-nhat-so-dien-thoai-dia-chi-e-mail-tai-khoan-ung-dung-vssid-bao-hiem-xa-hoi-so-10178037.html",
    ),
    ("ebh", "ebh.vn", Day::None, ""),
    (
        "cv3717",
        "hieuluat.vn",
        On(2020, 11, 25),
        "https://hieuluat.vn/bao-hiem/cong-van-3717-bhxh-cntt-bao-hiem-xa-hoi-viet-nam-2f8ed.html",
    ),
    ("mgcltd", "mgcltd.vn", Around(2020), ""),
    ("vssidnet", "vssid.net", Near(2023, 11), ""),
    (
        "indexvn",
        "index.vn",
        Around(2026),
        "https://index.vn/en/news/guidelines-for-using-the-electronic-social-security-book-and-the-electronic-health-insurance-card",
    ),
    (
        "thaythe",
        "vietnam.vn",
        On(2025, 8, 6),
        "https://www.vietnam.vn/en/thay-the-ma-so-bao-hiem-xa-hoi-bang-so-dinh-danh-ca-nhan-can-cuoc-cong-dan-tu-1-8-2025",
    ),
    (
        "laodong-1",
        "laodong.vn",
        Near(2025, 8),
        "https://news.laodong.vn/xa-hoi/huong-dan-su-dung-so-dinh-danh-ca-nhan-can-cuoc-cong-dan-thay-the-ma-so-bao-hiem-xa-hoi-1552797.ldo",
    ),
    (
        "laodong-2",
        "laodong.vn",
        Near(2025, 8),
        "https://news.laodong.vn/xa-hoi/su-dung-so-dinh-danh-can-cuoc-cong-dan-thay-the-ma-so-bhxh-nguoi-dan-can-lam-gi-1554335.ldo",
    ),
    (
        "dongnhat",
        "vietnam.vn",
        Near(2025, 8),
        "https://www.vietnam.vn/en/dong-nhat-so-can-cuoc-cong-dan-va-ma-so-bao-hiem-xa-hoi-khong-anh-huong-quyen-loi-nguoi-dan",
    ),
    (
        "tvpl-cccd",
        "thuvienphapluat.vn",
        Near(2025, 8),
        "https://thuvienphapluat.vn/phap-luat/so-dinh-danh-ca-nhan-cccd-thay-ma-so-bhxh-tu-182025-dung-khong-ma-so-bao-hiem-xa-hoi-la-gi-228287.html",
    ),
    (
        "tvpl-vssid",
        "thuvienphapluat.vn",
        Read(2025, 12),
        "https://thuvienphapluat.vn/phap-luat/ho-tro-phap-luat/huong-dan-xu-ly-vssid-hien-thi-thieu-thoi-gian-dong-bao-hiem-xa-hoi-2025-moi-nhat-nhu-the-nao-308544-246409.html",
    ),
    (
        "tvpl-luat",
        "thuvienphapluat.vn",
        Read(2025, 12),
        "https://thuvienphapluat.vn/phap-luat/07-hanh-vi-bi-nghiem-cam-ve-bao-ve-du-lieu-ca-nhan-tu-01012026-nguyen-tac-bao-ve-du-lieu-ca-nhan-20-245745.html",
    ),
    (
        "xaydung",
        "xaydungchinhsach.chinhphu.vn",
        Read(2025, 12),
        "https://xaydungchinhsach.chinhphu.vn/quoc-hoi-da-thong-qua-luat-bao-ve-du-lieu-ca-nhan-119250626153701582.htm",
    ),
    (
        "lawnet-1",
        "lawnet.vn",
        Day::None,
        "https://lawnet.vn/thong-tin-phap-luat/en/tu-van-luat/vietnam-what-is-the-meaning-of-the-health-insurance-card-code-119927.html",
    ),
    (
        "lawnet-2",
        "lawnet.vn",
        Day::None,
        "https://lawnet.vn/thong-tin-phap-luat/en/bao-hiem/determine-the-participants-of-health-insurance-with-the-health-insurance-card-code-in-vietnam-156918.html",
    ),
    (
        "vccinews",
        "vccinews.com",
        On(2021, 3, 17),
        "https://vccinews.com/news/43257/new-form-of-health-insurance-card-to-be-issued-from-april-1.html",
    ),
    (
        "laocai",
        "baolaocai.vn",
        Month(2024, 7),
        "https://baolaocai.vn/canh-bao-gia-mao-van-ban-cua-bhxh-viet-nam-cap-nhat-moi-ung-dung-vssid-40-post387268.html",
    ),
    (
        "phunu",
        "baophunuthudo.vn",
        Month(2024, 7),
        "https://baophunuthudo.vn/kinh-te-xa-hoi/thu-doan-gia-mao-van-ban-cua-bhxh-viet-nam-de-lua-tien-danh-cap-tai-khoan-ca-nhan-132955.html",
    ),
    (
        "vnbiz",
        "vnbiznews.com",
        Day::None,
        "https://vnbiznews.com/mat-tien-vi-nho-nguoi-la-lay-lai-mat-khau-vssid-pid1989124629",
    ),
    (
        "mytour",
        "mytour.vn",
        Around(2024),
        "https://mytour.vn/vi/blog/bai-viet/thu-doan-lua-dao-cap-nhat-thong-tin-tren-vssid-lai-xuat-hien.html",
    ),
    (
        "cafef",
        "cafef.vn",
        On(2026, 1, 25),
        "https://cafef.vn/bao-hiem-xa-hoi-thong-bao-toi-tat-ca-nhung-ai-nhan-duoc-cuoc-goi-tin-nhan-co-noi-dung-sau-188260125190744879.chn",
    ),
    (
        "nghean",
        "baonghean.vn",
        Around(2018),
        "https://baonghean.vn/en/thong-bao-ve-viec-chuyen-doi-ma-mang-10176925.html",
    ),
    (
        "frasers",
        "frasersvn.com",
        On(2026, 1, 19),
        "https://www.frasersvn.com/legal-updates-and-publications/the-next-chapter-in-data-protection-new-decree-guiding-the-personal-data-protection-law",
    ),
    (
        "cdlaf",
        "cdlaf.vn",
        Around(2026),
        "https://cdlaf.vn/en/rights-of-personal-data-subjects-and-methods-of-obtaining-consent-under-decree-no-356-2025-nd-cp/",
    ),
    (
        "dantri",
        "dantri.com.vn",
        On(2025, 9, 27),
        "https://dantri.com.vn/lao-dong-viec-lam/7-co-so-bao-hiem-xa-hoi-tai-tphcm-ngung-hoat-dong-20250927124754838.htm",
    ),
];

/// How sure a statement is, by the word the prose uses.
fn strength(word: &str) -> Option<Both> {
    Some(match word {
        "many" => Both { vi: "Nguồn chắc", en: "Well sourced" },
        "one" => Both { vi: "Một nguồn", en: "One source" },
        "weak" => Both { vi: "Nguồn yếu", en: "Weak source" },
        "none" => Both { vi: "Chưa có nguồn", en: "No source found" },
        "guess" => Both { vi: "Chúng tôi suy ra", en: "Our conclusion" },
        _ => return None,
    })
}

/// The day on which the facts were put together, from dated copies of public pages.
const REVIEWED: Day = On(2026, 11, 22);

/// When, and from what, the page was last put together.
pub fn reviewed(lang: Lang) -> String {
    let day = REVIEWED.text(lang);
    match lang {
        Lang::Vi => format!(
            "Soạn ngày {day} từ các bản chép có ghi ngày của trang công khai, không phải từ trang \
             đang chạy. Điều gì chưa có nguồn thì chúng tôi nói là chưa có."
        ),
        Lang::En => format!(
            "Put together on {day} from dated copies of public pages, not from the live sites. \
             Where we found no source, we say so."
        ),
    }
}

/// What stands behind a statement: `many vneconomy nld-8`. `None` where a word is unknown.
pub fn cite(words: &str, lang: Lang) -> Option<String> {
    let mut words = words.split(' ');
    let name = words.next()?;
    let mut html = format!("<span class=\"sure sure-{name}\">{}</span>", strength(name)?.get(lang));
    for (at, key) in words.enumerate() {
        let (_, site, day, url) = SOURCES.iter().find(|source| source.0 == key)?;
        let text = format!("{site}, {}", day.text(lang));
        html.push_str(if at == 0 { " " } else { "; " });
        match *url {
            "" => html.push_str(&text),
            url => {
                html.extend(["<a href=\"", url, "\" rel=\"external nofollow\">", &text, "</a>"]);
            }
        }
    }
    Some(html)
}

impl Day {
    fn text(self, lang: Lang) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let name = |month: u8| MONTHS[usize::from(month) - 1];
        match (self, lang) {
            (On(year, month, day), Lang::Vi) => format!("{day}/{month}/{year}"),
            (On(year, month, day), Lang::En) => format!("{day} {} {year}", name(month)),
            (Month(year, month), Lang::Vi) => format!("{month}/{year}"),
            (Month(year, month), Lang::En) => format!("{} {year}", name(month)),
            (Near(year, month), Lang::Vi) => format!("khoảng {month}/{year}"),
            (Near(year, month), Lang::En) => format!("about {} {year}", name(month)),
            (Around(year), Lang::Vi) => format!("khoảng {year}"),
            (Around(year), Lang::En) => format!("about {year}"),
            (Read(year, month), Lang::Vi) => format!("không ghi ngày, bản đọc {month}/{year}"),
            (Read(year, month), Lang::En) => format!("undated, read in {} {year}", name(month)),
            (Day::None, Lang::Vi) => String::from("không ghi ngày"),
            (Day::None, Lang::En) => String::from("undated"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_its_strength_its_sites_and_their_dates() {
        let html = cite("many vneconomy nld-8", Lang::Vi).unwrap();
        assert!(html.starts_with(
            "<span class=\"sure sure-many\">Nguồn chắc</span> <a href=\"https://vneconomy.vn/"
        ));
        assert!(html.contains("vneconomy.vn, 5/11/2021</a>; <a"));
        assert!(html.ends_with("nld.com.vn, 29/8/2022</a>"));
    }

    #[test]
    fn an_unofficial_site_is_named_and_not_linked() {
        let html = cite("weak vssidnet", Lang::En).unwrap();
        assert_eq!(
            html,
            "<span class=\"sure sure-weak\">Weak source</span> vssid.net, about November 2023"
        );
    }

    #[test]
    fn unknown_words_are_left_for_the_build_to_refuse() {
        assert_eq!(cite("many nobody", Lang::Vi), None);
        assert_eq!(cite("sure vneconomy", Lang::Vi), None);
    }

    #[test]
    fn no_two_sources_share_a_key_and_every_link_is_to_the_named_site() {
        for (at, (key, site, _, url)) in SOURCES.iter().enumerate() {
            assert!(SOURCES[at + 1..].iter().all(|other| other.0 != *key), "{key}");
            let host = url.split('/').nth(2).unwrap_or(site);
            assert!(host.ends_with(site), "{key}: {host}");
        }
    }
}
