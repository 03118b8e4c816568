//! `BH MK <number>` by text: from the phone to a new password, and what nobody learns.

use recovery::flow::Refusal;
use recovery::flow::account::MemberStatus;
use recovery::flow::dispatch::Dispatched;
use recovery::flow::store::OutboxState;
use recovery::sms::gsm::Segment;
use recovery::testing::memory::Trouble;
use recovery::testing::phones::{Phones, imprint};

use crate::sms_support::{ANSWERED, BY_OUTBOX, phone, said, secret_in, shape, text, text_code};
use crate::support::{GOOD, World, number, world};

#[tokio::test]
async fn a_member_gets_back_in_by_text() {
    let world = world();
    let reply = world.texts("id-1", &phone(1), &format!("bh mk {}", number(1))).await;
    assert!(reply.contains("khoiphuc.example.vn/tin-nhan"), "{reply}");
    assert!(Segment::new(&reply).is_some());
    let (_, granted) = world.types(&reply).await.unwrap();
    world.set(&granted.ticket, GOOD).await.unwrap();
    let signed_in = world.sign_in(1, GOOD).await.unwrap();
    assert_eq!(signed_in.profile.recoveries[0].channel, "sms");
    assert_eq!(signed_in.profile.recoveries[0].state, "completed");
    // The change is told to the registered address, as by email.
    world.sweep().await;
    assert_eq!(world.mail.inbox.borrow().len(), 1);
    let acts: Vec<_> = world.host.store.with(|t| t.audit.iter().map(|e| e.act).collect());
    assert_eq!(acts, ["recovery-requested", "code-redeemed", "password-set", "signed-in"]);
}

#[tokio::test]
async fn the_code_ends_after_ten_minutes() {
    let world = world();
    let reply = world.asks("id-1", 1, 1).await;
    world.host.clock.forward(599);
    world.types(&reply).await.unwrap();
    world.host.clock.forward(1);
    assert_eq!(world.types(&reply).await, Err(Refusal::RecoveryClosed));
}

#[tokio::test]
async fn a_family_on_one_phone_is_served_each_by_number() {
    let world = world();
    world.host.store.with(|tables| {
        let shared = tables.members.values().find(|m| m.reference.0 == "m1").unwrap();
        let shared = shared.contacts[1].value.clone();
        for k in 2..=5 {
            let own = tables.members.values_mut().find(|m| m.reference.0 == format!("m{k}"));
            own.unwrap().contacts[1].value = shared.clone();
        }
    });
    for k in 1..=5 {
        let reply = world.asks(&format!("id-{k}"), 1, k).await;
        let (_, granted) = world.types(&reply).await.unwrap();
        world.set(&granted.ticket, GOOD).await.unwrap();
        world.sign_in(k, GOOD).await.unwrap();
    }
}

/// Everything a sender can see and cause: replies without secrets, and the kinds of all reads
/// and writes.
async fn transcript(world: &World, number: &str, from: &str) -> Vec<String> {
    let mut seen = Vec::new();
    world.host.store.take_calls();
    let mut last = String::new();
    for id in ["a", "b", "c", "d", "d", "a"] {
        let reply = world.texts(id, from, &format!("BH MK {number}")).await;
        if id == "c" {
            last.clone_from(&reply);
        }
        seen.push(shape(&reply));
        seen.extend(world.host.store.take_calls());
        world.host.clock.forward(1);
    }
    let typed = text_code(&last);
    let located = world.service().locate(&typed.locator).await.unwrap();
    seen.push(format!("{}", located.expires_in));
    let wrong = recovery::code::Code::parse("ZZZZ-ZZZ0").unwrap();
    for _ in 0..6 {
        let answer = world.service().redeem_code(&located.recovery, &wrong).await;
        seen.push(format!("{:?}", answer.map(|_| ())));
    }
    seen.push(format!("{:?}", world.service().resend(&located.recovery).await.map(|_| ())));
    seen.extend(world.host.store.take_calls());
    let started = world.service().start_wait(recovery::locale::Locale::Vi).await.unwrap();
    world.host.clock.forward(3_600);
    let started_again = world.service().start_wait(recovery::locale::Locale::Vi).await.unwrap();
    for (id, code) in [("e", started.web_code), ("f", started_again.web_code)] {
        let reply = world.texts(id, from, &format!("BH MK {number} {code}")).await;
        seen.push(shape(&reply));
        seen.extend(world.host.store.take_calls());
    }
    let state = world.service().wait_state(&started_again.wait).await.unwrap();
    let recovery::flow::sms_web::WaitState::Received(bound) = state else { panic!("{state:?}") };
    seen.push(format!("{}", bound.expires_in));
    for _ in 0..6 {
        let answer = world.service().redeem_code(&bound.recovery, &wrong).await;
        seen.push(format!("{:?}", answer.map(|_| ())));
    }
    seen.extend(world.host.store.take_calls());
    seen
}

