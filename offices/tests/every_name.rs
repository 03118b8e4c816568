//! Every name in the directory is found by itself.

use offices::{Answer, Directory, Hit, OldWardId, Subject, WardId, fold};

/// Rows that count as "found": the first five.
const FIRST: usize = 5;

#[expect(clippy::unwrap_used, reason = "a test that cannot read the data has nothing to test")]
fn directory() -> Directory<'static> {
    Directory::parse(offices::EMBEDDED).unwrap()
}

/// The row is about this old ward, or about the new ward that it went into under the same name.
fn is_old_ward(d: &Directory<'_>, hit: &Hit, old: OldWardId) -> bool {
    match &hit.subject {
        Subject::OldWard(found) => *found == old,
        Subject::Ward(new) => {
            let parts: Vec<WardId> = d.old_ward_became(old).collect();
            parts == [*new] && same_name(&d.ward_name(*new), &d.old_ward_name(old))
        }
        _ => false,
    }
}

/// Equal but for accents and the word for the kind (phường, xã, thị trấn).
fn same_name(a: &str, b: &str) -> bool {
    let bare = |name: &str| {
        let folded = fold(name);
        let heads = ["phuong ", "xa ", "thi tran ", "dac khu "];
        heads.iter().find_map(|h| folded.strip_prefix(h).map(str::to_owned)).unwrap_or(folded)
    };
    bare(a) == bare(b)
}

fn check<T>(all: impl Iterator<Item = T>, expected: usize, ok: impl Fn(&T) -> Result<(), String>) {
    let (mut count, mut failed) = (0, Vec::new());
    for item in all {
        count += 1;
        failed.extend(ok(&item).err());
    }
    assert_eq!(count, expected);
    let shown: Vec<&String> = failed.iter().take(20).collect();
    assert!(failed.is_empty(), "{} of {count} not found: {shown:#?}", failed.len());
}

#[test]
fn every_new_ward_is_found_by_its_folded_name_and_province() {
    let d = directory();
    check(d.wards(), 3321, |ward| {
        let query =
            fold(&format!("{} {}", d.ward_name(*ward), d.province_name(d.ward_province(*ward))));
        let found = d.search(&query, FIRST).hits.iter().any(|h| h.subject == Subject::Ward(*ward));
        found.then_some(()).ok_or(query)
    });
}

#[test]
fn every_old_ward_is_found_by_its_folded_name_and_district() {
    let d = directory();
    // The source has 10,036 codes, one of them blank: five islands that had no wards.
    check(d.old_wards(), 10_035, |old| {
        let district = d.district_name(d.old_ward_district(*old));
        let query = fold(&format!("{} {district}", d.old_ward_name(*old)));
        let results = d.search(&query, FIRST);
        let hit = results.hits.iter().find(|h| is_old_ward(&d, h, *old)).ok_or(query.clone())?;
        let parts: Vec<WardId> = d.old_ward_became(*old).collect();
        let all_parts = match &hit.answer {
            Answer::Ward { ward, .. } => parts == [*ward],
            Answer::AskPart(shown) => *shown == parts && parts.len() > 1,
            _ => false,
        };
        all_parts.then_some(()).ok_or(format!("{query}: not all parts"))
    });
}

#[test]
fn every_old_ward_is_found_with_the_province_alone_or_stands_under_its_homonyms() {
    let d = directory();
    check(d.old_wards(), 10_035, |old| {
        let province = d.old_province_name(d.district_province(d.old_ward_district(*old)));
        let query = fold(&format!("{} {province}", d.old_ward_name(*old)));
        let found = d.search(&query, FIRST).hits.iter().any(|hit| match &hit.answer {
            Answer::AskDistrict(all) => all.contains(old),
            _ => is_old_ward(&d, hit, *old),
        });
        found.then_some(()).ok_or(query)
    });
}

#[test]
fn every_old_district_is_found_by_its_folded_name_with_all_its_wards() {
    let d = directory();
    check(d.districts(), 696, |district| {
        let province = d.old_province_name(d.district_province(*district));
        // Ten districts are called Châu Thành: without a province they stand in one list.
        let name = d.district_name(*district);
        for (query, rows) in [(format!("{name} {province}"), FIRST), (name, 12)] {
            let query = fold(&query);
            let results = d.search(&query, rows);
            let hit = results.hits.iter().find(|h| h.subject == Subject::District(*district));
            let wards: Vec<WardId> = d.district_wards(*district).collect();
            let all = match hit.map(|h| &h.answer) {
                Some(Answer::AskWard(shown)) => *shown == wards,
                Some(Answer::Ward { ward, .. }) => wards == [*ward],
                _ => false,
            };
            if !all {
                return Err(query);
            }
        }
        Ok(())
    });
}

#[test]
fn every_province_old_and_new_and_every_office_is_found_by_its_folded_name() {
    let d = directory();
    for province in d.provinces() {
        let query = fold(&d.province_name(province));
        assert_eq!(d.search(&query, 1).hits[0].subject, Subject::Province(province), "{query}");
    }
    for office in d.offices() {
        let name = d.office_name(office.key);
        let hits = d.search(&fold(&name), FIRST).hits;
        let found = hits.iter().any(|h| h.subject == Subject::Office(office.key));
        assert!(found, "{name}");
    }
}
