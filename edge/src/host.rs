//! What the flow needs of the world, as the Worker has it.

use recovery::desk::inbox::{LetterPolicy, receive::counted};
use recovery::desk::{DeskHost, DeskPolicy};
use recovery::flow::{
    Clock, Host, PasswordHasher, Random, Refusal,
    keys::{Key, Keyring},
    policy::{DAY, Policy},
    text_policy::TextPolicy,
};
use worker::Env;

use crate::{
    call::now_ms,
    config::{Config, RootKey, TextTransport},
    hasher::Argon2id,
    http::problem::Problem,
    log::{Level, Line},
    store::{D1, RETRY_AFTER},
    subtle::CaseSealer,
};
use hmac::{Hmac, Mac as _};
use recovery::api::slug;
use sha2::Sha256;

/// The flow's host for one request.
pub struct WorkerHost {
    store: D1,
    keys: Keyring,
    policy: Policy,
    text_policy: TextPolicy,
    desk_policy: DeskPolicy,
    sealer: CaseSealer,
}

impl WorkerHost {
    /// Opens a session with D1 under the run-time configuration.
    pub fn open(env: &Env, config: &Config) -> Result<Self, Refusal> {
        let keys = keyring(&config.keys).ok_or_else(|| Refusal::Unavailable("no keys".into()))?;
        let sealing = config.keys.iter().map(|root| Some((root.id.clone(), subkey(root, "case")?)));
        let sealer = CaseSealer { keys: sealing.collect::<Option<_>>().unwrap_or_default() };
        let (policy, text_policy) = (policy(config), text_policy(config));
        let desk_policy = desk_policy(config);
        Ok(Self { store: D1::open(env)?, keys, policy, text_policy, desk_policy, sealer })
    }
}

impl Host for WorkerHost {
    type Store = D1;
    type Accounts = D1;

    fn store(&self) -> &D1 {
        &self.store
    }

    fn accounts(&self) -> &D1 {
        &self.store
    }

    fn clock(&self) -> &dyn Clock {
        &SystemClock
    }

    fn random(&self) -> &dyn Random {
        &SystemRandom
    }

    fn hasher(&self) -> &dyn PasswordHasher {
        &Argon2id
    }

    fn keys(&self) -> &Keyring {
        &self.keys
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }

    fn text_policy(&self) -> &TextPolicy {
        &self.text_policy
    }
}

impl DeskHost for WorkerHost {
    type Sealer = CaseSealer;

    fn sealer(&self) -> &CaseSealer {
        &self.sealer
    }

    fn desk_policy(&self) -> &DeskPolicy {
        &self.desk_policy
    }
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        now_ms().div_euclid(1000)
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            // `crypto.getRandomValues` does not fail for our sizes. If it did, every secret of
            // this request would be guessable: the request must die, not go on.
            std::process::abort();
        }
    }
}

/// A key for one use, out of a root key: `HMAC(root, "chiakhoa " ‖ label)`.
pub fn subkey(root: &RootKey, label: &str) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&root.bytes).ok()?;
    mac.update(b"chiakhoa ");
    mac.update(label.as_bytes());
    Some(mac.finalize().into_bytes().into())
}

/// The flow's keys; `None` where there is no root key.
pub fn keyring(roots: &[RootKey]) -> Option<Keyring> {
    let mut keys = Vec::with_capacity(roots.len());
    for root in roots {
        keys.push(Key { id: root.id.clone(), bytes: subkey(root, "recovery")? });
    }
    if keys.is_empty() {
        return None;
    }
    let current = keys.remove(0);
    Some(Keyring::new(current, keys))
}

/// The flow's limits and lifetimes.
pub fn policy(config: &Config) -> Policy {
    let seconds = |name| i64::from(config.number(name));
    Policy {
        ttl_code: seconds("TTL_CODE"),
        ttl_link: seconds("TTL_LINK"),
        ttl_ticket: seconds("TTL_TICKET"),
        ttl_disown: seconds("TTL_DISOWN"),
        dispatch_hour: config.number("LIMIT_DISPATCH_HOUR"),
        dispatch_day: config.number("LIMIT_DISPATCH_DAY"),
        address_day: config.number("LIMIT_ADDRESS_DAY"),
        code_recovery: config.number("LIMIT_CODE_RECOVERY"),
        code_member_day: config.number("LIMIT_CODE_MEMBER_DAY"),
        signin: config.number("LIMIT_SIGNIN"),
        signin_lock: seconds("SIGNIN_LOCK"),
        captcha_raise_after: config.number("CAPTCHA_RAISE_AFTER"),
        session_idle: seconds("SESSION_IDLE"),
        session_max: seconds("SESSION_MAX"),
        resend_after: seconds("RESEND_AFTER"),
        retention: seconds("RETENTION_DAYS") * DAY,
        secret_epoch: seconds("SECRET_EPOCH"),
    }
}

