//! Changed contact data: two people, a cooling-off, a way to stop it.

use recovery::desk::DeskRefusal;
use recovery::desk::case::{CaseState, Check};
use recovery::desk::change::Stopped;
use recovery::desk::names::LookupCode;
use recovery::desk::staff::Role;
use recovery::email::EmailAddress;
use recovery::flow::Refusal;
use recovery::flow::account::{ContactValue, MemberRef};
use recovery::flow::request::EmailRequest;
use recovery::flow::store::RecoveryState;
use recovery::identifier::Identifier;
use recovery::locale::Locale;
use recovery::message::Template;

use crate::support::{GOOD, OFFICE, World, new_address, person, text, token_in, world};

const DAY: u32 = 86_400;

async fn ask_by_email(world: &World, k: u32, email: &str) {
    let request = EmailRequest {
        identifier: Identifier::parse(&(9_000_000_000_u64 + u64::from(k)).to_string()).unwrap(),
        email: EmailAddress::parse(email).unwrap(),
        locale: Locale::Vi,
        captcha_level: 3,
    };
    world.service().request_email(&request).await.unwrap();
    world.sweep().await;
}

#[tokio::test]
async fn a_changed_address_needs_two_people_a_day_and_both_link_and_look_up_code() {
    let world = world();
    let (proof, id) = world.cooling(1).await;
    let desk = world.desk();
    assert_eq!(world.state(&id), CaseState::CoolingOff);
    assert!(world.last_mail("tv1@example.vn").message.text.contains("/khong-phai-toi#"));
    assert!(world.mail.to(&new_address(1)).is_empty(), "nothing goes out before the end");

    world.host.clock.forward(DAY - 1);
    world.sweep().await;
    assert_eq!(world.state(&id), CaseState::CoolingOff);
    world.host.clock.forward(1);
    world.sweep().await;
    assert_eq!(world.state(&id), CaseState::Approved);

    // The old address is told, without any power.
    let told = world.last_mail("tv1@example.vn").message.text;
    assert!(told.contains("đã được đổi") && !told.contains('#'), "{told}");

    let token = token_in(&world.last_mail(&new_address(1)), "/ho-so#");
    assert_eq!(world.service().redeem_link(&token).await, Err(Refusal::LinkSpent));
    assert_eq!(desk.continue_case(&token, None).await, Err(DeskRefusal::CaseNotFound));
    let wrong = LookupCode::draw([9; 16]);
    assert_eq!(desk.continue_case(&token, Some(&wrong)).await, Err(DeskRefusal::CaseNotFound));
    let granted = desk.continue_case(&token, proof.code.as_ref()).await.unwrap();
    assert_eq!(granted.expires_in, 900);
    world.service().set_password(&granted.ticket, GOOD).await.unwrap();
    let again = desk.continue_case(&token, proof.code.as_ref()).await;
    assert_eq!(again, Err(DeskRefusal::Flow(Refusal::LinkSpent)));

    // The notice of the new password goes to the new address and to no old one.
    let before = world.mail.to("tv1@example.vn").len();
    world.sweep().await;
    assert_eq!(world.mail.to("tv1@example.vn").len(), before);
    assert!(world.last_mail(&new_address(1)).message.text.contains("/khong-phai-toi#"));
}

#[tokio::test]
async fn nobody_is_both_first_and_second() {
    let world = world();
    let (_, id) = world.proposed(1).await;
    let (desk, b) = (world.desk(), world.staff("b").await);
    let answer = desk.confirm(&b, &world.seen(&id)).await;
    assert_eq!(answer, Err(DeskRefusal::SamePerson));

    // Nor under a second staff name of the same member.
    world.host.store.with(|tables| {
        tables.desk.staff.get_mut("b@example.vn").unwrap().member = Some(MemberRef("m9".into()));
        let twin = person("b2", Role::Supervisor, OFFICE, Some("m9"));
        tables.desk.staff.insert("b2@example.vn".into(), twin);
    });
    let twin = world.staff("b2").await;
    let answer = desk.confirm(&twin, &world.seen(&id)).await;
    assert_eq!(answer, Err(DeskRefusal::SamePerson));
    assert_eq!(world.state(&id), CaseState::SecondApproval);
}

