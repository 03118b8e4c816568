//! The citizen's side of a case.

use recovery::desk::DeskRefusal;
use recovery::desk::case::{CaseState, Reason};
use recovery::desk::citizen::{OpenCase, Proof};
use recovery::desk::names::{CaseNumber, LookupCode, OfficeId};
use recovery::desk::seal::{Sealer as _, item_binding};
use recovery::desk::stated::Item;
use recovery::flow::Refusal;
use recovery::locale::Locale;
use recovery::testing::memory::Trouble;

use crate::support::{ELSEWHERE, office, proof, stated, text, world};

#[tokio::test]
async fn a_case_is_opened_and_its_number_and_code_show_where_it_stands() {
    let world = world();
    let (proof, id) = world.case(1).await;
    let status = world.desk().case_status(&proof).await.unwrap();
    assert_eq!((status.case.id, status.case.state), (id, CaseState::Received));
    assert!(status.said.is_empty());
    assert_eq!(world.acts(), ["case-opened"]);
}

#[tokio::test]
async fn opening_does_the_same_work_whether_the_account_exists_or_not() {
    let world = world();
    let mut seen = Vec::new();
    for k in [1, 4_000] {
        world.host.store.take_calls();
        world.try_open(stated(k, "0900000777", "ai-do@example.vn")).await.unwrap();
        seen.push(world.host.store.take_calls());
    }
    assert_eq!(seen[0], seen[1]);
    assert!(!seen[0].iter().any(|call| call == "find?"), "the account is not looked up");
}

#[tokio::test]
async fn a_wrong_number_and_a_wrong_code_get_the_same_answer_for_the_same_work() {
    let world = world();
    let (good, _) = world.case(1).await;
    let other = LookupCode::draw([7; 16]);
    world.host.store.take_calls();
    let mut calls = Vec::new();
    for wrong in [
        Proof { code: Some(other.clone()), ..good.clone() },
        Proof { number: CaseNumber::parse("HS-0000-0000"), ..good.clone() },
        Proof { number: CaseNumber::parse("HS-0000-0000"), code: Some(other) },
    ] {
        let answer = world.desk().case_status(&wrong).await.err();
        assert_eq!(answer, Some(DeskRefusal::CaseNotFound));
        let answer = world.desk().case_withdraw(&wrong).await.err();
        assert_eq!(answer, Some(DeskRefusal::CaseNotFound));
        let answer = world.desk().case_message(&wrong, &text("a")).await.err();
        assert_eq!(answer, Some(DeskRefusal::CaseNotFound));
        calls.push(world.host.store.take_calls());
    }
    assert!(calls.iter().all(|each| *each == calls[0]));
    let malformed = Proof { number: None, ..good };
    assert_eq!(world.desk().case_status(&malformed).await.err(), Some(DeskRefusal::CaseNotFound));
}

#[tokio::test]
async fn nothing_personal_and_no_code_is_stored_in_clear() {
    let world = world();
    let opened = world.try_open(stated(1, "0900000777", "rieng-tu@example.vn")).await.unwrap();
    let proof = proof(&opened);
    world.desk().case_message(&proof, &text("Câu chuyện riêng tư của tôi")).await.unwrap();
    let dump = world.host.store.with(|tables| {
        format!(
            "{:?} {:?} {:?} {:?} {:?}",
            tables.desk.cases,
            tables.desk.items,
            tables.desk.entries,
            tables.audit,
            tables.desk.lines
        )
    });
    let code = opened.code.to_string();
    for secret in [
        "Thành Viên",
        "9000000001",
        "0900000777",
        "900000777",
        "rieng-tu",
        "1980",
        "mất máy",
        "riêng tư",
        code.as_str(),
        &code.replace('-', ""),
    ] {
        assert!(!dump.contains(secret), "{secret}");
        // Sealed bytes are shown as numbers.
        let bytes = format!("{:?}", secret.as_bytes());
        assert!(!dump.contains(bytes.trim_matches(['[', ']'])), "{secret}");
    }
}

