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

#[test]
fn a_whole_name_comes_before_all_that_only_begins_with_it_but_provinces() {
    let d = Directory::parse(offices::EMBEDDED).unwrap();
    for (query, name, others) in [("vinh", "Thành phố Vinh", 0), ("thanh", "Xã Thanh", 1)] {
        let hits = d.search(query, 8).hits;
        assert_eq!(hits.iter().position(|hit| hit.name == name), Some(others), "{query}");
        assert!(hits[..others].iter().all(|hit| matches!(hit.subject, Subject::Province(_))));
    }
}

#[test]
fn who_types_the_accents_gets_the_names_that_have_them() {
    let d = Directory::parse(offices::EMBEDDED).unwrap();
    let names: Vec<String> = d.search("vĩnh", 8).hits.into_iter().map(|hit| hit.name).collect();
    assert_eq!(names.len(), 8);
    assert!(names.iter().all(|name| name.contains("Vĩnh")), "{names:?}");
}

#[test]
fn a_word_that_is_in_no_row_is_admitted() {
    let d = Directory::parse(offices::EMBEDDED).unwrap();
    for query in ["khu vực 27", "bhxh khu vực 1", "ha noi xyzzy", "12 nguyễn huệ", "ha nio"]
    {
        let results = d.search(query, 5);
        assert!(results.corrected && !results.hits.is_empty(), "{query}");
    }
    // Fillers, a house number and street before the ward, a letter just begun.
    for query in ["bhxh ở hà nội", "số 5 đường láng, phường láng thượng, hà nội", "ha noi x"]
    {
        let results = d.search(query, 5);
        assert!(!results.corrected && !results.hits.is_empty(), "{query}");
    }
    // The row itself says which word nobody knows.
    let results = d.search("phường 7, quận 3", 5);
    assert!(!results.corrected && results.hits[0].unknown_ward.is_some());
}

#[test]
fn single_letters_and_stray_numbers_alone_find_nothing() {
    let d = Directory::parse(offices::EMBEDDED).unwrap();
    for query in ["bhxh kv1", "kv1", "<b>x\"'", "asdf 1", "b x"] {
        assert_eq!(d.search(query, 5).hits, [], "{query}");
    }
    for query in ["b", "q1", "1", "p5 zzz", "o cho dua"] {
        assert!(!d.search(query, 5).hits.is_empty(), "{query}");
    }
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