#[tokio::test]
async fn known_and_unknown_pairs_give_the_same_transcript() {
    let known = transcript(&world(), &number(1), &phone(1)).await;
    assert!(known.len() > 60, "{known:#?}");
    let others = [
        ("unknown number", number(77), phone(1)),
        ("unknown phone", number(1), phone(77)),
        ("another's phone", number(1), phone(2)),
        ("unknown both", number(78), phone(77)),
    ];
    for (what, number, from) in others {
        assert_eq!(known, transcript(&world(), &number, &from).await, "{what}");
    }
    let closed = world();
    closed.host.store.with(|tables| {
        let own = tables.members.values_mut().find(|m| m.reference.0 == "m1").unwrap();
        own.status = MemberStatus::Closed;
    });
    assert_eq!(known, transcript(&closed, &number(1), &phone(1)).await, "closed");
}

#[tokio::test]
async fn the_code_of_a_decoy_opens_nothing() {
    let world = world();
    for (id, from, k) in [("id-1", phone(77), 1), ("id-2", phone(2), 1), ("id-3", phone(1), 77)] {
        let reply = world.texts(id, &from, &format!("BH MK {}", number(k))).await;
        let refused = world.types(&reply).await;
        assert_eq!(refused, Err(Refusal::CodeRejected { attempts_left: 4 }), "{id}");
    }
    assert!(world.host.store.with(|t| t.tickets.is_empty()));
}

#[tokio::test]
async fn a_decoy_keeps_nothing_of_what_was_texted_in_clear() {
    let world = world();
    world.asks("id-1", 77, 78).await;
    let kept = world.host.store.with(|t| {
        format!("{:?} {:?} {:?} {:?}", t.recoveries, t.outbox, t.texts.notes, t.texts.names)
    });
    for secret in [number(78), phone(77), "900000077".into()] {
        assert!(!kept.contains(&secret), "{secret} in {kept}");
    }
}

#[tokio::test]
async fn everything_else_gets_a_short_reply_with_an_example() {
    let world = world();
    for (id, body) in [("1", "xin chào"), ("2", "BH"), ("3", "BH MK 123"), ("4", "😀")] {
        let reply = world.texts(id, &phone(1), body).await;
        assert!(reply.ends_with("BH MK 0123456789"), "{reply}");
        assert!(Segment::new(&reply).is_some());
        assert_eq!(world.texts(id, &phone(1), body).await, reply);
    }
    assert!(world.host.store.with(|t| t.recoveries.is_empty()));
}

#[tokio::test]
async fn a_repetition_has_no_second_effect_and_the_same_reply() {
    let world = world();
    let incoming = text("id-1", &phone(1), &format!("BH MK {}", number(1)));
    let first = world.receive(&incoming).await;
    assert_eq!(first.counted, Some(1));
    for _ in 0..100 {
        let again = world.receive(&incoming).await;
        assert_eq!(said(&again), said(&first));
        assert_eq!((again.outbox, again.counted), (None, None));
        world.host.clock.forward(1);
    }
    world.host.store.with(|tables| {
        assert_eq!(tables.recoveries.len(), 1);
        assert_eq!(tables.dispatches.len(), 1);
        assert_eq!(tables.texts.counted.len(), 1);
        assert_eq!(tables.texts.days.values().sum::<u32>(), 1);
    });
    // The code was not used up by any of it.
    world.types(&said(&first)).await.unwrap();
}

#[tokio::test]
async fn another_sender_or_text_under_a_known_id_gets_silence() {
    let world = world();
    let asked = format!("BH MK {}", number(1));
    world.texts("id-1", &phone(1), &asked).await;
    for (from, body) in [(phone(2), asked.clone()), (phone(1), "BH".into())] {
        assert_eq!(world.texts("id-1", &from, &body).await, "");
    }
    // The same id of another provider is another text.
    let mut incoming = text("id-1", &phone(2), "BH");
    incoming.provider = "esms";
    assert!(!said(&world.receive(&incoming).await).is_empty());
}

#[tokio::test]
async fn a_lost_answer_of_the_store_is_found_to_be_done() {
    let world = world();
    world.host.store.trouble(Some(Trouble::LostAnswer));
    let reply = world.asks("id-1", 1, 1).await;
    world.types(&reply).await.unwrap();
    assert_eq!(world.host.store.with(|t| t.recoveries.len()), 1);
}

#[tokio::test]
async fn a_text_that_fails_in_the_middle_changes_nothing_and_can_be_repeated() {
    for writes in 0..7 {
        let world = world();
        let incoming = text("id-1", &phone(1), &format!("BH MK {}", number(1)));
        world.host.store.trouble(Some(Trouble::FailAfter(writes)));
        let failed = world.service().incoming_text(&incoming, ANSWERED, &imprint()).await;
        assert!(matches!(failed, Err(Refusal::Unavailable(_))), "{writes}");
        world.host.store.with(|t| {
            assert!(t.recoveries.is_empty() && t.texts.notes.is_empty() && t.dispatches.is_empty());
            assert!(t.texts.names.is_empty() && t.texts.counted.is_empty());
        });
        let reply = world.receive(&incoming).await;
        world.types(&said(&reply)).await.unwrap();
    }
}

