//! The officer's side of a case.

use recovery::desk::DeskRefusal;
use recovery::desk::case::{CaseState, Check};
use recovery::desk::review::{Filter, Verdict};
use recovery::desk::stated::Item;
use recovery::desk::store::QueueOrder;
use recovery::email::EmailAddress;
use recovery::flow::Refusal;
use recovery::flow::account::{Contact, ContactValue, MemberRef, MemberStatus};
use recovery::flow::store::RecoveryState;

use crate::support::{ELSEWHERE, GOOD, new_address, office, text, token_in, world};

#[tokio::test]
async fn an_approval_sends_a_link_to_a_contact_on_record_and_the_link_leads_to_a_password() {
    let world = world();
    let (_, id) = world.case(1).await;
    let (desk, staff) = (world.desk(), world.staff("b").await);
    desk.take(&staff, &world.seen(&id)).await.unwrap();
    desk.check(&staff, &world.seen(&id), Check::CallBack).await.unwrap();
    let sent = desk.approve(&staff, &world.seen(&id), "m1-e").await.unwrap();
    assert_eq!((sent.len(), world.state(&id)), (1, CaseState::Approved));
    world.sweep().await;

    // Almost a day later the link still works; the ticket's time starts only then.
    world.host.clock.forward(86_399);
    let token = token_in(&world.last_mail("tv1@example.vn"), "/lien-ket#");
    let granted = world.service().redeem_link(&token).await.unwrap();
    assert_eq!(granted.expires_in, 900);
    world.service().set_password(&granted.ticket, GOOD).await.unwrap();
    world.sweep().await;
    assert!(world.last_mail("tv1@example.vn").message.text.contains("/khong-phai-toi#"));
    assert_eq!(
        world.acts(),
        [
            "case-opened",
            "case-taken",
            "case-check-call-back",
            "case-approved",
            "link-redeemed",
            "password-set",
        ]
    );
}

#[tokio::test]
async fn a_link_of_the_desk_ends_after_its_time() {
    let world = world();
    let (_, id) = world.case(1).await;
    let (desk, staff) = (world.desk(), world.staff("b").await);
    desk.check(&staff, &world.seen(&id), Check::Record).await.unwrap();
    desk.approve(&staff, &world.seen(&id), "m1-e").await.unwrap();
    world.sweep().await;
    world.host.clock.forward(86_400);
    let token = token_in(&world.last_mail("tv1@example.vn"), "/lien-ket#");
    assert_eq!(world.service().redeem_link(&token).await, Err(Refusal::LinkSpent));

    // The officer sends it again; the old one stays dead.
    desk.resend(&staff, &world.seen(&id)).await.unwrap();
    world.sweep().await;
    let again = token_in(&world.last_mail("tv1@example.vn"), "/lien-ket#");
    assert_ne!(again.recovery, token.recovery);
    let granted = world.service().redeem_link(&again).await.unwrap();
    world.service().set_password(&granted.ticket, GOOD).await.unwrap();
    let answer = desk.resend(&staff, &world.seen(&id)).await;
    assert_eq!(answer, Err(DeskRefusal::CaseState), "the matter is ended");
}

#[tokio::test]
async fn sending_again_ends_the_link_before_and_is_limited() {
    let mut world = world();
    world.desk_policy.resend_day = 2;
    let (_, id) = world.case(1).await;
    let (desk, staff) = (world.desk(), world.staff("b").await);
    desk.check(&staff, &world.seen(&id), Check::Record).await.unwrap();
    desk.approve(&staff, &world.seen(&id), "m1-e").await.unwrap();
    world.sweep().await;
    let first = token_in(&world.last_mail("tv1@example.vn"), "/lien-ket#");
    desk.resend(&staff, &world.seen(&id)).await.unwrap();
    assert_eq!(world.service().redeem_link(&first).await, Err(Refusal::LinkSpent));
    let answer = desk.resend(&staff, &world.seen(&id)).await;
    assert!(matches!(answer, Err(DeskRefusal::Flow(Refusal::TooMany { .. }))), "{answer:?}");
}

#[tokio::test]
async fn nothing_is_approved_without_a_check_a_contact_on_record_and_an_account() {
    let world = world();
    let (desk, staff) = (world.desk(), world.staff("b").await);
    let (_, id) = world.case(1).await;
    let answer = desk.approve(&staff, &world.seen(&id), "m1-e").await;
    assert_eq!(answer, Err(DeskRefusal::ChecksMissing));
    desk.check(&staff, &world.seen(&id), Check::Record).await.unwrap();
    for contact in ["", "m2-e", "tv1@example.vn"] {
        let answer = desk.approve(&staff, &world.seen(&id), contact).await;
        assert_eq!(answer, Err(DeskRefusal::NoContact), "{contact}");
    }
    // No transport for texts is configured, so no phone is offered or taken.
    let answer = desk.approve(&staff, &world.seen(&id), "m1-p").await;
    assert_eq!(answer, Err(DeskRefusal::NoContact));

    let (_, stranger) = world.case_with(4_000, "0900000123", "").await;
    desk.check(&staff, &world.seen(&stranger), Check::Record).await.unwrap();
    let answer = desk.approve(&staff, &world.seen(&stranger), "m1-e").await;
    assert_eq!(answer, Err(DeskRefusal::NoAccount));
    let closed = MemberRef("m1".into());
    world.host.store.with(|t| t.members.get_mut(&closed).unwrap().status = MemberStatus::Closed);
    let answer = desk.approve(&staff, &world.seen(&id), "m1-e").await;
    assert_eq!(answer, Err(DeskRefusal::NoAccount));
    assert_eq!(world.host.store.with(|tables| tables.recoveries.len()), 0);
}

