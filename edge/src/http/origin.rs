//! Unsafe calls from foreign pages are refused (ASVS 3.5.1): the cookie is
//! `SameSite=Strict` already, this is the second lock.

use axum::http::{HeaderMap, header};

/// Whether an unsafe call may go on. `own` lists our own origins (`scheme://host[:port]`).
///
/// Callers without an `Origin` and without `Sec-Fetch-Site` are no browsers of today; they
/// carry no one's cookie by accident and are let through.
pub fn is_allowed(headers: &HeaderMap, own: &[&str]) -> bool {
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return false;
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins.all(|origin| own.iter().any(|mine| origin.as_bytes() == mine.as_bytes()))
}

/// The origin of an absolute URL, in the form browsers write it: lower case, no default port.
/// `None` where it is not http(s).
pub fn of(url: &str) -> Option<String> {
    let lower = url.to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let host = host.strip_suffix(default_port).unwrap_or(host);
    (!host.is_empty()).then(|| format!("{scheme}://{host}"))
}

/// Whether an origin is this very machine: development, never production.
pub fn is_loopback(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let name = match host.strip_prefix('[') {
        Some(v6) => return v6.starts_with("::1]"),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name == "127.0.0.1"
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn only_our_own_pages_may_make_unsafe_calls() {
        let own = ["https://khoa.example.vn"];
        for (pairs, allowed) in [
            (&[][..], true),
            (&[("origin", "https://khoa.example.vn")], true),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "http://khoa.example.vn")], false),
            (&[("origin", "null")], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://khoa.example.vn")], false),
            (&[("origin", "https://khoa.example.vn"), ("origin", "https://evil.example")], false),
        ] {
            assert_eq!(is_allowed(&headers(pairs), &own), allowed, "{pairs:?}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (url, origin) in [
            ("https://Khoa.Example.VN/api/v1?x#y", Some("https://khoa.example.vn")),
            ("https://khoa.example.vn:443/", Some("https://khoa.example.vn")),
            ("http://localhost:8787", Some("http://localhost:8787")),
            ("http://user:pw@localhost:80/a", Some("http://localhost")),
            ("ftp://khoa.example.vn", None),
            ("khoa.example.vn", None),
            ("https:///x", None),
        ] {
            assert_eq!(of(url).as_deref(), origin, "{url}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for own in ["http://localhost:8787", "http://127.0.0.1", "http://[::1]:8787"] {
            assert!(is_loopback(own), "{own}");
        }
        for foreign in ["https://localhost.example.vn", "https://127.0.0.1.example", "https://a"] {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }
}
