//! The table of real queries: how often the right row comes first, and among the first five.

use offices::{Directory, Hit, Subject};

const TABLE: &str = include_str!("queries.tsv");

#[test]
fn the_right_answer_comes_first_95_times_in_100_and_always_among_five() {
    let d = Directory::parse(offices::EMBEDDED).unwrap();
    let (mut count, mut first, mut five) = (0, 0, 0);
    let mut late = Vec::new();
    for line in TABLE.lines().filter(|l| !l.starts_with('#')) {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (query, kind, name, within) = (next(), next(), next(), next());
        let hits = d.search(query, 5).hits;
        let place = hits.iter().position(|h| describe(&d, h) == (kind, name.into(), within.into()));
        count += 1;
        first += usize::from(place == Some(0));
        five += usize::from(place.is_some());
        if place != Some(0) {
            let got: Vec<_> = hits.iter().map(|h| describe(&d, h)).collect();
            let line = format!("{query}: wanted {kind} {name} {within}, at {place:?}: {got:?}");
            late.push(line);
        }
    }
    assert!(count >= 120, "{count} queries");
    assert_eq!(five, count, "recall@5 {late:#?}");
    assert!(first * 100 >= count * 95, "recall@1: {first} of {count} {late:#?}");
}

/// Kind, name (id for an office) and surroundings, as the table writes them.
fn describe(d: &Directory<'_>, hit: &Hit) -> (&'static str, String, String) {
    let name = hit.name.clone();
    match &hit.subject {
        Subject::Province(_) => ("province", name, String::new()),
        Subject::OldProvince(_) => ("old-province", name, String::new()),
        Subject::District(id) => ("district", name, d.old_province_name(d.district_province(*id))),
        Subject::Ward(id) => ("ward", name, d.province_name(d.ward_province(*id))),
        Subject::OldWard(id) => ("old-ward", name, d.district_name(d.old_ward_district(*id))),
        Subject::Homonyms(all) => {
            let province = d.district_province(d.old_ward_district(all[0]));
            ("homonyms", name, d.old_province_name(province))
        }
        Subject::Office(id) => {
            ("office", d.office(*id).map_or("", |o| o.id).to_owned(), String::new())
        }
    }
}
