//! The site's own page around the content: its header and footer, and none of its program.

use recovery::locale::Locale;

use super::words::Words;

/// Where these pages begin, in this language.
pub(super) const fn base(locale: Locale) -> &'static str {
    match locale {
        Locale::Vi => "/ho-so",
        Locale::En => "/en/ho-so",
    }
}

/// The pre-rendered page whose frame is taken.
pub(super) const fn frame_of(locale: Locale) -> &'static str {
    match locale {
        Locale::Vi => "404",
        Locale::En => "en/404",
    }
}

/// The content in the site's frame: its header and footer, without the program that the site's
/// other pages load. Without a frame the page is plain, and complete.
/// `here` is the page's address after [`base`].
pub(super) fn in_frame(words: &Words, frame: Option<&str>, here: &str, body: &str) -> String {
    let head = format!(
        "<title>{} – Chìa Khoá</title><link rel=\"stylesheet\" href=\"/ho-so/case.css\">\
         <script src=\"/ho-so/case.js\" defer></script>",
        words.title
    );
    framed(words.locale, &head, &["/ho-so", here].concat(), frame, body)
}

/// The same for a page at another address, with a head of its own.
pub(super) fn framed(
    locale: Locale,
    own: &str,
    path: &str,
    frame: Option<&str>,
    body: &str,
) -> String {
    let framed = frame.and_then(|frame| {
        let (head, rest) = frame.split_once("</head>")?;
        let (before, rest) = rest.split_once("<main")?;
        let (attributes, rest) = rest.split_once('>')?;
        let (_, after) = rest.split_once("</main>")?;
        let head =
            without(&without(head, "<title>", "</title>")?, "<script type=\"module\"", "</script>")
                .and_then(|head| without(&head, "<script src=\"/early-", "</script>"))?;
        let (vi, en) = ("href=\"/en\" lang=\"en\"", "href=\"/\" lang=\"vi\"");
        let before = before
            .replace(vi, &format!("href=\"/en{path}\" lang=\"en\""))
            .replace(en, &format!("href=\"{path}\" lang=\"vi\""));
        let before = without(&before, "<noscript>", "</noscript>").unwrap_or(before);
        Some(format!("{head}{own}</head>{before}<main{attributes}>{body}</main>{after}"))
    });
    framed.unwrap_or_else(|| {
        format!(
            "<!doctype html><html lang=\"{locale}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"robots\" content=\"noindex\">{own}</head>\
             <body><main>{body}</main></body></html>"
        )
    })
}

/// The text without its first stretch from `from` to the end of `to`; the text as it is where
/// there is no such stretch.
fn without(text: &str, from: &str, to: &str) -> Option<String> {
    let Some((before, rest)) = text.split_once(from) else { return Some(text.to_owned()) };
    let (_, after) = rest.split_once(to)?;
    Some([before, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &str = "<!DOCTYPE html><html lang=\"vi\"><head><title>Cũ</title>\
        <link rel=\"stylesheet\" href=\"/main-1.css\"><script src=\"/early-1.js\" defer></script>\
        <script type=\"module\">go()</script></head><body><noscript>x</noscript>\
        <a href=\"/en\" lang=\"en\">English</a><main id=\"noi-dung\">cũ</main><footer>f</footer></body>";

    #[test]
    fn the_frame_keeps_its_look_and_loses_its_program() {
        let html = in_frame(Words::of(Locale::Vi), Some(FRAME), "", "<h1>Mới</h1>");
        for part in [
            "/main-1.css",
            "<h1>Mới</h1>",
            "<footer>f</footer>",
            "/ho-so/case.js",
            "id=\"noi-dung\"",
            "href=\"/en/ho-so\"",
        ] {
            assert!(html.contains(part), "{part}");
        }
        for part in ["early-1", "module", "Cũ", "cũ", "<noscript>"] {
            assert!(!html.contains(part), "{part}");
        }
    }

    #[test]
    fn without_a_frame_the_page_is_complete() {
        for frame in [None, Some("<html>"), Some("<head></head><main>")] {
            let html = in_frame(Words::of(Locale::En), frame, "", "<h1>x</h1>");
            assert!(html.starts_with("<!doctype html>") && html.contains("<h1>x</h1>"), "{html}");
        }
    }
}
