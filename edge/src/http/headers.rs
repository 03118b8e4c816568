//! The headers that every answer of the Worker carries. The list is `recovery`'s: the
//! build writes the same one for static files.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use recovery::headers::{API_POLICY, POLICY, SECURITY};

/// The page for a form sent without JavaScript: the site's own style sheet and nothing else.
pub const PAGE_CSP: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Puts the common headers, `Cache-Control: no-store` and the API's policy on an answer.
/// A header that the handler has set stays.
pub fn apply(headers: &mut HeaderMap) {
    let own = [("cache-control", "no-store"), (POLICY, API_POLICY)];
    for (name, value) in SECURITY.iter().chain(&own) {
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
        for (name, value) in SECURITY {
            assert_eq!(headers[name], value);
        }
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["content-security-policy"], API_POLICY);
    }

    #[test]
    fn the_entry_that_answers_after_a_trap_knows_the_same_list() {
        let entry = include_str!("../../entry.js");
        let own = [("cache-control", "no-store"), (POLICY, API_POLICY)];
        for (name, value) in SECURITY.iter().chain(&own) {
            let plain = format!("\"{name}\": \"{value}\",");
            let quoted = format!("\"{name}\": '{value}',");
            assert!(entry.contains(&plain) || entry.contains(&quoted), "{name}");
        }
    }

    #[test]
    fn a_policy_of_the_handler_stays() {
        let mut headers = HeaderMap::new();
        headers.insert("content-security-policy", HeaderValue::from_static(PAGE_CSP));
        apply(&mut headers);
        assert_eq!(headers["content-security-policy"], PAGE_CSP);
    }
}
