//! Who may do what: every role against every act, exhaustively; and two at once.

use recovery::desk::DeskRefusal;
use recovery::desk::case::{CaseState, Check, Reason};
use recovery::desk::decide::Seen;
use recovery::desk::inbox::Discard;
use recovery::desk::names::CaseId;
use recovery::desk::review::Filter;
use recovery::desk::staff::{Act, Role, Staff};
use recovery::flow::store::OutboxState;
use recovery::locale::Locale;

use crate::support::{
    ELSEWHERE, OFFICE, World, new_address, office, person, stated, text, token_in, world,
};

/// Does this act, on a case prepared for it.
async fn act(world: &World, staff: &Staff, act: Act, id: &CaseId) -> Result<(), DeskRefusal> {
    let desk = world.desk();
    let seen = Seen { case: *id, version: version(world, id) };
    let some = text("một câu");
    match act {
        Act::Queue => desk.queue(staff, &Filter::default()).await.map(drop),
        Act::View => desk.view(staff, id).await.map(drop),
        Act::Take => desk.take(staff, &seen).await,
        Act::Check => desk.check(staff, &seen, Check::Record).await,
        Act::Note => desk.note(staff, &seen, &some).await,
        Act::Ask => desk.ask(staff, &seen, &some).await,
        Act::HandOver => desk.hand_over(staff, &seen, &office(ELSEWHERE)).await,
        Act::Reject => desk.reject(staff, &seen, Reason::NotVerified, None).await,
        Act::Approve => desk.approve(staff, &seen, "m1-e").await.map(drop),
        Act::Propose => desk.propose(staff, &seen).await,
        Act::Confirm => desk.confirm(staff, &seen).await.map(drop),
        Act::Return => desk.send_back(staff, &seen).await,
        Act::Resume => desk.resume(staff, &seen).await.map(drop),
        Act::Resend => desk.resend(staff, &seen).await.map(drop),
        Act::Figures => desk.figures(staff).await.map(drop),
        Act::Audit => desk.verify_audit(staff, 100).await.map(drop),
        Act::ResendMessage => {
            let letter = world.host.store.with(|t| t.outbox.keys().next().copied().unwrap());
            desk.resend_message(staff, &letter).await.map(drop)
        }
        Act::Letters => desk.letter(staff, id).await.map(drop),
        Act::TakeLetter => {
            let said = stated(1, "", "");
            desk.take_letter(staff, &seen, &said, Locale::Vi).await
        }
        Act::DiscardLetter => desk.discard_letter(staff, &seen, Discard::Spam).await,
    }
}

/// The version of a case, or of the letter with this id.
fn version(world: &World, id: &CaseId) -> u32 {
    world.host.store.with(|t| {
        let case = t.desk.cases.get(id).map(|case| case.version);
        case.or_else(|| t.desk.letters.get(id).map(|(letter, _)| letter.version)).unwrap()
    })
}

fn is_of_letters(act: Act) -> bool {
    matches!(act, Act::Letters | Act::TakeLetter | Act::DiscardLetter)
}

/// A case of member 1 that stands where the act can be done by somebody new.
async fn prepared(world: &World, for_act: Act) -> CaseId {
    if is_of_letters(for_act) {
        return world.letter("Tôi là thành viên thử 1.").await;
    }
    let b = person("truoc", Role::Officer, OFFICE, None);
    world.host.store.with(|t| t.desk.staff.insert("truoc@example.vn".into(), b.clone()));
    let (_, id) = world.case_with(1, "", &new_address(1)).await;
    let desk = world.desk();
    desk.check(&b, &world.seen(&id), Check::InPerson).await.unwrap();
    match for_act {
        Act::Confirm | Act::Return => desk.propose(&b, &world.seen(&id)).await.unwrap(),
        Act::ResendMessage => {
            let sent = desk.approve(&b, &world.seen(&id), "m1-e").await.unwrap();
            world.host.store.with(|t| {
                t.outbox.get_mut(&sent[0]).unwrap().state = OutboxState::Dead;
            });
        }
        Act::Resend => drop(desk.approve(&b, &world.seen(&id), "m1-e").await.unwrap()),
        Act::Resume => {
            desk.propose(&b, &world.seen(&id)).await.unwrap();
            let s = person("sau", Role::Supervisor, OFFICE, None);
            desk.confirm(&s, &world.seen(&id)).await.unwrap();
            world.sweep().await;
            let stop = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
            desk.stop(&stop).await.unwrap();
            world.host.clock.forward(1);
            desk.check(&b, &world.seen(&id), Check::InPerson).await.unwrap();
        }
        _ => {}
    }
    id
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Officer,
    Supervisor,
    OfficerElsewhere,
    SupervisorElsewhere,
    OfficerLeft,
    SupervisorLeft,
    OfficerIsTheApplicant,
    SupervisorIsTheApplicant,
}

