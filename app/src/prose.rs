//! The long texts of the site, native build only. One HTML fragment per page and language under
//! `app/prose`; a missing file does not compile.
//!
//! A fragment may say `{{href:/path}}` for a page of its own language (`{{href:/path#part}}` for
//! a part of it), `{{hotline}}`, `{{sms}}` (this service's number for texts), `{{portal}}`,
//! `{{contact}}`, `{{source:…}}` and `{{reviewed}}` (see [`sources`]), and keep parts for one mode:
//! `{{service}}…{{/service}}`, `{{guide}}…{{/guide}}`, `{{texts}}…{{/texts}}` and
//! `{{desk}}…{{/desk}}` where these channels are served here. Anything else in double braces stays and fails the pre-rendering.
//!
//! What a fragment can do once the page is taken over, by its `data-` attributes, is told in
//! `live`; what becomes structured data, in `faq`.

use crate::{
    directory,
    operator::{Both, OPERATOR, Operator},
    routes::{Guide, Page, Route},
    sources,
};

macro_rules! both {
    ($name:literal) => {
        Some(Both {
            vi: include_str!(concat!("../prose/vi/", $name, ".html")),
            en: include_str!(concat!("../prose/en/", $name, ".html")),
        })
    };
}

/// The fragment of a page, if the page has one.
fn source(page: Page) -> Option<Both> {
    match page {
        Page::Home => both!("trang-dau"),
        Page::Email => both!("email"),
        Page::Guide(Guide::Text) => both!("tin-nhan"),
        Page::Guide(Guide::Hotline) => both!("tong-dai"),
        Page::Guide(Guide::Vneid) => both!("vneid"),
        Page::Guide(Guide::Office) => both!("van-phong"),
        Page::Guide(Guide::Safety) => both!("an-toan"),
        Page::Guide(Guide::Privacy) => both!("quyen-rieng-tu"),
        _ => None,
    }
}

/// The prose of a route, ready for the page; empty where the page has none.
pub fn html(route: Route) -> String {
    if let Some(html) = directory::html(route) {
        return html;
    }
    source(route.page)
        .map_or_else(String::new, |text| expand(text.get(route.lang), route, &OPERATOR))
}

/// Fills the placeholders.
fn expand(text: &str, route: Route, operator: &Operator) -> String {
    let text = keep(text, "service", operator.serves());
    let text = keep(&text, "guide", !operator.serves());
    let text = keep(&text, "texts", operator.serves_texts());
    let text = keep(&text, "desk", operator.serves_desk());
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        match value(name, route, operator) {
            Some(value) => out.push_str(&value),
            None => out.extend(["{{", name, "}}"]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands for a placeholder.
fn value(name: &str, route: Route, operator: &Operator) -> Option<String> {
    if let Some(target) = name.strip_prefix("href:") {
        let (path, part) = target.split_at(target.find('#').unwrap_or(target.len()));
        let Route { page, .. } = Route::parse(path);
        return (page != Page::NotFound)
            .then(|| [&Route { lang: route.lang, page }.href(), part].concat());
    }
    if let Some(words) = name.strip_prefix("source:") {
        return sources::cite(words, route.lang);
    }
    match name {
        "reviewed" => Some(sources::reviewed(route.lang)),
        "hotline" => operator
            .hotlines
            .first()
            .map(|line| format!("<a href=\"{}\">{}</a>", line.tel, line.number)),
        "sms" => Some(operator.sms_number.to_owned()),
        "portal" => Some(operator.portal.to_owned()),
        "contact" => Some(contact(route, operator)),
        _ => None,
    }
}

/// Whom to ask about personal data.
fn contact(route: Route, operator: &Operator) -> String {
    let text = if operator.email.is_empty() {
        Both {
            vi: "Trang này chưa khai nơi nhận yêu cầu về dữ liệu cá nhân.",
            en: "This site has not named anyone to receive requests about personal data.",
        }
    } else {
        Both { vi: "Gửi yêu cầu tới: ", en: "Send requests to: " }
    };
    let text = text.get(route.lang);
    match operator.email {
        "" => text.to_owned(),
        email => format!("{text}<a href=\"mailto:{email}\" rel=\"external\">{email}</a>"),
    }
}

/// Keeps or drops every part between `{{name}}` and `{{/name}}`.
fn keep(text: &str, name: &str, wanted: bool) -> String {
    let (open, close) = (format!("{{{{{name}}}}}"), format!("{{{{/{name}}}}}"));
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(&open) {
        out.push_str(before);
        let (part, after) = after.split_once(&close).unwrap_or((after, ""));
        if wanted {
            out.push_str(part);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::Lang;

    const EN: Route = Route { lang: Lang::En, page: Page::Home };

    #[test]
    fn no_text_is_left_with_an_open_placeholder() {
        for lang in Lang::ALL {
            for page in Page::ALL {
                let html = html(Route { lang, page });
                assert!(!html.contains("{{"), "{page:?} in {lang}: {html}");
            }
        }
    }

    #[test]
    fn a_link_stays_in_the_language_of_its_page() {
        assert_eq!(expand("{{href:/email}}", EN, &OPERATOR), "/en/email");
    }

    #[test]
    fn a_link_may_lead_to_a_part_of_a_page() {
        assert_eq!(expand("{{href:/#doi-so}}", EN, &OPERATOR), "/en#doi-so");
    }

    /// What the two versions of a fragment must share: the browser's part finds its elements by
    /// these, and a link to a part must work in both.
    fn skeleton(html: &str) -> Vec<&str> {
        // These hold words of their language.
        const SAID: [&str; 4] = ["data-done", "data-failed", "data-empty", "data-loading"];
        html.split([' ', '\n', '>'])
            .filter(|word| word.starts_with("id=") || word.starts_with("data-"))
            .filter(|word| !SAID.iter().any(|name| word.starts_with(name)))
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_parts_in_the_same_order() {
        for page in Page::ALL {
            let [vi, en] = Lang::ALL.map(|lang| html(Route { lang, page }));
            assert_eq!(skeleton(&vi), skeleton(&en), "{page:?}");
            for tag in ["<details", "<h2", "class=\"qa\"", "class=\"sure ", "<li"] {
                assert_eq!(vi.matches(tag).count(), en.matches(tag).count(), "{tag} on {page:?}");
            }
        }
    }

    #[test]
    fn every_link_to_a_part_finds_it() {
        for page in Page::ALL {
            for lang in Lang::ALL {
                let text = html(Route { lang, page });
                for after in text.split("href=\"").skip(1) {
                    let href = after.split('"').next().unwrap_or_default();
                    let Some((path, part)) = href.split_once('#') else { continue };
                    let there =
                        if path.is_empty() { text.clone() } else { html(Route::parse(path)) };
                    assert!(there.contains(&format!("id=\"{part}\"")), "{href} on {page:?}");
                }
            }
        }
    }

    #[test]
    fn a_link_to_nowhere_is_left_for_the_build_to_refuse() {
        assert_eq!(expand("a {{href:/nowhere}} b", EN, &OPERATOR), "a {{href:/nowhere}} b");
    }

    #[test]
    fn each_mode_keeps_its_own_parts() {
        let text = "a{{guide}}G{{/guide}}{{service}}S{{/service}}z";
        assert_eq!(keep(&keep(text, "guide", true), "service", false), "aGz");
        assert_eq!(keep(&keep(text, "guide", false), "service", true), "aSz");
    }
}
