//! The security headers of every response, in one place: the Worker sets them on what it
//! answers, the build writes them into `_headers` for the static files.
//!
//! Sources: ASVS 5.0, 3.4.1 to 3.4.8.

/// Headers that all responses carry alike, static or not. The content security policy differs:
/// see [`API_POLICY`] and [`page_policy`].
pub const SECURITY: [(&str, &str); 7] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    // Where `report-to csp` of the policies leads; it must name REPORT_PATH.
    ("reporting-endpoints", "csp=\"/api/v1/csp-report\""),
];

/// Where browsers report what broke a policy (ASVS 5.0, 3.4.7).
pub const REPORT_PATH: &str = "/api/v1/csp-report";

/// The end of a page's policy: to whom breaches are reported, for browsers with and without the
/// Reporting API.
pub const REPORTING: &str = "; report-uri /api/v1/csp-report; report-to csp";

/// The name of the header that [`API_POLICY`] and [`page_policy`] are for.
pub const POLICY: &str = "content-security-policy";

/// The policy of everything that is not a page: nothing may run, nobody may frame it.
pub const API_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of a page. `script_sources` are hashes of inline scripts (`'sha256-…'`); nothing
/// else inline runs, neither script nor style, and `wasm-unsafe-eval` compiles WebAssembly only.
///
/// ```
/// let policy = recovery::headers::page_policy(&["'sha256-abc='"], false);
/// assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-abc='"));
/// assert!(!policy.contains("unsafe-inline"));
/// ```
///
/// `framed` says whether a page may show frames of this very site: the one that holds a captcha
/// of a third party, where an operator chose such a one. Nobody else's frames ever show.
pub fn page_policy(script_sources: &[impl AsRef<str>], framed: bool) -> String {
    let mut policy = String::from("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
    for source in script_sources {
        policy.push(' ');
        policy.push_str(source.as_ref());
    }
    policy.push_str(
        "; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
         manifest-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'",
    );
    if framed {
        policy.push_str("; frame-src 'self'");
    }
    policy.push_str(REPORTING);
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_go_to_one_address() {
        let endpoints = SECURITY.iter().find(|(name, _)| *name == "reporting-endpoints");
        assert_eq!(endpoints.unwrap().1, format!("csp=\"{REPORT_PATH}\""));
        assert_eq!(REPORTING, format!("; report-uri {REPORT_PATH}; report-to csp"));
    }

    #[test]
    fn frames_are_shown_only_where_asked_for_and_only_our_own() {
        let none: [&str; 0] = [];
        assert!(!page_policy(&none, false).contains("frame-src"));
        assert!(page_policy(&none, true).contains("; frame-src 'self'; report-uri"));
    }
}
