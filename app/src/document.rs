//! From Trunk's `index.html` to one finished document per route. Native build only.
//!
//! The HTML inside `<div id="app">` is byte-exact: the browser takes it over by walking it, and
//! one added newline would kill the page.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use leptos_router::location::RequestUrl;
use sha2::{Digest as _, Sha256};

use crate::{
    App, directory, faq,
    operator::OPERATOR,
    prose,
    routes::{Guide, Lang, Page, Route, other},
    site,
    words::Words,
};

const SLOT: &str = "<div id=\"app\"></div>";
const HEAD: &str = "<!--head-->";
const LANG: &str = "<html lang=\"vi\"";

/// What is wrong with a template or a page.
#[derive(Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// The template must have this exactly once.
    Template(&'static str),
    /// The page still has a placeholder of the prose.
    Placeholder(String),
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template(part) => write!(f, "the template must have exactly one {part}"),
            Self::Placeholder(at) => write!(f, "unknown placeholder: {at}"),
        }
    }
}

impl std::error::Error for DocumentError {}

/// The document of a route.
pub fn render(template: &str, route: Route) -> Result<String, DocumentError> {
    let body = body(route);
    if let Some(at) = body.find("{{") {
        return Err(DocumentError::Placeholder(body[at..].chars().take(40).collect()));
    }
    let lang = format!("<html lang=\"{}\"", route.lang);
    let document = replace_once(template, LANG, &lang)?;
    let document = replace_once(&document, HEAD, &head(route))?;
    let without = site::without_script(route.lang);
    replace_once(&document, SLOT, &format!("{without}<div id=\"app\">{body}</div>"))
}

/// The CSP sources, `'sha256-…'`, of the template's inline scripts. They are the same in every
/// document, because [`render`] adds none that runs; structured data is never run, and browsers
/// ask no policy for it.
pub fn script_hashes(template: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once("<script") {
        let Some((attributes, after)) = after.split_once('>') else { break };
        let Some((script, after)) = after.split_once("</script>") else { break };
        if !attributes.contains(" src=") && !attributes.contains("application/ld+json") {
            hashes.push(format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))));
        }
        rest = after;
    }
    hashes
}

/// A short hash of a file's content for its name, as Trunk makes them: 16 hexadecimal digits.
pub fn file_hash(content: &str) -> String {
    let start = Sha256::digest(content).iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte));
    format!("{start:016x}")
}

/// What the app draws for a route.
fn body(route: Route) -> String {
    // The page for unknown addresses is drawn at an address that is unknown.
    let path = match (route.page, route.lang) {
        (Page::NotFound, Lang::Vi) => String::from("/404"),
        (Page::NotFound, Lang::En) => String::from("/en/404"),
        _ => route.href(),
    };
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    owner.with(|| {
        provide_context(RequestUrl::new(&path));
        App().to_html()
    })
}

fn replace_once(text: &str, from: &'static str, to: &str) -> Result<String, DocumentError> {
    match text.matches(from).count() {
        1 => Ok(text.replacen(from, to, 1)),
        _ => Err(DocumentError::Template(from)),
    }
}

/// Title, description, and where else the page can be read.
fn head(route: Route) -> String {
    let words = Words::of(route.lang);
    let title = escape(&words.document_title(words.title(route.page)));
    let robots =
        if route.page.is_listed() { "" } else { "<meta name=\"robots\" content=\"noindex\">" };
    if route.page == Page::NotFound {
        return format!("<title>{title}</title>{robots}");
    }
    let description = directory::description(route).unwrap_or_else(|| description(route).into());
    let description = escape(&description);
    let directory = directory::head(route);
    let elsewhere = elsewhere(route, OPERATOR.site_url);
    // The form stands in the prose's place where this deployment serves the channel.
    let is_form = match route.page {
        Page::Email => OPERATOR.serves_email(),
        Page::Guide(Guide::Text) => OPERATOR.serves_texts(),
        _ => false,
    };
    let questions =
        if is_form { String::new() } else { faq::script(&prose::html(route), route.lang) };
    format!(
        "<title>{title}</title><meta name=\"description\" content=\"{description}\">{robots}{elsewhere}{}{questions}{directory}",
        site::worker_link()
    )
}

