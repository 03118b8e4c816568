//! A letter comes in.

use super::mime::Mail;
use super::{Letter, LetterState, binding, clean};
use crate::desk::names::OfficeId;
use crate::desk::store::{DeskAudit, DeskStore as _, DeskWrite};
use crate::desk::{Desk, DeskHost, DeskRefusal};
use crate::email::EmailAddress;
use crate::flow::Refusal;
use crate::flow::ids::Id;
use crate::flow::policy::DAY;
use crate::flow::store::{AuditEvent, Channel, Conflict, Store as _, StoreError, Write};

/// Characters kept of what a letter says of its sender, and of its subject.
const LINE: usize = 200;

/// What the server that hands a letter over says of it.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// `MAIL FROM`; empty for reports of mail servers. Anybody can write anything there.
    pub from: &'a str,
    /// `RCPT TO`.
    pub to: &'a str,
    /// The letter's size in bytes.
    pub size: u64,
}

/// What became of a letter that was taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It lies on the office's desk.
    Kept(Id),
    /// The same letter, with its id, came before, within a day.
    Repeated,
    /// A program wrote it: nobody is told, nothing is kept.
    Automatic,
}

/// Why a letter is refused while it is handed over, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    /// No office of this name takes letters.
    Unknown,
    /// Larger than letters may be.
    TooLarge,
    /// It has no words: attachments are not read.
    Empty,
    /// None in what is read of it; they may stand behind an attachment.
    Buried,
    /// Too many today, to this office or from this sender.
    TooMany,
}

impl Reject {
    /// What the handing server is told, and may pass on: constant words that name nobody. ASCII,
    /// for not every server takes more.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unknown => "Khong co dia chi nay. / No such address.",
            Self::TooLarge => {
                "Thu qua lon. Hay gui lai khong kem tep. / Too large. Send it without attachments."
            }
            Self::Empty => {
                "Thu khong co chu. Hay viet loi nhan, dung gui anh giay to. / No text. Write it as \
                 text; send no photos of documents."
            }
            Self::Buried => {
                "Khong co chu truoc tep kem. Hay gui lai khong kem tep. / No text before the \
                 attachments. Send it without attachments."
            }
            Self::TooMany => {
                "Hom nay co qua nhieu thu. Hay dung trang web hoac den co quan. / Too many letters \
                 today. Use the website or visit the office."
            }
        }
    }
}

/// A refusal, or why it cannot be said yet: the handing server should try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// For good.
    Rejected(Reject),
    /// For now.
    Later(DeskRefusal),
}

impl From<Reject> for NotTaken {
    fn from(reject: Reject) -> Self {
        Self::Rejected(reject)
    }
}

impl From<StoreError> for NotTaken {
    fn from(error: StoreError) -> Self {
        Self::Later(error.into())
    }
}

/// The address in `Name <address>`, or the whole.
fn address(claimed: &str) -> &str {
    let inner = claimed.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(claimed, |(address, _)| address).trim()
}

/// The address in `Name <address>`, or the whole, as it is counted and compared.
pub fn counted(claimed: &str) -> String {
    let address = address(claimed);
    EmailAddress::parse(address)
        .map_or_else(|_| address.to_lowercase(), |address| address.normal().to_owned())
}