#[tokio::test]
async fn the_applicant_is_never_one_of_the_two() {
    let world = world();
    let (_, id) = world.case_with(8, "", &new_address(8)).await;
    let (desk, a, b) = (world.desk(), world.staff("a").await, world.staff("b").await);
    desk.check(&b, &world.seen(&id), Check::InPerson).await.unwrap();
    assert_eq!(desk.propose(&a, &world.seen(&id)).await, Err(DeskRefusal::NotAllowed));
    desk.propose(&b, &world.seen(&id)).await.unwrap();
    assert_eq!(desk.confirm(&a, &world.seen(&id)).await, Err(DeskRefusal::NotAllowed));
}

#[tokio::test]
async fn a_second_officer_may_send_it_back() {
    let world = world();
    let (_, id) = world.proposed(1).await;
    let (desk, a, b) = (world.desk(), world.staff("a").await, world.staff("b").await);
    desk.send_back(&a, &world.seen(&id)).await.unwrap();
    assert_eq!(world.state(&id), CaseState::InReview);
    assert_eq!(desk.confirm(&a, &world.seen(&id)).await, Err(DeskRefusal::CaseState));
    desk.propose(&b, &world.seen(&id)).await.unwrap();
    assert_eq!(world.row(&id).first.unwrap().0, "b");
}

#[tokio::test]
async fn a_change_needs_a_check_something_to_change_and_a_contact_that_can_be_reached() {
    let world = world();
    let (desk, b) = (world.desk(), world.staff("b").await);
    let (_, id) = world.case_with(1, "", &new_address(1)).await;
    assert_eq!(desk.propose(&b, &world.seen(&id)).await, Err(DeskRefusal::ChecksMissing));
    let (_, same) = world.case(2).await;
    desk.check(&b, &world.seen(&same), Check::InPerson).await.unwrap();
    assert_eq!(desk.propose(&b, &world.seen(&same)).await, Err(DeskRefusal::NothingToChange));
    let (_, phone) = world.case_with(3, "0900000555", "").await;
    desk.check(&b, &world.seen(&phone), Check::InPerson).await.unwrap();
    assert_eq!(desk.propose(&b, &world.seen(&phone)).await, Err(DeskRefusal::NoContact));
}

#[tokio::test]
async fn an_old_contact_stops_the_change_once_and_nothing_comes_of_it() {
    let world = world();
    let (proof, id) = world.cooling(1).await;
    let stop = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
    world.host.clock.forward(DAY - 1);
    assert_eq!(world.desk().stop(&stop).await.unwrap(), Stopped::Stopped);
    assert_eq!(world.state(&id), CaseState::Disputed);
    assert_eq!(world.desk().stop(&stop).await.unwrap(), Stopped::NotOurs);
    world.host.clock.forward(2 * DAY);
    world.sweep().await;
    assert!(world.mail.to(&new_address(1)).is_empty());
    let status = world.desk().case_status(&proof).await.unwrap();
    assert_eq!(status.case.state, CaseState::Disputed);
    let member = world.host.store.with(|t| t.members[&MemberRef("m1".into())].clone());
    assert_eq!(member.contacts_changed_at, None);
    assert!(member.former.is_empty());
}

#[tokio::test]
async fn the_stop_link_is_no_key_to_anything_else_and_other_links_do_not_stop() {
    let world = world();
    let (proof, id) = world.cooling(1).await;
    let stop = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
    assert_eq!(world.service().redeem_link(&stop).await, Err(Refusal::LinkSpent));
    let answer = world.desk().continue_case(&stop, proof.code.as_ref()).await;
    assert_eq!(answer, Err(DeskRefusal::Flow(Refusal::LinkSpent)));
    world.service().disown(&stop).await.unwrap();
    assert_eq!(world.state(&id), CaseState::CoolingOff, "the flow's own call knows it not");

    let (_, other) = world.case(2).await;
    let (desk, b) = (world.desk(), world.staff("b").await);
    desk.check(&b, &world.seen(&other), Check::Record).await.unwrap();
    desk.approve(&b, &world.seen(&other), "m2-e").await.unwrap();
    world.sweep().await;
    let link = token_in(&world.last_mail("tv2@example.vn"), "/lien-ket#");
    assert_eq!(desk.stop(&link).await.unwrap(), Stopped::NotOurs);
    assert!(world.service().redeem_link(&link).await.is_ok());
}

