//! Floods: from one phone, for many people, against one person, against the bill.

use recovery::flow::Refusal;
use recovery::flow::policy::{DAY, HOUR};

use crate::sms_support::{phone, secret_in, text_code};
use crate::support::{address, code_in, number, world};

fn seconds(time: i64) -> u32 {
    u32::try_from(time).unwrap()
}

#[tokio::test]
async fn a_thousand_texts_from_one_phone_get_a_bounded_number_of_replies() {
    let world = world();
    let mut replies = Vec::new();
    for n in 0..1_000 {
        let reply = world.asks(&format!("id-{n}"), 1, 1).await;
        replies.push(reply);
    }
    let with_code = replies.iter().filter(|r| r.contains("Ma: ")).count();
    let too_many = replies.iter().filter(|r| r.contains("qua nhieu")).count();
    // Three dispatches an hour for the pair; of the rest, up to the sender's ten and one are told.
    assert_eq!((with_code, too_many), (3, 8));
    assert_eq!(replies.iter().filter(|reply| reply.is_empty()).count(), 989);
    world.host.store.with(|tables| {
        assert_eq!(tables.recoveries.len(), 3);
        assert_eq!(tables.texts.counted.len(), 11);
        assert_eq!(tables.texts.days.values().sum::<u32>(), 11);
    });
}

#[tokio::test]
async fn a_thousand_identities_from_one_phone_get_no_further() {
    let world = world();
    let mut codes = 0;
    for k in 0..1_000 {
        let reply = world.asks(&format!("id-{k}"), 1, k).await;
        codes += usize::from(reply.contains("Ma: "));
    }
    assert_eq!(codes, 10);
    assert_eq!(world.host.store.with(|t| t.recoveries.len()), 10);
    // A day long, every hour again: the day's limit holds.
    for hour in 0..23 {
        world.host.clock.forward(seconds(HOUR));
        for k in 0..20 {
            let id = format!("{hour}-{k}");
            world.asks(&id, 1, 1_000 + k).await;
        }
    }
    // Twenty were acted on, one was told that it was too many.
    assert_eq!(world.host.store.with(|t| t.texts.days.values().sum::<u32>()), 21);
    world.host.clock.forward(seconds(HOUR));
    let reply = world.asks("later", 1, 1).await;
    assert!(reply.contains("Ma: "), "{reply}");
}

#[tokio::test]
async fn flooding_from_other_phones_does_not_keep_the_member_out() {
    let world = world();
    for k in 0..300 {
        let from = phone(1_000 + k);
        world.texts(&format!("id-{k}"), &from, &format!("BH MK {}", number(1))).await;
    }
    let reply = world.asks("own", 1, 1).await;
    world.types(&reply).await.unwrap();
}

#[tokio::test]
async fn three_texts_an_hour_and_six_a_day_for_one_pair_known_or_not() {
    for k in [1, 77] {
        let world = world();
        let mut codes = Vec::new();
        for hour in 0..25 {
            let mut got = 0;
            for n in 0..4 {
                let body = format!("BH MK {}", number(k));
                let reply = world.texts(&format!("{hour}-{n}"), &phone(1), &body).await;
                got += u32::from(reply.contains("Ma: "));
            }
            codes.push(got);
            world.host.clock.forward(seconds(HOUR));
        }
        assert_eq!(codes[..3], [3, 3, 0]);
        assert_eq!(codes[3..24].iter().sum::<u32>(), 0);
        assert_eq!(codes[24], 3);
    }
}