#[tokio::test]
async fn a_sealed_item_cannot_be_moved_to_another_case_or_pass_for_another_item() {
    let world = world();
    let ((_, one), (_, two)) = (world.case(1).await, world.case(2).await);
    let row = world.host.store.with(|tables| tables.desk.items[&one][0].clone());
    assert_eq!(row.item, Item::Name);
    let sealer = &world.sealer;
    assert!(sealer.open(&item_binding(&one, Item::Name), &row.sealed).await.is_some());
    assert!(sealer.open(&item_binding(&two, Item::Name), &row.sealed).await.is_none());
    assert!(sealer.open(&item_binding(&one, Item::Message), &row.sealed).await.is_none());

    world.host.store.with(|tables| tables.desk.items.get_mut(&two).unwrap()[0] = row);
    let staff = world.staff("b").await;
    let answer = world.desk().view(&staff, &two).await.err();
    assert!(matches!(answer, Some(DeskRefusal::Flow(Refusal::Unavailable(_)))), "{answer:?}");
}

#[tokio::test]
async fn what_was_sealed_under_an_older_key_still_opens() {
    let mut world = world();
    let (_, id) = world.case(1).await;
    world.sealer.0.insert(0, ("k3".into(), [3; 32]));
    let staff = world.staff("b").await;
    assert!(world.desk().view(&staff, &id).await.is_ok());
    world.sealer.0.retain(|(kid, _)| kid != "k2");
    assert!(world.desk().view(&staff, &id).await.is_err());
}

#[tokio::test]
async fn a_message_brings_a_waiting_case_back_and_both_sides_read_what_was_said() {
    let world = world();
    let (proof, id) = world.case(1).await;
    let staff = world.staff("b").await;
    world.desk().note(&staff, &world.seen(&id), &text("chỉ cán bộ đọc")).await.unwrap();
    world
        .desk()
        .ask(&staff, &world.seen(&id), &text("Bạn đến văn phòng được không?"))
        .await
        .unwrap();
    assert_eq!(world.state(&id), CaseState::Waiting);
    world.host.clock.forward(60);
    world.desk().case_message(&proof, &text("Sáng mai tôi đến.")).await.unwrap();
    assert_eq!(world.state(&id), CaseState::InReview);

    let said = world.desk().case_status(&proof).await.unwrap().said;
    let shown: Vec<_> = said.iter().map(|said| (said.by_office, said.text.as_str())).collect();
    assert_eq!(shown, [(true, "Bạn đến văn phòng được không?"), (false, "Sáng mai tôi đến.")]);
    assert_eq!(world.desk().view(&staff, &id).await.unwrap().entries.len(), 3);
}

#[tokio::test]
async fn a_withdrawn_case_is_closed_for_everybody() {
    let world = world();
    let (proof, id) = world.case(1).await;
    world.desk().case_withdraw(&proof).await.unwrap();
    world.desk().case_withdraw(&proof).await.unwrap();
    assert_eq!(world.state(&id), CaseState::Withdrawn);
    let answer = world.desk().case_message(&proof, &text("còn không?")).await;
    assert_eq!(answer, Err(DeskRefusal::CaseState));
    let staff = world.staff("b").await;
    let answer = world.desk().take(&staff, &world.seen(&id)).await;
    assert_eq!(answer, Err(DeskRefusal::CaseState));
    assert_eq!(world.acts(), ["case-opened", "case-withdrawn"]);
}

#[tokio::test]
async fn a_refused_case_shows_its_explanation_and_cannot_be_withdrawn_any_more() {
    let world = world();
    let (proof, id) = world.case(1).await;
    let staff = world.staff("b").await;
    let why = text("Mời bạn đến văn phòng với căn cước.");
    let seen = world.seen(&id);
    world.desk().reject(&staff, &seen, Reason::NotVerified, Some(&why)).await.unwrap();
    let status = world.desk().case_status(&proof).await.unwrap();
    assert_eq!(status.case.state, CaseState::Rejected);
    assert_eq!(status.said[0].text, why.as_str());
    assert_eq!(world.desk().case_withdraw(&proof).await, Err(DeskRefusal::CaseState));
}

#[tokio::test]
async fn an_office_without_staff_takes_no_cases() {
    let world = world();
    let request = |id: &str| OpenCase {
        stated: stated(1, "0900000001", ""),
        office: office(id),
        locale: Locale::Vi,
        captcha_level: 3,
    };
    let answer = world.desk().open_case(&request("bhxh-khong-co")).await.err();
    assert_eq!(answer, Some(DeskRefusal::NoOffice));
    assert!(world.desk().open_case(&request(ELSEWHERE)).await.is_ok());
    let listed = world.desk().offices().await.unwrap();
    assert_eq!(
        listed.iter().map(OfficeId::as_str).collect::<Vec<_>>(),
        [ELSEWHERE, "bhxh-thu-nghiem"]
    );
}