#[tokio::test]
async fn the_way_in_does_not_work_before_the_end_of_the_cooling_off() {
    let world = world();
    let (proof, id) = world.cooling(1).await;
    // Even whoever could compute the link early is kept out.
    let recovery = world.row(&id).recovery.unwrap();
    let row = world.host.store.with(|tables| tables.recoveries[&recovery].clone());
    let secret =
        world.host.keys.derive(&row.kid, &row.id, recovery::flow::keys::Purpose::DeskLink).unwrap();
    let token = recovery::flow::ids::LinkToken { recovery, secret };
    let answer = world.desk().continue_case(&token, proof.code.as_ref()).await;
    assert_eq!(answer, Err(DeskRefusal::Flow(Refusal::LinkSpent)));
}

#[tokio::test]
async fn after_a_dispute_two_people_one_a_supervisor_go_on_and_it_cannot_be_stopped_again() {
    let world = world();
    let (proof, id) = world.cooling(1).await;
    let stop = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
    world.host.clock.forward(60);
    world.desk().stop(&stop).await.unwrap();
    let desk = world.desk();
    let (a, b, s) = (world.staff("a").await, world.staff("b").await, world.staff("s").await);

    // The check of before the dispute does not count, nor does a call.
    world.host.clock.forward(60);
    assert_eq!(desk.resume(&a, &world.seen(&id)).await, Err(DeskRefusal::ChecksMissing));
    desk.check(&a, &world.seen(&id), Check::CallBack).await.unwrap();
    assert_eq!(desk.resume(&a, &world.seen(&id)).await, Err(DeskRefusal::ChecksMissing));
    desk.check(&a, &world.seen(&id), Check::InPerson).await.unwrap();

    assert_eq!(desk.resume(&a, &world.seen(&id)).await, Ok(vec![]));
    assert_eq!(world.state(&id), CaseState::Disputed, "one person is not enough");
    assert_eq!(desk.resume(&a, &world.seen(&id)).await, Err(DeskRefusal::SamePerson));
    assert_eq!(desk.resume(&b, &world.seen(&id)).await, Err(DeskRefusal::NotAllowed));
    desk.resume(&s, &world.seen(&id)).await.unwrap();
    assert_eq!(world.state(&id), CaseState::Approved);
    world.sweep().await;
    let told = world.last_mail("tv1@example.vn").message.text;
    assert!(told.contains("đã được đổi") && !told.contains('#'), "{told}");
    assert_eq!(desk.stop(&stop).await.unwrap(), Stopped::NotOurs);
    let token = token_in(&world.last_mail(&new_address(1)), "/ho-so#");
    assert!(desk.continue_case(&token, proof.code.as_ref()).await.is_ok());
}

#[tokio::test]
async fn proof_in_the_very_second_of_the_dispute_may_have_come_before_it_and_does_not_count() {
    let world = world();
    let (_, id) = world.cooling(1).await;
    let stop = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
    let desk = world.desk();
    desk.stop(&stop).await.unwrap();
    let a = world.staff("a").await;
    assert_eq!(desk.resume(&a, &world.seen(&id)).await, Err(DeskRefusal::ChecksMissing));
    desk.check(&a, &world.seen(&id), Check::InPerson).await.unwrap();
    assert_eq!(desk.resume(&a, &world.seen(&id)).await, Err(DeskRefusal::ChecksMissing));
}

#[tokio::test]
async fn changed_contacts_open_no_recovery_by_email_for_seven_days_and_the_old_ones_never() {
    let world = world();
    world.cooling(1).await;
    world.host.clock.forward(DAY);
    world.sweep().await;
    let count = |address: &str| world.mail.to(address).len();
    let (old, new) = (count("tv1@example.vn"), count(&new_address(1)));
    ask_by_email(&world, 1, "tv1@example.vn").await;
    ask_by_email(&world, 1, &new_address(1)).await;
    world.host.clock.forward(7 * DAY - 1);
    ask_by_email(&world, 1, &new_address(1)).await;
    assert_eq!((count("tv1@example.vn"), count(&new_address(1))), (old, new));
    world.host.clock.forward(1);
    ask_by_email(&world, 1, &new_address(1)).await;
    ask_by_email(&world, 1, "tv1@example.vn").await;
    assert_eq!((count("tv1@example.vn"), count(&new_address(1))), (old, new + 1));
}

