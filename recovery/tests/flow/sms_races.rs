//! At the same time: repetitions, floods, two texts for one page. Every read and every batch lets
//! the others go first, so that all of them meet at each step.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use recovery::flow::session::{Entered, SignIn};
use recovery::flow::sms_web::WaitState;
use recovery::identifier::Identifier;
use recovery::locale::Locale;

use crate::sms_support::{phone, said, secret_in, text};
use crate::support::{number, world};

/// Runs all of them in turns.
async fn together<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut running: Vec<Pin<Box<_>>> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<T>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, slot) in running.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *slot = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_hundred_repetitions_at_once_act_once_and_get_one_reply() {
    let world = world();
    let incoming = text("id-1", &phone(1), &format!("BH MK {}", number(1)));
    world.host.store.interleave();
    let replies = together((0..100).map(|_| world.receive(&incoming))).await;
    assert_eq!(replies.iter().filter(|reply| reply.counted.is_some()).count(), 1);
    let first = said(&replies[0]);
    assert!(replies.iter().all(|reply| said(reply) == first), "{replies:?}");
    world.host.store.with(|tables| {
        assert_eq!(tables.recoveries.len(), 1);
        assert_eq!(tables.dispatches.len(), 1);
        assert_eq!(tables.texts.counted.len(), 1);
        assert_eq!(tables.texts.names.len(), 1);
    });
    world.types(&first).await.unwrap();
}

#[tokio::test]
async fn a_hundred_texts_of_one_phone_at_once_stay_within_its_limits() {
    let world = world();
    world.host.store.interleave();
    let ids: Vec<String> = (0..100).map(|n| format!("id-{n}")).collect();
    let asked = ids.iter().zip(0..).map(|(id, k)| {
        let incoming = text(id, &phone(1), &format!("BH MK {}", number(k)));
        let world = &world;
        async move {
            let imprint = recovery::testing::phones::imprint();
            let answered = crate::sms_support::ANSWERED;
            world.service().incoming_text(&incoming, answered, &imprint).await
        }
    });
    let replies = together(asked).await;
    assert!(replies.iter().all(Result::is_ok));
    let codes = replies.iter().flatten().filter(|reply| said(reply).contains("Ma: ")).count();
    assert_eq!(codes, 10);
    world.host.store.with(|tables| {
        assert_eq!(tables.recoveries.len(), 10);
        assert_eq!(tables.texts.counted.len(), 11);
    });
}

#[tokio::test]
async fn two_texts_at_once_for_one_page_bind_one() {
    let world = world();
    let page = world.service().start_wait(Locale::Vi).await.unwrap();
    let incoming: Vec<_> = (1..3)
        .map(|k| {
            let body = format!("BH MK {} {}", number(k), page.web_code);
            text(&format!("id-{k}"), &phone(k), &body)
        })
        .collect();
    world.host.store.interleave();
    let replies = together(incoming.iter().map(|incoming| world.receive(incoming))).await;
    let plain = replies.iter().filter(|reply| said(reply).contains("/tin-nhan")).count();
    assert_eq!(plain, 1);
    let state = world.service().wait_state(&page.wait).await;
    assert!(matches!(state, Ok(WaitState::Received(_))));
}

#[tokio::test]
async fn of_fifty_sign_ins_with_a_temporary_password_one_gets_a_ticket() {
    let mut world = world();
    world.host.text_policy.temporary_password = true;
    world.host.policy.signin = 0;
    let password = secret_in(&world.asks("id-1", 1, 1).await);
    world.host.store.interleave();
    let request = SignIn {
        identifier: Identifier::parse(&number(1)).unwrap(),
        password: &password,
        caller: "192.0.2.1",
        captcha: true,
    };
    let service = world.service();
    let entered = together((0..50).map(|_| service.enter(&request))).await;
    let tickets = entered.iter().filter(|e| matches!(e, Ok(Entered::Ticket(_)))).count();
    assert_eq!(tickets, 1);
    assert_eq!(world.host.store.with(|t| t.tickets.len()), 1);
}
