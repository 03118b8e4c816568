//! Outgoing texts: notices, faults of the provider, the budget, receipts.

use recovery::flow::dispatch::{Dispatched, Outcome};
use recovery::flow::store::OutboxState;
use recovery::sms::gsm::Segment;
use recovery::sms::send::{News, Receipt};
use recovery::testing::phones::{Phones, imprint};

use crate::sms_support::{BY_OUTBOX, phone, text};
use crate::support::{GOOD, World, number, world};

fn with_notices() -> World {
    let mut world = world();
    world.host.text_policy.notify_phones = true;
    world
}

impl World {
    /// Asks by a weak provider: the code goes out by a text.
    async fn asked_by_text(&self, id: &str, k: u32) {
        let incoming = text(id, &phone(k), &format!("BH MK {}", number(k)));
        self.service().incoming_text(&incoming, BY_OUTBOX, &imprint()).await.unwrap();
    }

    fn states(&self) -> Vec<OutboxState> {
        self.host.store.with(|t| t.outbox.values().map(|row| row.state).collect())
    }
}

#[tokio::test]
async fn a_change_is_told_to_phones_and_addresses_and_can_be_disowned_from_the_phone() {
    let (world, phones) = (with_notices(), Phones::new(true));
    world.asked_by_text("id-1", 1).await;
    world.sweep_with(&phones).await;
    let code = phones.inbox.borrow()[0].text.clone();
    let (_, granted) = world.types(&code).await.unwrap();
    world.set(&granted.ticket, GOOD).await.unwrap();
    world.sweep_with(&phones).await;
    assert_eq!(world.mail.inbox.borrow().len(), 1);
    let notice = phones.inbox.borrow()[1].clone();
    assert_eq!(notice.to, phone(1));
    assert!(Segment::new(&notice.text).is_some());
    assert!(!notice.text.contains(&number(1)), "{}", notice.text);
    let token = notice.text.split_once("/khong-phai-toi#").unwrap().1;
    let token = recovery::flow::ids::LinkToken::parse(token).unwrap();
    let rows = world.service().disown(&token).await.unwrap();
    assert_eq!(rows.len(), 2);
    world.sweep_with(&phones).await;
    let told = phones.inbox.borrow()[2].text.clone();
    assert!(told.contains("da bi khoa"), "{told}");
    assert!(world.sign_in(1, GOOD).await.is_err());
}

