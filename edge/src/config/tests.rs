use super::*;
use recovery::captcha::CaptchaKey;

struct Map(Vec<(&'static str, String)>);

impl Vars for Map {
    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
    }
}

fn load(vars: &[(&'static str, &str)]) -> (Config, Vec<String>) {
    Config::load(&Map(vars.iter().map(|(k, v)| (*k, (*v).to_owned())).collect()))
}

fn key(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

#[test]
fn nothing_set_gives_the_contracts_defaults() {
    let (config, wrong) = load(&[]);
    for (name, value) in [
        ("TTL_CODE", 600),
        ("TTL_LINK", 600),
        ("TTL_TICKET", 900),
        ("TTL_CAPTCHA", 300),
        ("TTL_DISOWN", 864_000),
        ("TTL_DESK_LINK", 86_400),
        ("COOLING_OFF", 86_400),
        ("LIMIT_DISPATCH_HOUR", 3),
        ("LIMIT_DISPATCH_DAY", 6),
        ("LIMIT_ADDRESS_DAY", 12),
        ("LIMIT_CODE_RECOVERY", 5),
        ("LIMIT_CODE_MEMBER_DAY", 10),
        ("LIMIT_SIGNIN", 5),
        ("SIGNIN_LOCK", 900),
        ("LIMIT_IP_MINUTE", 60),
        ("SWEEP_SECONDS", 60),
        ("RETENTION_DAYS", 30),
        ("AUDIT_CHECKPOINT_EMAIL_EVERY", 86_400),
        ("SECRET_EPOCH", 0),
        ("LIMIT_SMS_SENDER_HOUR", 10),
        ("LIMIT_SMS_SENDER_DAY", 20),
        ("LIMIT_SMS_DAY", 5_000),
        ("TTL_SMS_WAIT", 600),
        ("TTL_TEMPORARY", 86_400),
    ] {
        assert_eq!(config.number(name), value, "{name}");
    }
    assert_eq!(config.captcha, Captcha::Altcha);
    assert!(config.email_transport == EmailTransport::Binding);
    assert!(config.keys.is_empty());
    assert_eq!(wrong.len(), 1, "only the missing keys: {wrong:?}");
}

#[test]
fn a_limit_of_zero_is_off_but_a_lifetime_of_zero_is_a_mistake() {
    let (config, wrong) = load(&[("LIMIT_SIGNIN", "0"), ("TTL_CODE", "0")]);
    assert_eq!(config.number("LIMIT_SIGNIN"), 0);
    assert_eq!(config.number("TTL_CODE"), 600);
    assert!(wrong.iter().any(|line| line.starts_with("TTL_CODE")));
}

#[test]
fn a_bad_value_is_reported_without_being_repeated() {
    let (config, wrong) = load(&[
        ("TTL_TICKET", "-5"),
        ("LIMIT_SIGNIN", "many"),
        ("CAPTCHA", "puzzle"),
        ("EMAIL_TRANSPORT", "pigeon"),
        ("PUBLIC_URL", "ftp://x"),
        ("SECRET_KEYS", "a:hush"),
        ("AUDIT_CHECKPOINT_EMAIL", "nobody"),
    ]);
    assert_eq!(config.number("TTL_TICKET"), 900);
    assert_eq!(config.public_url, None);
    assert!(config.checkpoint_email.is_none());
    assert!(wrong.iter().any(|line| line.starts_with("AUDIT_CHECKPOINT_EMAIL")));
    for name in
        ["TTL_TICKET", "LIMIT_SIGNIN", "CAPTCHA", "EMAIL_TRANSPORT", "PUBLIC_URL", "SECRET_KEYS"]
    {
        assert!(wrong.iter().any(|line| line.starts_with(name)), "{name}: {wrong:?}");
    }
    let all = wrong.join("\n");
    for value in ["-5", "many", "puzzle", "pigeon", "ftp://x", "hush"] {
        assert!(!all.contains(value), "{value}");
    }
}

#[test]
fn the_first_key_is_the_current_one() {
    let (config, wrong) = load(&[("SECRET_KEYS", &format!("k2:{}, k1:{}", key(2), key(1)))]);
    assert_eq!(wrong, Vec::<String>::new());
    let ids: Vec<_> = config.keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["k2", "k1"]);
}

#[test]
fn weak_or_ambiguous_keys_shut_the_service() {
    let short = STANDARD.encode([1; 31]);
    for list in [
        key(1),
        format!("k1:{short}"),
        format!("K1:{}", key(1)),
        format!("k1:{0},k1:{0}", key(1)),
        "k1:!!!".to_owned(),
    ] {
        assert!(parse_keys(&list).is_err(), "{list}");
    }
}

#[test]
fn whatever_key_id_is_taken_here_the_captcha_takes_too() {
    for id in ["a", "0", "-", "abcdefgh-0123456"] {
        let keys = parse_keys(&format!("{id}:{}", key(1))).unwrap_or_default();
        assert_eq!(keys.len(), 1, "{id}");
        assert!(CaptchaKey::new(&keys[0].id, &[1; 32]).is_ok(), "{id}");
    }
    for id in ["", "a_b", "a b", "K", "abcdefgh-01234567", "é"] {
        assert!(parse_keys(&format!("{id}:{}", key(1))).is_err(), "{id}");
    }
}

#[test]
fn turnstile_is_cloudflare_s_unless_a_good_address_says_otherwise() {
    for (url, taken) in [
        ("", "https://challenges.cloudflare.com"),
        ("http://localhost:9000/x", "http://localhost:9000"),
        ("https://a.example; script-src *", "https://challenges.cloudflare.com"),
    ] {
        let (config, wrong) = load(&[
            ("CAPTCHA", "turnstile"),
            ("TURNSTILE_SITE_KEY", "k"),
            ("TURNSTILE_SECRET", "s"),
            ("TURNSTILE_BASE_URL", url),
        ]);
        let Captcha::Turnstile { base_url, .. } = config.captcha else { panic!("{url}") };
        assert_eq!(base_url, taken);
        assert_eq!(wrong.iter().any(|line| line.contains("BASE_URL")), url.contains(';'));
    }
}

#[test]
fn a_public_address_is_kept_as_an_origin() {
    let (config, _) = load(&[("PUBLIC_URL", "https://Khoa.example.vn/")]);
    assert_eq!(config.public_url.as_deref(), Some("https://khoa.example.vn"));
}

#[test]
fn a_channel_can_be_switched_off() {
    let (config, _) = load(&[("CHANNELS_OFF", "email, sms")]);
    assert!(!config.channel_on("email"));
    assert!(!config.channel_on("sms"));
    assert!(config.channel_on("desk"));
}
