//! "Không phải tôi".

use recovery::flow::Refusal;
use recovery::flow::ids::{Id, LinkToken, Secret};

use crate::support::{GOOD, address, code_in, token_in, world};

const OTHER: &str = "một mật thư khác 8";

#[tokio::test]
async fn before_completion_it_voids_that_recovery_and_its_ticket_and_nothing_later() {
    let world = world();
    let (first, first_mail) = world.asked(1).await;
    let ticket = world.code(&first, &code_in(&first_mail)).await.unwrap();
    let (later, later_mail) = world.asked(1).await;

    let token = token_in(&first_mail, "/khong-phai-toi");
    world.service().disown(&token).await.unwrap();
    assert_eq!(world.set(&ticket.ticket, GOOD).await, Err(Refusal::TicketSpent));
    let refused = world.code(&first, &code_in(&first_mail)).await;
    assert_eq!(refused, Err(Refusal::RecoveryClosed));
    world.code(&later, &code_in(&later_mail)).await.unwrap();
}

#[tokio::test]
async fn after_a_change_it_ends_sessions_and_shuts_the_password_and_a_new_recovery_opens_it() {
    let world = world();
    world.recovered(1, GOOD).await;
    let session = world.sign_in(1, GOOD).await.unwrap();
    world.sweep().await;
    let notice = world.mail.to(&address(1)).pop().unwrap();
    let rows = world.service().disown(&token_in(&notice, "/khong-phai-toi")).await.unwrap();
    assert_eq!(rows.len(), 1);

    let after = world.service().session(&session.session).await;
    assert_eq!(after, Err(Refusal::NotSignedIn));
    assert_eq!(world.sign_in(1, GOOD).await, Err(Refusal::SignInRejected));
    world.recovered(1, OTHER).await;
    world.sign_in(1, OTHER).await.unwrap();
}

#[tokio::test]
async fn an_old_notice_does_not_shut_a_later_password() {
    let world = world();
    world.recovered(1, GOOD).await;
    world.sweep().await;
    let old = world.mail.to(&address(1)).pop().unwrap();
    world.recovered(1, OTHER).await;
    world.service().disown(&token_in(&old, "/khong-phai-toi")).await.unwrap();
    world.sign_in(1, OTHER).await.unwrap();
}

#[tokio::test]
async fn it_can_be_said_twice_and_means_the_same() {
    let world = world();
    let (_, mail) = world.asked(1).await;
    let token = token_in(&mail, "/khong-phai-toi");
    for _ in 0..3 {
        assert_eq!(world.service().disown(&token).await, Ok(vec![]));
    }
}

#[tokio::test]
async fn every_well_formed_token_gets_the_same_answer() {
    let world = world();
    let (accepted, mail) = world.asked(1).await;
    let forged = [
        LinkToken { recovery: Id::new([1; 16]), secret: Secret::new([1; 32]) },
        LinkToken { recovery: accepted.recovery, secret: Secret::new([1; 32]) },
        // The link's secret is not the disown secret.
        token_in(&mail, "/lien-ket"),
    ];
    for token in forged {
        assert_eq!(world.service().disown(&token).await, Ok(vec![]));
    }
    world.code(&accepted, &code_in(&mail)).await.unwrap();
}

#[tokio::test]
async fn it_works_for_ten_days_and_not_longer() {
    let world = world();
    world.recovered(1, GOOD).await;
    world.sweep().await;
    let notice = world.mail.to(&address(1)).pop().unwrap();
    world.host.clock.forward(10 * 86_400);
    world.service().disown(&token_in(&notice, "/khong-phai-toi")).await.unwrap();
    world.sign_in(1, GOOD).await.unwrap();
}