#[tokio::test]
async fn an_old_text_and_one_from_the_future_do_nothing() {
    let world = world();
    for at in [1_800_000_000 - 901, 1_800_000_000 + 301] {
        let mut incoming = text("id-1", &phone(1), &format!("BH MK {}", number(1)));
        incoming.at = Some(at);
        assert_eq!(said(&world.receive(&incoming).await), "");
    }
    assert!(world.host.store.with(|t| t.texts.notes.is_empty() && t.recoveries.is_empty()));
}

#[tokio::test]
async fn a_taken_locator_leads_to_another_recovery() {
    let world = world();
    // The same bytes twice: what a second recovery with the same locator would be.
    let first = world.asks("id-1", 1, 1).await;
    let taken = text_code(&first).locator;
    let second = world.asks("id-2", 2, 2).await;
    assert_ne!(text_code(&second).locator, taken);
    // A locator that is taken by somebody is never given away while it lives.
    let stranger = recovery::flow::ids::Id::new([9; 16]);
    world.host.store.with(|tables| {
        for bits in 0..1 << 20 {
            let name = recovery::sms::short::ShortName::from_bits(bits);
            tables.texts.names.entry(("locator", name)).or_insert((stranger, i64::MAX));
        }
    });
    let incoming = text("id-3", &phone(3), &format!("BH MK {}", number(3)));
    let refused = world.service().incoming_text(&incoming, ANSWERED, &imprint()).await;
    assert!(matches!(refused, Err(Refusal::Unavailable(_))));
    assert_eq!(world.host.store.with(|t| t.recoveries.len()), 2);
    world.types(&first).await.unwrap();
}

#[tokio::test]
async fn a_weak_provider_is_answered_by_a_text_of_its_own() {
    let (world, phones) = (world(), Phones::new(true));
    let asked = |id: &str, from: &str, k| text(id, from, &format!("BH MK {}", number(k)));
    for incoming in [asked("id-1", &phone(1), 1), asked("id-2", &phone(77), 1)] {
        let reply = world.service().incoming_text(&incoming, BY_OUTBOX, &imprint()).await.unwrap();
        // Whoever forged the request is shown nothing.
        assert_eq!(said(&reply), "");
        assert!(reply.outbox.is_some());
        let again = world.service().incoming_text(&incoming, BY_OUTBOX, &imprint()).await.unwrap();
        assert_eq!(again, recovery::flow::sms::TextReply::default());
    }
    // What holds no secret may be seen by anybody.
    let help = text("id-3", &phone(1), "BH");
    let reply = world.service().incoming_text(&help, BY_OUTBOX, &imprint()).await.unwrap();
    assert!(said(&reply).ends_with("BH MK 0123456789"));
    let done = world.sweep_with(&phones).await;
    assert!(done.contains(&Dispatched::Settled(OutboxState::Sent)));
    assert!(done.contains(&Dispatched::Settled(OutboxState::Discarded)));
    let inbox = phones.inbox.take();
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].to, phone(1));
    world.types(&inbox[0].text).await.unwrap();
}

#[tokio::test]
async fn the_work_of_an_outbox_text_is_the_same_for_a_decoy() {
    let mut work = Vec::new();
    for from in [phone(1), phone(77)] {
        let (world, phones) = (world(), Phones::new(true));
        let incoming = text("id-1", &from, &format!("BH MK {}", number(1)));
        world.service().incoming_text(&incoming, BY_OUTBOX, &imprint()).await.unwrap();
        world.sweep_with(&phones).await;
        work.push(world.host.store.take_calls());
    }
    assert_eq!(work[0], work[1]);
}

#[tokio::test]
async fn a_reply_of_a_rotated_key_is_the_same_and_of_a_removed_one_is_silence() {
    use recovery::flow::keys::{Key, Keyring};
    let mut world = world();
    let incoming = text("id-1", &phone(1), &format!("BH MK {}", number(1)));
    let first = said(&world.receive(&incoming).await);
    let key = |id: &str, byte| Key { id: id.into(), bytes: [byte; 32] };
    world.host.keys = Keyring::new(key("k3", 3), vec![key("k2", 2)]);
    // The fingerprint is of the new key: as good as another text, and so without a second effect.
    assert_eq!(said(&world.receive(&incoming).await), "");
    assert_eq!(world.host.store.with(|t| t.recoveries.len()), 1);
    world.types(&first).await.unwrap();
    assert_eq!(secret_in(&first).len(), 14);
}
