//! Limits and lifetimes. The names of the run-time variables are part of the
//! contract and stand with each field; the defaults are the contract's.

/// Every limit and lifetime. Times are seconds; a limit of 0 is switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `TTL_CODE`: life of a code; at most 10 minutes by ASVS 6.5.5 and NIST SP 800-63B-4 §4.2.
    pub ttl_code: i64,
    /// `TTL_LINK`: life of a link.
    pub ttl_link: i64,
    /// `TTL_TICKET`: life of a ticket.
    pub ttl_ticket: i64,
    /// `TTL_DISOWN`: life of "this was not me".
    pub ttl_disown: i64,
    /// `LIMIT_DISPATCH_HOUR`: messages per hour for one identifier with one email.
    pub dispatch_hour: u32,
    /// `LIMIT_DISPATCH_DAY`: the same per 24 hours.
    pub dispatch_day: u32,
    /// `LIMIT_ADDRESS_DAY`: messages per destination address in 24 hours, above it dropped silently.
    pub address_day: u32,
    /// `LIMIT_CODE_RECOVERY`: wrong codes per recovery.
    pub code_recovery: u32,
    /// `LIMIT_CODE_MEMBER_DAY`: codes compared per member in 24 hours, above it not compared, silently.
    pub code_member_day: u32,
    /// `LIMIT_SIGNIN`: wrong passwords per identifier and address of the caller.
    pub signin: u32,
    /// `SIGNIN_LOCK`: window of that count.
    pub signin_lock: i64,
    /// `CAPTCHA_RAISE_AFTER`: requests per identifier in an hour after which the captcha's
    /// work doubles, and again for each further such number, up to level 3.
    pub captcha_raise_after: u32,
    /// `SESSION_IDLE`: a session ends after so long without use.
    pub session_idle: i64,
    /// `SESSION_MAX`: a session ends after so long in any case.
    pub session_max: i64,
    /// `RESEND_AFTER`: when asking for the message again makes sense.
    pub resend_after: i64,
    /// `RETENTION_DAYS` in seconds: recoveries, counters, settled outbox.
    pub retention: i64,
    /// `SECRET_EPOCH`: every secret made under a lower epoch is void.
    pub secret_epoch: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            ttl_code: 600,
            ttl_link: 600,
            ttl_ticket: 900,
            ttl_disown: 10 * DAY,
            dispatch_hour: 3,
            dispatch_day: 6,
            address_day: 12,
            code_recovery: 5,
            code_member_day: 10,
            signin: 5,
            signin_lock: 900,
            captcha_raise_after: 30,
            session_idle: 900,
            session_max: 8 * HOUR,
            resend_after: 60,
            retention: 30 * DAY,
            secret_epoch: 0,
        }
    }
}

impl Policy {
    /// How long before the code's end a message is too late to be of use:
    /// 2 minutes, or a quarter of a shorter life.
    pub const fn late_margin(&self) -> i64 {
        let quarter = self.ttl_code / 4;
        if quarter < 120 { quarter } else { 120 }
    }

    /// The captcha level that an identifier with `requests` in the last hour must bring.
    pub fn captcha_level(&self, requests: u32) -> u8 {
        match requests.checked_div(self.captcha_raise_after) {
            None | Some(0) => 0,
            Some(1) => 1,
            Some(2) => 2,
            Some(_) => 3,
        }
    }
}

/// Seconds of an hour.
pub const HOUR: i64 = 3_600;
/// Seconds of a day.
pub const DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_too_late_two_minutes_before_the_code_ends() {
        assert_eq!(Policy::default().late_margin(), 120);
        assert_eq!(Policy { ttl_code: 8, ..Policy::default() }.late_margin(), 2);
    }

    #[test]
    fn the_work_of_the_captcha_rises_with_requests_for_one_identifier() {
        let policy = Policy { captcha_raise_after: 10, ..Policy::default() };
        assert_eq!([0, 9, 10, 20, 30, 9_999].map(|n| policy.captcha_level(n)), [0, 0, 1, 2, 3, 3]);
        let off = Policy { captcha_raise_after: 0, ..Policy::default() };
        assert_eq!(off.captcha_level(9_999), 0);
    }
}
