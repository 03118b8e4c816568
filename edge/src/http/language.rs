//! Which of our languages a caller reads.

use recovery::locale::Locale;

/// The language of an `Accept-Language` header; Vietnamese where it asks for neither of ours.
///
/// Weights are respected, ranges such as `en-GB` count as their language.
pub fn negotiate(accept_language: Option<&str>) -> Locale {
    let mut best = (Locale::Vi, 0_u16);
    for range in accept_language.unwrap_or_default().split(',').take(32) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let Some(locale) = Locale::from_tag(tag.split('-').next().unwrap_or_default()) else {
            continue;
        };
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1000, |q| thousandths(q).unwrap_or(0));
        if weight > best.1 {
            best = (locale, weight);
        }
    }
    best.0
}

/// `0.8` as 800; `None` for anything that is not a weight of RFC 9110.
fn thousandths(q: &str) -> Option<u16> {
    let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_of_our_languages_wins() {
        for (header, locale) in [
            (None, Locale::Vi),
            (Some(""), Locale::Vi),
            (Some("fr"), Locale::Vi),
            (Some("en"), Locale::En),
            (Some("en-GB,vi;q=0.9"), Locale::En),
            (Some("fr,en;q=0.3,vi;q=0.8"), Locale::Vi),
            (Some("vi;q=0.2, EN-us;q=0.25"), Locale::En),
            (Some("en;q=0"), Locale::Vi),
            (Some("en;q=nonsense"), Locale::Vi),
            (Some(";;;,,,q=1"), Locale::Vi),
        ] {
            assert_eq!(negotiate(header), locale, "{header:?}");
        }
    }
}