#[tokio::test]
async fn wrong_codes_use_up_a_texted_recovery_and_count_with_those_of_email() {
    let mut world = world();
    world.host.policy.dispatch_hour = 0;
    let wrong = recovery::code::Code::parse("ZZZZ-ZZZ0").unwrap();
    for round in 0..2 {
        let reply = world.asks(&round.to_string(), 1, 1).await;
        let typed = text_code(&reply);
        let located = world.service().locate(&typed.locator).await.unwrap();
        for left in (0..5).rev() {
            let refused = world.service().redeem_code(&located.recovery, &wrong).await;
            assert_eq!(refused, Err(Refusal::CodeRejected { attempts_left: left }));
        }
        assert_eq!(world.service().locate(&typed.locator).await, Err(Refusal::RecoveryClosed));
    }
    // Ten were compared: neither a text's nor a mail's code is compared any more that day.
    let reply = world.asks("third", 1, 1).await;
    assert_eq!(world.types(&reply).await, Err(Refusal::CodeRejected { attempts_left: 4 }));
    let (accepted, mail) = world.asked(1).await;
    let refused = world.code(&accepted, &code_in(&mail)).await;
    assert_eq!(refused, Err(Refusal::CodeRejected { attempts_left: 4 }));
    assert_eq!(world.host.store.with(|t| t.compares.len()), 10);
    assert_eq!(mail.to, address(1));
    world.host.clock.forward(seconds(DAY));
    let reply = world.asks("next", 1, 1).await;
    world.types(&reply).await.unwrap();
}

#[tokio::test]
async fn guessing_locators_takes_no_try_of_those_that_are_not_hit() {
    let world = world();
    let reply = world.asks("id-1", 1, 1).await;
    let own = text_code(&reply).locator;
    let mut hits = 0;
    for bits in 0..5_000 {
        let guess = recovery::sms::short::ShortName::from_bits(bits);
        if guess != own {
            hits += u32::from(world.service().locate(&guess).await.is_ok());
        }
    }
    assert_eq!(hits, 0);
    assert_eq!(world.host.store.with(|t| t.recoveries.values().map(|r| r.tries).sum::<u32>()), 0);
    world.types(&reply).await.unwrap();
}

#[tokio::test]
async fn the_days_budget_ends_replies_and_the_operator_is_told_before() {
    let mut world = world();
    world.host.text_policy.day = 10;
    let mut replies = Vec::new();
    for k in 0..12 {
        replies.push(world.texts(&format!("id-{k}"), &phone(1_000 + k), "BH").await);
        let budget = world.service().text_budget().await.unwrap();
        assert_eq!((budget.cap, budget.near), (10, k >= 7), "{budget:?}");
    }
    assert_eq!(replies.iter().filter(|reply| !reply.is_empty()).count(), 10);
    let acts: Vec<_> = world.host.store.with(|t| t.audit.iter().map(|e| e.act).collect());
    assert_eq!(acts, ["sms-budget-near", "sms-budget-used"]);
    world.host.clock.forward(seconds(DAY));
    assert!(!world.texts("tomorrow", &phone(1), "BH").await.is_empty());
}

#[tokio::test]
async fn limits_of_zero_are_switched_off() {
    let mut world = world();
    let texts = &mut world.host.text_policy;
    (texts.sender_hour, texts.sender_day, texts.day) = (0, 0, 0);
    (world.host.policy.dispatch_hour, world.host.policy.dispatch_day) = (0, 0);
    for n in 0..50 {
        let reply = world.asks(&format!("id-{n}"), 1, 1).await;
        assert_eq!(secret_in(&reply).len(), 14);
    }
}

#[tokio::test]
async fn retention_forgets_texts_but_not_before_recoveries() {
    let world = world();
    let asked = format!("BH MK {}", number(1));
    let first = world.texts("id-1", &phone(1), &asked).await;
    world.host.clock.forward(seconds(29 * DAY));
    world.service().purge_texts().await.unwrap();
    assert_eq!(world.texts("id-1", &phone(1), &asked).await, first);
    world.host.clock.forward(seconds(2 * DAY));
    assert!(world.service().purge_texts().await.unwrap() >= 3);
    world.host.store.with(|t| {
        let texts = &t.texts;
        assert!(texts.notes.is_empty() && texts.names.is_empty() && texts.counted.is_empty());
        assert!(texts.days.is_empty());
    });
}
