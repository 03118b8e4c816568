//! Offices for machines: structured data of a page, and the pages of all offices in one file.

use std::fmt::Write as _;

use offices::{Directory, Office, Status};
use recovery::locale::Locale;

use crate::{
    brief::is_old,
    office::{Site, page},
};

/// Every office's page as JSON: by id its name and what stands under the heading. From this a
/// service worker makes the page of an office without a network.
pub fn all_pages(d: &Directory<'_>, lang: Locale, site: Site<'_>) -> String {
    let mut out = String::from("{");
    for (i, o) in d.offices().iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        quote(&mut out, o.id);
        out.push_str(":[");
        quote(&mut out, &d.office_name(o.key));
        out.push(',');
        quote(&mut out, &page(d, o, lang, site));
        out.push(']');
    }
    out.push('}');
    out
}

/// `GovernmentOffice` of schema.org as JSON: what a source gives and nothing else. A closed office
/// is none any more.
pub fn structured_data(d: &Directory<'_>, o: &Office<'_>, url: &str) -> Option<String> {
    if o.status == Status::Closed {
        return None;
    }
    let mut out =
        String::from("{\"@context\":\"https://schema.org\",\"@type\":\"GovernmentOffice\"");
    member(&mut out, "name", &d.office_name(o.key));
    if url.starts_with("https://") || url.starts_with("http://") {
        member(&mut out, "url", url);
    }
    let former: Vec<&str> =
        o.former_names.split(';').map(str::trim).filter(|name| !name.is_empty()).collect();
    list(&mut out, "alternateName", &former);
    if !o.address.is_empty() && !is_old(o) {
        out.push_str(",\"address\":{\"@type\":\"PostalAddress\",\"addressCountry\":\"VN\"");
        member(&mut out, "addressRegion", &d.province_name(o.province));
        member(&mut out, "streetAddress", o.address);
        out.push('}');
    }
    let phones: Vec<String> = o.phones().map(|p| p.shown().to_owned()).collect();
    list(&mut out, "telephone", &phones.iter().map(String::as_str).collect::<Vec<_>>());
    if !o.email.is_empty() {
        member(&mut out, "email", o.email);
    }
    if !o.website.is_empty() {
        member(&mut out, "sameAs", o.website);
    }
    if let Some((lat, lon)) = o.point {
        // Writing to a string cannot fail.
        _ = write!(
            out,
            ",\"geo\":{{\"@type\":\"GeoCoordinates\",\"latitude\":{lat},\"longitude\":{lon}}}"
        );
    }
    let wards: Vec<String> = d.office_wards(o.key).map(|ward| d.ward_name(ward)).collect();
    list(&mut out, "areaServed", &wards.iter().map(String::as_str).collect::<Vec<_>>());
    out.push('}');
    Some(out)
}

fn member(out: &mut String, name: &str, value: &str) {
    _ = write!(out, ",\"{name}\":");
    quote(out, value);
}

/// One value as itself, several as a list, none not at all.
fn list(out: &mut String, name: &str, values: &[&str]) {
    match values {
        [] => {}
        [one] => member(out, name, one),
        many => {
            _ = write!(out, ",\"{name}\":[");
            for (i, value) in many.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                quote(out, value);
            }
            out.push(']');
        }
    }
}

/// A JSON string that can stand inside a script element.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '<' => out.push_str("\\u003c"),
            c if u32::from(c) < 0x20 => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(test: impl Fn(&Directory<'_>)) {
        test(&Directory::parse(offices::EMBEDDED).unwrap());
    }

    #[test]
    fn structured_data_has_only_what_a_source_gives() {
        with(|d| {
            let o = d.office_by_id("bhxh-tinh-cao-bang").unwrap();
            assert_eq!(
                structured_data(d, o, "https://example.vn/co-quan/bhxh-tinh-cao-bang").unwrap(),
                "{\"@context\":\"https://schema.org\",\"@type\":\"GovernmentOffice\",\
                 \"name\":\"Bảo hiểm xã hội tỉnh Cao Bằng\",\
                 \"url\":\"https://example.vn/co-quan/bhxh-tinh-cao-bang\"}"
            );
        });
    }

    #[test]
    fn a_closed_office_and_an_old_address_are_not_told_to_machines() {
        with(|d| {
            for o in d.offices().iter().filter(|o| o.status == Status::Closed) {
                assert_eq!(structured_data(d, o, ""), None);
            }
            let o = d.office_by_id("bhxh-tp-ha-noi").unwrap();
            assert!(!structured_data(d, o, "").unwrap().contains("Cầu Đơ"));
        });
    }

    #[test]
    fn what_stands_in_json_cannot_end_it_or_its_script() {
        let mut out = String::new();
        quote(&mut out, "\"</script>\\\n");
        assert_eq!(out, r#""\"\u003c/script>\\ ""#);
    }
}
