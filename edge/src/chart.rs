//! Figures as HTML: bars as inline SVG with a table beside them, and words for durations.
//!
//! Drawn in the text's own colour, so that they hold in light, dark and forced colours; without
//! `style` attributes, which our policy forbids.

use std::fmt::Write as _;

use recovery::{
    desk::figures::{store::Limit, times::Took},
    flow::store::Channel,
    locale::Locale,
};

use crate::desk_pages::esc;

/// One of two texts.
pub const fn say(locale: Locale, vi: &'static str, en: &'static str) -> &'static str {
    match locale {
        Locale::Vi => vi,
        Locale::En => en,
    }
}

/// A channel's name.
pub const fn channel(locale: Locale, channel: Channel) -> &'static str {
    match channel {
        Channel::Email => say(locale, "Email", "Email"),
        Channel::Sms => say(locale, "Tin nhắn", "Text message"),
        Channel::Desk => say(locale, "Cơ quan BHXH", "Office"),
    }
}

/// A limit's name.
pub const fn limit(locale: Locale, limit: Limit) -> &'static str {
    match limit {
        Limit::Requests => {
            say(locale, "Xin mã qua email quá nhiều lần", "Too many requests by email")
        }
        Limit::Resends => say(locale, "Xin gửi lại mã quá nhiều lần", "Too many codes sent again"),
        Limit::Cases => say(locale, "Mở hồ sơ quá nhiều trong ngày", "Too many cases in a day"),
        Limit::CaseMessages => {
            say(locale, "Nhắn vào hồ sơ quá nhiều trong ngày", "Too many messages into a case")
        }
        Limit::CaseLinks => {
            say(locale, "Gửi đường dẫn quá nhiều trong ngày", "Too many links for a case in a day")
        }
        Limit::SignIns => say(locale, "Đăng nhập sai quá nhiều lần", "Too many wrong passwords"),
        Limit::Network => say(
            locale,
            "Một mạng gửi quá nhiều trong một phút",
            "Too much of one network in a minute",
        ),
        Limit::Compared => say(
            locale,
            "Mã không được so: đã thử quá nhiều trong ngày",
            "Codes not compared: too many tried in a day",
        ),
        Limit::Texts => say(locale, "Một số nhắn tin quá nhiều lần", "Too many texts of a sender"),
        Limit::Dropped => say(
            locale,
            "Tin không gửi vì nơi nhận quá giới hạn hoặc không còn cần",
            "Messages not sent: over their destination's limit, or needed no more",
        ),
    }
}

/// A duration in the largest unit that has at least two of it; cut off, not rounded up.
pub fn duration(locale: Locale, seconds: i64) -> String {
    let (unit, vi, en) = match seconds {
        ..120 => (1, "giây", "s"),
        120..7_200 => (60, "phút", "min"),
        7_200..172_800 => (3_600, "giờ", "h"),
        _ => (86_400, "ngày", "days"),
    };
    format!("{} {}", seconds.max(0) / unit, say(locale, vi, en))
}

/// A percentile of durations, or a dash.
pub fn took(locale: Locale, took: Option<Took>) -> String {
    match took {
        Some(Took::AtMost(seconds)) => format!("≤ {}", duration(locale, seconds)),
        Some(Took::Longer) => say(locale, "> 90 ngày", "> 90 days").to_owned(),
        None => "–".to_owned(),
    }
}

/// A table in a stretch of its own that scrolls where the screen is narrow. The first cell of
/// each row is its heading; cells are HTML.
pub fn table(caption: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">\
         <table class=\"figures\"><caption>{0}</caption><thead><tr>",
        esc(caption)
    );
    for head in heads {
        let _ = write!(html, "<th scope=\"col\">{}</th>", esc(head));
    }
    html.push_str("</tr></thead><tbody>");
    for row in rows {
        html.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            let tags = if place == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
            let _ = write!(html, "{}{cell}{}", tags.0, tags.1);
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table></div>");
    html
}

/// One place of a chart: all, and of these the filled part; nothing is drawn where a number is
/// hidden.
pub struct Bar {
    /// All.
    pub all: Option<u64>,
    /// Of these.
    pub filled: Option<u64>,
}

/// Bars of equal width, the oldest on the left. `between` says what stands at both ends; the
/// numbers themselves are in the table.
pub fn bars(title: &str, bars: &[Bar], between: &str) -> String {
    const HEIGHT: u64 = 60;
    let top = bars.iter().flat_map(|bar| [bar.all, bar.filled]).flatten().max().unwrap_or(0);
    let scale = |value: u64| (value * HEIGHT).checked_div(top).unwrap_or(0);
    let mut shapes = String::new();
    for (place, bar) in bars.iter().enumerate() {
        let mut rect = |value: Option<u64>, inset: usize, look: &str| {
            let Some(high) = value.map(scale).filter(|high| *high > 0) else { return };
            let _ = write!(
                shapes,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{high}\" {look}/>",
                place * 10 + 1 + inset,
                HEIGHT - high,
                8 - 2 * inset,
            );
        };
        let frame = "fill=\"none\" stroke=\"currentColor\" vector-effect=\"non-scaling-stroke\"";
        rect(bar.all, 0, frame);
        rect(bar.filled, 1, "fill=\"currentColor\"");
    }
    let width = bars.len() * 10;
    format!(
        "<figure><figcaption>{0}</figcaption><svg role=\"img\" aria-label=\"{0}: {1}\" \
         viewBox=\"0 -1 {width} {2}\" preserveAspectRatio=\"none\" width=\"100%\" height=\"96\">\
         <path d=\"M0 {HEIGHT}H{width}\" stroke=\"currentColor\" \
         vector-effect=\"non-scaling-stroke\"/>{shapes}</svg><p class=\"soft\">{1}</p></figure>",
        esc(title),
        esc(between),
        HEIGHT + 2,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_the_largest_unit_that_fits_twice() {
        let told = |seconds| duration(Locale::En, seconds);
        assert_eq!(
            [0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(told),
            ["0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 days"]
        );
        assert_eq!(took(Locale::Vi, Some(Took::AtMost(600))), "≤ 10 phút");
        assert_eq!(took(Locale::Vi, None), "–");
    }

    #[test]
    fn a_chart_draws_what_is_shown_and_nothing_for_what_is_hidden() {
        let html = bars(
            "<b>",
            &[
                Bar { all: Some(10), filled: Some(5) },
                Bar { all: None, filled: None },
                Bar { all: Some(0), filled: Some(0) },
            ],
            "a – b",
        );
        assert_eq!(html.matches("<rect").count(), 2);
        assert!(html.contains("height=\"60\"") && html.contains("height=\"30\""), "{html}");
        assert!(html.contains("&lt;b&gt;") && !html.contains("style="));
        assert!(bars("x", &[], "").contains("<svg"));
    }
}
