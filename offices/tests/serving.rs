//! Which office a place is told to turn to, and what is said where nothing is known.

use offices::{Answer, Basis, Change, Directory, Hit, Status, Subject, WardId};

#[expect(clippy::unwrap_used, reason = "a test that cannot read the data has nothing to test")]
fn directory() -> Directory<'static> {
    Directory::parse(offices::EMBEDDED).unwrap()
}

#[expect(clippy::unwrap_used, reason = "every query here finds something")]
fn first(d: &Directory<'_>, query: &str) -> Hit {
    d.search(query, 5).hits.into_iter().next().unwrap()
}

#[test]
fn every_ward_has_an_office_to_turn_to_and_none_of_them_is_closed() {
    let d = directory();
    for ward in d.wards() {
        let office = d.serving(ward).and_then(|s| d.office(s.office)).unwrap();
        assert_ne!(office.status, Status::Closed, "{}", d.ward_name(ward));
    }
}

#[test]
fn a_closed_office_says_where_to_go_now() {
    let d = directory();
    for (query, now) in [
        ("bhxh bàu bàng", vec!["tphcm-dau-tieng"]),
        ("bhxh phú giáo", vec!["tphcm-bac-tan-uyen"]),
        ("bhxh ngãi giao", vec!["tphcm-phu-my"]),
        ("bhxh cần giờ", vec!["tphcm-nha-be"]),
        ("bhxh long điền", vec!["tphcm-dat-do"]),
        ("bhxh hồ tràm", vec!["tphcm-dat-do"]),
        ("bhxh tân thuận", vec!["tphcm-xom-chieu", "bhxh-tp-ho-chi-minh"]),
    ] {
        let hit = first(&d, query);
        let Answer::Closed { office, now: found } = hit.answer else { panic!("{query}") };
        assert_eq!(hit.change, Change::OfficeClosed(office));
        let ids: Vec<&str> = found.iter().filter_map(|o| d.office(*o)).map(|o| o.id).collect();
        assert_eq!(ids, now, "{query}");
    }
    assert_eq!(d.offices().iter().filter(|o| o.status == Status::Closed).count(), 7);
}

#[test]
fn a_ward_of_a_closed_office_is_led_to_the_one_it_was_merged_into() {
    let d = directory();
    let ward = d.ward_by_code("25822").unwrap();
    assert_eq!(d.ward_name(ward), "Xã Bàu Bàng");
    let serving = d.serving(ward).unwrap();
    assert_eq!(serving.basis, Basis::Merged);
    assert_eq!(d.office(serving.office).unwrap().id, "tphcm-dau-tieng");
    assert_eq!(d.office(serving.hint.unwrap()).unwrap().id, "tphcm-bau-bang");
}

#[test]
fn a_ward_without_a_sourced_office_gets_the_provincial_one_and_an_older_hint() {
    let d = directory();
    let Answer::Ward { ward, serving: Some(serving) } = first(&d, "xã di linh lâm đồng").answer
    else {
        panic!()
    };
    assert_eq!(d.ward_name(ward), "Xã Di Linh");
    assert_eq!(serving.basis, Basis::Provincial);
    assert_eq!(d.office(serving.office).unwrap().id, "bhxh-tinh-lam-dong");
    let hint = d.office(serving.hint.unwrap()).unwrap();
    assert_eq!(hint.id, "lam-dong-huyen-di-linh");
    assert_eq!(hint.status, Status::BeforeJuly2025);
    assert_eq!(hint.old_address_year(), Some("2025"));
}

#[test]
fn where_even_the_provincial_office_has_nothing_the_hotline_is_left() {
    let d = directory();
    let province = d.province_by_code("04").unwrap();
    let office = d.provincial_office(province).unwrap();
    assert_eq!((office.address, office.phone, office.status), ("", "", Status::NameOnly));
    let numbers: Vec<String> =
        d.central_office().unwrap().phones().map(offices::Phone::dialled).collect();
    assert_eq!(numbers, ["19009068", "02437899999"]);
}

