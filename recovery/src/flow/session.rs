//! Signing in, to show that the new password works.

use super::account::{Accounts as _, Member, MemberStatus};
use super::ids::Secret;
use super::keys::hash;
use super::redeem::Granted;
use super::store::{
    Channel, Conflict, Recovery, RecoveryState, Session, SigninCounts, Store as _, StoreError,
    Write,
};
use super::{Host, Refusal, Service};
use crate::api::{Profile, RecentRecovery};
use crate::identifier::Identifier;
use crate::password::Password;

/// How often a session's last use is written down at most, in seconds.
const TOUCH_EVERY: i64 = 30;
/// How many of their own recoveries a member sees.
const RECENT: u32 = 10;

/// What the sign-in form sends, parsed.
#[derive(Clone, Debug)]
pub struct SignIn<'a> {
    /// Who says it is.
    pub identifier: Identifier,
    /// As typed.
    pub password: &'a str,
    /// The caller's address, IPv6 cut to /64; never stored in clear.
    pub caller: &'a str,
    /// A captcha came with it and was good.
    pub captcha: bool,
}

/// A new session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// For the cookie.
    pub session: Secret,
    /// What the page shows.
    pub profile: Profile,
}

/// What a sign-in leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// Signed in.
    Session(SignedIn),
    /// Not signed in: a temporary password is good only for choosing a new one.
    Ticket(Granted),
}

