//! The page in a frame of ours that shows Cloudflare's Turnstile, where an operator configured
//! it. The third party's script runs under a policy of this page's own; the policy of every other
//! page stays as it is, and only this page may be framed, by us alone.

use axum::{
    body::Body,
    http::{HeaderValue, Uri, header},
    response::Response,
};
use recovery::{api::slug, captcha::Form, headers::REPORTING, locale::Locale};

use crate::{
    config::{Captcha, Config},
    http::problem::Problem,
};

/// The page for `?form=…&lang=…`; [`slug::NOT_FOUND`] where Turnstile is not in use.
pub fn answer(config: &Config, uri: &Uri) -> Result<Response, Problem> {
    let missing = || Problem::new(slug::NOT_FOUND);
    let Captcha::Turnstile { site_key, base_url, .. } = &config.captcha else {
        return Err(missing());
    };
    let query = uri.query().unwrap_or_default();
    let value = |name: &str| {
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)
    };
    let form = value("form").and_then(|(_, form)| form.parse::<Form>().ok()).ok_or_else(missing)?;
    let locale = value("lang").and_then(|(_, tag)| Locale::from_tag(tag)).unwrap_or(Locale::Vi);
    let mut response = Response::new(Body::from(page(site_key, base_url, form, locale)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = HeaderValue::from_str(&policy(base_url)).map_err(|_| missing())?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    // Turnstile ties a token to the site that shows it; it learns the site, never the page.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    Ok(response)
}

/// As Cloudflare's documentation, *Content Security Policy*, asks for, and nothing else.
fn policy(base_url: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' {base_url}; frame-src {base_url}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'{REPORTING}"
    )
}

/// Title, notice, and what to do where it does not run.
const fn words(locale: Locale) -> [&'static str; 3] {
    match locale {
        Locale::Vi => [
            "Kiểm tra chống máy tự động",
            "Bước này dùng Turnstile của Cloudflare, một bên thứ ba: trình duyệt của bạn kết nối tới Cloudflare. Nếu có ô để đánh dấu thì hãy đánh dấu.",
            "Bước này cần JavaScript.",
        ],
        Locale::En => [
            "Check against robots",
            "This step uses Turnstile by Cloudflare, a third party: your browser connects to Cloudflare. If there is a box to tick, please tick it.",
            "This step needs JavaScript.",
        ],
    }
}

fn page(site_key: &str, base_url: &str, form: Form, locale: Locale) -> String {
    let [title, notice, no_script] = words(locale);
    let (site_key, base_url) = (escape(site_key), escape(base_url));
    format!(
        "<!doctype html><html lang=\"{locale}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><script src=\"/turnstile.js\" defer></script></head><body><main>\
         <p>{notice}</p><noscript><p>{no_script}</p></noscript>\
         <div id=\"turnstile\" data-sitekey=\"{site_key}\" data-base=\"{base_url}\" \
         data-action=\"{}\"></div></main></body></html>",
        form.as_str(),
    )
}

/// Text as the value of an attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Vars;

    struct Map(Vec<(&'static str, &'static str)>);

    impl Vars for Map {
        fn get(&self, name: &str) -> Option<String> {
            self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        }
    }

    fn config(vars: Vec<(&'static str, &'static str)>) -> Config {
        Config::load(&Map(vars)).0
    }

    fn turnstile() -> Config {
        config(vec![
            ("CAPTCHA", "turnstile"),
            ("TURNSTILE_SITE_KEY", "0x4AAA\"><script>"),
            ("TURNSTILE_SECRET", "secret-of-the-operator"),
        ])
    }

    fn ask(config: &Config, uri: &str) -> Option<Response> {
        answer(config, &uri.parse().unwrap()).ok()
    }

    #[test]
    fn only_the_third_party_that_is_named_may_run_and_only_we_may_frame_it() {
        let response = ask(&turnstile(), "/form/turnstile?form=email&lang=en").unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert_eq!(
            policy,
            "default-src 'none'; script-src 'self' https://challenges.cloudflare.com; \
             frame-src https://challenges.cloudflare.com; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'self'; report-uri /api/v1/csp-report; report-to csp"
        );
    }

    #[test]
    fn the_page_names_the_third_party_and_holds_no_secret() {
        for locale in Locale::ALL {
            let html =
                page("0x4AAA\"><script>", "https://challenges.cloudflare.com", Form::Email, locale);
            assert!(html.contains("Cloudflare") && html.contains("data-action=\"email\""));
            assert!(!html.contains("secret-of") && !html.contains("><script>"));
        }
    }

    #[test]
    fn without_turnstile_or_for_no_form_of_ours_there_is_no_such_page() {
        assert!(ask(&config(Vec::new()), "/form/turnstile?form=email").is_none());
        for query in ["", "?form=", "?form=password", "?lang=vi"] {
            assert!(ask(&turnstile(), &format!("/form/turnstile{query}")).is_none(), "{query}");
        }
    }
}
