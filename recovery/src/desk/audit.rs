//! The audit's chain: what makes an edited, removed, swapped or cut-off record show.
//!
//! Requests append records and nothing else. A single-writer job links them: each
//! link is an HMAC over the link before it and the record, under a key that is not
//! in the database, so that whoever can write the table cannot forge a link. After
//! each run the job signs a checkpoint; a copy of it in a second place shows even a
//! table that was cut off together with its links and checkpoints.
//!
//! Between two runs the newest records are not linked yet: the open window. It is
//! the period of the scheduled work, at most 60 seconds by default.

use std::collections::BTreeMap;

use crate::flow::ids::Digest32;
use crate::flow::keys::Keyring;

/// One record as it stands in the table. No personal data: ids, tags and times only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// From 1, without gaps: the database numbers them.
    pub seq: i64,
    /// Unix seconds.
    pub at: i64,
    /// What happened, such as `case-approved`.
    pub act: String,
    /// On which channel.
    pub channel: String,
    /// The recovery concerned.
    pub recovery: Option<String>,
    /// The case concerned.
    pub case: Option<String>,
    /// Who did it; `None` for citizens and for the schedule.
    pub staff: Option<String>,
    /// The office that the case stood at.
    pub office: Option<String>,
}

impl AuditRecord {
    fn parts(&self) -> Vec<Vec<u8>> {
        let mut parts = vec![
            self.seq.to_be_bytes().to_vec(),
            self.at.to_be_bytes().to_vec(),
            self.act.clone().into_bytes(),
            self.channel.clone().into_bytes(),
        ];
        for optional in [&self.recovery, &self.case, &self.staff, &self.office] {
            // A byte before the text: nothing and the empty text are two things.
            let mut part = vec![u8::from(optional.is_some())];
            part.extend(optional.iter().flat_map(|text| text.bytes()));
            parts.push(part);
        }
        parts
    }
}

/// The seal on one record and on all before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLink {
    /// The record's number.
    pub seq: i64,
    /// Which key it is made with.
    pub kid: String,
    /// `HMAC(key[kid], previous hash ‖ record)`.
    pub hash: Digest32,
}

/// What the job says after a run: so many records, and this is the last link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The newest record that is linked.
    pub upto: i64,
    /// Its link.
    pub head: Digest32,
    /// Unix seconds.
    pub at: i64,
    /// Which key it is signed with.
    pub kid: String,
    /// `HMAC(key[kid], upto ‖ head ‖ at)`.
    pub signature: Digest32,
}

/// What a checkpoint begins with where it stands as words.
const MARK: &str = "audit-checkpoint";

impl Checkpoint {
    /// One line of words, for a mail: `audit-checkpoint UPTO AT KID HEAD SIGNATURE`.
    pub fn line(&self) -> String {
        let Self { upto, head, at, kid, signature } = self;
        format!("{MARK} {upto} {at} {kid} {head} {signature}")
    }

    /// All that stand as words in a text, whatever stands around them: mail programs break lines
    /// and put marks of quotation before them.
    pub fn find(text: &str) -> Vec<Self> {
        let words = text.split_whitespace().map(|word| word.trim_start_matches('>'));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let read = |words: &[&str]| match words {
            [MARK, upto, at, kid, head, signature] => Some(Self {
                upto: upto.parse().ok()?,
                head: Digest32::parse(head)?,
                at: at.parse().ok()?,
                kid: (*kid).to_owned(),
                signature: Digest32::parse(signature)?,
            }),
            _ => None,
        };
        words.windows(6).filter_map(read).collect()
    }
}

/// Links `records` (ascending) to the newest link so far and signs a checkpoint.
/// `None` where there is nothing to link, or no current key.
pub fn chain(
    keys: &Keyring,
    newest: Option<&AuditLink>,
    records: &[AuditRecord],
    at: i64,
) -> Option<(Vec<AuditLink>, Checkpoint)> {
    let kid = keys.current_id().to_owned();
    let mut head = newest.map_or(GENESIS, |link| link.hash);
    let mut links = Vec::with_capacity(records.len());
    for record in records {
        head = link(keys, &kid, &head, record)?;
        links.push(AuditLink { seq: record.seq, kid: kid.clone(), hash: head });
    }
    let upto = links.last()?.seq;
    let signature = sign(keys, &kid, upto, &head, at)?;
    Some((links, Checkpoint { upto, head, at, kid, signature }))
}

/// What stands before the first record.
const GENESIS: Digest32 = Digest32::new([0; 32]);

fn link(keys: &Keyring, kid: &str, before: &Digest32, record: &AuditRecord) -> Option<Digest32> {
    let parts = record.parts();
    let mut all = vec![before.as_bytes().as_slice()];
    all.extend(parts.iter().map(Vec::as_slice));
    keys.seal(kid, "audit-link", &all)
}