#[test]
fn sources_are_dated_or_say_that_their_date_is_unknown() {
    let d = directory();
    for office in d.offices() {
        let sourced = !office.source_url.is_empty() || !office.source_note.is_empty();
        assert!(sourced, "{}", office.id);
    }
    let without_page: Vec<&str> =
        d.offices().iter().filter(|o| o.source_url.is_empty()).map(|o| o.id).collect();
    assert_eq!(without_page, ["bhxh-tinh-quang-ngai"]);
    assert!(d.offices().iter().any(|o| o.source_date.is_empty()));
    // The page about Hà Nội has no date: an old address whose year nobody knows.
    assert_eq!(d.office_by_id("bhxh-tp-ha-noi").unwrap().old_address_year(), Some(""));
}

#[test]
fn coverage_counts_what_is_there() {
    let c = directory().coverage();
    assert_eq!((c.provinces, c.provinces_with_address), (34, 7));
    assert_eq!((c.wards, c.wards_sourced, c.offices), (3321, 409, 157));
    assert!(c.wards_merged > 20 && c.offices_with_address == 120);
    assert_eq!(c.offices_with_date, 104);
}

#[test]
fn an_old_ward_says_what_became_of_its_name() {
    let d = directory();
    let hit = first(&d, "I live in (old) phường Bến Nghé, quận 1");
    let hit = if matches!(hit.subject, Subject::OldWard(_)) {
        hit
    } else {
        first(&d, "phường Bến Nghé, quận 1")
    };
    let Change::Renamed { old, new } = hit.change else { panic!("{hit:?}") };
    assert_eq!(d.old_ward_name(old), "Phường Bến Nghé");
    assert_eq!(d.ward_name(new), "Phường Sài Gòn");
    let Answer::Ward { ward, serving } = hit.answer else { panic!() };
    assert_eq!(ward, new);
    assert_eq!(d.office(serving.unwrap().office).unwrap().id, "tphcm-tan-dinh");
}

#[test]
fn a_divided_ward_asks_for_the_part() {
    let d = directory();
    let hit = first(&d, "an phú, thủ đức");
    assert!(matches!(hit.change, Change::Divided(_)));
    let Answer::AskPart(parts) = hit.answer else { panic!() };
    let names: Vec<String> = parts.into_iter().map(|w: WardId| d.ward_name(w)).collect();
    assert_eq!(names, ["Phường An Khánh", "Phường Bình Trưng"]);
}

#[test]
fn a_ward_older_than_the_data_gives_the_district_and_marks_what_nobody_knows() {
    let d = directory();
    let query = "phường 7, quận 3";
    let hit = first(&d, query);
    assert_eq!(hit.name, "Quận 3");
    let unknown = hit.unknown_ward.unwrap();
    let words: String = query
        .chars()
        .skip(unknown.start.into())
        .take((unknown.end - unknown.start).into())
        .collect();
    assert_eq!(words, "phường 7");
    let Answer::AskWard(wards) = hit.answer else { panic!() };
    assert!(!wards.is_empty());
}

#[test]
fn highlights_lie_on_the_original_spelling() {
    let d = directory();
    for (query, shown) in [
        ("ben ngh", vec!["Bến Ngh"]),
        ("p. ben nghe", vec!["Phường Bến Nghé"]),
        ("M drak", vec!["M'Đrắk"]),
        ("nghe ben", vec!["Bến Nghé"]),
        ("van quoc tu giam", vec!["Văn", "Quốc Tử Giám"]),
    ] {
        let hit = first(&d, query);
        let part = |r: &std::ops::Range<u16>| -> String {
            hit.name.chars().skip(r.start.into()).take((r.end - r.start).into()).collect()
        };
        let parts: Vec<String> = hit.highlights.iter().map(part).collect();
        assert_eq!(parts, shown, "{query} in {}", hit.name);
    }
}

#[test]
fn nothing_typed_or_nothing_known_gives_an_empty_list() {
    let d = directory();
    for query in ["", "  ", "?!", "qqqqqqqq", "东京"] {
        assert_eq!(d.search(query, 5).hits, [], "{query}");
    }
    assert!(d.search("hà nội", 0).hits.is_empty());
}