#[tokio::test]
async fn a_resting_account_gets_a_decoy_like_no_account_at_all() {
    let world = world();
    world.cooling(1).await;
    world.host.clock.forward(DAY);
    world.sweep().await;
    let mut calls = Vec::new();
    for k in [1, 4_000] {
        world.host.store.take_calls();
        let request = EmailRequest {
            identifier: Identifier::parse(&(9_000_000_000_u64 + u64::from(k)).to_string()).unwrap(),
            email: EmailAddress::parse(&new_address(k)).unwrap(),
            locale: Locale::Vi,
            captcha_level: 3,
        };
        world.service().request_email(&request).await.unwrap();
        calls.push(world.host.store.take_calls());
    }
    assert_eq!(calls[0], calls[1]);
}

#[tokio::test]
async fn recoveries_started_with_the_old_address_end_with_the_change() {
    let world = world();
    world.cooling(1).await;
    ask_by_email(&world, 1, "tv1@example.vn").await;
    let thief = token_in(&world.last_mail("tv1@example.vn"), "/lien-ket#");
    world.host.clock.forward(DAY);
    world.sweep().await;
    assert_eq!(world.service().redeem_link(&thief).await, Err(Refusal::LinkSpent));
    let state = world.host.store.with(|t| t.recoveries[&thief.recovery].state);
    assert_eq!(state, RecoveryState::Voided);
}

#[tokio::test]
async fn a_password_set_during_the_cooling_off_sends_the_case_back_to_an_officer() {
    let world = world();
    let (_, id) = world.cooling(1).await;
    ask_by_email(&world, 1, "tv1@example.vn").await;
    let token = token_in(&world.last_mail("tv1@example.vn"), "/lien-ket#");
    let granted = world.service().redeem_link(&token).await.unwrap();
    world.service().set_password(&granted.ticket, GOOD).await.unwrap();
    world.host.clock.forward(DAY);
    world.sweep().await;
    assert_eq!(world.state(&id), CaseState::InReview);
    let templates: Vec<_> =
        world.host.store.with(|t| t.outbox.values().map(|row| row.template).collect());
    assert!(!templates.contains(&Template::DeskGuardedLink));
}

#[tokio::test]
async fn the_citizen_can_withdraw_during_the_cooling_off() {
    let world = world();
    let (proof, id) = world.cooling(1).await;
    world.desk().case_withdraw(&proof).await.unwrap();
    world.host.clock.forward(DAY);
    world.sweep().await;
    assert_eq!(world.state(&id), CaseState::Withdrawn);
    assert!(world.mail.to(&new_address(1)).is_empty());
}

#[tokio::test]
async fn a_message_during_the_cooling_off_does_not_keep_an_old_contact_from_stopping_it() {
    let world = world();
    let (proof, id) = world.cooling(1).await;
    let stop = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
    world.desk().case_message(&proof, &text("nhanh lên")).await.unwrap();
    assert_eq!(world.desk().stop(&stop).await.unwrap(), Stopped::Stopped);
    assert_eq!(world.state(&id), CaseState::Disputed);
}

#[tokio::test]
async fn a_raised_epoch_voids_link_and_stop_alike() {
    let mut world = world();
    let (proof, _) = world.cooling(1).await;
    let stop = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
    world.host.policy.secret_epoch = 1;
    assert_eq!(world.desk().stop(&stop).await.unwrap(), Stopped::NotOurs);
    world.host.clock.forward(DAY);
    world.sweep().await;
    let token = token_in(&world.last_mail(&new_address(1)), "/ho-so#");
    let answer = world.desk().continue_case(&token, proof.code.as_ref()).await;
    assert_eq!(answer, Err(DeskRefusal::Flow(Refusal::LinkSpent)));
}

