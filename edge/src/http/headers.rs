//! The headers that every answer carries. The static pages get the same list from
//! the build, which adds its own Content-Security-Policy.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// On every answer of the deployment, static files included (ASVS 3.4.1, 3.4.4 to 3.4.6, 3.4.8).
pub const COMMON: &[(&str, &str)] = &[
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// An API answer loads nothing and stands in no frame.
pub const API_CSP: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page for a form sent without JavaScript: the site's own style sheet and nothing else.
pub const PAGE_CSP: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Puts the common headers, `Cache-Control: no-store` and the API's policy on an answer.
/// A header that the handler has set stays.
pub fn apply(headers: &mut HeaderMap) {
    let own = [("cache-control", "no-store"), ("content-security-policy", API_CSP)];
    for (name, value) in COMMON.iter().chain(&own) {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert_with(|| HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_carries_the_whole_list() {
        let mut headers = HeaderMap::new();
        apply(&mut headers);
        for (name, value) in COMMON {
            assert_eq!(headers[*name], *value);
        }
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["content-security-policy"], API_CSP);
    }

    #[test]
    fn a_policy_of_the_handler_stays() {
        let mut headers = HeaderMap::new();
        headers.insert("content-security-policy", HeaderValue::from_static(PAGE_CSP));
        apply(&mut headers);
        assert_eq!(headers["content-security-policy"], PAGE_CSP);
    }
}