#[tokio::test]
async fn an_officer_sees_verdicts_and_never_the_record() {
    let world = world();
    let staff = world.staff("b").await;
    let (_, id) = world.case_with(1, "0900000555", "TV1@example.vn").await;
    let view = world.desk().view(&staff, &id).await.unwrap();
    let verdicts: Vec<_> = view.compared.iter().map(|one| (one.item, one.verdict)).collect();
    assert_eq!(
        verdicts,
        [
            (Item::Name, Some(Verdict::Match)),
            (Item::BirthDate, Some(Verdict::Match)),
            (Item::Identifier, Some(Verdict::Match)),
            (Item::Phone, Some(Verdict::Differs)),
            (Item::Email, Some(Verdict::Match)),
            (Item::Message, None),
        ]
    );
    assert!(view.may_change, "the phone differs");
    assert!(view.reachable[0].is_stated && !view.reachable[0].is_phone);
    let shown = format!("{view:?}");
    for record in ["0900000001", "+84900000001", "900 000 001", "tv1@example.vn"] {
        assert!(!shown.contains(record), "{record}");
    }

    let (_, id) = world.case_with(4_000, "0900000555", "").await;
    let view = world.desk().view(&staff, &id).await.unwrap();
    assert!(view.compared.iter().all(|one| one.verdict.is_none_or(|v| v == Verdict::NotOnRecord)));
    assert!(view.reachable.is_empty() && !view.may_change);
}

#[tokio::test]
async fn a_name_is_compared_without_case_and_with_its_marks() {
    let world = world();
    let staff = world.staff("b").await;
    for (name, verdict) in
        [("THÀNH  VIÊN THỬ 1", Verdict::Match), ("Thanh Vien Thu 1", Verdict::Differs)]
    {
        let mut stated = crate::support::stated(1, "0900000001", "");
        stated.name = recovery::desk::stated::FullName::parse(name).unwrap();
        let opened = world.try_open(stated).await.unwrap();
        let proof = crate::support::proof(&opened);
        let id = world.desk().case_status(&proof).await.unwrap().case.id;
        let view = world.desk().view(&staff, &id).await.unwrap();
        assert_eq!(view.compared[0].verdict, Some(verdict), "{name}");
    }
}

#[tokio::test]
async fn a_decision_on_an_outdated_view_writes_nothing_and_says_so() {
    let world = world();
    let (proof, id) = world.case(1).await;
    let (desk, b, s) = (world.desk(), world.staff("b").await, world.staff("s").await);
    desk.check(&b, &world.seen(&id), Check::Record).await.unwrap();
    let seen = world.seen(&id);
    desk.case_message(&proof, &text("Không phải tôi gửi hồ sơ này!")).await.unwrap();
    assert_eq!(desk.approve(&b, &seen, "m1-e").await, Err(DeskRefusal::CaseChanged));
    let seen = world.seen(&id);
    desk.note(&s, &seen, &text("để tôi gọi lại")).await.unwrap();
    assert_eq!(desk.take(&b, &seen).await, Err(DeskRefusal::CaseChanged));
    assert_eq!(world.state(&id), CaseState::InReview);
    assert_eq!(world.host.store.with(|tables| tables.outbox.len()), 0);
}

#[tokio::test]
async fn a_case_handed_over_is_seen_there_and_no_longer_here() {
    let world = world();
    let (_, id) = world.case(1).await;
    let (desk, b, x) = (world.desk(), world.staff("b").await, world.staff("x").await);
    assert_eq!(desk.view(&x, &id).await.err(), Some(DeskRefusal::CaseNotFound));
    for nowhere in ["bhxh-khong-co", crate::support::OFFICE] {
        let answer = desk.hand_over(&b, &world.seen(&id), &office(nowhere)).await;
        assert_eq!(answer, Err(DeskRefusal::NoOffice));
    }
    desk.hand_over(&b, &world.seen(&id), &office(ELSEWHERE)).await.unwrap();
    assert_eq!(desk.view(&b, &id).await.err(), Some(DeskRefusal::CaseNotFound));
    assert!(desk.view(&x, &id).await.is_ok());
    assert_eq!(world.state(&id), CaseState::Received);
}

