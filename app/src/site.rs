//! What a site has beside its pages: manifest, `security.txt`, redirects, `robots.txt`, the page
//! for days without a network, and the list that the service worker works by. Native build only.

use std::{fmt::Write as _, path::Path};

use crate::{
    operator::OPERATOR,
    routes::{Guide, Lang, Page, Route},
    words::Words,
};

/// Pages inside a recovery, an account or the desk, without the language's prefix: no copy of them
/// is ever kept on a device. Some are yet to come; a list that grows too late would be a leak.
pub const PRIVATE: [&str; 7] = [
    "/lien-ket",
    "/mat-khau",
    "/khong-phai-toi",
    "/dang-nhap",
    "/tai-khoan",
    "/ho-so",
    "/ban-lam-viec",
];

/// The page shown without a network, by language.
pub const fn offline_path(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "/ngoai-tuyen",
        Lang::En => "/en/ngoai-tuyen",
    }
}

/// What the service worker works by: the first line of `sw.js`.
#[derive(Debug, Default)]
pub struct Offline {
    /// Changes with every byte of what is kept.
    pub version: String,
    /// Addresses of hashed files, data and icons.
    pub shell: Vec<String>,
    /// Addresses of the pages that are kept from the start.
    pub pages: Vec<String>,
}

/// What stands before the list in `sw.js`, so that a second run finds the first one's.
pub const WORKER_LIST: &str = "self.SITE=";

impl Offline {
    /// The line of JavaScript, its end included.
    pub fn line(&self) -> String {
        let list = |items: &[String]| {
            let items: Vec<String> = items.iter().map(|item| json(item)).collect();
            format!("[{}]", items.join(","))
        };
        format!(
            "{WORKER_LIST}{{version:{},off:{},shell:{},pages:{},private:{},offline:{}}};\n",
            json(&self.version),
            !OPERATOR.offline,
            list(&self.shell),
            list(&self.pages),
            list(&PRIVATE.map(String::from)),
            list(&Lang::ALL.map(|lang| offline_path(lang).to_owned())),
        )
    }
}

/// The address of a file of the site, as the service worker knows it: `en/email.html` is
/// `/en/email`.
pub fn address(file: &Path) -> String {
    let path = file.to_string_lossy().replace('\\', "/");
    match path.strip_suffix(".html") {
        Some("index") => String::from("/"),
        Some(page) => ["/", page.strip_suffix("/index").unwrap_or(page)].concat(),
        None => ["/", &path].concat(),
    }
}

/// Whether a page may be kept: none inside a recovery, in either language.
pub fn may_be_kept(address: &str) -> bool {
    let inside = address.strip_prefix("/en").filter(|rest| rest.starts_with('/'));
    let inside = inside.unwrap_or(address);
    !PRIVATE.iter().any(|private| {
        inside.strip_prefix(private).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }) && !["/404", "/ngoai-tuyen"].contains(&inside)
}

/// The web app manifest. `has_directory`: whether the directory has a page of its own.
pub fn manifest(has_directory: bool) -> String {
    let words = Words::of(Lang::Vi);
    let name = if OPERATOR.is_named() {
        [words.common.site, " – ", OPERATOR.name.vi].concat()
    } else {
        [words.common.site, " – ", words.common.not_bhxh].concat()
    };
    let mut shortcuts = Vec::new();
    for page in [
        Page::Email,
        Page::Guide(Guide::Text),
        Page::Guide(Guide::Hotline),
        Page::Guide(Guide::Vneid),
        Page::Guide(Guide::Office),
    ] {
        shortcuts.push((words.title(page), Route { lang: Lang::Vi, page }.href()));
    }
    if has_directory {
        shortcuts.insert(1, ("Tìm cơ quan BHXH", String::from("/co-quan")));
    }
    let shortcuts: Vec<String> = shortcuts
        .iter()
        .map(|(name, url)| format!("{{\"name\":{},\"url\":{}}}", json(name), json(url)))
        .collect();
    let icon = |file: &str, size: u32, purpose: &str| {
        format!(
            "{{\"src\":\"/icons/{file}\",\"sizes\":\"{size}x{size}\",\"type\":\"image/png\",\"purpose\":\"{purpose}\"}}"
        )
    };
    // `minimal-ui` keeps the address in sight: people are told to look at it.
    format!(
        "{{\"id\":\"/\",\"name\":{},\"short_name\":{},\"description\":{},\"lang\":\"vi\",\"dir\":\"ltr\",\
         \"start_url\":\"/\",\"scope\":\"/\",\"display\":\"minimal-ui\",\
         \"theme_color\":{},\"background_color\":\"#fbf8f2\",\
         \"icons\":[{},{},{}],\"shortcuts\":[{}]}}\n",
        json(&name),
        json(words.common.site),
        json(words.home.lead),
        json(OPERATOR.colours.accent),
        icon("icon-192.png", 192, "any"),
        icon("icon-512.png", 512, "any"),
        icon("maskable-512.png", 512, "maskable"),
        shortcuts.join(",")
    )
}

