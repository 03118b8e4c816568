//! Nobody learns who exists.

use recovery::flow::Refusal;
use recovery::flow::account::MemberStatus;
use recovery::flow::dispatch::Dispatched;
use recovery::flow::ids::{Id, LinkToken, Secret};
use recovery::flow::store::OutboxState;

use crate::support::{GOOD, World, address, code_in, number, world, wrong};

/// Everything that a caller can see and cause, in order: answers without random ids,
/// and the kinds of all reads and writes.
async fn transcript(world: &World, number: &str, email: &str) -> Vec<String> {
    let mut seen = Vec::new();
    world.host.store.take_calls();
    let mut last = None;
    for _ in 0..4 {
        match world.ask(number, email).await {
            Ok(accepted) => {
                seen.push(format!("202 {}", accepted.expires_in));
                last = Some(accepted);
            }
            Err(refusal) => seen.push(format!("{refusal:?}")),
        }
        seen.extend(world.host.store.take_calls());
        world.sweep().await;
        seen.extend(world.host.store.take_calls());
        world.host.clock.forward(1);
    }
    let last = last.unwrap();
    for _ in 0..6 {
        let answer = world.code(&last, "ZZZZ-ZZZ0").await;
        seen.push(format!("{:?}", answer.map(|_| ())));
        seen.extend(world.host.store.take_calls());
    }
    seen.push(format!("{:?}", world.service().resend(&last.recovery).await.map(|_| ())));
    let token = LinkToken { recovery: last.recovery, secret: Secret::new([9; 32]) };
    seen.push(format!("{:?}", world.service().redeem_link(&token).await.map(|_| ())));
    seen.push(format!("{:?}", world.service().disown(&token).await));
    seen.extend(world.host.store.take_calls());
    for _ in 0..7 {
        let answer = world.sign_in_from(number, "sai rồi nhé", "192.0.2.1").await;
        seen.push(format!("{:?}", answer.map(|_| ())));
        seen.extend(world.host.store.take_calls());
    }
    world.host.clock.forward(600);
    seen.push(format!("{:?}", world.code(&last, "ZZZZ-ZZZ0").await.map(|_| ())));
    seen.extend(world.host.store.take_calls());
    seen
}

#[tokio::test]
async fn known_unknown_closed_and_mismatched_accounts_give_the_same_transcript() {
    let known = transcript(&world(), &number(1), &address(1)).await;
    assert!(known.len() > 100);

    assert_eq!(known, transcript(&world(), &number(77), &address(77)).await, "unknown number");
    assert_eq!(known, transcript(&world(), &number(1), &address(2)).await, "another's address");
    assert_eq!(known, transcript(&world(), "079088000001", &address(1)).await, "unknown citizen");
    let closed = world();
    closed.host.store.with(|tables| {
        let own = tables.members.values_mut().find(|m| m.reference.0 == "m1").unwrap();
        own.status = MemberStatus::Closed;
    });
    assert_eq!(known, transcript(&closed, &number(1), &address(1)).await, "closed");
    let without = world();
    without.host.store.with(|tables| {
        let own = tables.members.values_mut().find(|m| m.reference.0 == "m1").unwrap();
        own.contacts.clear();
    });
    assert_eq!(known, transcript(&without, &number(1), &address(1)).await, "no address");
}

#[tokio::test]
async fn the_same_number_of_hashes_is_computed_known_or_not() {
    let mut work = Vec::new();
    for k in [1, 77] {
        let world = world();
        for _ in 0..5 {
            let _ = world.sign_in(k, "sai rồi nhé").await;
        }
        work.push(world.host.hasher.0.get());
    }
    assert_eq!(work, [5, 5]);
}

#[tokio::test]
async fn nothing_is_sent_for_a_decoy() {
    let world = world();
    world.ask(&number(77), &address(77)).await.unwrap();
    assert_eq!(world.sweep().await, [Dispatched::Settled(OutboxState::Discarded)]);
    assert!(world.mail.inbox.borrow().is_empty());
}

#[tokio::test]
async fn no_code_opens_a_decoy() {
    let world = world();
    let decoy = world.ask(&number(77), &address(77)).await.unwrap();
    // The secrets that would be derived for it, had it been a member's.
    let keys = &world.host.keys;
    let bits = keys.derive_code("k2", &decoy.recovery).unwrap();
    let code = recovery::code::Code::from_bits(bits).to_string();
    assert_eq!(world.code(&decoy, &code).await, Err(Refusal::CodeRejected { attempts_left: 4 }));
    let secret = keys.derive("k2", &decoy.recovery, recovery::flow::keys::Purpose::Link).unwrap();
    let token = LinkToken { recovery: decoy.recovery, secret };
    assert_eq!(world.service().redeem_link(&token).await, Err(Refusal::LinkSpent));
}

#[tokio::test]
async fn a_decoy_keeps_nothing_of_what_was_typed_in_clear() {
    let world = world();
    world.ask(&number(77), "nguoi-la-77@example.vn").await.unwrap();
    let kept = world.host.store.with(|t| format!("{:?} {:?}", t.recoveries, t.outbox));
    for secret in [number(77).as_str(), "nguoi-la-77", "example.vn"] {
        assert!(!kept.contains(secret), "{secret} in {kept}");
    }
}

#[tokio::test]
async fn an_unknown_recovery_answers_as_a_closed_one() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    for _ in 0..5 {
        let _ = world.code(&accepted, &wrong(&mail)).await;
    }
    let used_up = world.code(&accepted, &code_in(&mail)).await;
    let unknown = world
        .service()
        .redeem_code(&Id::new([3; 16]), &recovery::code::Code::parse("00000000").unwrap())
        .await;
    assert_eq!(used_up, unknown);
}

#[tokio::test]
async fn a_password_that_breaks_the_rules_is_simply_wrong_at_sign_in() {
    let world = world();
    world.recovered(1, GOOD).await;
    for typed in ["", "ngắn", &"dài".repeat(200)] {
        assert_eq!(world.sign_in(1, typed).await, Err(Refusal::SignInRejected));
    }
}
