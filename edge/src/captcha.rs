//! The captcha of a call: our own proof of work, or Turnstile.

use std::time::Duration;

use recovery::{
    captcha::{
        CaptchaKey, CaptchaKeys, CaptchaPolicy, Challenge, Form, Level, issue,
        turnstile::{SITEVERIFY_PATH, Token, check_answer, siteverify_body},
        verify,
    },
    flow::Service,
};

use crate::{
    call::{Call, random},
    config::{Captcha, Config, RootKey},
    host::{WorkerHost, problem, subkey},
    http::problem::Problem,
    log::{self, Line},
    outbound,
    store::RETRY_AFTER,
};

/// Longest wait for Cloudflare's answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The two newest root keys' own captcha keys; `None` shuts every form, and the log says why.
fn keys(config: &Config) -> Option<CaptchaKeys> {
    let key = |root: &RootKey| {
        let secret = subkey(root, "captcha").ok_or_else(|| "no subkey".to_owned())?;
        CaptchaKey::new(&root.id, &secret).map_err(|why| why.to_string())
    };
    let mut newest = config.keys.iter().take(2).map(key);
    let keys = newest.next().unwrap_or_else(|| Err("no key".to_owned())).and_then(|current| {
        let previous = newest.next().transpose()?;
        CaptchaKeys::new(current, previous).map_err(|why| why.to_string())
    });
    keys.map_err(|why| Line::new(log::Level::Error, "captcha-keys").with("why", why).write()).ok()
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
        Captcha::Turnstile { secret, base_url, .. } => {
            let url = [base_url, SITEVERIFY_PATH].concat();
            turnstile(call, form, &url, secret, payload).await?;
            Ok(Level::HIGHEST.get())
        }
    }
}

/// Asks Cloudflare about a token. An answer that was lost is asked for once more under the same
/// idempotency key: without one a token would count as used.
async fn turnstile(
    call: &Call,
    form: Form,
    url: &str,
    secret: &str,
    payload: &str,
) -> Result<(), Problem> {
    let token = Token::parse(payload).ok_or_else(|| Problem::captcha_rejected(None))?;
    let try_again = || Problem::try_again(RETRY_AFTER);
    let key = uuid(random().ok_or_else(try_again)?);
    let body = siteverify_body(secret, token, None, Some(&key));
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let mut answer = outbound::post(url, &headers, &body, TIMEOUT).await;
    if answer.as_ref().map_or(true, |answer| answer.status >= 500) {
        answer = outbound::post(url, &headers, &body, TIMEOUT).await;
    }
    let answer = answer.map_err(|_| try_again())?;
    let host = call.public_origin.split_once("://").map_or("", |(_, host)| host);
    let hostname = host.rsplit_once(':').map_or(host, |(name, _)| name);
    check_answer(&answer.body, hostname, form).map_err(|refused| {
        let problem = rejected(&refused.to_string());
        if refused.is_ours() { Problem::try_again(RETRY_AFTER) } else { problem }
    })
}

/// Random bytes as a UUID of version 4 (RFC 9562), which is what Cloudflare asks for.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = format!("{:032x}", u128::from_be_bytes(bytes));
    for dash in [20, 16, 12, 8] {
        text.insert(dash, '-');
    }
    text
}

fn rejected(why: &str) -> Problem {
    Line::new(log::Level::Info, "captcha-rejected").with("why", why).write();
    Problem::captcha_rejected(None)
}

#[cfg(test)]
mod tests {
    use super::uuid;

    #[test]
    fn an_idempotency_key_is_a_uuid_of_version_4() {
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }
}