/// Seconds that `security.txt` holds: RFC 9116, 2.5.5, recommends less than a year.
const SECURITY_LIFETIME: i64 = 330 * 86_400;

/// `/.well-known/security.txt` (RFC 9116) of a build at `now`, Unix seconds. Without an operator
/// there is nobody to write to, and the file says so in place of a contact.
pub fn security_txt(now: i64) -> String {
    let mut text = String::new();
    let contacts = [("mailto:", OPERATOR.email), ("tel:", OPERATOR.phone), ("", OPERATOR.url)];
    for (scheme, contact) in contacts.iter().filter(|(_, contact)| !contact.is_empty()) {
        // Writing to a string cannot fail.
        _ = writeln!(text, "Contact: {scheme}{}", contact.replace(' ', ""));
    }
    if text.is_empty() {
        text.push_str(
            "# Nobody has put a name to this deployment yet, so there is no contact to give.\n\
             # Whoever runs it sets [operator] in operator.toml, and it stands here.\n",
        );
    }
    _ = writeln!(text, "Expires: {}", rfc3339(now + SECURITY_LIFETIME));
    text.push_str("Preferred-Languages: vi, en\n");
    if !OPERATOR.site_url.is_empty() {
        let site = OPERATOR.site_url;
        _ = writeln!(text, "Canonical: {site}/.well-known/security.txt");
    }
    text
}

/// Cloudflare's `_redirects`: where a password manager's "change password" leads
/// (W3C, A Well-Known URL for Changing Passwords).
pub fn redirects() -> String {
    let page = if OPERATOR.serves_email() { Page::Email } else { Page::Home };
    format!("/.well-known/change-password {} 302\n", Route { lang: Lang::Vi, page }.href())
}

/// Everything may be read; pages inside a recovery say `noindex` themselves, which a crawler must
/// be able to see.
pub fn robots(has_sitemap: bool) -> String {
    let mut text = String::from("User-agent: *\nDisallow: /api/\nDisallow: /form/\n");
    if has_sitemap && !OPERATOR.site_url.is_empty() {
        _ = writeln!(text, "Sitemap: {}/sitemap.xml", OPERATOR.site_url);
    }
    text
}

/// The site's mark, as the frame of the other pages draws it.
const KEY: &str = "<svg class=\"brand-mark\" viewBox=\"0 0 32 32\" width=\"32\" height=\"32\" aria-hidden=\"true\">\
    <circle cx=\"11\" cy=\"11\" r=\"7\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"4\"></circle>\
    <path d=\"M16 16l11 11m-6-6l4-4m0 8l4-4\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"4\" \
    stroke-linecap=\"round\"></path></svg>";

/// The page shown without a network: what still works, whom to call. It has no WebAssembly,
/// because it stands in at addresses that are not its own.
pub fn offline_page(lang: Lang, style: &str) -> String {
    let words = Words::of(lang);
    let there = match lang {
        Lang::Vi => Lang::En,
        Lang::En => Lang::Vi,
    };
    let [title, lead, numbers, works, again] = match lang {
        Lang::Vi => [
            "Không có mạng",
            "Trang này cần mạng và không bao giờ được lưu trên máy. Khi có mạng lại, trang sẽ tự tải.",
            "Gọi điện không cần mạng:",
            "Các trang hướng dẫn đã lưu vẫn đọc được:",
            "Thử lại",
        ],
        Lang::En => [
            "No network",
            "This page needs the network and is never kept on the device. It loads by itself once the network is back.",
            "Calls need no internet:",
            "The saved guide pages can still be read:",
            "Try again",
        ],
    };
    let mut lines = String::new();
    for hotline in OPERATOR.hotlines {
        let (label, note) = (hotline.label.get(lang), hotline.note.get(lang));
        let note = if note.is_empty() { String::new() } else { format!(" ({})", escape(note)) };
        _ = write!(
            lines,
            "<li>{}: <a href=\"{}\">{}</a>{note}</li>",
            escape(label),
            hotline.tel,
            escape(hotline.number)
        );
    }
    let mut pages = String::new();
    for page in Page::ALL.into_iter().filter(|page| matches!(page, Page::Home | Page::Guide(_))) {
        let href = Route { lang, page }.href();
        _ = write!(pages, "<li><a href=\"{href}\">{}</a></li>", escape(words.title(page)));
    }
    let document_title = escape(&words.document_title(title));
    let (site, standing) = (words.common.site, words.common.independent);
    let home = Route { lang, page: Page::Home }.href();
    let (line, standing) = if OPERATOR.is_named() {
        (OPERATOR.name.get(lang), OPERATOR.name.get(lang))
    } else {
        (words.common.not_bhxh, standing)
    };
    let line = escape(line);
    // Help and the other language where every page has them.
    let help = OPERATOR.hotlines.first().map_or_else(String::new, |line| {
        format!(
            "<a class=\"help\" href=\"{}\"><span class=\"visually-hidden\">{} </span>{}</a>",
            line.tel,
            words.common.call,
            escape(line.number)
        )
    });
    let tools = format!(
        "<nav class=\"header-tools\" aria-label=\"{}\">{help}<a class=\"language\" href=\"{}\" \
         lang=\"{there}\" hreflang=\"{there}\">{}</a></nav>",
        words.common.tools,
        offline_path(there),
        words.common.other_language
    );
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\" data-offline>\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{document_title}</title>\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"format-detection\" content=\"telephone=no\">\n\
         <link rel=\"icon\" href=\"data:,\">\n{style}\n\
         <script src=\"/offline.js\" defer></script>\n</head>\n<body>\n\
         <header class=\"header\"><a class=\"brand\" href=\"{home}\">{KEY}<span class=\"brand-name\">{site}</span>\
         <span class=\"brand-line\">{line}</span></a>{tools}</header>\n\
         <main class=\"main\"><h1>{title}</h1><p class=\"lead\">{lead}</p>\
         <p><button type=\"button\" class=\"button\" data-again hidden>{again}</button></p>\
         <p>{numbers}</p><ul class=\"onward\">{lines}</ul><p>{works}</p><ul class=\"onward\">{pages}</ul></main>\n\
         <footer class=\"footer\"><p>{}</p></footer>\n</body>\n</html>\n",
        escape(standing)
    )
}

