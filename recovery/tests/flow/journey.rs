//! From a forgotten password to a new one.

use recovery::flow::Refusal;
use recovery::flow::store::RecoveryState;
use recovery::password::Reason;

use crate::support::{GOOD, address, code_in, number, token_in, world};

#[tokio::test]
async fn a_member_gets_back_in_with_the_code() {
    let world = world();
    world.recovered(1, GOOD).await;
    let signed_in = world.sign_in(1, GOOD).await.unwrap();
    assert_eq!(signed_in.profile.recoveries[0].state, "completed");
    assert_eq!(signed_in.profile.emails, ["t••1@example.vn"]);
}

#[tokio::test]
async fn a_member_gets_back_in_with_the_link() {
    let world = world();
    let (_, mail) = world.asked(2).await;
    let token = token_in(&mail, "/lien-ket");
    let granted = world.service().redeem_link(&token).await.unwrap();
    world.set(&granted.ticket, GOOD).await.unwrap();
    world.sign_in(2, GOOD).await.unwrap();
    assert_eq!(world.service().redeem_link(&token).await, Err(Refusal::LinkSpent));
}

#[tokio::test]
async fn the_code_is_accepted_as_people_type_it() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    let typed = format!(" {} ", code_in(&mail).to_lowercase().replace('-', " "));
    world.code(&accepted, &typed).await.unwrap();
}

#[tokio::test]
async fn a_code_of_one_recovery_is_refused_in_another() {
    let world = world();
    let (_, first) = world.asked(1).await;
    let (second, _) = world.asked(1).await;
    let refusal = world.code(&second, &code_in(&first)).await.unwrap_err();
    assert_eq!(refusal, Refusal::CodeRejected { attempts_left: 4 });
}

#[tokio::test]
async fn redeeming_again_voids_the_earlier_ticket() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    let first = world.code(&accepted, &code_in(&mail)).await.unwrap();
    let second = world.service().redeem_link(&token_in(&mail, "/lien-ket")).await.unwrap();
    assert_eq!(world.set(&first.ticket, GOOD).await, Err(Refusal::TicketSpent));
    world.set(&second.ticket, GOOD).await.unwrap();
}

#[tokio::test]
async fn a_ticket_is_spent_once() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    let granted = world.code(&accepted, &code_in(&mail)).await.unwrap();
    world.set(&granted.ticket, GOOD).await.unwrap();
    for _ in 0..1_000 {
        assert_eq!(world.set(&granted.ticket, GOOD).await, Err(Refusal::TicketSpent));
    }
}

#[tokio::test]
async fn spending_a_ticket_voids_every_other_way_in_of_the_member() {
    let world = world();
    let (other, other_mail) = world.asked(1).await;
    let other_ticket = world.code(&other, &code_in(&other_mail)).await.unwrap();
    let (third, third_mail) = world.asked(1).await;
    world.host.clock.forward(1);
    world.recovered(1, GOOD).await;

    assert_eq!(world.set(&other_ticket.ticket, GOOD).await, Err(Refusal::TicketSpent));
    let refused = world.code(&third, &code_in(&third_mail)).await;
    assert_eq!(refused, Err(Refusal::RecoveryClosed));
    let refused = world.service().redeem_link(&token_in(&third_mail, "/lien-ket")).await;
    assert_eq!(refused, Err(Refusal::LinkSpent));
}

#[tokio::test]
async fn a_refused_password_keeps_the_ticket() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    let granted = world.code(&accepted, &code_in(&mail)).await.unwrap();
    for (password, reason) in [
        ("ngắn", Reason::TooShort),
        ("9000000001", Reason::Context),
        ("thanhvienthu", Reason::Context),
        ("12345678", Reason::Common),
    ] {
        let refusal = world.set(&granted.ticket, password).await.unwrap_err();
        let Refusal::PasswordRejected(reasons) = refusal else { panic!("{refusal:?}") };
        assert!(reasons.contains(&reason), "{password}: {reasons:?}");
    }
    world.set(&granted.ticket, GOOD).await.unwrap();
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_and_signs_nobody_in() {
    let world = world();
    world.recovered(1, GOOD).await;
    let old = world.sign_in(1, GOOD).await.unwrap();
    world.recovered(1, "một mật thư khác 8").await;
    let session = world.service().session(&old.session).await;
    assert_eq!(session, Err(Refusal::NotSignedIn));
    assert_eq!(world.host.store.with(|t| t.sessions.len()), 0);
    assert_eq!(world.sign_in(1, GOOD).await, Err(Refusal::SignInRejected));
}

