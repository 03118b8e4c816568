//! A thousand records, and what somebody with write access to the table might do to them.

use proptest::prelude::*;
use recovery::desk::audit::{AuditLink, AuditRecord, Checkpoint, Finding, Report, chain, verify};
use recovery::flow::ids::Digest32;
use recovery::flow::keys::{Key, Keyring};

const RECORDS: i64 = 1_000;

fn keys() -> Keyring {
    Keyring::new(Key { id: "k1".into(), bytes: [1; 32] }, vec![])
}

fn record(seq: i64) -> AuditRecord {
    AuditRecord {
        seq,
        at: 1_800_000_000 + seq / 3,
        act: ["case-opened", "case-taken", "case-approved"][usize::try_from(seq % 3).unwrap()]
            .into(),
        channel: "desk".into(),
        recovery: (seq % 5 == 0).then(|| format!("r{seq}")),
        case: Some(format!("c{}", seq / 4)),
        staff: (seq % 2 == 0).then(|| format!("s{}", seq % 7)),
        office: Some("bhxh-thu-nghiem".into()),
    }
}

#[derive(Clone)]
struct Table {
    records: Vec<AuditRecord>,
    links: Vec<AuditLink>,
    checkpoints: Vec<Checkpoint>,
}

/// Linked in runs of a hundred, each with its checkpoint.
fn table() -> Table {
    static MADE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(make);
    MADE.clone()
}

fn make() -> Table {
    let records: Vec<AuditRecord> = (1..=RECORDS).map(record).collect();
    let mut table = Table { records: vec![], links: vec![], checkpoints: vec![] };
    for run in records.chunks(100) {
        let at = run.last().unwrap().at;
        let (links, checkpoint) = chain(&keys(), table.links.last(), run, at).unwrap();
        table.links.extend(links);
        table.checkpoints.push(checkpoint);
    }
    table.records = records;
    table
}

impl Table {
    fn verify(&self) -> Report {
        verify(&keys(), &self.records, &self.links, &self.checkpoints)
    }

    fn place(&self, seq: i64) -> usize {
        self.records.iter().position(|record| record.seq == seq).unwrap()
    }
}

#[test]
fn an_untouched_table_is_good_and_says_how_much_of_it_is_not_linked_yet() {
    let mut table = table();
    assert_eq!(table.verify(), Report { good: 1_000, open: 0, findings: vec![] });
    table.records.extend([record(1_001), record(1_002)]);
    assert_eq!(table.verify(), Report { good: 1_000, open: 2, findings: vec![] });
}

