//! The citizen's side: open a case, see where it stands, write into it, take it back.

use super::case::{Case, CaseState, EntryKind, SealedItem};
use super::names::{CaseId, CaseNumber, LookupCode, OfficeId};
use super::seal::{entry_binding, item_binding};
use super::stated::{CaseText, Item, Stated};
use super::store::{DeskStore as _, DeskWrite};
use super::{Desk, DeskHost, DeskRefusal};
use crate::email::EmailAddress;
use crate::flow::Refusal;
use crate::flow::ids::Digest32;
use crate::flow::keys::{Purpose, plain_name};
use crate::flow::policy::{DAY, HOUR};
use crate::flow::store::{Conflict, Store as _, StoreError, Write};
use crate::locale::Locale;
use crate::phone::Phone;

/// How often a citizen's act is tried again when an officer acts at the same moment.
const ROUNDS: u32 = 4;

/// What the form sends, parsed.
#[derive(Clone)]
pub struct OpenCase {
    /// Who says what.
    pub stated: Stated,
    /// To whom.
    pub office: OfficeId,
    /// Language of what comes of it.
    pub locale: Locale,
    /// Work level of the captcha that came with it.
    pub captcha_level: u8,
}

/// What a new case is, beside what was stated.
pub(super) struct Draft<'a> {
    pub(super) id: CaseId,
    pub(super) office: &'a OfficeId,
    pub(super) locale: Locale,
    pub(super) from_letter: bool,
}

/// The answer: both are shown this once.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What the case is called.
    pub number: CaseNumber,
    /// What opens it.
    pub code: LookupCode,
}

/// How a citizen proves the right to a case.
#[derive(Clone, Debug)]
pub struct Proof {
    /// As typed; `None` where it cannot be a number.
    pub number: Option<CaseNumber>,
    /// As typed; `None` where it cannot be a code.
    pub code: Option<LookupCode>,
}

/// A message as its citizen sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Unix seconds.
    pub at: i64,
    /// From the office, or from the citizen.
    pub by_office: bool,
    /// What.
    pub text: String,
}

/// Where a case stands, as its citizen sees it. Nothing of the account is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The case itself.
    pub case: Case,
    /// What was said, oldest first.
    pub said: Vec<Said>,
}

