//! How much work a challenge asks for, and what for.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Longest life of a challenge under any policy, in seconds: bounds what can be stockpiled.
pub const MAX_TTL_SECONDS: i64 = 600;

/// Highest cost under any policy, in iterations: some 35 ms of the server for one derivation.
const HIGHEST_COST: u32 = 100_000;

/// The form a challenge is issued for. A solution for one is refused by the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Starting a recovery by email, and resending.
    Email,
    /// Opening a case with an office.
    Case,
    /// Signing in, where it is asked for.
    Session,
}

impl Form {
    /// The word in the query, in the challenge's `data`, and Turnstile's *action*.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Case => "case",
            Self::Session => "session",
        }
    }
}

/// A word that names no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownForm;

impl fmt::Display for UnknownForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the forms are email, case and session")
    }
}

impl std::error::Error for UnknownForm {}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(word: &str) -> Result<Self, UnknownForm> {
        [Self::Email, Self::Case, Self::Session]
            .into_iter()
            .find(|form| form.as_str() == word)
            .ok_or(UnknownForm)
    }
}

/// How often the work is doubled: 0 to 3. Raised for an identifier that is asked about often.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    /// The ordinary amount of work.
    pub const LOWEST: Self = Self(0);
    /// Eight times the ordinary amount.
    pub const HIGHEST: Self = Self(3);

    /// The level nearest to `level`: everything above 3 is 3.
    pub const fn clamped(level: u8) -> Self {
        if level > Self::HIGHEST.0 { Self::HIGHEST } else { Self(level) }
    }

    /// 0 to 3.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Level {
    type Error = &'static str;

    fn try_from(level: u8) -> Result<Self, Self::Error> {
        if level > Self::HIGHEST.0 {
            return Err("a level is 0 to 3");
        }
        Ok(Self(level))
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

/// The amount of work. The default's solving times are measured in `docs/captcha.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptchaPolicy {
    /// PBKDF2 iterations per try (`CAPTCHA_COST`). Client and server both pay it per derivation.
    pub cost: u32,
    /// Least cost accepted. Keep it at the lowest cost in use during the last
    /// [`MAX_TTL_SECONDS`], so that an operator can change `cost` without refusing anyone.
    pub min_cost: u32,
    /// Highest cost accepted: what one verification may take of the server.
    pub max_cost: u32,
    /// Life of a challenge (`TTL_CAPTCHA`), 1 to [`MAX_TTL_SECONDS`].
    pub ttl_seconds: u32,
    /// Highest counter at level 0. The solver tries at most one more than this.
    pub max_counter: u32,
}

impl Default for CaptchaPolicy {
    fn default() -> Self {
        Self { cost: 1_000, min_cost: 1_000, max_cost: 20_000, ttl_seconds: 300, max_counter: 299 }
    }
}

/// Why a policy makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidPolicy {
    /// Not `1 <= min_cost <= cost <= max_cost <= 100,000`.
    Cost,
    /// The life is 0 or longer than [`MAX_TTL_SECONDS`].
    Ttl,
    /// `max_counter` is 0, which is no work, or above 2^24.
    MaxCounter,
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cost => "captcha costs must be 1 <= min <= cost <= max <= 100000",
            Self::Ttl => "a captcha lives 1 to 600 seconds",
            Self::MaxCounter => "the highest captcha counter is 1 to 2^24",
        })
    }
}

impl std::error::Error for InvalidPolicy {}

impl CaptchaPolicy {
    /// The default at another cost (`CAPTCHA_COST`), with the bounds moved to hold it.
    ///
    /// A cost outside 1 to 100,000 becomes the nearest one inside: a slip of the operator must not
    /// keep the server busy for minutes per challenge.
    pub fn with_cost(cost: u32) -> Self {
        let default = Self::default();
        let cost = cost.clamp(1, HIGHEST_COST);
        Self {
            cost,
            min_cost: default.min_cost.min(cost),
            max_cost: default.max_cost.max(cost),
            ..default
        }
    }

    /// Checks a policy made from an operator's settings; call it once at start.
    pub fn check(&self) -> Result<(), InvalidPolicy> {
        if self.min_cost < 1
            || self.cost < self.min_cost
            || self.cost > self.max_cost
            || self.max_cost > HIGHEST_COST
        {
            return Err(InvalidPolicy::Cost);
        }
        if !(1..=MAX_TTL_SECONDS).contains(&i64::from(self.ttl_seconds)) {
            return Err(InvalidPolicy::Ttl);
        }
        if !(1..=1 << 24).contains(&self.max_counter) {
            return Err(InvalidPolicy::MaxCounter);
        }
        Ok(())
    }

    /// Highest counter at `level`: the work doubles with each, the server's does not.
    pub fn max_counter(&self, level: Level) -> u32 {
        self.max_counter.saturating_mul(1 << level.get())
    }

    /// The cost to issue: within the bounds even where nobody called [`Self::check`].
    pub(super) fn issued_cost(&self) -> u32 {
        self.cost.min(self.max_cost).max(self.min_cost).clamp(1, HIGHEST_COST)
    }

    pub(super) fn issued_ttl(&self) -> i64 {
        i64::from(self.ttl_seconds).clamp(1, MAX_TTL_SECONDS)
    }
}
