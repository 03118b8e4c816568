//! The operator's policy `temporary-password`.

use recovery::flow::Refusal;
use recovery::flow::session::{Entered, SignIn};
use recovery::identifier::Identifier;
use recovery::sms::gsm::Segment;

use crate::sms_support::{phone, secret_in, shape};
use crate::support::{GOOD, World, number, world};

fn with_policy() -> World {
    let mut world = world();
    world.host.text_policy.temporary_password = true;
    world
}

impl World {
    async fn enter(&self, k: u32, password: &str) -> Result<Entered, Refusal> {
        let identifier = Identifier::parse(&number(k)).unwrap();
        let request = SignIn { identifier, password, caller: "192.0.2.1", captcha: true };
        self.service().enter(&request).await
    }

    async fn texted(&self, id: &str, from: u32, k: u32) -> String {
        let reply = self.asks(id, from, k).await;
        assert!(reply.contains("Mat khau tam: "), "{reply}");
        assert!(Segment::new(&reply).is_some());
        secret_in(&reply)
    }
}

#[tokio::test]
async fn it_leads_to_a_ticket_and_to_no_session() {
    let world = with_policy();
    let password = world.texted("id-1", 1, 1).await;
    assert_eq!(password.len(), 14);
    let Entered::Ticket(granted) = world.enter(1, &password).await.unwrap() else {
        panic!("a session")
    };
    assert_eq!(world.host.store.with(|t| t.sessions.len()), 0);
    world.set(&granted.ticket, GOOD).await.unwrap();
    assert!(matches!(world.enter(1, GOOD).await, Ok(Entered::Session(_))));
}

#[tokio::test]
async fn it_is_typed_in_any_case_and_with_spaces() {
    let world = with_policy();
    let password = world.texted("id-1", 1, 1).await.to_lowercase().replace('-', " ");
    assert!(matches!(world.enter(1, &password).await, Ok(Entered::Ticket(_))));
}

#[tokio::test]
async fn it_is_valid_once() {
    let world = with_policy();
    let password = world.texted("id-1", 1, 1).await;
    world.enter(1, &password).await.unwrap();
    assert_eq!(world.enter(1, &password).await, Err(Refusal::SignInRejected));
    assert_eq!(world.host.store.with(|t| t.tickets.len()), 1);
}

#[tokio::test]
async fn it_ends_after_24_hours() {
    let world = with_policy();
    let password = world.texted("id-1", 1, 1).await;
    world.host.clock.forward(86_399);
    let later = world.texted("id-2", 1, 1).await;
    world.enter(1, &password).await.unwrap();
    world.host.clock.forward(86_400);
    assert_eq!(world.enter(1, &later).await, Err(Refusal::SignInRejected));
}

#[tokio::test]
async fn it_never_becomes_the_password_and_never_travels_as_a_code() {
    let world = with_policy();
    let password = world.texted("id-1", 1, 1).await;
    // Nothing about the account has changed: a forged text shuts nobody out.
    let credential = world.host.store.with(|tables| {
        tables.members.values().find(|m| m.reference.0 == "m1").unwrap().credential.clone()
    });
    assert_eq!(credential.hash, None);
    let id = world.host.store.with(|t| *t.recoveries.keys().next().unwrap());
    for part in [&password[..9], &password[5..]] {
        let code = recovery::code::Code::parse(part).unwrap();
        let refused = world.service().redeem_code(&id, &code).await;
        assert!(matches!(refused, Err(Refusal::CodeRejected { .. })));
    }
}

#[tokio::test]
async fn the_password_on_record_keeps_working_beside_it() {
    let world = with_policy();
    world.recovered(1, GOOD).await;
    let temporary = world.texted("id-1", 1, 1).await;
    assert!(matches!(world.enter(1, GOOD).await, Ok(Entered::Session(_))));
    assert!(matches!(world.enter(1, &temporary).await, Ok(Entered::Ticket(_))));
}

#[tokio::test]
async fn it_opens_no_other_account_and_none_for_a_stranger() {
    let world = with_policy();
    let password = world.texted("id-1", 1, 1).await;
    assert_eq!(world.enter(2, &password).await, Err(Refusal::SignInRejected));
    // Asked for from a phone that is not on record: the same reply, good for nothing.
    let decoy = world.texted("id-2", 77, 1).await;
    assert_eq!(world.enter(1, &decoy).await, Err(Refusal::SignInRejected));
    let unknown = world.texted("id-3", 1, 77).await;
    assert_eq!(world.enter(77, &unknown).await, Err(Refusal::SignInRejected));
    assert!(world.host.store.with(|t| t.tickets.is_empty()));
}

#[tokio::test]
async fn a_new_password_voids_it() {
    let world = with_policy();
    let password = world.texted("id-1", 1, 1).await;
    world.recovered(1, GOOD).await;
    assert_eq!(world.enter(1, &password).await, Err(Refusal::SignInRejected));
}

#[tokio::test]
async fn raising_the_epoch_voids_it() {
    let mut world = with_policy();
    let password = world.texted("id-1", 1, 1).await;
    world.host.policy.secret_epoch = 1;
    assert_eq!(world.enter(1, &password).await, Err(Refusal::SignInRejected));
}

#[tokio::test]
async fn a_page_that_waits_gets_a_code_instead() {
    let world = with_policy();
    let page = world.service().start_wait(recovery::locale::Locale::Vi).await.unwrap();
    let body = format!("BH MK {} {}", number(1), page.web_code);
    let reply = world.texts("id-1", &phone(1), &body).await;
    assert!(reply.contains("Ma: "), "{reply}");
}

#[tokio::test]
async fn without_the_policy_no_temporary_password_exists() {
    let mut world = with_policy();
    let password = world.texted("id-1", 1, 1).await;
    world.host.text_policy.temporary_password = false;
    assert_eq!(world.enter(1, &password).await, Err(Refusal::SignInRejected));
    let reply = world.asks("id-2", 1, 1).await;
    assert!(!reply.contains("Mat khau tam"), "{reply}");
}

#[tokio::test]
async fn signing_in_takes_the_same_work_known_or_not_with_and_without_one() {
    let mut seen = Vec::new();
    for (from, k, signs_in) in [(1, 1, 1), (77, 1, 1), (1, 77, 77), (2, 2, 1)] {
        let world = with_policy();
        let reply = world.asks("id-1", from, k).await;
        world.host.store.take_calls();
        let mut transcript = vec![shape(&reply)];
        for typed in ["ABCD-EFGH-JKMN", "sai rồi nhé", ""] {
            transcript.push(format!("{:?}", world.enter(signs_in, typed).await.map(|_| ())));
            transcript.extend(world.host.store.take_calls());
        }
        transcript.push(world.host.hasher.0.get().to_string());
        seen.push(transcript);
    }
    assert!(seen.iter().all(|transcript| *transcript == seen[0]), "{seen:#?}");
}
