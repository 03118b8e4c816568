//! Faults of the store, rotation of keys, the epoch, retention.

use recovery::flow::Refusal;
use recovery::flow::keys::{Key, Keyring};
use recovery::testing::memory::Trouble;

use crate::support::{GOOD, address, code_in, number, token_in, world};

#[tokio::test]
async fn with_the_store_down_everything_fails_closed() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    let granted = world.code(&accepted, &code_in(&mail)).await.unwrap();
    world.host.store.trouble(Some(Trouble::Down));
    let down = |refusal| matches!(refusal, Refusal::Unavailable(_));
    assert!(down(world.ask(&number(1), &address(1)).await.unwrap_err()));
    assert!(down(world.code(&accepted, &code_in(&mail)).await.unwrap_err()));
    assert!(down(world.set(&granted.ticket, GOOD).await.unwrap_err()));
    assert!(down(world.sign_in(1, GOOD).await.unwrap_err()));
    world.host.store.trouble(None);
    world.set(&granted.ticket, GOOD).await.unwrap();
}

#[tokio::test]
async fn a_change_that_fails_after_any_of_its_writes_changes_nothing() {
    for writes in 0..7 {
        let world = world();
        let (accepted, mail) = world.asked(1).await;
        let granted = world.code(&accepted, &code_in(&mail)).await.unwrap();
        let before = world.host.store.with(|t| format!("{:?}{:?}", t.tickets, t.recoveries));
        world.host.store.trouble(Some(Trouble::FailAfter(writes)));
        let refusal = world.set(&granted.ticket, GOOD).await.unwrap_err();
        assert!(matches!(refusal, Refusal::Unavailable(_)), "{refusal:?}");
        let after = world.host.store.with(|t| format!("{:?}{:?}", t.tickets, t.recoveries));
        assert_eq!(before, after);
        world.set(&granted.ticket, GOOD).await.unwrap();
    }
}

#[tokio::test]
async fn a_change_whose_answer_got_lost_is_found_to_be_done() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    let granted = world.code(&accepted, &code_in(&mail)).await.unwrap();
    world.host.store.trouble(Some(Trouble::LostAnswer));
    world.set(&granted.ticket, GOOD).await.unwrap();
    world.sign_in(1, GOOD).await.unwrap();
}

#[tokio::test]
async fn rotating_the_key_keeps_open_recoveries_alive() {
    let mut world = world();
    let (accepted, mail) = world.asked(1).await;
    let key = |id: &str, byte| Key { id: id.into(), bytes: [byte; 32] };
    world.host.keys = Keyring::new(key("k3", 3), vec![key("k2", 2)]);
    world.code(&accepted, &code_in(&mail)).await.unwrap();

    world.host.keys = Keyring::new(key("k3", 3), vec![]);
    let refused = world.code(&accepted, &code_in(&mail)).await;
    assert_eq!(refused, Err(Refusal::CodeRejected { attempts_left: 4 }));
}

#[tokio::test]
async fn raising_the_epoch_voids_every_live_secret() {
    let mut world = world();
    world.recovered(2, GOOD).await;
    let session = world.sign_in(2, GOOD).await.unwrap();
    let (accepted, mail) = world.asked(1).await;
    let granted = world.code(&accepted, &code_in(&mail)).await.unwrap();
    world.host.policy.secret_epoch = 1;

    let refused = world.code(&accepted, &code_in(&mail)).await;
    assert_eq!(refused, Err(Refusal::RecoveryClosed));
    let refused = world.service().redeem_link(&token_in(&mail, "/lien-ket")).await;
    assert_eq!(refused, Err(Refusal::LinkSpent));
    assert_eq!(world.set(&granted.ticket, GOOD).await, Err(Refusal::TicketSpent));
    let after = world.service().session(&session.session).await;
    assert_eq!(after, Err(Refusal::NotSignedIn));
    world.service().disown(&token_in(&mail, "/khong-phai-toi")).await.unwrap();

    world.recovered(1, GOOD).await;
}

#[tokio::test]
async fn retention_forgets_old_recoveries_and_counters() {
    let world = world();
    world.recovered(1, GOOD).await;
    world.sweep().await;
    world.host.clock.forward(31 * 86_400);
    world.ask(&number(2), &address(2)).await.unwrap();
    world.service().purge().await.unwrap();
    world.host.store.with(|tables| {
        assert_eq!(tables.recoveries.len(), 1);
        assert_eq!(tables.outbox.len(), 1);
        assert_eq!(tables.dispatches.len(), 1);
        assert_eq!(tables.tickets.len(), 0);
        assert_eq!(tables.addresses.len(), 0);
    });
    world.sign_in(1, GOOD).await.unwrap();
}

#[tokio::test]
async fn a_session_ends_when_idle_and_after_eight_hours_in_any_case() {
    let world = world();
    world.recovered(1, GOOD).await;
    let session = world.sign_in(1, GOOD).await.unwrap().session;
    for _ in 0..32 {
        world.service().session(&session).await.unwrap();
        world.host.clock.forward(899);
    }
    world.host.clock.forward(32);
    assert_eq!(world.service().session(&session).await, Err(Refusal::NotSignedIn));

    let session = world.sign_in(1, GOOD).await.unwrap().session;
    world.host.clock.forward(900);
    assert_eq!(world.service().session(&session).await, Err(Refusal::NotSignedIn));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_can_be_said_twice() {
    let world = world();
    world.recovered(1, GOOD).await;
    let session = world.sign_in(1, GOOD).await.unwrap().session;
    for _ in 0..2 {
        world.service().sign_out(&session).await.unwrap();
        assert_eq!(world.service().session(&session).await, Err(Refusal::NotSignedIn));
    }
}

#[tokio::test]
async fn each_sign_in_has_a_new_session_id() {
    let world = world();
    world.recovered(1, GOOD).await;
    let first = world.sign_in(1, GOOD).await.unwrap().session;
    let second = world.sign_in(1, GOOD).await.unwrap().session;
    assert!(first != second);
}

#[tokio::test]
async fn the_audit_tells_each_step_without_personal_data() {
    let world = world();
    world.recovered(1, GOOD).await;
    let acts: Vec<_> = world.host.store.with(|t| t.audit.iter().map(|e| e.act).collect());
    assert_eq!(acts, ["recovery-requested", "code-redeemed", "password-set"]);
    let kept = world.host.store.with(|t| format!("{:?}", t.audit));
    assert!(!kept.contains(&number(1)) && !kept.contains("example.vn"), "{kept}");
}
