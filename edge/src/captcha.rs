//! The captcha of a call: our own proof of work, or Turnstile.

use std::time::Duration;

use recovery::{
    captcha::{
        CaptchaKey, CaptchaKeys, CaptchaPolicy, Challenge, Form, Level, issue,
        turnstile::{SITEVERIFY_URL, Token, check_answer, siteverify_body},
        verify,
    },
    flow::Service,
};

use crate::{
    call::{Call, random},
    config::{Captcha, Config},
    host::{WorkerHost, problem, subkey},
    http::problem::Problem,
    log::{self, Line},
    outbound,
    store::RETRY_AFTER,
};

/// Longest wait for Cloudflare's answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The two newest root keys' own captcha keys.
fn keys(config: &Config) -> Option<CaptchaKeys> {
    let mut keys = config.keys.iter().take(2).map(|root| {
        let secret = subkey(root, "captcha")?;
        CaptchaKey::new(&root.id, &secret).ok()
    });
    let current = keys.next()??;
    let previous = match keys.next() {
        Some(key) => Some(key?),
        None => None,
    };
    CaptchaKeys::new(current, previous).ok()
}

/// The configured amount of work.
fn policy(config: &Config) -> CaptchaPolicy {
    let base = match config.number("CAPTCHA_COST") {
        0 => CaptchaPolicy::default(),
        cost => CaptchaPolicy::with_cost(cost),
    };
    CaptchaPolicy { ttl_seconds: config.number("TTL_CAPTCHA"), ..base }
}

/// A new challenge.
pub fn challenge(call: &Call, form: Form, level: Level) -> Result<Challenge, Problem> {
    let config = &call.isolate.config;
    let (Some(keys), Some(random)) = (keys(config), random()) else {
        return Err(Problem::try_again(RETRY_AFTER));
    };
    Ok(issue(&keys, &policy(config), form, level, call.now(), random))
}

/// Checks the answer to a captcha and spends it. Gives the level of work it took.
pub async fn redeem(
    call: &Call,
    host: &WorkerHost,
    form: Form,
    payload: &str,
) -> Result<u8, Problem> {
    match &call.isolate.config.captcha {
        Captcha::Altcha => {
            let config = &call.isolate.config;
            let keys = keys(config).ok_or_else(|| Problem::try_again(RETRY_AFTER))?;
            let solved = verify(&keys, &policy(config), form, Level::LOWEST, call.now(), payload)
                .map_err(|why| rejected(&why.to_string()))?;
            Service::new(host)
                .spend_captcha(solved.nonce, solved.expires_at)
                .await
                .map_err(problem)?;
            Ok(solved.level.get())
        }
        Captcha::Turnstile { secret, .. } => {
            turnstile(call, form, secret, payload).await?;
            Ok(Level::HIGHEST.get())
        }
    }
}

async fn turnstile(call: &Call, form: Form, secret: &str, payload: &str) -> Result<(), Problem> {
    let token = Token::parse(payload).ok_or_else(|| Problem::captcha_rejected(None))?;
    let body = siteverify_body(secret, token, None, None);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = outbound::post(SITEVERIFY_URL, &headers, &body, TIMEOUT)
        .await
        .map_err(|_| Problem::try_again(RETRY_AFTER))?;
    let host = call.public_origin.split_once("://").map_or("", |(_, host)| host);
    let hostname = host.rsplit_once(':').map_or(host, |(name, _)| name);
    check_answer(&answer.body, hostname, form).map_err(|refused| {
        let problem = rejected(&refused.to_string());
        if refused.is_ours() { Problem::try_again(RETRY_AFTER) } else { problem }
    })
}

fn rejected(why: &str) -> Problem {
    Line::new(log::Level::Info, "captcha-rejected").with("why", why).write();
    Problem::captcha_rejected(None)
}