#[test]
fn an_empty_table_is_good_and_has_nothing_to_link() {
    assert_eq!(verify(&keys(), &[], &[], &[]), Report::default());
    assert!(chain(&keys(), None, &[], 0).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn an_edit_of_any_field_of_any_record_is_found_there(seq in 1..=RECORDS, field in 0..7_usize) {
        let mut table = table();
        let place = table.place(seq);
        let row = &mut table.records[place];
        match field {
            0 => row.at += 1,
            1 => row.act.push('!'),
            2 => row.channel = "email".into(),
            3 => row.recovery = if row.recovery.is_some() { None } else { Some(String::new()) },
            4 => row.case = None,
            5 => row.staff = Some("s99".into()),
            _ => row.office = Some("khac".into()),
        }
        prop_assert_eq!(table.verify().findings, vec![Finding::Altered { seq }]);
    }

    #[test]
    fn a_removed_record_is_found_whether_its_link_went_too_or_not(seq in 1..=RECORDS, both: bool) {
        let mut table = table();
        table.records.retain(|record| record.seq != seq);
        if both {
            table.links.retain(|link| link.seq != seq);
        }
        prop_assert_eq!(table.verify().findings, vec![Finding::Removed { seq }]);
    }

    #[test]
    fn two_swapped_records_are_both_found(one in 1..=RECORDS, two in 1..=RECORDS) {
        prop_assume!(one < two);
        let mut table = table();
        let (first, second) = (table.place(one), table.place(two));
        table.records.swap(first, second);
        table.records[first].seq = one;
        table.records[second].seq = two;
        let found = table.verify().findings;
        prop_assert_eq!(found, vec![Finding::Altered { seq: one }, Finding::Altered { seq: two }]);
    }

    #[test]
    fn a_table_cut_off_with_links_and_checkpoints_shows_by_the_second_places_checkpoint(
        left in 0..RECORDS,
    ) {
        let mut table = table();
        let elsewhere = table.checkpoints.last().unwrap().clone();
        table.records.retain(|record| record.seq <= left);
        table.links.retain(|link| link.seq <= left);
        table.checkpoints.retain(|point| point.upto <= left);
        prop_assert_eq!(&table.verify().findings, &vec![]);
        table.checkpoints.push(elsewhere);
        let first = table.verify().findings.first().copied();
        prop_assert_eq!(first, Some(Finding::Removed { seq: left + 1 }));
    }

    #[test]
    fn records_cut_off_alone_are_found_where_the_cut_is(left in 0..RECORDS) {
        let mut table = table();
        table.records.retain(|record| record.seq <= left);
        let first = table.verify().findings.first().copied();
        prop_assert_eq!(first, Some(Finding::Removed { seq: left + 1 }));
    }

    #[test]
    fn an_inserted_record_is_found_where_it_was_put(seq in 1..=RECORDS) {
        let mut table = table();
        for row in table.records.iter_mut().filter(|row| row.seq >= seq) {
            row.seq += 1;
        }
        let mut false_one = record(seq);
        false_one.act = "case-approved-by-nobody".into();
        table.records.push(false_one);
        let first = table.verify().findings.first().copied();
        prop_assert_eq!(first, Some(Finding::Altered { seq }));
    }

    #[test]
    fn a_link_made_without_the_key_is_found(seq in 1..=RECORDS, byte in 1..=255_u8) {
        let mut table = table();
        let place = table.place(seq);
        let mut hash = *table.links[place].hash.as_bytes();
        hash[0] ^= byte;
        table.links[place].hash = Digest32::new(hash);
        // The link after it was made over the true one, so it no longer fits either.
        let first = table.verify().findings.first().copied();
        prop_assert_eq!(first, Some(Finding::Altered { seq }));
    }
}

#[test]
fn a_record_put_before_the_first_is_found() {
    let mut table = table();
    table.records.push(record(0));
    assert_eq!(table.verify().findings, [Finding::Inserted { seq: 0 }]);
}

#[test]
fn a_chain_made_anew_with_another_key_is_found_from_the_first_record_on() {
    let (mut table, theirs) =
        (table(), Keyring::new(Key { id: "k1".into(), bytes: [9; 32] }, vec![]));
    let records = table.records.clone();
    let (links, checkpoint) = chain(&theirs, None, &records, 0).unwrap();
    (table.links, table.checkpoints) = (links, vec![checkpoint]);
    let found = table.verify().findings;
    assert_eq!(found[0], Finding::Altered { seq: 1 });
    assert_eq!(found.len(), recovery::desk::audit::MOST_FINDINGS);
}

#[test]
fn a_forged_checkpoint_is_found_and_covers_nothing() {
    let mut table = table();
    table.checkpoints[9].upto = 5_000;
    assert_eq!(table.verify().findings, [Finding::Forged { upto: 5_000 }]);
}

#[test]
fn an_audit_linked_under_two_keys_is_good_while_both_are_in_the_ring() {
    let old = keys();
    let (first, point) = chain(&old, None, &[record(1)], 5).unwrap();
    let both = Keyring::new(
        Key { id: "k2".into(), bytes: [2; 32] },
        vec![Key { id: "k1".into(), bytes: [1; 32] }],
    );
    let (second, later) = chain(&both, first.last(), &[record(2)], 6).unwrap();
    let (records, links) = ([record(1), record(2)], [first, second].concat());
    let points = [point, later];
    assert_eq!(verify(&both, &records, &links, &points).findings, []);
    let new_only = Keyring::new(Key { id: "k2".into(), bytes: [2; 32] }, vec![]);
    let found = verify(&new_only, &records, &links, &[]).findings;
    assert_eq!(found, [Finding::KeyGone { seq: 1 }]);
}