#[tokio::test]
async fn the_fourth_case_of_a_day_is_told_when_to_come_back_and_a_strangers_three_do_not_count() {
    let world = world();
    for _ in 0..3 {
        world.try_open(stated(1, "0900000666", "ke-xau@example.vn")).await.unwrap();
    }
    let answer = world.try_open(stated(1, "0900000666", "ke-xau@example.vn")).await.err();
    assert_eq!(answer, Some(DeskRefusal::Flow(Refusal::TooMany { retry_after: 86_400 })));
    assert!(world.try_open(stated(1, "0900000001", "tv1@example.vn")).await.is_ok());
    world.host.clock.forward(86_400);
    assert!(world.try_open(stated(1, "0900000666", "ke-xau@example.vn")).await.is_ok());
}

#[tokio::test]
async fn many_requests_for_one_number_ask_for_more_work_and_never_lock() {
    let mut world = world();
    world.host.policy.captcha_raise_after = 2;
    for email in ["a@example.vn", "b@example.vn"] {
        world.try_open(stated(1, "", email)).await.unwrap();
    }
    let mut request = OpenCase {
        stated: stated(1, "", "c@example.vn"),
        office: office("bhxh-thu-nghiem"),
        locale: Locale::En,
        captcha_level: 0,
    };
    let answer = world.desk().open_case(&request).await.err();
    assert_eq!(answer, Some(DeskRefusal::Flow(Refusal::CaptchaRejected { level: Some(1) })));
    request.captcha_level = 1;
    assert!(world.desk().open_case(&request).await.is_ok());
}

#[tokio::test]
async fn messages_into_one_case_are_limited_by_day() {
    let mut world = world();
    world.desk_policy.message_day = 2;
    let (proof, _) = world.case(1).await;
    for said in ["xin chào", "tôi đây"] {
        world.desk().case_message(&proof, &text(said)).await.unwrap();
    }
    let answer = world.desk().case_message(&proof, &text("xin chào")).await;
    assert_eq!(answer, Err(DeskRefusal::Flow(Refusal::TooMany { retry_after: 86_400 })));
}

#[tokio::test]
async fn what_was_said_last_is_not_said_again_unless_the_office_has_answered() {
    let world = world();
    let (proof, id) = world.case(1).await;
    let staff = world.staff("b").await;
    for _ in 0..3 {
        world.desk().case_message(&proof, &text("xin chào")).await.unwrap();
    }
    assert_eq!(world.desk().case_status(&proof).await.unwrap().said.len(), 1);
    world.desk().ask(&staff, &world.seen(&id), &text("Ai đấy?")).await.unwrap();
    world.desk().case_message(&proof, &text("xin chào")).await.unwrap();
    assert_eq!(world.desk().case_status(&proof).await.unwrap().said.len(), 3);
}

#[tokio::test]
async fn a_lost_answer_does_not_lose_the_case() {
    let world = world();
    world.host.store.trouble(Some(Trouble::LostAnswer));
    let opened = world.try_open(stated(1, "0900000001", "")).await.unwrap();
    assert!(world.desk().case_status(&proof(&opened)).await.is_ok());
    world.host.store.trouble(Some(Trouble::FailAfter(1)));
    assert!(world.try_open(stated(1, "0900000001", "")).await.is_err());
    assert_eq!(world.host.store.with(|tables| tables.desk.cases.len()), 1);
}

#[tokio::test]
async fn ended_and_forgotten_cases_are_removed_with_all_that_belongs_to_them() {
    let world = world();
    let (ended, _) = world.case(1).await;
    world.desk().case_message(&ended, &text("xin chào")).await.unwrap();
    world.desk().case_withdraw(&ended).await.unwrap();
    let (idle, _) = world.case(2).await;
    world.host.clock.forward(30 * 86_400 + 1);
    assert_eq!(world.desk().purge_cases().await.unwrap(), 3);
    assert_eq!(world.desk().case_status(&ended).await.err(), Some(DeskRefusal::CaseNotFound));
    assert!(world.desk().case_status(&idle).await.is_ok());
    world.host.clock.forward(60 * 86_400);
    world.desk().purge_cases().await.unwrap();
    assert!(world.desk().case_status(&idle).await.is_err());
    let left = world.host.store.with(|tables| (tables.desk.items.len(), tables.desk.entries.len()));
    assert_eq!(left, (0, 0));
}