#[tokio::test]
async fn every_act_of_a_changed_address_is_in_the_audit_with_who_and_where() {
    let world = world();
    world.cooling(1).await;
    world.host.clock.forward(DAY);
    world.sweep().await;
    let lines = world.host.store.with(|t| t.desk.lines.values().cloned().collect::<Vec<_>>());
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.event.act, line.staff.as_ref().map_or("", |staff| staff.0.as_str())))
        .collect();
    assert_eq!(
        told,
        [
            ("case-opened", ""),
            ("case-check-in-person", "b"),
            ("case-change-proposed", "b"),
            ("case-change-confirmed", "s"),
            ("case-change-done", ""),
        ]
    );
    assert!(lines.iter().all(|line| line.office.as_str() == OFFICE));
    let chained = world.desk().chain_audit(10).await.unwrap();
    assert_eq!(chained.linked, 5);
    let s = world.staff("s").await;
    let report = world.desk().verify_audit(&s, 10_000).await.unwrap();
    assert_eq!((report.good, report.open, report.findings.len()), (5, 0, 0));
    world.host.store.with(|t| t.audit[3].act = "case-noted");
    let report = world.desk().verify_audit(&s, 10_000).await.unwrap();
    assert_eq!(report.findings, [recovery::desk::audit::Finding::Altered { seq: 4 }]);
}

#[tokio::test]
async fn where_no_old_contact_can_be_told_it_takes_proof_in_person_and_a_supervisor() {
    let world = world();
    world.host.store.with(|tables| {
        tables.members.get_mut(&MemberRef("m1".into())).unwrap().contacts.clear();
    });
    let (_, id) = world.case_with(1, "", &new_address(1)).await;
    let (desk, a, b) = (world.desk(), world.staff("a").await, world.staff("b").await);
    desk.check(&b, &world.seen(&id), Check::Record).await.unwrap();
    desk.check(&b, &world.seen(&id), Check::CallBack).await.unwrap();
    let answer = desk.propose(&b, &world.seen(&id)).await;
    assert_eq!(answer, Err(DeskRefusal::ChecksMissing), "nobody saw the person");

    desk.check(&b, &world.seen(&id), Check::InPerson).await.unwrap();
    desk.propose(&b, &world.seen(&id)).await.unwrap();
    let answer = desk.confirm(&a, &world.seen(&id)).await;
    assert_eq!(answer, Err(DeskRefusal::NotAllowed), "no supervisor looked at it");
    assert_eq!(world.state(&id), CaseState::SecondApproval);
    desk.confirm(&world.staff("s").await, &world.seen(&id)).await.unwrap();
    assert_eq!(world.state(&id), CaseState::CoolingOff);
}

#[tokio::test]
async fn an_old_phone_that_gets_no_texts_from_here_counts_as_nobody_to_tell() {
    let mut world = world();
    world.host.text_policy.notify_phones = false;
    world.host.store.with(|tables| {
        let member = tables.members.get_mut(&MemberRef("m1".into())).unwrap();
        member.contacts.retain(|known| matches!(known.value, ContactValue::Phone(_)));
        assert!(!member.contacts.is_empty());
    });
    let (_, id) = world.case_with(1, "", &new_address(1)).await;
    let (desk, b) = (world.desk(), world.staff("b").await);
    desk.check(&b, &world.seen(&id), Check::Record).await.unwrap();
    let answer = desk.propose(&b, &world.seen(&id)).await;
    assert_eq!(answer, Err(DeskRefusal::ChecksMissing));
}

#[tokio::test]
async fn an_officer_stops_a_change_during_the_cooling_off_as_an_old_contact_would() {
    let world = world();
    let (_, id) = world.cooling(1).await;
    let (desk, a) = (world.desk(), world.staff("a").await);
    desk.send_back(&a, &world.seen(&id)).await.unwrap();
    assert_eq!(world.state(&id), CaseState::Disputed);
    let recovery = world.row(&id).recovery.unwrap();
    let state = world.host.store.with(|t| t.recoveries[&recovery].state);
    assert_ne!(state, RecoveryState::Open, "the way in is void");
    assert_eq!(desk.send_back(&a, &world.seen(&id)).await, Err(DeskRefusal::CaseState), "once");

    // The old contact's own stop comes too late, and harms nothing.
    let token = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
    assert_eq!(desk.stop(&token).await, Ok(Stopped::NotOurs));
    world.host.clock.forward(DAY + 1);
    assert_eq!(desk.finish(&id).await, Ok(Vec::new()));
    assert_eq!(world.state(&id), CaseState::Disputed);
}
