//! The long texts of the site, native build only. One HTML fragment per page and language under
//! `app/prose`; a missing file does not compile.
//!
//! A fragment may say `{{href:/path}}` for a page of its own language, `{{hotline}}`,
//! `{{portal}}`, `{{contact}}`, and keep parts for one mode: `{{service}}…{{/service}}`,
//! `{{guide}}…{{/guide}}`. Anything else in double braces stays and fails the pre-rendering.

use crate::{
    operator::{Both, OPERATOR, Operator},
    routes::{Guide, Page, Route},
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
    source(route.page)
        .map_or_else(String::new, |text| expand(text.get(route.lang), route, &OPERATOR))
}

/// Fills the placeholders.
fn expand(text: &str, route: Route, operator: &Operator) -> String {
    let text = keep(text, "service", operator.serves());
    let text = keep(&text, "guide", !operator.serves());
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
    if let Some(path) = name.strip_prefix("href:") {
        let Route { page, .. } = Route::parse(path);
        return (page != Page::NotFound).then(|| Route { lang: route.lang, page }.href());
    }
    match name {
        "hotline" => operator
            .hotlines
            .first()
            .map(|line| format!("<a href=\"{}\">{}</a>", line.tel, line.number)),
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
