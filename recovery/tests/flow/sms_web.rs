//! A page waits for a text; what forgers and callers gain.

use recovery::flow::Refusal;
use recovery::flow::ids::Id;
use recovery::flow::sms_web::{Located, WaitStarted, WaitState};
use recovery::locale::Locale;

use crate::sms_support::{phone, text_code, web_code_in};
use crate::support::{GOOD, World, number, world};

impl World {
    async fn page(&self) -> WaitStarted {
        self.service().start_wait(Locale::Vi).await.unwrap()
    }

    async fn received(&self, page: &WaitStarted) -> Located {
        match self.service().wait_state(&page.wait).await.unwrap() {
            WaitState::Received(located) => located,
            waiting @ WaitState::Waiting { .. } => panic!("{waiting:?}"),
        }
    }

    async fn text_for(&self, id: &str, from: u32, k: u32, page: &WaitStarted) -> String {
        let body = format!("BH MK {} {}", number(k), page.web_code);
        self.texts(id, &phone(from), &body).await
    }

    fn tickets(&self) -> usize {
        self.host.store.with(|tables| tables.tickets.len())
    }
}

#[tokio::test]
async fn a_page_moves_on_when_the_text_arrives_and_takes_the_second_code() {
    let world = world();
    let page = world.page().await;
    let state = world.service().wait_state(&page.wait).await;
    assert_eq!(state, Ok(WaitState::Waiting { expires_in: 600 }));
    world.host.clock.forward(90);
    let reply = world.text_for("id-1", 1, 1, &page).await;
    assert!(reply.contains("trang chinh BAN da mo"), "{reply}");
    let bound = world.received(&page).await;
    assert_eq!((bound.expires_in, world.tickets()), (600, 0));
    let granted = world.service().redeem_code(&bound.recovery, &web_code_in(&reply)).await.unwrap();
    world.set(&granted.ticket, GOOD).await.unwrap();
    world.sign_in(1, GOOD).await.unwrap();
    let over = world.service().wait_state(&page.wait).await;
    assert_eq!(over, Err(Refusal::RecoveryClosed));
}

#[tokio::test]
async fn a_page_in_english_gets_a_reply_in_english() {
    let world = world();
    let page = world.service().start_wait(Locale::En).await.unwrap();
    let reply = world.text_for("id-1", 1, 1, &page).await;
    assert!(reply.contains("Type it only on the page YOU opened"), "{reply}");
}

#[tokio::test]
async fn a_forged_sender_without_a_page_gains_no_ticket() {
    let world = world();
    // The reply goes to the real phone; the forger has the locator of nothing and no code.
    world.asks("forged", 1, 1).await;
    assert_eq!(world.tickets(), 0);
}

#[tokio::test]
async fn a_forged_sender_with_the_forgers_own_page_gains_no_ticket() {
    let world = world();
    let page = world.page().await;
    world.text_for("forged", 1, 1, &page).await;
    let bound = world.received(&page).await;
    for n in 0..5 {
        let guess = recovery::code::Code::from_bits(n);
        let refused = world.service().redeem_code(&bound.recovery, &guess).await;
        assert!(matches!(refused, Err(Refusal::CodeRejected { .. })));
    }
    let refused = world.service().wait_state(&page.wait).await;
    assert_eq!(refused, Err(Refusal::RecoveryClosed));
    assert_eq!(world.tickets(), 0);
}

#[tokio::test]
async fn a_member_who_was_talked_into_anothers_web_code_has_no_page_for_the_code() {
    let world = world();
    let foreign = world.page().await;
    let reply = world.text_for("id-1", 1, 1, &foreign).await;
    // The foreign page has a field and no code; the member a code and no field: it has no
    // locator, and no other page takes it.
    let own = world.page().await;
    let state = world.service().wait_state(&own.wait).await;
    assert!(matches!(state, Ok(WaitState::Waiting { .. })));
    assert!(recovery::sms::short::TextCode::parse(&web_code_in(&reply).to_string()).is_err());
    assert_eq!(
        world
            .host
            .store
            .with(|t| { t.texts.names.keys().filter(|(kind, _)| *kind == "locator").count() }),
        0
    );
    assert!(reply.contains("ai hoi la lua dao"), "{reply}");
    assert_eq!(world.tickets(), 0);
    // Asking again without it works.
    let reply = world.asks("id-2", 1, 1).await;
    world.types(&reply).await.unwrap();
}

#[tokio::test]
async fn an_own_code_typed_on_a_foreign_page_is_wrong_there() {
    let world = world();
    let (mine, theirs) = (world.page().await, world.page().await);
    let my_reply = world.text_for("id-1", 1, 1, &mine).await;
    world.text_for("id-2", 2, 2, &theirs).await;
    let bound = world.received(&theirs).await;
    let refused = world.service().redeem_code(&bound.recovery, &web_code_in(&my_reply)).await;
    assert_eq!(refused, Err(Refusal::CodeRejected { attempts_left: 4 }));
}

#[tokio::test]
async fn a_page_is_bound_by_the_first_text_and_the_next_gets_the_plain_form() {
    let world = world();
    let page = world.page().await;
    let first = world.text_for("id-1", 1, 1, &page).await;
    let bound = world.received(&page).await;
    let second = world.text_for("id-2", 2, 2, &page).await;
    assert!(second.contains("/tin-nhan"), "{second}");
    assert_eq!(world.received(&page).await, bound);
    world.types(&second).await.unwrap();
    world.service().redeem_code(&bound.recovery, &web_code_in(&first)).await.unwrap();
}

#[tokio::test]
async fn an_unknown_or_late_web_code_gets_the_plain_form() {
    let world = world();
    let reply = world.texts("id-1", &phone(1), &format!("BH MK {} K7QF", number(1))).await;
    world.types(&reply).await.unwrap();
    let page = world.page().await;
    world.host.clock.forward(600);
    let reply = world.text_for("id-2", 2, 2, &page).await;
    world.types(&reply).await.unwrap();
    let over = world.service().wait_state(&page.wait).await;
    assert_eq!(over, Err(Refusal::RecoveryClosed));
}

#[tokio::test]
async fn an_unknown_page_answers_as_one_that_is_over() {
    let world = world();
    let unknown = world.service().wait_state(&Id::new([7; 16])).await;
    assert_eq!(unknown, Err(Refusal::RecoveryClosed));
}

#[tokio::test]
async fn asking_for_the_state_changes_nothing() {
    let world = world();
    let page = world.page().await;
    let before = world.host.store.with(|t| format!("{:?}{:?}", t.texts.waits, t.texts.names));
    for _ in 0..100 {
        world.service().wait_state(&page.wait).await.unwrap();
    }
    let after = world.host.store.with(|t| format!("{:?}{:?}", t.texts.waits, t.texts.names));
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_waiting_page_does_not_read_what_anothers_locator_names() {
    let world = world();
    let reply = world.asks("id-1", 1, 1).await;
    let located = world.service().locate(&text_code(&reply).locator).await.unwrap();
    // A recovery's id is not a page's.
    let refused = world.service().wait_state(&located.recovery).await;
    assert_eq!(refused, Err(Refusal::RecoveryClosed));
}
