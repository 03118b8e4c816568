//! Lifetimes and limits: the names are part of the contract.

use super::Vars;

/// A lifetime or limit, its variable, default and highest value.
#[derive(Debug)]
pub struct Number {
    /// The variable.
    pub name: &'static str,
    /// Taken where it is not set or not good.
    pub default: u32,
    /// Lowest good value, besides 0 for limits.
    pub min: u32,
    /// Highest good value.
    pub max: u32,
    /// Whether 0 is a value: a limit switched off.
    pub zero: bool,
    /// What it is, in one line.
    pub about: &'static str,
}

const fn ttl(name: &'static str, default: u32, max: u32, about: &'static str) -> Number {
    Number { name, default, min: 1, max, zero: false, about }
}

const fn limit(name: &'static str, default: u32, about: &'static str) -> Number {
    Number { name, default, min: 1, max: 1_000_000, zero: true, about }
}

/// Every number of the contract's table, in its order.
pub static NUMBERS: &[Number] = &[
    ttl("TTL_CODE", 600, 600, "life of a code, seconds (ASVS 6.5.5: at most 600)"),
    ttl("TTL_LINK", 600, 86_400, "life of a link, seconds"),
    ttl("TTL_TICKET", 900, 3_600, "life of a ticket, seconds"),
    ttl("TTL_CAPTCHA", 300, 600, "life of a captcha challenge, seconds"),
    ttl("TTL_DISOWN", 864_000, 2_592_000, "life of a “this was not me” link, seconds"),
    ttl("TTL_DESK_LINK", 86_400, 604_800, "life of a link issued at the desk, seconds"),
    ttl("COOLING_OFF", 86_400, 2_592_000, "wait before changed contact data counts, seconds"),
    limit("LIMIT_DISPATCH_HOUR", 3, "messages per identifier with email and hour"),
    limit("LIMIT_DISPATCH_DAY", 6, "messages per identifier with email and day"),
    limit("LIMIT_ADDRESS_DAY", 12, "messages per address and day, the rest silently dropped"),
    limit("LIMIT_CODE_RECOVERY", 5, "wrong codes per recovery"),
    limit("LIMIT_CODE_MEMBER_DAY", 10, "codes compared per member and 24 hours"),
    limit("LIMIT_SIGNIN", 5, "wrong passwords per identifier and network"),
    ttl("SIGNIN_LOCK", 900, 86_400, "wait after too many wrong passwords, seconds"),
    limit("LIMIT_CASE_DAY", 3, "cases per number with phone and email and day"),
    limit("LIMIT_CASE_MESSAGE_DAY", 10, "messages of a citizen into one case and day"),
    limit("LIMIT_CASE_RESEND_DAY", 5, "links sent for one case and day"),
    ttl("CASE_IDLE_DAYS", 90, 3_650, "cases that nobody touches are kept this long"),
    ttl("LETTER_MAX_KB", 10_000, 25_600, "larger letters are refused unread, KB"),
    ttl("LETTER_READ_KB", 256, 1_024, "so much of a letter is read, KB"),
    ttl("LETTER_TEXT", 4_000, 20_000, "so many characters of a letter are kept"),
    limit("LIMIT_LETTER_DAY", 200, "letters to one office and day"),
    limit("LIMIT_LETTER_SENDER_DAY", 5, "letters that claim one sender and day"),
    ttl("LETTER_DAYS", 30, 3_650, "letters that nobody takes are kept this long"),
    limit("LIMIT_IP_MINUTE", 60, "writes per network and minute, per isolate"),
    Number {
        name: "CAPTCHA_COST",
        default: 0,
        min: 1,
        max: 100_000,
        zero: true,
        about: "iterations of a challenge's key derivation; 0 takes the tuned value",
    },
    limit(
        "CAPTCHA_RAISE_AFTER",
        30,
        "requests per identifier and hour after which the captcha's work doubles",
    ),
    ttl("SESSION_IDLE", 900, 3_600, "a session ends after so long without use, seconds"),
    ttl("SESSION_MAX", 28_800, 86_400, "a session ends after so long in any case, seconds"),
    ttl("RESEND_AFTER", 60, 600, "when asking for the message again makes sense, seconds"),
    limit("LIMIT_SMS_SENDER_HOUR", 10, "texts of one phone that are acted on, per hour"),
    limit("LIMIT_SMS_SENDER_DAY", 20, "texts of one phone that are acted on, per day"),
    limit("LIMIT_SMS_DAY", 5_000, "texts on the agency's bill per day in Vietnam"),
    ttl("SMS_ALARM_PERCENT", 80, 100, "share of LIMIT_SMS_DAY from which the log warns"),
    ttl("TTL_SMS_WAIT", 600, 3_600, "how long a page waits for a text, seconds"),
    ttl("SMS_MAX_AGE", 900, 86_400, "an older text, by its provider's clock, is not acted on"),
    ttl("TTL_TEMPORARY", 86_400, 86_400, "life of a temporary password, seconds"),
    ttl("PROVIDER_TIMEOUT", 10, 10, "longest wait for a message provider's answer, seconds"),
    ttl(
        "AUDIT_CHECKPOINT_EMAIL_EVERY",
        86_400,
        2_592_000,
        "between two mailed checkpoints, seconds",
    ),
    ttl("SWEEP_SECONDS", 60, 86_400, "how often the scheduled work runs, seconds"),
    ttl(
        "RETENTION_DAYS",
        30,
        3_650,
        "recoveries, counters and settled messages are kept this long",
    ),
    Number {
        name: "SECRET_EPOCH",
        default: 0,
        min: 0,
        max: u32::MAX,
        zero: true,
        about: "raise it to void every live code, link and ticket",
    },
];

/// The number that the variable says, or the default with a line about what is wrong.
pub(super) fn read(number: &Number, vars: &dyn Vars, wrong: &mut Vec<String>) -> u32 {
    let Some(text) = vars.get(number.name).filter(|text| !text.trim().is_empty()) else {
        return number.default;
    };
    let good =
        |value: &u32| (number.zero && *value == 0) || (number.min..=number.max).contains(value);
    text.trim().parse().ok().filter(good).unwrap_or_else(|| {
        let (name, min, max) = (number.name, number.min, number.max);
        wrong.push(format!("{name} is not a number from {min} to {max}: taking the default"));
        number.default
    })
}
