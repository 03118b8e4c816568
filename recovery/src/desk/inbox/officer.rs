//! An officer reads the office's letters, puts them away, or makes cases of them.

use super::{Discard, Letter, LetterQuery, LetterState, binding};
use crate::desk::case::{Entry, EntryKind};
use crate::desk::citizen::Draft;
use crate::desk::decide::Seen;
use crate::desk::review::PAGE;
use crate::desk::seal::entry_binding;
use crate::desk::staff::{Act, Staff};
use crate::desk::stated::Stated;
use crate::desk::store::{DeskAudit, DeskStore as _, DeskWrite};
use crate::desk::{Desk, DeskHost, DeskRefusal};
use crate::flow::Refusal;
use crate::flow::account::{Accounts as _, MemberStatus};
use crate::flow::ids::Id;
use crate::flow::store::{AuditEvent, Channel, StoreError};
use crate::locale::Locale;

/// Characters of a letter's title.
const TITLE: usize = 60;

/// A letter, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLetter {
    /// The letter.
    pub letter: Letter,
    /// Whom it says it is from. Not verified, and nothing rests on it.
    pub sender: String,
    /// Its subject; may be empty.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl<H: DeskHost> Desk<'_, H> {
    /// A page of the office's letters that nobody has decided about, oldest first, each with what
    /// tells it from the others: its subject, else its first words.
    pub async fn letters(
        &self,
        staff: &Staff,
        after: Option<(i64, Id)>,
    ) -> Result<(Vec<Letter>, Vec<String>), DeskRefusal> {
        if !staff.may(Act::Letters) {
            return Err(DeskRefusal::NotAllowed);
        }
        let query = LetterQuery { office: staff.office.clone(), after, limit: PAGE };
        let letters = self.store().inbox_letters(&query).await?;
        let mut titles = Vec::new();
        for letter in &letters {
            let mut title = String::new();
            // One that does not open is no reason to show none of the others.
            if let Some(sealed) = &letter.text
                && let Ok(written) = self.open_text(&binding(&letter.id), sealed).await
            {
                let words = written.split('\n').skip(1).find(|line| !line.is_empty());
                words.unwrap_or_default().clone_into(&mut title);
                if let Some((end, _)) = title.char_indices().nth(TITLE) {
                    title.truncate(end);
                    title.push('…');
                }
            }
            titles.push(title);
        }
        Ok((letters, titles))
    }

    /// One letter. One that was decided about is gone: nothing of it is kept.
    pub async fn letter(&self, staff: &Staff, id: &Id) -> Result<OpenLetter, DeskRefusal> {
        self.open_letter(staff, Act::Letters, id).await
    }

    async fn open_letter(
        &self,
        staff: &Staff,
        act: Act,
        id: &Id,
    ) -> Result<OpenLetter, DeskRefusal> {
        if !staff.may(act) {
            return Err(DeskRefusal::NotAllowed);
        }
        let letter = self.store().inbox_letter(id).await?;
        let letter = letter.filter(|letter| letter.office == staff.office);
        let mut letter = letter.ok_or(DeskRefusal::LetterNotFound)?;
        let sealed = letter.text.take();
        let Some(sealed) = sealed.filter(|_| letter.state == LetterState::New) else {
            let reading = act == Act::Letters;
            return Err(if reading {
                DeskRefusal::LetterNotFound
            } else {
                DeskRefusal::CaseChanged
            });
        };
        let written = self.open_text(&binding(id), &sealed).await?;
        let mut parts = written.splitn(3, '\n').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Ok(OpenLetter { letter, sender: next(), subject: next(), text: next() })
    }

    /// The letter at the version that was seen.
    async fn seen_letter(
        &self,
        staff: &Staff,
        act: Act,
        seen: &Seen,
    ) -> Result<OpenLetter, DeskRefusal> {
        let open = self.open_letter(staff, act, &seen.case).await?;
        let same = open.letter.version == seen.version;
        if same { Ok(open) } else { Err(DeskRefusal::CaseChanged) }
    }

    /// Puts a letter away, for this reason. What was written is erased with it.
    pub async fn discard_letter(
        &self,
        staff: &Staff,
        seen: &Seen,
        reason: Discard,
    ) -> Result<(), DeskRefusal> {
        let open = self.seen_letter(staff, Act::DiscardLetter, seen).await?;
        let act = match reason {
            Discard::Spam => "letter-discarded-spam",
            Discard::NotOurs => "letter-discarded-not-ours",
            Discard::Incomplete => "letter-discarded-incomplete",
            Discard::Duplicate => "letter-discarded-duplicate",
            Discard::Answered => "letter-discarded-answered",
        };
        self.settle(open.letter, LetterState::Discarded, staff, &[act], Vec::new()).await
    }

    /// Makes a case of a letter: what the officer reads out of it is stated, and the letter
    /// itself becomes the case's first entry. Nobody is told a look-up code, for nobody is known
    /// to be the writer; so the case opens to no citizen and changes no contacts. It has the
    /// letter's id.
    pub async fn take_letter(
        &self,
        staff: &Staff,
        seen: &Seen,
        stated: &Stated,
        locale: Locale,
    ) -> Result<(), DeskRefusal> {
        let open = self.seen_letter(staff, Act::TakeLetter, seen).await?;
        let letter = open.letter;
        let draft = Draft { id: letter.id, office: &letter.office, locale, from_letter: true };
        let (case, items) = self.new_case(&draft, stated, None).await?;
        let member = self.host.accounts().find(&stated.identifier).await?;
        let member = member.filter(|member| member.status == MemberStatus::Active);
        if self.is_own(staff, &case, member.as_ref()).await? {
            return Err(DeskRefusal::NotAllowed);
        }
        let id = self.new_id();
        let text = format!("{}\n{}\n\n{}", open.sender, open.subject, open.text);
        let text = self.seal(&entry_binding(&case.id, &id), &text).await?;
        let entry = Entry {
            id,
            case: case.id,
            at: letter.received_at,
            kind: EntryKind::Letter,
            staff: None,
            text: Some(text),
        };
        let writes = vec![
            DeskWrite::InsertCase { case: Box::new(case), items },
            DeskWrite::InsertEntry(entry),
        ];
        let acts = ["letter-taken", "case-opened"];
        self.settle(letter, LetterState::Taken, staff, &acts, writes).await
    }

    /// Stores the decision with what goes with it. A lost answer is resolved by reading the
    /// letter: a decision of the same person at the same moment is this one.
    async fn settle(
        &self,
        mut letter: Letter,
        state: LetterState,
        staff: &Staff,
        acts: &[&'static str],
        writes: Vec<DeskWrite>,
    ) -> Result<(), DeskRefusal> {
        let (expect, now) = (letter.version, self.now());
        letter.version += 1;
        letter.state = state;
        letter.closed_at = Some(now);
        letter.staff = Some(staff.id.clone());
        let line = |act| {
            DeskWrite::Audit(DeskAudit {
                event: AuditEvent { at: now, act, channel: Channel::Desk, recovery: None },
                case: Some(letter.id),
                staff: Some(staff.id.clone()),
                office: letter.office.clone(),
            })
        };
        let mut desk = vec![DeskWrite::SettleLetter { letter: Box::new(letter.clone()), expect }];
        desk.extend(writes);
        desk.extend(acts.iter().map(|act| line(act)));
        match self.store().apply_desk(desk, Vec::new()).await {
            Ok(_) => Ok(()),
            Err(StoreError::Unavailable(why)) => {
                match self.store().inbox_letter(&letter.id).await {
                    Ok(Some(found)) if found == letter => Ok(()),
                    _ => Err(Refusal::Unavailable(why).into()),
                }
            }
            Err(other) => Err(other.into()),
        }
    }
}
