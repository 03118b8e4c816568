//! Where a call comes from, as far as limits need to know.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

/// The caller's network: an IPv4 address, or the /64 of an IPv6 one (one household).
///
/// Only `cf-connecting-ip` counts; `X-Forwarded-For` and its kin are anyone's to write
/// (ASVS 4.1.3). Without it, or with junk in it, all such callers share one group.
pub fn network(headers: &HeaderMap) -> String {
    let address = headers
        .get("cf-connecting-ip")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse::<IpAddr>().ok());
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(v4)) => v4.to_string(),
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(value: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("cf-connecting-ip", HeaderValue::from_static(value));
        network(&headers)
    }

    #[test]
    fn addresses_are_grouped_as_one_household() {
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2:ffff::1"), of("2001:db8:1:2::9"));
        assert_eq!(of("not an address"), "unknown");
    }

    #[test]
    fn a_forwarded_header_is_ignored() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.7"));
        headers.insert("x-real-ip", HeaderValue::from_static("203.0.113.7"));
        assert_eq!(network(&headers), "unknown");
    }
}