#[tokio::test]
async fn staff_are_kept_from_cases_of_their_own_and_of_members_who_share_their_contacts() {
    let world = world();
    let (desk, a) = (world.desk(), world.staff("a").await);
    // Member 8 is officer a; member 7 reads member 8's mailbox.
    world.host.store.with(|tables| {
        let shared = EmailAddress::parse("tv8@example.vn").unwrap();
        let contact = Contact { id: "m7-f".into(), value: ContactValue::Email(shared) };
        tables.members.get_mut(&MemberRef("m7".into())).unwrap().contacts.push(contact);
    });
    let own = world.case(8).await.1;
    let family = world.case_with(7, "0900000007", "").await.1;
    let by_phone = world.case_with(3, "0900000008", "").await.1;
    let stranger = world.case(1).await.1;
    for id in [own, family, by_phone] {
        assert_eq!(desk.view(&a, &id).await.err(), Some(DeskRefusal::NotAllowed));
        assert_eq!(desk.take(&a, &world.seen(&id)).await, Err(DeskRefusal::NotAllowed));
    }
    assert!(desk.view(&a, &stranger).await.is_ok());
    let listed = desk.queue(&a, &Filter::default()).await.unwrap();
    assert!(!listed.iter().any(|case| case.id == own || case.id == by_phone));
    let b = world.staff("b").await;
    assert_eq!(desk.queue(&b, &Filter::default()).await.unwrap().len(), 4);
}

#[tokio::test]
async fn the_queue_is_filtered_searched_and_paged() {
    let world = world();
    let (desk, b) = (world.desk(), world.staff("b").await);
    let mut ids = Vec::new();
    for k in 1..=5 {
        ids.push(world.case(k).await);
        world.host.clock.forward(10);
    }
    desk.take(&b, &world.seen(&ids[1].1)).await.unwrap();
    desk.case_withdraw(&ids[2].0).await.unwrap();
    let list = async |filter: &Filter| -> Vec<_> {
        desk.queue(&b, filter).await.unwrap().into_iter().map(|case| case.id).collect()
    };
    let all = Filter::default();
    let of = |places: &[usize]| -> Vec<_> { places.iter().map(|place| ids[*place].1).collect() };
    assert_eq!(list(&all).await, of(&[0, 1, 3, 4]));
    let newest = Filter { order: QueueOrder::NewestFirst, ..all.clone() };
    assert_eq!(list(&newest).await, of(&[4, 3, 1, 0]));
    assert_eq!(list(&Filter { mine: true, ..all.clone() }).await, of(&[1]));
    let withdrawn = Filter { state: Some(CaseState::Withdrawn), ..all.clone() };
    assert_eq!(list(&withdrawn).await, of(&[2]));
    let row = world.row(&ids[1].1);
    let later = Filter { after: Some((row.opened_at, row.id)), ..all.clone() };
    assert_eq!(list(&later).await, of(&[3, 4]));
    // A search finds ended cases too.
    let number = world.row(&ids[2].1).number.to_string();
    for (typed, found) in [
        (number.as_str(), vec![2]),
        ("9000000004", vec![3]),
        ("0900 000 005", vec![4]),
        ("TV1@example.vn", vec![0]),
        ("9000009999", vec![]),
        ("một câu", vec![]),
    ] {
        let filter = Filter { search: Some(typed.into()), ..all.clone() };
        assert_eq!(list(&filter).await, of(&found), "{typed}");
    }
    let counts = desk.figures(&world.staff("s").await).await.unwrap();
    let received = counts.iter().find(|row| row.state == CaseState::Received).unwrap();
    assert_eq!(received.count, 3);
}

#[tokio::test]
async fn a_disowned_way_in_of_the_desk_ends_like_any_other() {
    let world = world();
    let (_, id) = world.case(1).await;
    let (desk, staff) = (world.desk(), world.staff("b").await);
    desk.check(&staff, &world.seen(&id), Check::Record).await.unwrap();
    desk.approve(&staff, &world.seen(&id), "m1-e").await.unwrap();
    world.sweep().await;
    let token = token_in(&world.last_mail("tv1@example.vn"), "/lien-ket#");
    let granted = world.service().redeem_link(&token).await.unwrap();
    world.service().set_password(&granted.ticket, GOOD).await.unwrap();
    world.sweep().await;
    let disown = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
    world.service().disown(&disown).await.unwrap();
    let member = world.host.store.with(|t| t.members[&MemberRef("m1".into())].clone());
    assert_eq!(member.credential.state, recovery::flow::account::CredentialState::ToBeRecovered);
    let states: Vec<_> =
        world.host.store.with(|t| t.recoveries.values().map(|r| r.state).collect());
    assert_eq!(states, [RecoveryState::Completed]);
    // A new case is open to the owner.
    assert_ne!(world.case_with(1, "", &new_address(1)).await.1, id);
}