impl<H: DeskHost> Desk<'_, H> {
    /// Whom a letter is for, before anything of it is read.
    pub async fn letter_office(&self, envelope: &Envelope<'_>) -> Result<OfficeId, NotTaken> {
        let policy = &self.policy().letters;
        let to = counted(envelope.to);
        let office = to
            .rsplit_once('@')
            .filter(|(_, domain)| !policy.domain.is_empty() && *domain == policy.domain)
            .and_then(|(local, _)| OfficeId::parse(local))
            .ok_or(Reject::Unknown)?;
        if !self.store().desk_offices().await?.contains(&office) {
            return Err(Reject::Unknown.into());
        }
        if envelope.size > policy.longest { Err(Reject::TooLarge.into()) } else { Ok(office) }
    }

    /// How many bytes of a letter are read.
    pub fn letter_bytes(&self) -> usize {
        self.policy().letters.read
    }

    /// Written by a program, or by ourselves: a letter about a letter, in the worst case.
    fn is_loop(&self, envelope: &Envelope<'_>, mail: &Mail) -> bool {
        let policy = &self.policy().letters;
        let from = counted(envelope.from);
        let ours = |claimed: &str| {
            claimed == policy.own_address
                || claimed.rsplit_once('@').is_some_and(|(_, domain)| domain == policy.domain)
        };
        mail.automatic
            || from.is_empty()
            || from.starts_with("mailer-daemon@")
            || ours(&from)
            || ours(&counted(&mail.from))
    }

    /// Keeps a letter for an office, once. `whole` says whether all of it was read.
    pub async fn receive_letter(
        &self,
        office: &OfficeId,
        envelope: &Envelope<'_>,
        mail: &Mail,
        whole: bool,
    ) -> Result<Received, NotTaken> {
        if self.is_loop(envelope, mail) {
            return Ok(Received::Automatic);
        }
        let policy = &self.policy().letters;
        let (text, cut) = clean(&mail.text, policy.text, true);
        let (subject, _) = clean(&mail.subject, LINE, false);
        if text.is_empty() {
            return Err(if whole { Reject::Empty } else { Reject::Buried }.into());
        }
        let claimed = if mail.from.is_empty() { envelope.from } else { &mail.from };
        let (sender, _) = clean(claimed, LINE, false);
        let now = self.now();
        let letter = Letter {
            id: self.new_id(),
            office: office.clone(),
            state: LetterState::New,
            version: 1,
            received_at: now,
            closed_at: None,
            attachments: mail.attachments,
            more: !whole,
            cut: cut || (mail.open && !whole),
            staff: None,
            text: None,
        };
        // Neither of the first two has a line break.
        let written = format!("{sender}\n{subject}\n{text}");
        let sealed = self.seal(&binding(&letter.id), &written).await.map_err(NotTaken::Later)?;
        let (of, from, id) = (office.as_str(), counted(claimed), mail.message_id.as_str());
        let name = |label: &str, parts: &[&str]| self.host.keys().name(label, parts);
        // The same words under another id are somebody who asks again, and so may they be without
        // one: a colleague may have put the first away.
        let once = Some(name("letter", &[of, &from, id, &subject, &text]));
        let once = once.filter(|_| !id.is_empty());
        let limits = [
            (name("letter-sender", &[&from]), policy.sender_day),
            (name("letter-office", &[of]), policy.office_day),
        ];
        let counts = once.map(|key| (key, 1)).into_iter().chain(limits);
        let counts = counts.map(|(key, day)| Write::CountDispatch {
            key,
            identifier: key,
            at: now,
            hour: 0,
            day,
        });
        let audit = DeskWrite::Audit(DeskAudit {
            event: AuditEvent {
                at: now,
                act: "letter-received",
                channel: Channel::Desk,
                recovery: None,
            },
            case: Some(letter.id),
            staff: None,
            office: office.clone(),
        });
        let id = letter.id;
        let insert = DeskWrite::InsertLetter { letter: Box::new(letter), text: sealed };
        match self.store().apply_desk(vec![insert, audit], counts.collect()).await {
            Ok(_) => Ok(Received::Kept(id)),
            Err(StoreError::Conflict(Conflict::DispatchLimit)) => {
                if let Some(key) = once
                    && !self.store().dispatches(&key, now - DAY).await?.is_empty()
                {
                    return Ok(Received::Repeated);
                }
                Err(Reject::TooMany.into())
            }
            Err(StoreError::Unavailable(why)) => match self.store().inbox_letter(&id).await {
                Ok(Some(_)) => Ok(Received::Kept(id)),
                _ => Err(NotTaken::Later(Refusal::Unavailable(why).into())),
            },
            Err(other) => Err(other.into()),
        }
    }
}
