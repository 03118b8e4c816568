//! The security headers of every response, in one place: the Worker sets them on what it
//! answers, the build writes them into `_headers` for the static files.
//!
//! Sources: ASVS 5.0, 3.4.1 to 3.4.8.

/// Headers that all responses carry alike, static or not. The content security policy differs:
/// see [`API_POLICY`] and [`page_policy`].
pub const SECURITY: [(&str, &str); 6] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// The name of the header that [`API_POLICY`] and [`page_policy`] are for.
pub const POLICY: &str = "content-security-policy";

/// The policy of everything that is not a page: nothing may run, nobody may frame it.
pub const API_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of a page. `script_sources` are hashes of inline scripts (`'sha256-…'`); nothing
/// else inline runs, neither script nor style, and `wasm-unsafe-eval` compiles WebAssembly only.
///
/// ```
/// let policy = recovery::headers::page_policy(&["'sha256-abc='"]);
/// assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-abc='"));
/// assert!(!policy.contains("unsafe-inline"));
/// ```
pub fn page_policy(script_sources: &[impl AsRef<str>]) -> String {
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
    policy
}
