//! Lists in pages.

use offices::{BadCursor, Basis, Directory, OfficeItem, Question, WardItem};

#[expect(clippy::unwrap_used, reason = "a test that cannot read the data has nothing to test")]
fn directory() -> Directory<'static> {
    Directory::parse(offices::EMBEDDED).unwrap()
}

#[expect(clippy::unwrap_used, reason = "a page of our own cursor is always there")]
fn all_wards(d: &Directory<'_>, text: &str, limit: usize) -> Vec<WardItem> {
    let mut out = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let question = Question { text, limit, cursor: cursor.as_deref(), ..Question::default() };
        let page = d.wards_page(&question).unwrap();
        assert!(page.items.len() <= limit);
        out.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return out;
        }
    }
}

#[test]
fn pages_of_any_size_give_every_ward_once_in_one_order() {
    let d = directory();
    let whole: Vec<_> = all_wards(&d, "", 5000);
    assert_eq!(whole.len(), 3321);
    for limit in [1, 7, 50] {
        assert_eq!(all_wards(&d, "", limit), whole);
    }
    let hanoi = all_wards(&d, "hà nội", 50);
    assert!(hanoi.len() >= 126);
    assert_eq!(all_wards(&d, "hà nội", 3), hanoi);
}

#[test]
fn an_old_ward_gives_its_new_one() {
    let d = directory();
    let wards = all_wards(&d, "phường bến nghé quận 1", 10);
    assert_eq!(d.ward_code(wards[0].ward), "26740");
    assert_eq!(wards[0].serving.map(|s| s.basis), Some(Basis::Sourced));
}

#[test]
fn a_cursor_of_another_question_or_a_made_up_one_is_refused() {
    let d = directory();
    let ask = |text, cursor| Question { text, limit: 2, cursor, ..Question::default() };
    let next = d.wards_page(&ask("tân", None)).unwrap().next.unwrap();
    assert!(d.wards_page(&ask("tân", Some(&next))).is_ok());
    assert_eq!(d.wards_page(&ask("phú", Some(&next))), Err(BadCursor));
    assert_eq!(d.offices_page(&ask("tân", Some(&next))), Err(BadCursor));
    for made_up in ["", "0", "zzzzzzzzzzzzzzzz", "Ô", "-1", "zzzzzzzzzz"] {
        assert_eq!(d.wards_page(&ask("tân", Some(made_up))), Err(BadCursor), "{made_up}");
    }
}

#[test]
fn offices_are_found_by_text_by_ward_and_by_place() {
    let d = directory();
    let ids = |items: &[OfficeItem]| -> Vec<&str> {
        items.iter().filter_map(|i| d.office(i.office)).map(|o| o.id).collect()
    };
    let ask = |question: Question<'_>| d.offices_page(&Question { limit: 5, ..question }).unwrap();
    let by_text = ask(Question { text: "bến nghé q1", ..Question::default() });
    assert_eq!(ids(&by_text.items)[0], "tphcm-tan-dinh");
    let ward = d.ward_by_code("26740");
    let by_ward = ask(Question { ward, ..Question::default() });
    assert_eq!(ids(&by_ward.items), ["tphcm-tan-dinh"]);
    let by_place = ask(Question { near: Some((10.7725, 106.698)), ..Question::default() });
    assert_eq!(ids(&by_place.items)[0], "tphcm-tan-dinh");
    assert!(by_place.items[0].km.is_some_and(|km| km < 2.0));
    let mut before = 0.0;
    for item in &by_place.items {
        assert!(item.km.unwrap() >= before);
        before = item.km.unwrap();
    }
    let closed = ask(Question { text: "bhxh ngãi giao", ..Question::default() });
    assert_eq!(ids(&closed.items)[..2], ["tphcm-ngai-giao", "tphcm-phu-my"]);
}

#[test]
fn without_a_question_all_offices_come_in_the_order_of_the_data() {
    let d = directory();
    let page = d.offices_page(&Question { limit: 500, ..Question::default() }).unwrap();
    assert_eq!(page.items.len(), d.offices().len());
    assert_eq!(page.next, None);
}