#[tokio::test]
async fn every_registered_address_is_told_of_the_change() {
    let world = world();
    world.host.store.with(|tables| {
        let own = tables.members.values_mut().find(|m| m.reference.0 == "m1").unwrap();
        let mut second = own.contacts[0].clone();
        second.id = "m1-second".into();
        second.value = recovery::flow::account::ContactValue::Email(
            recovery::email::EmailAddress::parse("nguoi-nha@example.vn").unwrap(),
        );
        own.contacts.push(second);
    });
    world.recovered(1, GOOD).await;
    world.sweep().await;
    for to in [address(1).as_str(), "nguoi-nha@example.vn"] {
        let notice = world.mail.to(to).pop().unwrap();
        assert!(notice.message.text.contains("/khong-phai-toi#"), "{}", notice.message.text);
        assert!(!notice.message.text.contains(GOOD));
    }
}

#[tokio::test]
async fn code_and_link_end_with_their_lifetimes() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    world.host.clock.forward(599);
    world.code(&accepted, &code_in(&mail)).await.unwrap();
    world.host.clock.forward(1);
    let refused = world.code(&accepted, &code_in(&mail)).await;
    assert_eq!(refused, Err(Refusal::RecoveryClosed));
    let refused = world.service().redeem_link(&token_in(&mail, "/lien-ket")).await;
    assert_eq!(refused, Err(Refusal::LinkSpent));
    assert_eq!(world.service().resend(&accepted.recovery).await, Err(Refusal::RecoveryClosed));
}

#[tokio::test]
async fn a_ticket_ends_with_its_lifetime() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    let granted = world.code(&accepted, &code_in(&mail)).await.unwrap();
    assert_eq!(granted.expires_in, 900);
    world.host.clock.forward(900);
    assert_eq!(world.set(&granted.ticket, GOOD).await, Err(Refusal::TicketSpent));
}

#[tokio::test]
async fn a_repeated_message_has_the_same_code_link_and_end() {
    let world = world();
    let (accepted, first) = world.asked(1).await;
    world.host.clock.forward(100);
    let again = world.service().resend(&accepted.recovery).await.unwrap();
    assert_eq!((again.recovery, again.expires_in), (accepted.recovery, 500));
    world.sweep().await;
    let second = world.mail.to(&address(1)).pop().unwrap();
    assert_ne!(first.key, second.key);
    assert_eq!(first.message.text, second.message.text);
}

#[tokio::test]
async fn all_forms_of_a_number_lead_to_the_same_account() {
    let world = world();
    for form in ["9000000001", "90 0000 0001", "９００００００００１", "HC4019000000001"]
    {
        world.host.clock.forward(86_400);
        world.ask(form, &address(1)).await.unwrap();
        world.sweep().await;
    }
    assert_eq!(world.mail.to(&address(1)).len(), 4);
}

#[tokio::test]
async fn two_relatives_on_one_address_recover_with_separate_tickets() {
    let world = world();
    let shared = address(1);
    world.host.store.with(|tables| {
        let contact = tables.members.values().next().unwrap().contacts[0].clone();
        let second = tables.members.values_mut().find(|m| m.reference.0 == "m2").unwrap();
        second.contacts[0].value = contact.value;
    });
    let one = world.ask(&number(1), &shared).await.unwrap();
    let two = world.ask(&number(2), &shared).await.unwrap();
    world.sweep().await;
    let mails = world.mail.to(&shared);
    let granted = [
        world.code(&one, &code_in(&mails[0])).await.unwrap(),
        world.code(&two, &code_in(&mails[1])).await.unwrap(),
    ];
    world.set(&granted[0].ticket, GOOD).await.unwrap();
    world.set(&granted[1].ticket, "một mật thư khác 8").await.unwrap();
    world.sign_in(1, GOOD).await.unwrap();
    world.sign_in(2, "một mật thư khác 8").await.unwrap();
    let state = |id| world.host.store.with(|t| t.recoveries[&id].state);
    assert_eq!(state(one.recovery), RecoveryState::Completed);
}