#[tokio::test]
async fn without_a_transport_for_texts_only_addresses_are_told() {
    let world = world();
    world.recovered(1, GOOD).await;
    let rows = world.host.store.with(|t| t.outbox.len());
    // The code and one notice.
    assert_eq!(rows, 2);
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_and_the_text_arrives_once() {
    for idempotent in [true, false] {
        let (world, phones) = (world(), Phones::new(idempotent));
        for _ in 0..3 {
            phones.next(Outcome::Retry { after: Some(20) }, false);
        }
        world.asked_by_text("id-1", 1).await;
        for _ in 0..4 {
            world.sweep_with(&phones).await;
            world.host.clock.forward(31);
        }
        assert_eq!(phones.inbox.borrow().len(), 1);
        assert_eq!(world.states(), [OutboxState::Sent]);
    }
}

#[tokio::test]
async fn an_unknown_outcome_is_repeated_freely_with_a_key_and_once_without() {
    for (idempotent, arrived, state) in
        [(true, 1, OutboxState::Sent), (false, 2, OutboxState::Unknown)]
    {
        let (world, phones) = (world(), Phones::new(idempotent));
        for _ in 0..2 {
            phones.next(Outcome::Unknown, true);
        }
        world.asked_by_text("id-1", 1).await;
        for _ in 0..6 {
            world.sweep_with(&phones).await;
            world.host.clock.forward(31);
        }
        assert_eq!(phones.inbox.borrow().len(), arrived, "{idempotent}");
        assert_eq!(world.states(), [state]);
        let texts: Vec<_> = phones.inbox.borrow().iter().map(|t| t.text.clone()).collect();
        assert!(texts.iter().all(|text| *text == texts[0]));
    }
}

#[tokio::test]
async fn a_text_whose_answer_was_lost_is_not_repeated_where_a_receipt_says_that_it_went() {
    for news in [News::Taken, News::Delivered, News::Failed] {
        let (world, phones) = (world(), Phones::new(false));
        phones.next(Outcome::Unknown, true);
        world.asked_by_text("id-1", 1).await;
        world.sweep_with(&phones).await;
        // The receipt has half a minute to come.
        world.host.clock.forward(29);
        assert_eq!(world.sweep_with(&phones).await, []);
        let outbox = phones.inbox.borrow()[0].key;
        world.service().text_receipt(&Receipt { outbox, news }).await.unwrap();
        world.host.clock.forward(60);
        assert_eq!(world.sweep_with(&phones).await, []);
        assert_eq!(phones.inbox.borrow().len(), 1);
        assert_eq!(world.states(), [OutboxState::Sent]);
    }
}

#[tokio::test]
async fn a_receipt_that_overtakes_the_lost_answer_counts() {
    let (world, phones) = (world(), Phones::new(false));
    for _ in 0..2 {
        phones.next(Outcome::Unknown, true);
    }
    world.asked_by_text("id-1", 1).await;
    for _ in 0..3 {
        world.sweep_with(&phones).await;
        world.host.clock.forward(31);
    }
    assert_eq!(world.states(), [OutboxState::Unknown]);
    let outbox = phones.inbox.borrow()[0].key;
    let receipt = Receipt { outbox, news: News::Taken };
    world.service().text_receipt(&receipt).await.unwrap();
    assert_eq!(world.states(), [OutboxState::Sent]);
}

#[tokio::test]
async fn a_receipt_for_a_text_that_was_never_sent_sends_nothing_and_stops_nothing() {
    let (world, phones) = (world(), Phones::new(false));
    phones.next(Outcome::Retry { after: None }, false);
    world.asked_by_text("id-1", 1).await;
    world.sweep_with(&phones).await;
    let outbox = world.host.store.with(|t| *t.outbox.keys().next().unwrap());
    let receipt = Receipt { outbox, news: News::Delivered };
    world.service().text_receipt(&receipt).await.unwrap();
    world.host.clock.forward(60);
    world.sweep_with(&phones).await;
    assert_eq!(phones.inbox.borrow().len(), 1);
}

#[tokio::test]
async fn a_refused_number_is_given_up() {
    let (world, phones) = (world(), Phones::new(true));
    phones.next(Outcome::Permanent, false);
    world.asked_by_text("id-1", 1).await;
    assert_eq!(world.sweep_with(&phones).await, [Dispatched::Settled(OutboxState::Dead)]);
}

#[tokio::test]
async fn a_code_that_would_come_too_late_is_replaced_by_a_text_without_secrets() {
    let (world, phones) = (world(), Phones::new(true));
    phones.next(Outcome::Retry { after: Some(900) }, false);
    world.asked_by_text("id-1", 1).await;
    world.sweep_with(&phones).await;
    world.host.clock.forward(600);
    world.sweep_with(&phones).await;
    let inbox = phones.inbox.borrow();
    assert_eq!(inbox.len(), 1);
    assert!(inbox[0].text.contains("qua muon") && !inbox[0].text.contains("Ma: "));
    assert!(world.states().contains(&OutboxState::TooLate));
}

#[tokio::test]
async fn over_the_budget_codes_are_dropped_and_notices_wait_for_tomorrow() {
    let (mut world, phones) = (with_notices(), Phones::new(true));
    world.recovered(1, GOOD).await;
    world.host.text_policy.day = 1;
    world.asked_by_text("id-2", 2).await;
    world.asked_by_text("id-3", 3).await;
    world.host.clock.forward(1);
    let results = world.sweep_with(&phones).await;
    assert_eq!(phones.inbox.borrow().len(), 1);
    let again = results.iter().filter(|done| matches!(done, Dispatched::Again(_))).count();
    let dropped = results.iter().filter(|d| **d == Dispatched::Settled(OutboxState::Dropped));
    // One of the three texts had the day's place; a notice waits, codes do not.
    assert_eq!(again + dropped.count(), 2);
    world.host.text_policy.day = 9;
    world.host.clock.forward(86_400);
    world.sweep_with(&phones).await;
    let notices = phones.inbox.borrow().iter().filter(|t| t.text.contains("da doi")).count();
    assert_eq!(notices, 1);
    let acts: Vec<_> = world.host.store.with(|t| t.audit.iter().map(|e| e.act).collect());
    assert!(acts.contains(&"sms-budget-used"));
}

#[tokio::test]
async fn a_phone_gets_twelve_texts_a_day() {
    let (mut world, phones) = (world(), Phones::new(true));
    (world.host.policy.dispatch_hour, world.host.policy.dispatch_day) = (0, 0);
    (world.host.text_policy.sender_hour, world.host.text_policy.sender_day) = (0, 0);
    for n in 0..15 {
        world.asked_by_text(&format!("id-{n}"), 1).await;
    }
    world.sweep_with(&phones).await;
    assert_eq!(phones.inbox.borrow().len(), 12);
}

#[tokio::test]
async fn receipts_are_counted_and_strangers_to_us_are_not() {
    let (world, phones) = (world(), Phones::new(true));
    world.asked_by_text("id-1", 1).await;
    world.sweep_with(&phones).await;
    let outbox = phones.inbox.borrow()[0].key;
    for (outbox, news) in [
        (outbox, News::Failed),
        (outbox, News::Delivered),
        (recovery::flow::ids::Id::new([1; 16]), News::Failed),
    ] {
        world.service().text_receipt(&Receipt { outbox, news }).await.unwrap();
    }
    let counts = world.service().text_receipts(60).await.unwrap();
    assert_eq!((counts.delivered, counts.failed), (1, 0));
}

#[tokio::test]
async fn a_closed_recovery_is_no_longer_texted() {
    let (world, phones) = (world(), Phones::new(true));
    world.asked_by_text("id-1", 1).await;
    world.recovered_elsewhere(1).await;
    assert!(world.sweep_with(&phones).await.contains(&Dispatched::Settled(OutboxState::Dropped)));
    assert!(phones.inbox.borrow().is_empty());
}

impl World {
    /// Another recovery of the member is completed, by a code that came in the answer.
    async fn recovered_elsewhere(&self, k: u32) {
        let reply = self.asks("elsewhere", k, k).await;
        let (_, granted) = self.types(&reply).await.unwrap();
        self.set(&granted.ticket, GOOD).await.unwrap();
    }
}