impl Who {
    const ALL: [Self; 8] = [
        Self::Officer,
        Self::Supervisor,
        Self::OfficerElsewhere,
        Self::SupervisorElsewhere,
        Self::OfficerLeft,
        Self::SupervisorLeft,
        Self::OfficerIsTheApplicant,
        Self::SupervisorIsTheApplicant,
    ];

    fn staff(self) -> Staff {
        let role = match self {
            Self::Officer
            | Self::OfficerElsewhere
            | Self::OfficerLeft
            | Self::OfficerIsTheApplicant => Role::Officer,
            _ => Role::Supervisor,
        };
        let at = match self {
            Self::OfficerElsewhere | Self::SupervisorElsewhere => ELSEWHERE,
            _ => OFFICE,
        };
        let own = matches!(self, Self::OfficerIsTheApplicant | Self::SupervisorIsTheApplicant);
        let mut staff = person("thu", role, at, own.then_some("m1"));
        staff.active = !matches!(self, Self::OfficerLeft | Self::SupervisorLeft);
        staff
    }

    /// What the contract says of this person and this act.
    fn expected(self, act: Act) -> Result<(), DeskRefusal> {
        let supervisors_only = matches!(act, Act::Figures | Act::Audit | Act::ResendMessage);
        let overview = supervisors_only || act == Act::Queue;
        match self {
            Self::OfficerLeft | Self::SupervisorLeft => Err(DeskRefusal::NotAllowed),
            Self::Officer | Self::OfficerElsewhere | Self::OfficerIsTheApplicant
                if supervisors_only =>
            {
                Err(DeskRefusal::NotAllowed)
            }
            // The message is about the own account.
            Self::SupervisorIsTheApplicant if act == Act::ResendMessage => {
                Err(DeskRefusal::NotAllowed)
            }
            _ if overview => Ok(()),
            Self::OfficerElsewhere | Self::SupervisorElsewhere if is_of_letters(act) => {
                Err(DeskRefusal::LetterNotFound)
            }
            // Whose letter it is nobody knows until somebody has read it.
            Self::OfficerIsTheApplicant | Self::SupervisorIsTheApplicant
                if matches!(act, Act::Letters | Act::DiscardLetter) =>
            {
                Ok(())
            }
            Self::OfficerElsewhere | Self::SupervisorElsewhere => Err(DeskRefusal::CaseNotFound),
            Self::OfficerIsTheApplicant | Self::SupervisorIsTheApplicant => {
                Err(DeskRefusal::NotAllowed)
            }
            Self::Officer | Self::Supervisor => Ok(()),
        }
    }
}

#[tokio::test]
async fn every_cell_of_role_and_act_is_as_the_contract_says() {
    let mut cells = 0;
    for for_act in Act::ALL {
        for who in Who::ALL {
            let world = world();
            let id = prepared(&world, *for_act).await;
            let before = world.host.store.with(|tables| tables.audit.len());
            let seen = version(&world, &id);
            let answer = act(&world, &who.staff(), *for_act, &id).await;
            assert_eq!(answer, who.expected(*for_act), "{who:?} {for_act:?}");
            if answer.is_err() {
                let after = world.host.store.with(|tables| tables.audit.len());
                assert_eq!((after, version(&world, &id)), (before, seen), "{who:?} {for_act:?}");
            }
            cells += 1;
        }
    }
    assert_eq!(cells, Act::ALL.len() * Who::ALL.len());
}

