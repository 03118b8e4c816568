//! Limits without lock-out or oracle.

use recovery::flow::Refusal;
use recovery::flow::policy::{DAY, HOUR};

use crate::support::{GOOD, address, code_in, number, token_in, world, wrong};

#[tokio::test]
async fn three_messages_an_hour_and_six_a_day_known_or_not() {
    for (number, email) in [(number(1), address(1)), (number(77), address(1))] {
        let world = world();
        for _ in 0..2 {
            for _ in 0..3 {
                world.ask(&number, &email).await.unwrap();
            }
            let refusal = world.ask(&number, &email).await.unwrap_err();
            let Refusal::TooMany { retry_after } = refusal else { panic!("{refusal:?}") };
            assert!((1..=DAY).contains(&retry_after), "{retry_after}");
            world.host.clock.forward(u32::try_from(HOUR).unwrap());
        }
        let refusal = world.ask(&number, &email).await.unwrap_err();
        assert_eq!(refusal, Refusal::TooMany { retry_after: DAY - 2 * HOUR });
    }
}

#[tokio::test]
async fn a_repetition_counts_as_a_message() {
    let world = world();
    let (accepted, _) = world.asked(1).await;
    world.service().resend(&accepted.recovery).await.unwrap();
    world.service().resend(&accepted.recovery).await.unwrap();
    let refusal = world.service().resend(&accepted.recovery).await.unwrap_err();
    assert_eq!(refusal, Refusal::TooMany { retry_after: HOUR });
}

#[tokio::test]
async fn for_one_number_nothing_is_refused_but_the_captcha_gets_harder() {
    let mut world = world();
    world.host.policy.captcha_raise_after = 4;
    for k in 0..20 {
        world.ask(&number(1), &format!("ai-do-{k}@example.vn")).await.unwrap();
    }
    let request = recovery::flow::request::EmailRequest {
        identifier: recovery::identifier::Identifier::parse(&number(1)).unwrap(),
        email: recovery::email::EmailAddress::parse(&address(1)).unwrap(),
        locale: recovery::locale::Locale::Vi,
        captcha_level: 2,
    };
    let refusal = world.service().request_email(&request).await.unwrap_err();
    assert_eq!(refusal, Refusal::CaptchaRejected { level: Some(3) });
    world.ask(&number(1), &address(1)).await.unwrap();
}

#[tokio::test]
async fn flooding_requests_never_stops_the_member_from_signing_in() {
    let world = world();
    world.recovered(1, GOOD).await;
    for k in 0..500 {
        world.ask(&number(1), &format!("ai-do-{k}@example.vn")).await.unwrap();
        let _ = world.ask(&number(1), &address(1)).await;
    }
    world.sign_in(1, GOOD).await.unwrap();
}

#[tokio::test]
async fn five_wrong_codes_use_a_recovery_up() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    for left in (0..5).rev() {
        let refusal = world.code(&accepted, &wrong(&mail)).await.unwrap_err();
        assert_eq!(refusal, Refusal::CodeRejected { attempts_left: left });
    }
    let refused = world.code(&accepted, &code_in(&mail)).await;
    assert_eq!(refused, Err(Refusal::RecoveryClosed));
    assert_eq!(world.service().resend(&accepted.recovery).await, Err(Refusal::RecoveryClosed));
}

#[tokio::test]
async fn the_link_still_works_when_the_codes_are_used_up() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    for _ in 0..6 {
        let _ = world.code(&accepted, &wrong(&mail)).await;
    }
    world.service().redeem_link(&token_in(&mail, "/lien-ket")).await.unwrap();
}

#[tokio::test]
async fn eleven_wrong_codes_over_three_recoveries_silence_the_right_one_but_not_the_link() {
    let mut world = world();
    world.host.policy.dispatch_hour = 0;
    for round in 0..3 {
        let (accepted, mail) = world.asked(1).await;
        for _ in 0..(if round == 2 { 1 } else { 5 }) {
            let _ = world.code(&accepted, &wrong(&mail)).await;
        }
    }
    let (accepted, mail) = world.asked(1).await;
    let refused = world.code(&accepted, &code_in(&mail)).await;
    assert_eq!(refused, Err(Refusal::CodeRejected { attempts_left: 4 }));
    assert_eq!(world.host.store.with(|t| t.compares.len()), 10);
    world.service().redeem_link(&token_in(&mail, "/lien-ket")).await.unwrap();

    world.host.clock.forward(u32::try_from(DAY).unwrap());
    let (accepted, mail) = world.asked(1).await;
    world.code(&accepted, &code_in(&mail)).await.unwrap();
}

#[tokio::test]
async fn right_codes_do_not_use_anything_up() {
    let mut world = world();
    (world.host.policy.dispatch_hour, world.host.policy.dispatch_day) = (0, 0);
    world.host.policy.address_day = 0;
    for round in 0..15 {
        let (accepted, mail) = world.asked(1).await;
        for _ in 0..7 {
            world.code(&accepted, &code_in(&mail)).await.unwrap();
        }
        assert_eq!(world.host.store.with(|t| t.compares.len()), 0, "round {round}");
    }
}

#[tokio::test]
async fn guessing_with_another_address_does_not_use_up_the_members_comparisons() {
    let mut world = world();
    world.host.policy.dispatch_hour = 0;
    world.host.policy.dispatch_day = 0;
    for _ in 0..5 {
        let decoy = world.ask(&number(1), "ke-la@example.vn").await.unwrap();
        for _ in 0..5 {
            let _ = world.code(&decoy, "00000000").await;
        }
    }
    let (accepted, mail) = world.asked(1).await;
    world.code(&accepted, &code_in(&mail)).await.unwrap();
}

#[tokio::test]
async fn five_wrong_passwords_make_the_caller_wait_known_or_not() {
    for k in [1, 77] {
        let world = world();
        for _ in 0..5 {
            assert_eq!(world.sign_in(k, "sai rồi nhé").await, Err(Refusal::SignInRejected));
        }
        let refusal = world.sign_in(k, "sai rồi nhé").await.unwrap_err();
        assert_eq!(refusal, Refusal::TooMany { retry_after: 900 });
        let elsewhere = world.sign_in_from(&number(k), "sai rồi nhé", "192.0.2.9").await;
        assert_eq!(elsewhere, Err(Refusal::CaptchaRequired));
        world.host.clock.forward(900);
        assert_eq!(world.sign_in(k, "sai rồi nhé").await, Err(Refusal::SignInRejected));
    }
}

#[tokio::test]
async fn a_right_password_forgets_the_wrong_ones_before_it() {
    let world = world();
    world.recovered(1, GOOD).await;
    for _ in 0..3 {
        for _ in 0..4 {
            let _ = world.sign_in(1, "sai rồi nhé").await;
        }
        world.sign_in(1, GOOD).await.unwrap();
    }
}

#[tokio::test]
async fn a_recovery_unlocks_the_sign_in_that_guessing_had_locked() {
    let world = world();
    for _ in 0..6 {
        let _ = world.sign_in(1, "sai rồi nhé").await;
    }
    world.recovered(1, GOOD).await;
    world.sign_in(1, GOOD).await.unwrap();
}

#[tokio::test]
async fn an_address_gets_twelve_messages_a_day_and_the_rest_is_dropped_silently() {
    let mut world = world();
    (world.host.policy.dispatch_hour, world.host.policy.dispatch_day) = (0, 0);
    for _ in 0..15 {
        world.ask(&number(1), &address(1)).await.unwrap();
    }
    world.sweep().await;
    assert_eq!(world.mail.to(&address(1)).len(), 12);
}