fn sign(keys: &Keyring, kid: &str, upto: i64, head: &Digest32, at: i64) -> Option<Digest32> {
    let parts = [&upto.to_be_bytes()[..], head.as_bytes(), &at.to_be_bytes()[..]];
    keys.seal(kid, "audit-checkpoint", &parts)
}

/// What is wrong with one record, or with a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The record is not the one that was linked.
    Altered {
        /// Its number.
        seq: i64,
    },
    /// The record, its link or both are gone.
    Removed {
        /// Its number.
        seq: i64,
    },
    /// A record among linked ones that was never linked.
    Inserted {
        /// Its number.
        seq: i64,
    },
    /// The checkpoint's signature is not ours.
    Forged {
        /// What it says it covers.
        upto: i64,
    },
    /// The chain no longer leads to what the checkpoint says.
    Rewritten {
        /// What it covers.
        upto: i64,
    },
    /// The key has left the ring: nothing can be said about this record.
    KeyGone {
        /// Its number.
        seq: i64,
    },
}

impl Finding {
    /// The record that it is about.
    pub const fn seq(&self) -> i64 {
        match self {
            Self::Altered { seq }
            | Self::Removed { seq }
            | Self::Inserted { seq }
            | Self::KeyGone { seq } => *seq,
            Self::Forged { upto } | Self::Rewritten { upto } => *upto,
        }
    }

    /// The name in reports.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Altered { .. } => "altered",
            Self::Removed { .. } => "removed",
            Self::Inserted { .. } => "inserted",
            Self::Forged { .. } => "forged-checkpoint",
            Self::Rewritten { .. } => "rewritten",
            Self::KeyGone { .. } => "key-gone",
        }
    }
}

/// The verdict on a whole audit, or on a stretch of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Linked records that hold.
    pub good: u64,
    /// Newest records that wait to be linked: the open window.
    pub open: u64,
    /// What is wrong, in the order of the records; at most [`MOST_FINDINGS`].
    pub findings: Vec<Finding>,
}

/// A report does not grow beyond so many findings.
pub const MOST_FINDINGS: usize = 100;

/// Checks all records against links and checkpoints. `checkpoints` may hold those of
/// the second place too: that is how a table that was cut off as a whole shows.
pub fn verify(
    keys: &Keyring,
    records: &[AuditRecord],
    links: &[AuditLink],
    checkpoints: &[Checkpoint],
) -> Report {
    let records: BTreeMap<i64, &AuditRecord> = records.iter().map(|r| (r.seq, r)).collect();
    let links: BTreeMap<i64, &AuditLink> = links.iter().map(|l| (l.seq, l)).collect();
    let genuine = |point: &&Checkpoint| {
        sign(keys, &point.kid, point.upto, &point.head, point.at) == Some(point.signature)
    };
    let covered = checkpoints.iter().filter(genuine).map(|point| point.upto).max().unwrap_or(0);
    let linked = links.keys().next_back().copied().unwrap_or(0).max(covered);
    let mut report = Report::default();

    // Numbers below the first are no numbers of ours.
    for seq in records.range(..1).map(|(seq, _)| *seq) {
        report.note(Finding::Inserted { seq });
    }
    let mut before = Some(GENESIS);
    for seq in 1..=linked {
        let (record, link_) = (records.get(&seq), links.get(&seq));
        match (record, link_) {
            (Some(record), Some(found)) => match before {
                // The link before is gone: this one cannot be computed, and that was noted.
                None => {}
                Some(head) => match link(keys, &found.kid, &head, record) {
                    None => report.note(Finding::KeyGone { seq }),
                    Some(hash) if hash == found.hash => report.good += 1,
                    Some(_) => report.note(Finding::Altered { seq }),
                },
            },
            (Some(_), None) => report.note(Finding::Inserted { seq }),
            (None, _) => report.note(Finding::Removed { seq }),
        }
        before = link_.map(|link| link.hash);
        if report.findings.len() >= MOST_FINDINGS {
            break;
        }
    }
    let mut expected = linked;
    for seq in records.range(linked + 1..).map(|(seq, _)| *seq) {
        while expected + 1 < seq && report.findings.len() < MOST_FINDINGS {
            expected += 1;
            report.note(Finding::Removed { seq: expected });
        }
        expected = seq;
        report.open += 1;
    }
    for point in checkpoints {
        if !genuine(&point) {
            report.note(Finding::Forged { upto: point.upto });
        } else if links.get(&point.upto).is_some_and(|link| link.hash != point.head) {
            report.note(Finding::Rewritten { upto: point.upto });
        }
    }
    report.findings.sort_by_key(Finding::seq);
    report
}

impl Report {
    fn note(&mut self, finding: Finding) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        }
    }
}