impl<H: DeskHost> Desk<'_, H> {
    /// `POST /cases`. The account is not looked up: whether there is one shows nowhere.
    pub async fn open_case(&self, request: &OpenCase) -> Result<Opened, DeskRefusal> {
        let now = self.now();
        let stated = &request.stated;
        let identifier_key = self.host.keys().name("identifier", &[stated.identifier.normal()]);
        let requests = self.store().requests(&identifier_key, now - HOUR).await?;
        let level = self.host.policy().captcha_level(requests);
        if request.captcha_level < level {
            return Err(Refusal::CaptchaRejected { level: Some(level) }.into());
        }
        if !self.store().desk_offices().await?.contains(&request.office) {
            return Err(DeskRefusal::NoOffice);
        }
        // The three together: a stranger who knows the number alone cannot use up the limit.
        let limit_key = self.host.keys().name(
            "case-limit",
            &[
                stated.identifier.normal(),
                stated.phone.as_ref().map_or("", Phone::e164),
                stated.email.as_ref().map_or("", EmailAddress::normal),
            ],
        );
        let code = LookupCode::draw(self.random());
        let (office, locale) = (&request.office, request.locale);
        let draft = Draft { id: self.new_id(), office, locale, from_letter: false };
        let (case, items) = self.new_case(&draft, stated, Some(&code)).await?;
        let opened = Opened { number: case.number, code };
        let id = case.id;
        let count = Write::CountDispatch {
            key: limit_key,
            identifier: identifier_key,
            at: now,
            hour: 0,
            day: self.policy().case_day,
        };
        let audit = self.audit("case-opened", &case, None);
        let desk = vec![DeskWrite::InsertCase { case: Box::new(case), items }, audit];
        match self.store().apply_desk(desk, vec![count]).await {
            Ok(_) => Ok(opened),
            Err(StoreError::Conflict(Conflict::DispatchLimit)) => {
                Err(self.wait(&limit_key, self.policy().case_day, now).await?)
            }
            Err(StoreError::Unavailable(why)) => match self.store().case(&id).await {
                Ok(Some(_)) => Ok(opened),
                _ => Err(Refusal::Unavailable(why).into()),
            },
            Err(other) => Err(other.into()),
        }
    }

    /// A case in its first state with its sealed items. Without a code nobody can look it up.
    pub(super) async fn new_case(
        &self,
        draft: &Draft<'_>,
        stated: &Stated,
        code: Option<&LookupCode>,
    ) -> Result<(Case, Vec<SealedItem>), DeskRefusal> {
        let now = self.now();
        let kid = self.host.keys().current_id().to_owned();
        let salt = self.random();
        let lookup = match code {
            Some(code) => self.host.keys().verifier(&kid, &salt, Purpose::Lookup, code.canonical()),
            None => Some(Digest32::new(self.random())),
        };
        let case = Case {
            id: draft.id,
            number: CaseNumber::draw(self.random()),
            office: draft.office.clone(),
            locale: draft.locale,
            state: CaseState::Received,
            version: 1,
            opened_at: now,
            changed_at: now,
            ended_at: None,
            kid,
            salt,
            lookup: lookup.ok_or_else(|| Refusal::Unavailable("no current key".into()))?,
            keys: [
                Some(self.key(Item::Identifier, stated.identifier.normal())),
                stated.phone.as_ref().map(|phone| self.phone_key(phone)),
                stated.email.as_ref().map(|email| self.key(Item::Email, email.normal())),
            ],
            assignee: None,
            first: None,
            member: None,
            recovery: None,
            changes_contacts: false,
            cooling_until: None,
            disputed_at: None,
            from_letter: draft.from_letter,
        };
        let mut items = Vec::new();
        for (item, text) in stated.items() {
            let sealed = self.seal(&item_binding(&case.id, item), &text).await?;
            items.push(SealedItem { item, sealed });
        }
        Ok((case, items))
    }

    /// When a limit per day lets the next one through.
    pub(super) async fn wait(
        &self,
        key: &Digest32,
        cap: u32,
        now: i64,
    ) -> Result<DeskRefusal, DeskRefusal> {
        let earlier = self.store().dispatches(key, now - DAY).await?;
        let nth = usize::try_from(cap).ok().and_then(|cap| earlier.get(cap.checked_sub(1)?));
        let retry_after = nth.map_or(HOUR, |at| (at + DAY - now).max(1));
        Ok(Refusal::TooMany { retry_after }.into())
    }

    /// The case of a number, if the code opens it. A wrong number costs the same work as a
    /// wrong code and gets the same answer. Not counted: 80 random bits are not guessed.
    async fn prove(&self, proof: &Proof) -> Result<Case, DeskRefusal> {
        let (Some(number), Some(code)) = (&proof.number, &proof.code) else {
            return Err(DeskRefusal::CaseNotFound);
        };
        let found = self.store().case_by_number(number).await?;
        let keys = self.host.keys();
        let (kid, salt) = match &found {
            Some(case) => (case.kid.clone(), case.salt),
            None => (keys.current_id().to_owned(), [0; 16]),
        };
        let typed = keys.verifier(&kid, &salt, Purpose::Lookup, code.canonical());
        match found {
            Some(case) if typed == Some(case.lookup) => Ok(case),
            _ => Err(DeskRefusal::CaseNotFound),
        }
    }

    /// `POST /cases/status`.
    pub async fn case_status(&self, proof: &Proof) -> Result<Status, DeskRefusal> {
        let case = self.prove(proof).await?;
        let mut said = Vec::new();
        for entry in self.store().entries(&case.id).await? {
            if let Some(sealed) = entry.text.filter(|_| entry.kind.is_for_the_citizen()) {
                let text = self.open_text(&entry_binding(&case.id, &entry.id), &sealed).await?;
                let by_office = entry.kind == EntryKind::OfficeMessage;
                said.push(Said { at: entry.at, by_office, text });
            }
        }
        Ok(Status { case, said })
    }

    /// `POST /cases/message`. Answering brings a waiting case back to its officer. A decision
    /// made without having read the message is refused by the case's version. What was said last
    /// is not said again: a form sent twice, by a reload or a second tap, is one message.
    pub async fn case_message(&self, proof: &Proof, text: &CaseText) -> Result<(), DeskRefusal> {
        for _ in 0..ROUNDS {
            // What was said is read after the case, whose version guards what is written.
            let Status { mut case, said } = self.case_status(proof).await?;
            if said.last().is_some_and(|last| !last.by_office && last.text == text.as_str()) {
                return Ok(());
            }
            if case.state.is_final() {
                return Err(DeskRefusal::CaseState);
            }
            if case.state == CaseState::Waiting {
                case.state = CaseState::InReview;
            }
            let entry = self.entry(&case.id, EntryKind::CitizenMessage, None, Some(text)).await?;
            let now = self.now();
            let key = plain_name("case-message", &case.id.to_string());
            let cap = self.policy().message_day;
            let count = Write::CountDispatch { key, identifier: key, at: now, hour: 0, day: cap };
            let audit = self.audit("case-message", &case, None);
            let desk = vec![DeskWrite::InsertEntry(entry), audit];
            match self.change(&mut case, desk, vec![count]).await {
                Err(DeskRefusal::CaseChanged) => {}
                Err(DeskRefusal::Flow(Refusal::TooMany { .. })) => {
                    return Err(self.wait(&key, cap, now).await?);
                }
                other => return other,
            }
        }
        Err(DeskRefusal::CaseChanged)
    }

    /// `POST /cases/withdraw`: stops everything that has not opened the account yet, a
    /// cooling-off included. A second time changes nothing.
    pub async fn case_withdraw(&self, proof: &Proof) -> Result<(), DeskRefusal> {
        for _ in 0..ROUNDS {
            let mut case = self.prove(proof).await?;
            match case.state {
                CaseState::Withdrawn => return Ok(()),
                CaseState::Approved | CaseState::Rejected => return Err(DeskRefusal::CaseState),
                _ => {}
            }
            let batch: Vec<Write> =
                case.recovery.map(|recovery| Write::DisownOpen { recovery }).into_iter().collect();
            case.state = CaseState::Withdrawn;
            case.ended_at = Some(self.now());
            let audit = self.audit("case-withdrawn", &case, None);
            match self.change(&mut case, vec![audit], batch).await {
                Err(DeskRefusal::CaseChanged) => {}
                other => return other,
            }
        }
        Err(DeskRefusal::CaseChanged)
    }

    /// The offices that take cases.
    pub async fn offices(&self) -> Result<Vec<OfficeId>, DeskRefusal> {
        Ok(self.store().desk_offices().await?)
    }

    /// A phone as its keyed name, for search.
    pub(super) fn phone_key(&self, phone: &Phone) -> Digest32 {
        self.key(Item::Phone, phone.e164())
    }
}