#[tokio::test]
async fn whoever_is_no_staff_is_nobody_here() {
    let world = world();
    for email in ["ai-do@example.vn", "", "B@example.vn"] {
        let answer = world.desk().staff_member(email).await.err();
        assert_eq!(answer, Some(DeskRefusal::NotAllowed), "{email}");
    }
    world.host.store.with(|t| t.desk.staff.get_mut("b@example.vn").unwrap().active = false);
    assert!(world.desk().staff_member("b@example.vn").await.is_err());
}

#[tokio::test]
async fn an_act_out_of_its_state_writes_nothing() {
    let world = world();
    let (_, id) = world.case(1).await;
    let (desk, s) = (world.desk(), world.staff("s").await);
    desk.reject(&s, &world.seen(&id), Reason::Duplicate, None).await.unwrap();
    let before = world.acts().len();
    for one in [
        Act::Take,
        Act::Check,
        Act::Ask,
        Act::HandOver,
        Act::Reject,
        Act::Approve,
        Act::Propose,
        Act::Confirm,
        Act::Return,
        Act::Resume,
        Act::Resend,
    ] {
        let answer = act(&world, &s, one, &id).await;
        assert_eq!(answer, Err(DeskRefusal::CaseState), "{one:?}");
    }
    assert_eq!((world.acts().len(), world.state(&id)), (before, CaseState::Rejected));
}

#[tokio::test]
async fn two_officers_on_one_case_a_hundred_times_make_one_decision_each_time() {
    for round in 0..100 {
        let world = world();
        let (_, id) = world.case(1).await;
        let (desk, a, b) = (world.desk(), world.staff("a").await, world.staff("b").await);
        desk.check(&a, &world.seen(&id), Check::Record).await.unwrap();
        let seen: Seen = world.seen(&id);
        world.host.store.interleave();
        let approve = async || desk.approve(&a, &seen, "m1-e").await.map(drop);
        let (one, two) = match round % 3 {
            0 => {
                let other = desk.reject(&b, &seen, Reason::NotVerified, None);
                tokio::join!(approve(), other)
            }
            1 => tokio::join!(approve(), async { desk.approve(&b, &seen, "m1-e").await.map(drop) }),
            _ => {
                let other = desk.reject(&b, &seen, Reason::Duplicate, None);
                let (two, one) = tokio::join!(other, approve());
                (one, two)
            }
        };
        assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
        let lost = one.err().or(two.err());
        assert_eq!(lost, Some(DeskRefusal::CaseChanged));
        let (recoveries, rows) = world.host.store.with(|t| (t.recoveries.len(), t.outbox.len()));
        assert_eq!(recoveries, usize::from(world.state(&id) == CaseState::Approved));
        assert_eq!(rows, recoveries);
        let decided = world
            .acts()
            .into_iter()
            .filter(|act| act.starts_with("case-approved") || act.starts_with("case-rejected"));
        assert_eq!(decided.count(), 1);
    }
}

#[tokio::test]
async fn stopping_and_finishing_at_the_same_moment_is_one_or_the_other() {
    for round in 0..50 {
        let world = world();
        let (_, id) = world.cooling(1).await;
        let stop = token_in(&world.last_mail("tv1@example.vn"), "/khong-phai-toi#");
        world.host.clock.forward(86_400);
        world.host.store.interleave();
        let desk = world.desk();
        if round % 2 == 0 {
            let (one, two) = tokio::join!(desk.stop(&stop), desk.finish(&id));
            assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        } else {
            let (one, two) = tokio::join!(desk.finish(&id), desk.stop(&stop));
            assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        }
        let changed = world
            .host
            .store
            .with(|t| t.members.values().any(|member| member.contacts_changed_at.is_some()));
        assert_eq!(changed, world.state(&id) == CaseState::Approved);
        assert!(matches!(world.state(&id), CaseState::Approved | CaseState::Disputed));
    }
}

#[tokio::test]
async fn two_chaining_jobs_at_once_leave_one_good_chain() {
    let world = world();
    for k in 1..=4 {
        world.case(k).await;
    }
    world.host.store.interleave();
    let desk = world.desk();
    let (one, two) = tokio::join!(desk.chain_audit(10), desk.chain_audit(10));
    assert_eq!(one.unwrap().linked + two.unwrap().linked, 4);
    let s = world.staff("s").await;
    let report = world.desk().verify_audit(&s, 100).await.unwrap();
    assert_eq!((report.good, report.findings.len()), (4, 0));
}