/// The text-message channel's limits and lifetimes.
pub fn text_policy(config: &Config) -> TextPolicy {
    let seconds = |name| i64::from(config.number(name));
    TextPolicy {
        sender_hour: config.number("LIMIT_SMS_SENDER_HOUR"),
        sender_day: config.number("LIMIT_SMS_SENDER_DAY"),
        day: config.number("LIMIT_SMS_DAY"),
        alarm_percent: config.number("SMS_ALARM_PERCENT"),
        ttl_wait: seconds("TTL_SMS_WAIT"),
        max_age: seconds("SMS_MAX_AGE"),
        temporary_password: config.texts.temporary_password,
        ttl_temporary: seconds("TTL_TEMPORARY"),
        notify_phones: config.texts.transport != TextTransport::None,
    }
}

/// The desk's limits and lifetimes.
pub fn desk_policy(config: &Config) -> DeskPolicy {
    let seconds = |name| i64::from(config.number(name));
    let bytes = |name| usize::try_from(config.number(name)).unwrap_or(usize::MAX);
    DeskPolicy {
        ttl_link: seconds("TTL_DESK_LINK"),
        cooling_off: seconds("COOLING_OFF"),
        case_day: config.number("LIMIT_CASE_DAY"),
        message_day: config.number("LIMIT_CASE_MESSAGE_DAY"),
        resend_day: config.number("LIMIT_CASE_RESEND_DAY"),
        keep_ended: seconds("RETENTION_DAYS") * DAY,
        keep_idle: seconds("CASE_IDLE_DAYS") * DAY,
        letters: LetterPolicy {
            domain: config.letter_domain.clone(),
            own_address: counted(&config.email_from),
            longest: u64::from(config.number("LETTER_MAX_KB")) * 1_024,
            read: bytes("LETTER_READ_KB").saturating_mul(1_024),
            text: bytes("LETTER_TEXT"),
            office_day: config.number("LIMIT_LETTER_DAY"),
            sender_day: config.number("LIMIT_LETTER_SENDER_DAY"),
            keep: seconds("LETTER_DAYS") * DAY,
        },
    }
}

/// The problem that a refusal is told as. What is ours to know goes to the log.
pub fn problem(refusal: Refusal) -> Problem {
    let seconds = |seconds: i64| u32::try_from(seconds).unwrap_or(1);
    match refusal {
        Refusal::RecoveryClosed => Problem::new(slug::RECOVERY_CLOSED),
        Refusal::CodeRejected { attempts_left } => Problem::code_rejected(attempts_left),
        Refusal::LinkSpent => Problem::new(slug::LINK_SPENT),
        Refusal::TicketSpent => Problem::new(slug::TICKET_SPENT),
        Refusal::PasswordRejected(reasons) => {
            Problem::password(reasons.into_iter().map(recovery::password::Reason::code))
        }
        Refusal::TooMany { retry_after } => Problem::too_many(seconds(retry_after)),
        Refusal::CaptchaRejected { level } => Problem::captcha_rejected(level),
        Refusal::CaptchaRequired => Problem::captcha_required(None),
        Refusal::SignInRejected => Problem::new(slug::SIGN_IN_REJECTED),
        Refusal::NotSignedIn => Problem::new(slug::NOT_SIGNED_IN),
        Refusal::Unavailable(why) => {
            Line::new(Level::Error, "unavailable").with("why", why).write();
            Problem::try_again(RETRY_AFTER)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Vars;

    struct Nothing;

    impl Vars for Nothing {
        fn get(&self, _: &str) -> Option<String> {
            None
        }
    }

    #[test]
    fn the_defaults_of_the_variables_are_those_of_the_rules() {
        let (config, _) = Config::load(&Nothing);
        assert_eq!(policy(&config), Policy::default());
        assert_eq!(text_policy(&config), TextPolicy::default());
        assert_eq!(desk_policy(&config), DeskPolicy::default());
    }

    #[test]
    fn one_root_key_gives_a_key_for_each_use() {
        let root = |byte| RootKey { id: "k".into(), bytes: vec![byte; 32] };
        assert_ne!(subkey(&root(1), "recovery"), subkey(&root(1), "captcha"));
        assert_ne!(subkey(&root(1), "recovery"), subkey(&root(2), "recovery"));
    }
}