impl<H: Host> Service<'_, H> {
    /// Does this sign-in need a captcha before it is looked at? The same for unknown
    /// identifiers. `Err` where the caller has to wait.
    pub async fn sign_in_gate(
        &self,
        identifier: &Identifier,
        caller: &str,
    ) -> Result<bool, Refusal> {
        let (now, policy) = (self.now(), self.policy());
        let counts = self.signin_counts(identifier, caller).await?;
        if policy.signin > 0 && counts.pair >= policy.signin {
            let retry_after = (counts.pair_newest + policy.signin_lock - now).max(1);
            return Err(Refusal::TooMany { retry_after });
        }
        Ok(policy.signin > 0 && counts.identifier >= policy.signin)
    }

    async fn signin_counts(
        &self,
        identifier: &Identifier,
        caller: &str,
    ) -> Result<SigninCounts, Refusal> {
        let keys = self.host.keys();
        let pair = keys.name("signin-pair", &[identifier.normal(), caller]);
        let name = keys.name("signin", &[identifier.normal()]);
        let since = self.now() - self.policy().signin_lock;
        Ok(self.store().signins(&pair, &name, since).await?)
    }

    /// `POST /session` where no temporary passwords are sent: a session or nothing.
    pub async fn sign_in(&self, request: &SignIn<'_>) -> Result<SignedIn, Refusal> {
        match self.enter_by(request, false).await? {
            Entered::Session(signed_in) => Ok(signed_in),
            Entered::Ticket(_) => Err(Refusal::SignInRejected),
        }
    }

    /// `POST /session`: a session, or for a temporary password, where the operator's policy
    /// sends them, a ticket and no session.
    pub async fn enter(&self, request: &SignIn<'_>) -> Result<Entered, Refusal> {
        self.enter_by(request, self.host.text_policy().temporary_password).await
    }

    /// A place among the wrong passwords is taken before the password is looked at, and given
    /// back when it was right.
    async fn enter_by(&self, request: &SignIn<'_>, temporary: bool) -> Result<Entered, Refusal> {
        let needs_captcha = self.sign_in_gate(&request.identifier, request.caller).await?;
        if needs_captcha && !request.captcha {
            return Err(Refusal::CaptchaRequired);
        }
        let (now, policy, keys) = (self.now(), self.policy(), self.host.keys());
        let id = self.new_id();
        let pair = keys.name("signin-pair", &[request.identifier.normal(), request.caller]);
        let identifier = keys.name("signin", &[request.identifier.normal()]);
        let (since, cap) = (now - policy.signin_lock, policy.signin);
        let take = Write::TakeSignin { id, pair, identifier, at: now, since, cap };
        match self.store().apply(vec![take]).await {
            Ok(_) => {}
            Err(StoreError::Conflict(Conflict::SigninLimit)) => {
                return Err(Refusal::TooMany { retry_after: policy.signin_lock });
            }
            Err(other) => return Err(other.into()),
        }

        let found = self.host.accounts().find(&request.identifier).await?;
        let member = found.filter(|member| member.status == MemberStatus::Active);
        let temporary = if temporary {
            self.temporary_of(member.as_ref(), request.password).await?
        } else {
            None
        };
        // A password that could never have been set still costs a comparison.
        let typed = Password::parse(request.password);
        let bytes = typed.as_ref().map_or(request.password.as_bytes(), Password::as_bytes);
        let hash_on_record = member.as_ref().and_then(Member::opening_hash);
        let right = self.host.hasher().verify(bytes, hash_on_record);
        let give_back = Write::ReturnSignin { id, pair };
        let member = match (member, temporary) {
            (Some(member), _) if right && typed.is_ok() => member,
            (_, Some(recovery)) => {
                return self.enter_by_ticket(&recovery, give_back).await.map(Entered::Ticket);
            }
            _ => return Err(Refusal::SignInRejected),
        };

        let session = self.new_secret();
        let row = Session {
            hash: hash(&session),
            member: member.reference.clone(),
            epoch: policy.secret_epoch,
            created_at: now,
            seen_at: now,
        };
        let batch = vec![
            give_back,
            Write::InsertSession(row.clone()),
            self.audit("signed-in", Channel::Email, None),
        ];
        match self.store().apply(batch).await {
            Ok(_) => {}
            Err(StoreError::Unavailable(why)) => {
                if self.store().session(&row.hash).await?.is_none() {
                    return Err(Refusal::Unavailable(why));
                }
            }
            Err(other) => return Err(other.into()),
        }
        let profile = self.profile(&member, &row).await?;
        Ok(Entered::Session(SignedIn { session, profile }))
    }

    /// `GET /session`: the masked profile, and the session lives on.
    pub async fn session(&self, session: &Secret) -> Result<Profile, Refusal> {
        let (now, policy) = (self.now(), self.policy());
        let row = self.store().session(&hash(session)).await?.ok_or(Refusal::NotSignedIn)?;
        let live = row.epoch >= policy.secret_epoch
            && now < row.seen_at + policy.session_idle
            && now < row.created_at + policy.session_max;
        if !live {
            return Err(Refusal::NotSignedIn);
        }
        let member = self.host.accounts().member(&row.member).await?.ok_or(Refusal::NotSignedIn)?;
        if member.status != MemberStatus::Active {
            return Err(Refusal::NotSignedIn);
        }
        if now - row.seen_at >= TOUCH_EVERY.min(policy.session_idle / 4) {
            self.store().apply(vec![Write::TouchSession { hash: row.hash, at: now }]).await?;
        }
        self.profile(&member, &Session { seen_at: now, ..row }).await
    }

    /// `DELETE /session`; the same answer whether there was one.
    pub async fn sign_out(&self, session: &Secret) -> Result<(), Refusal> {
        self.store().apply(vec![Write::DeleteSession { hash: hash(session) }]).await?;
        Ok(())
    }

    async fn profile(&self, member: &Member, session: &Session) -> Result<Profile, Refusal> {
        let (now, policy) = (self.now(), self.policy());
        let recent = self.store().recent(&member.reference, RECENT).await?;
        let ends =
            (session.seen_at + policy.session_idle).min(session.created_at + policy.session_max);
        Ok(Profile {
            name: mask_name(&member.name),
            identifiers: member.identifiers.iter().map(Identifier::masked).collect(),
            emails: member.emails().map(|(_, email)| email.masked()).collect(),
            phones: member.phones().map(|(_, phone)| phone.masked()).collect(),
            expires_in: ends - now,
            recoveries: recent.iter().map(|recovery| line(recovery, now)).collect(),
        })
    }
}

fn line(recovery: &Recovery, now: i64) -> RecentRecovery {
    let ended = recovery.state == RecoveryState::Open
        && now >= recovery.code_expires_at.max(recovery.link_expires_at);
    RecentRecovery {
        channel: recovery.channel.as_str().into(),
        at: recovery.created_at,
        state: if ended { "expired" } else { recovery.state.as_str() }.into(),
    }
}

/// Initials and the last word: `N. V. An` for `Nguyễn Văn An`. A single word keeps
/// its first letter only.
pub fn mask_name(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let Some((last, others)) = words.split_last() else { return String::new() };
    let initial = |word: &str| word.chars().next().map(|c| format!("{c}. ")).unwrap_or_default();
    if others.is_empty() {
        return initial(last).trim_end().to_owned();
    }
    let mut masked: String = others.iter().map(|word| initial(word)).collect();
    masked.push_str(last);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_masked_to_initials_and_the_given_name() {
        assert_eq!(mask_name("Nguyễn Văn An"), "N. V. An");
        assert_eq!(mask_name("  Đỗ   Ánh "), "Đ. Ánh");
        assert_eq!(mask_name("An"), "A.");
        assert_eq!(mask_name(" "), "");
    }
}
