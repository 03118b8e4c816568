//! Checkpoints of the audit in the supervisor's mailbox.

use recovery::desk::audit::{Checkpoint, Finding, verify};
use recovery::desk::staff::Role;
use recovery::desk::store::DeskStore as _;
use recovery::email::EmailAddress;
use recovery::flow::Host as _;
use recovery::flow::dispatch::{Dispatched, Outcome, Sender};
use recovery::flow::store::OutboxState;
use recovery::testing::host::sender;

use super::support::{OFFICE, World, office, world};

const DAY: i64 = 86_400;
const MAILBOX: &str = "giam-sat@example.vn";

fn with_mailbox() -> Sender {
    Sender { supervisor: Some(EmailAddress::parse(MAILBOX).unwrap()), ..sender() }
}

/// The scheduled work of the desk, then the outbox's.
async fn run(world: &World, sender: &Sender) -> Vec<Dispatched> {
    world.desk().chain_audit(10).await.unwrap();
    world.desk().mail_checkpoint(DAY).await.unwrap();
    let mut done = Vec::new();
    for id in world.service().due(100).await.unwrap() {
        done.push(world.service().dispatch(&id, sender, &world.mail).await.unwrap());
    }
    done
}

#[tokio::test]
async fn a_table_cut_off_as_a_whole_is_found_by_the_mail_alone() {
    let world = world();
    world.case(3).await;
    world.case(4).await;
    run(&world, &with_mailbox()).await;
    let mails = world.mail.to(MAILBOX);
    let points = Checkpoint::find(&mails[0].message.text);
    assert_eq!((mails.len(), points.len(), points[0].upto), (1, 1, 2));

    let keys = world.host.keys();
    let whole = world.host.store.records(0, 10).await.unwrap();
    let links = world.host.store.links(0, 10).await.unwrap();
    assert_eq!(verify(keys, &whole, &links, &points).findings, []);
    let cut = verify(keys, &whole[..1], &links[..1], &points);
    assert_eq!(cut.findings, [Finding::Removed { seq: 2 }]);
    // Without the mail it looks whole.
    assert_eq!(verify(keys, &whole[..1], &links[..1], &[]).findings, []);
}

#[tokio::test]
async fn a_checkpoint_is_mailed_only_when_it_has_moved_and_not_too_often() {
    let world = world();
    let sender = with_mailbox();
    world.case(3).await;
    run(&world, &sender).await;
    world.case(4).await;
    run(&world, &sender).await;
    assert_eq!(world.mail.to(MAILBOX).len(), 1, "the day is not over");
    world.host.clock.forward(86_400);
    run(&world, &sender).await;
    assert_eq!(world.mail.to(MAILBOX).len(), 2, "what came meanwhile, once the day is over");
    world.host.clock.forward(5 * 86_400);
    run(&world, &sender).await;
    assert_eq!(world.mail.to(MAILBOX).len(), 2, "nothing has moved");
    let newest = Checkpoint::find(&world.mail.to(MAILBOX)[1].message.text);
    assert_eq!(newest[0].upto, 2);
}

#[tokio::test]
async fn two_runs_at_once_write_one_mail() {
    let world = world();
    world.case(3).await;
    world.desk().chain_audit(10).await.unwrap();
    let (one, other) = (world.desk(), world.desk());
    let (one, other) = tokio::join!(one.mail_checkpoint(DAY), other.mail_checkpoint(DAY));
    assert_eq!([one.unwrap(), other.unwrap()].iter().flatten().count(), 1);
}

#[tokio::test]
async fn a_mail_that_was_not_taken_is_tried_again_with_the_same_words() {
    let world = world();
    let sender = with_mailbox();
    world.case(3).await;
    world.mail.next(Outcome::Retry { after: Some(60) }, false);
    let done = run(&world, &sender).await;
    let now = world.host.clock().now();
    assert_eq!(done, [Dispatched::Again(now + 60)]);
    assert!(world.mail.to(MAILBOX).is_empty());
    world.host.clock.forward(60);
    assert_eq!(run(&world, &sender).await, [Dispatched::Settled(OutboxState::Sent)]);
    assert_eq!(Checkpoint::find(&world.mail.to(MAILBOX)[0].message.text).len(), 1);
}

#[tokio::test]
async fn a_row_that_is_no_checkpoint_is_never_a_letter_to_the_supervisor() {
    let world = world();
    world.case(3).await;
    world.desk().chain_audit(10).await.unwrap();
    let id = world.desk().mail_checkpoint(DAY).await.unwrap().unwrap();
    world.host.store.with(|tables| {
        let row = tables.outbox.get_mut(&id).unwrap();
        row.contact = format!("Call this number at once! {}", row.contact);
    });
    let done = world.service().dispatch(&id, &with_mailbox(), &world.mail).await.unwrap();
    assert_eq!(done, Dispatched::Settled(OutboxState::Dead));
    assert!(world.mail.to(MAILBOX).is_empty());
}

#[tokio::test]
async fn without_a_mailbox_the_row_is_dropped() {
    let world = world();
    world.case(3).await;
    assert_eq!(run(&world, &sender()).await, [Dispatched::Settled(OutboxState::Dropped)]);
}

#[test]
fn a_checkpoint_is_found_in_a_text_as_mail_programs_leave_it() {
    let head = "a".repeat(64);
    let line = format!("audit-checkpoint 12 1800000000 k-1 {head} {head}");
    let quoted = format!("> > {}\r\n> {head}\n>{head} > said", &line[..line.len() - 130]);
    let found = [Checkpoint::find(&line), Checkpoint::find(&quoted)];
    assert_eq!(found[0], found[1]);
    assert_eq!((found[0][0].line(), found[0][0].upto), (line.clone(), 12));
    let broken = [line.replace("12 ", "x "), line[..line.len() - 1].to_owned(), String::new()];
    assert!(broken.iter().all(|text| Checkpoint::find(text).is_empty()));
}

#[tokio::test]
async fn a_cases_course_has_each_act_with_who_and_in_which_role() {
    let world = world();
    let (_, id) = world.cooling(5).await;
    world.case(6).await;
    world.host.clock.forward(2 * 86_400);
    world.sweep().await;
    let s = world.staff("s").await;
    world.desk().resend(&s, &world.seen(&id)).await.unwrap();
    let course = world.desk().view(&s, &id).await.unwrap().course;
    let told: Vec<_> = course
        .iter()
        .map(|step| {
            let who = step.staff.as_ref().map_or("", |id| id.0.as_str());
            (step.act.as_str(), who, step.role)
        })
        .collect();
    let (officer, supervisor) = (Some(Role::Officer), Some(Role::Supervisor));
    assert_eq!(
        told,
        [
            ("case-opened", "", None),
            ("case-check-in-person", "b", officer),
            ("case-change-proposed", "b", officer),
            ("case-change-confirmed", "s", supervisor),
            ("case-change-done", "", None),
            ("case-link-sent-again", "s", supervisor),
        ]
    );
    assert!(course.is_sorted_by_key(|step| step.at));
    assert!(course.iter().all(|step| step.office == Some(office(OFFICE))));
}
