//! The honest page for a form that was sent before, or without, JavaScript: nothing was
//! kept, go back, here are the phone numbers. The body of such a form is never read.

use std::fmt::Write as _;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
    routing::{MethodRouter, get},
};
use recovery::locale::Locale;

use crate::{
    http::headers::PAGE_CSP,
    operator::{OPERATOR, pick},
};

/// `GET` and `POST` alike: a reload of the page must not fail.
pub fn route() -> MethodRouter {
    get(answer).post(answer)
}

async fn answer() -> Response {
    let mut response = Response::new(Body::from(page()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_CSP));
    response
}

/// The page, complete in itself and in both languages: nothing says from which page it came.
fn page() -> String {
    let [vi, en] = [section(Locale::Vi), section(Locale::En)];
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <title>{}</title></head><body><main>{vi}<hr>{en}</main></body></html>",
        words(Locale::Vi)[0],
    )
}

/// Title, what was kept, how to go back, phone, the prefix of addresses, and the links to the
/// first page, the offices and VNeID, which all work without a script.
const fn words(locale: Locale) -> [&'static str; 8] {
    match locale {
        Locale::Vi => [
            "Trang chưa tải xong",
            "Biểu mẫu vừa được gửi khi trang chưa sẵn sàng. Chúng tôi không lưu gì và chưa gửi thư hay tin nhắn nào.",
            "Hãy bấm nút Quay lại của trình duyệt: những gì bạn đã gõ thường vẫn còn. Đợi vài giây rồi gửi lại. Nếu vẫn gặp trang này, trình duyệt của bạn có thể đang tắt JavaScript hoặc chặn WebAssembly: hãy thử trình duyệt hay máy khác, hoặc cách khác dưới đây.",
            "Hoặc gọi điện:",
            "",
            "Về trang đầu",
            "Tìm cơ quan BHXH",
            "Đăng nhập bằng VNeID",
        ],
        Locale::En => [
            "The page was not ready",
            "The form was sent before the page had loaded. We kept nothing and sent no message.",
            "Use your browser's Back button: what you typed is usually still there. Wait a few seconds and send again. If you see this page again, your browser may have JavaScript switched off or WebAssembly blocked: try another browser or phone, or one of the ways below.",
            "Or call:",
            "/en",
            "To the first page",
            "Find a BHXH office",
            "Sign in with VNeID",
        ],
    }
}

fn section(locale: Locale) -> String {
    let [title, kept, back, phone, base, home, offices, vneid] = words(locale);
    let mut lines = String::new();
    for line in OPERATOR.hotlines {
        let note = pick(line.note, locale);
        let note = if note.is_empty() { String::new() } else { format!(" ({})", escape(note)) };
        let _ = write!(
            lines,
            "<li>{}: <a href=\"{}\">{}</a>{note}</li>",
            escape(pick(line.label, locale)),
            line.tel(),
            escape(line.number),
        );
    }
    let heading = if locale == Locale::Vi { "h1" } else { "h2" };
    format!(
        "<section lang=\"{locale}\"><{heading}>{title}</{heading}><p>{kept}</p><p>{back}</p>\
         <p>{phone}</p><ul>{lines}</ul><ul><li><a href=\"{base}/co-quan\">{offices}</a></li>\
         <li><a href=\"{base}/vneid\">{vneid}</a></li>\
         <li><a href=\"{}\">{home}</a></li></ul></section>",
        if base.is_empty() { "/" } else { base },
    )
}

/// Text as HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hotline_can_be_dialled_from_the_page_in_both_languages() {
        let html = page();
        for locale in Locale::ALL {
            assert!(html.contains(&format!("<section lang=\"{locale}\">")));
        }
        for line in OPERATOR.hotlines {
            let link = format!("href=\"{}\">{}</a>", line.tel(), line.number);
            assert_eq!(html.matches(&link).count(), 2, "{}", line.number);
        }
    }

    #[test]
    fn the_page_needs_no_style_and_no_script() {
        let html = page();
        assert!(!html.contains("style") && !html.contains("<script"));
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
    }
}
