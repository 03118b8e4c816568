//! Limits and lifetimes of the text-message channel; names of run-time variables as in
//! [`super::policy`].

use super::policy::DAY;

/// Every limit and lifetime of the channel. Times are seconds; a limit of 0 is switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPolicy {
    /// `LIMIT_SMS_SENDER_HOUR`: texts of one phone that are acted on in an hour. Higher than the
    /// dispatch limit, because a family shares a phone.
    pub sender_hour: u32,
    /// `LIMIT_SMS_SENDER_DAY`: the same per 24 hours.
    pub sender_day: u32,
    /// `LIMIT_SMS_DAY`: texts on the agency's bill per day (Vietnam's), replies included.
    pub day: u32,
    /// `SMS_ALARM_PERCENT`: share of [`Self::day`] from which the operator is told.
    pub alarm_percent: u32,
    /// `TTL_SMS_WAIT`: how long a page waits for a text.
    pub ttl_wait: i64,
    /// `SMS_MAX_AGE`: an older text, by the provider's own time, is not acted on.
    pub max_age: i64,
    /// `SMS_TEMPORARY_PASSWORD`: answer the plain form with a temporary password.
    pub temporary_password: bool,
    /// `TTL_TEMPORARY`: life of that password.
    pub ttl_temporary: i64,
    /// Notices go to registered phones too: a transport for outgoing texts is configured.
    pub notify_phones: bool,
}

impl TextPolicy {
    /// The contract's defaults.
    pub const DEFAULT: Self = Self {
        sender_hour: 10,
        sender_day: 20,
        day: 5_000,
        alarm_percent: 80,
        ttl_wait: 600,
        max_age: 900,
        temporary_password: false,
        ttl_temporary: DAY,
        notify_phones: false,
    };

    /// From how many texts of a day on the operator is told; `None` where there is no cap.
    pub fn alarm_at(&self) -> Option<u32> {
        let part = u64::from(self.day) * u64::from(self.alarm_percent.min(100)) / 100;
        (self.day > 0).then(|| u32::try_from(part).unwrap_or(u32::MAX).max(1))
    }
}

impl Default for TextPolicy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Number of the day in Vietnam (UTC+7) since 1970: what a day's cap counts by.
pub const fn vietnam_day(at: i64) -> i64 {
    (at + 7 * 3_600).div_euclid(DAY)
}

/// When that day began, Unix seconds.
pub const fn day_begins(day: i64) -> i64 {
    day * DAY - 7 * 3_600
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alarm_comes_before_the_cap() {
        assert_eq!(TextPolicy::DEFAULT.alarm_at(), Some(4_000));
        assert_eq!(TextPolicy { day: 1, ..TextPolicy::DEFAULT }.alarm_at(), Some(1));
        assert_eq!(TextPolicy { day: 0, ..TextPolicy::DEFAULT }.alarm_at(), None);
    }

    #[test]
    fn a_day_begins_at_midnight_in_vietnam() {
        let day = vietnam_day(1_800_000_000);
        assert_eq!(vietnam_day(day_begins(day)), day);
        assert_eq!(vietnam_day(day_begins(day) - 1), day - 1);
        assert_eq!(day_begins(0), -25_200);
    }
}