/// The page's own address and that of its translation; both must be absolute, so there are none
/// where the site's address is not known at build time (Lighthouse: 17 points for a bare path).
fn elsewhere(route: Route, site: &str) -> String {
    if site.is_empty() {
        return String::new();
    }
    let there = Route { lang: other(route.lang), page: route.page };
    let (vi, en) = if route.lang == Lang::Vi { (route, there) } else { (there, route) };
    let (here, vi, en) = (route.href(), vi.href(), en.href());
    format!(
        "<link rel=\"canonical\" href=\"{site}{here}\">\
         <link rel=\"alternate\" hreflang=\"vi\" href=\"{site}{vi}\">\
         <link rel=\"alternate\" hreflang=\"en\" href=\"{site}{en}\">\
         <link rel=\"alternate\" hreflang=\"x-default\" href=\"{site}{vi}\">"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// One sentence for search engines and shared links.
fn description(route: Route) -> &'static str {
    let words = Words::of(route.lang);
    let [vi, en] = match route.page {
        Page::Home | Page::NotFound => return words.home.lead,
        Page::Email => [
            "Lấy lại mật khẩu VssID bằng email đã đăng ký, miễn phí, từng bước.",
            "Reset your VssID password with the email you registered, free of charge, step by step.",
        ],
        Page::Link => return words.link.lead,
        Page::Password => return words.password.none,
        Page::SignIn => return words.account.sign_in_lead,
        Page::Account => return words.account.masked,
        Page::NotMe => return words.not_me.lead,
        Page::Guide(Guide::Text) if OPERATOR.serves_texts() => return words.text.lead,
        Page::Guide(Guide::Text) => [
            "Nhắn tin BH MK tới 8079: cú pháp, giá, và vì sao nên gọi 1900 9068 trước.",
            "Texting BH MK to 8079: how, what it costs, and why to call 1900 9068 first.",
        ],
        Page::Guide(Guide::Hotline) => [
            "Gọi 1900 9068, phím 8, từ số đã đăng ký để nhận mật khẩu VssID mới.",
            "Call 1900 9068, key 8, from the registered number to get a new VssID password.",
        ],
        Page::Guide(Guide::Vneid) => [
            "Có VNeID mức 2 thì có lẽ vào được VssID mà không cần mật khẩu: cần gì và làm thế nào.",
            "With VNeID level 2 you can probably enter VssID without a password: what you need and how.",
        ],
        Page::Guide(Guide::Office) => [
            "Mất số điện thoại và email đã đăng ký: mang gì, nói gì ở cơ quan BHXH.",
            "Lost the registered phone and email: what to bring and say at a BHXH office.",
        ],
        Page::Guide(Guide::Safety) => [
            "Những điều BHXH không bao giờ hỏi, các vụ lừa đã biết, và làm gì khi đã lỡ.",
            "What BHXH never asks, known scams, and what to do if it already happened.",
        ],
        Page::Directory | Page::Office(_) => [
            "Tìm cơ quan BHXH phục vụ nơi bạn ở, theo tên phường, xã cũ hay mới: địa chỉ, điện thoại, nguồn.",
            "Find the social-insurance office for your place by its old or new name: address, telephone, source.",
        ],
        Page::Coverage => [
            "Danh bạ cơ quan BHXH này có gì kèm nguồn, còn thiếu gì, theo từng tỉnh, thành phố.",
            "What this directory of social-insurance offices has a source for, and what it lacks, by province.",
        ],
        Page::Guide(Guide::Privacy) => [
            "Trang này giữ gì, vì sao, bao lâu, và quyền của bạn.",
            "What this site keeps, why, for how long, and your rights.",
        ],
    };
    match route.lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<!DOCTYPE html><html lang=\"vi\"><head><!--head-->\
        <script src=\"/a.js\"></script><script type=\"module\">init()</script></head>\
        <body><div id=\"app\"></div></body></html>";

    #[test]
    fn every_route_becomes_a_document_with_one_heading_and_the_hotline() {
        for lang in Lang::ALL {
            for page in Page::ALL.into_iter().chain([Page::NotFound]) {
                let document = render(TEMPLATE, Route { lang, page }).unwrap();
                assert!(document.contains(&format!("<html lang=\"{lang}\"")));
                assert_eq!(document.matches("<h1").count(), 1, "{page:?}");
                assert!(document.contains("href=\"tel:"), "{page:?}");
                assert!(!document.contains(" style="), "{page:?}");
            }
        }
    }

    #[test]
    fn no_document_adds_a_script_that_runs() {
        for page in Page::ALL {
            let document = render(TEMPLATE, Route { lang: Lang::Vi, page }).unwrap();
            assert_eq!(script_hashes(&document), script_hashes(TEMPLATE), "{page:?}");
        }
    }

    #[test]
    fn the_hash_is_that_of_the_inline_script_alone() {
        // printf 'init()' | openssl dgst -sha256 -binary | base64
        let expected = "'sha256-w4ujnOpjBoH2vcasx+reJRUwYivG8Q3afx/XevGJod8='";
        assert_eq!(script_hashes(TEMPLATE), [expected]);
    }

    #[test]
    fn a_page_names_its_own_address_and_its_translation() {
        let route = Route { lang: Lang::En, page: Page::Email };
        let links = elsewhere(route, "https://example.vn");
        assert!(links.contains("canonical\" href=\"https://example.vn/en/email\""));
        assert!(links.contains("hreflang=\"vi\" href=\"https://example.vn/email\""));
        assert_eq!(elsewhere(route, ""), "");
        let office = elsewhere(Route::parse("/en/co-quan/ha-noi-dong-da"), "https://example.vn");
        assert!(
            office.contains("canonical\" href=\"https://example.vn/en/co-quan/ha-noi-dong-da\"")
        );
    }

    #[test]
    fn both_languages_of_every_page_name_the_same_whole_addresses() {
        let alternates = |route: Route| {
            let links = elsewhere(route, "https://example.vn");
            let whole = format!("canonical\" href=\"https://example.vn{}\"", route.href());
            assert!(links.contains(&whole), "{route:?}");
            assert_eq!(links.matches(" href=\"https://example.vn/").count(), 4, "{route:?}");
            links.split_once('>').map(|(_, rest)| rest.to_owned())
        };
        for page in Page::every() {
            let route = Route { lang: Lang::Vi, page };
            assert_eq!(alternates(route), alternates(route.translated()), "{page:?}");
        }
    }

    #[test]
    fn a_build_writes_whole_addresses_of_its_own_or_none() {
        for page in Page::every() {
            let document = render(TEMPLATE, Route { lang: Lang::En, page }).unwrap();
            let links = ["canonical", "alternate"];
            let count: usize =
                links.iter().map(|rel| document.matches(&format!("rel=\"{rel}\"")).count()).sum();
            assert_eq!(count, if OPERATOR.site_url.is_empty() { 0 } else { 4 }, "{page:?}");
        }
    }

    #[test]
    fn a_template_without_its_slot_is_refused() {
        let home = Route { lang: Lang::Vi, page: Page::Home };
        assert_eq!(render("<html lang=\"vi\">", home), Err(DocumentError::Template(HEAD)));
    }
}