/// For browsers without JavaScript: what works, and what does not. Not part of the tree that the
/// browser takes over.
pub const fn without_script(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => {
            "<noscript><p class=\"banner\">Trình duyệt này không chạy JavaScript. Vẫn đọc được mọi trang, gọi được các số điện thoại và chép tay được tin nhắn; biểu mẫu và ô tìm kiếm thì không dùng được.</p></noscript>"
        }
        Lang::En => {
            "<noscript><p class=\"banner\">This browser does not run JavaScript. Every page can be read, every number called, the text message copied by hand; forms and search do not work.</p></noscript>"
        }
    }
}

/// In the head, where this deployment may be kept for days without a network.
pub const fn worker_link() -> &'static str {
    if OPERATOR.offline { "<meta name=\"service-worker\" content=\"/sw.js\">" } else { "" }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A string of JSON, which is one of JavaScript too.
fn json(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '<' | '\u{2028}' | '\u{2029}' | '\0'..='\x1f' => {
                _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `2026-10-18T07:05:00Z` of Unix seconds. Years are counted from March, so that the leap day
/// comes last.
fn rfc3339(unix: i64) -> String {
    let (days, rest) = (unix.div_euclid(86_400), unix.rem_euclid(86_400));
    let shifted = days + 719_468; // 1 March of year 0
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest % 3600 / 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_inside_a_recovery_is_private() {
        for page in Page::ALL.into_iter().filter(|page| !page.is_listed()) {
            for lang in Lang::ALL {
                let address = Route { lang, page }.href();
                assert!(!may_be_kept(&address), "{address}");
            }
        }
        assert!(!may_be_kept("/dang-nhap") && !may_be_kept("/en/ho-so/12"));
    }

    #[test]
    fn every_guide_page_is_kept() {
        for page in Page::ALL.into_iter().filter(|page| matches!(page, Page::Guide(_) | Page::Home))
        {
            for lang in Lang::ALL {
                assert!(may_be_kept(&Route { lang, page }.href()));
            }
        }
    }

    #[test]
    fn a_file_has_the_address_that_people_ask_for() {
        let of = |file: &str| address(Path::new(file));
        assert_eq!(
            [of("index.html"), of("en.html"), of("en/email.html")],
            ["/", "/en", "/en/email"]
        );
        assert_eq!(of("icons/icon-192.png"), "/icons/icon-192.png");
    }

    #[test]
    fn security_txt_expires_within_a_year_of_the_build() {
        // 22 November 2025, 07:05 UTC, and 330 days on.
        let text = security_txt(1_763_795_100);
        assert!(text.contains("\nExpires: 2026-10-18T07:05:00Z\n"), "{text}");
        assert!(text.starts_with("Contact: ") || text.starts_with("# Nobody"), "{text}");
    }

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_772_323_200), "2026-03-01T00:00:00Z");
    }

    #[test]
    fn the_offline_page_names_every_hotline_and_loads_no_program() {
        for lang in Lang::ALL {
            let page = offline_page(lang, "<link rel=\"stylesheet\" href=\"/main.css\">");
            for hotline in OPERATOR.hotlines {
                assert!(page.contains(hotline.tel), "{lang}");
            }
            assert!(!page.contains("module"), "{lang}");
            let (header, _) = page.split_once("</header>").unwrap();
            assert!(header.contains("class=\"help\"") && header.contains("hreflang"), "{lang}");
            assert_eq!(page.matches("<h1").count(), 1);
        }
    }

    #[test]
    fn text_in_json_cannot_end_its_string_or_its_script() {
        assert_eq!(json("a\"b\\c</d\u{2028}"), "\"a\\\"b\\\\c\\u003c/d\\u2028\"");
    }

    #[test]
    fn the_worker_s_list_is_one_line() {
        let offline = Offline { version: String::from("abc"), ..Offline::default() };
        let line = offline.line();
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.starts_with("self.SITE={version:\"abc\",off:false,shell:[],pages:[],"));
        assert!(line.contains("\"/lien-ket\""));
    }
}
