//! Pieces of HTML. Everything that is not a literal goes through [`esc`].

use std::fmt::Write as _;

use recovery::{desk::staff::Staff, locale::Locale};

use super::words::Words;
use crate::{directory, operator::OPERATOR};

/// Text as HTML, inside an element or a quoted attribute.
pub fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// An office by its name in the directory; by its id where the directory has none, or could not be
/// read when the officer entered.
pub(super) fn office_name(id: &str) -> String {
    let name = directory::held().and_then(|d| Some(d.office_name(d.office_by_id(id)?.key)));
    name.unwrap_or_else(|| id.to_owned())
}

/// The same as HTML.
pub fn office(id: &str) -> String {
    esc(&office_name(id))
}

/// Where the desk's pages begin, in this language.
pub(super) const fn base(locale: Locale) -> &'static str {
    match locale {
        Locale::Vi => "/ban-lam-viec",
        Locale::En => "/en/ban-lam-viec",
    }
}

/// A whole page. `here` is its address after [`base`], for the link to the other language.
pub(super) fn page(
    words: &Words,
    staff: Option<&Staff>,
    title: &str,
    here: &str,
    body: &str,
) -> String {
    let (locale, say) = (words.locale, words);
    let other = match locale {
        Locale::Vi => Locale::En,
        Locale::En => Locale::Vi,
    };
    let demo =
        if OPERATOR.demo { format!("<p class=\"demo\">{}</p>", say.demo) } else { String::new() };
    let who = staff.map_or_else(String::new, |staff| {
        let role = say.role(staff.role);
        let oversight = if staff.may(recovery::desk::staff::Act::Figures) {
            format!(
                "<a data-key=\"s\" href=\"{0}/giam-sat\">{1}</a>\
                 <a data-key=\"f\" href=\"{0}/so-lieu\">{2}</a>",
                base(locale),
                say.oversight,
                say.figures
            )
        } else {
            String::new()
        };
        format!(
            "<a data-key=\"h\" href=\"{0}\">{1}</a><a data-key=\"l\" href=\"{0}/thu\">{2}</a>\
             {oversight}<p class=\"soft\">{3} · {4} · {5}</p>",
            base(locale),
            say.queue,
            crate::chart::say(locale, "Thư đến", "Letters"),
            esc(&staff.id.0),
            role,
            office(staff.office.as_str()),
        )
    });
    let mut keys = String::new();
    for (key, what) in say.keys {
        // There is a search on the list alone.
        if *key == "/" && title != say.queue {
            continue;
        }
        let _ = write!(keys, "<li><kbd>{key}</kbd> {what}</li>");
    }
    format!(
        "<!doctype html><html lang=\"{locale}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"robots\" content=\"noindex\"><title>{} · {}</title>\
         <link rel=\"stylesheet\" href=\"/ban-lam-viec/desk.css\">\
         <script src=\"/ban-lam-viec/desk.js\" defer></script></head><body>\
         <a class=\"skip\" href=\"#main\">{}</a>\
         <header><p><b>{}</b></p>{who}\
         <a href=\"{}{}\" lang=\"{other}\" hreflang=\"{other}\">{}</a>{demo}</header>\
         <main id=\"main\"><h1>{}</h1>{body}</main>\
         <footer><details data-key=\"?\"><summary>{} <kbd>?</kbd></summary>\
         <ul class=\"plain\">{keys}</ul></details></footer></body></html>",
        esc(title),
        say.desk,
        say.skip,
        say.desk,
        base(other),
        esc(here),
        say.other_language,
        esc(title),
        say.shortcuts,
    )
}

/// An instant in Vietnam's time, which has no summer time: `09:05 22/11/2026`.
pub fn moment(at: i64) -> String {
    let local = at.saturating_add(7 * 3_600);
    let (days, seconds) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    // Civil date from days since 1970 (Howard Hinnant, `civil_from_days`).
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (seconds / 3_600, seconds % 3_600 / 60);
    format!("{hour:02}:{minute:02} {day:02}/{month:02}/{year}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_is_never_html() {
        assert_eq!(esc("<b a=\"1\" c='2'>&"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    }

    #[test]
    fn an_instant_is_told_in_vietnams_time() {
        assert_eq!(moment(0), "07:00 01/01/1970");
        assert_eq!(moment(1_763_795_109), "14:05 22/11/2025");
        assert_eq!(moment(1_709_222_400), "23:00 29/02/2024");
    }
}
