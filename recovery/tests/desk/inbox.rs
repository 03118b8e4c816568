//! Letters: what is kept, what is refused, and what an officer can make of one.

use recovery::desk::DeskRefusal;
use recovery::desk::case::{CaseState, Check, EntryKind};
use recovery::desk::citizen::Proof;
use recovery::desk::decide::Seen;
use recovery::desk::inbox::mime::Mail;
use recovery::desk::inbox::receive::{Envelope, NotTaken, Received, Reject};
use recovery::desk::inbox::{Discard, LetterState};
use recovery::desk::names::LookupCode;
use recovery::desk::staff::Staff;
use recovery::desk::stated::{FullName, StatedError};
use recovery::flow::ids::Id;
use recovery::locale::Locale;

use crate::support::{DOMAIN, OFFICE, World, mail, new_address, stated, text, token_in, world};

const fn first(id: Id) -> Seen {
    Seen { case: id, version: 1 }
}

async fn taken(world: &World, staff: &Staff, k: u32, email: &str) -> Id {
    let id = world.letter("Tôi mất máy, mất cả email.").await;
    let said = stated(k, "", email);
    world.desk().take_letter(staff, &first(id), &said, Locale::Vi).await.unwrap();
    id
}

#[tokio::test]
async fn a_letter_is_kept_sealed_and_read_by_the_offices_officers() {
    let world = world();
    let id = world.letter("Tôi quên mật khẩu.\r\n\r\n\r\nXin giúp.\u{202E}").await;
    let b = world.staff("b").await;
    let (rows, _) = world.desk().letters(&b, None).await.unwrap();
    assert_eq!((rows.len(), rows[0].id, rows[0].state), (1, id, LetterState::New));
    let open = world.desk().letter(&b, &id).await.unwrap();
    assert_eq!(open.sender, "Ai Đó <ai-do@example.vn>");
    assert_eq!(open.subject, "Quên mật khẩu");
    assert_eq!(open.text, "Tôi quên mật khẩu.\n\nXin giúp.");
    world.host.store.with(|tables| {
        let (letter, sealed) = &tables.desk.letters[&id];
        let stored = format!("{letter:?}{:?}", tables.desk.lines);
        let body = String::from_utf8_lossy(&sealed.as_ref().unwrap().body).into_owned();
        for secret in ["ai-do", "example.vn", "khẩu"] {
            assert!(!stored.contains(secret) && !body.contains(secret), "{secret}");
        }
    });
    assert_eq!(world.acts(), ["letter-received"]);
}

#[tokio::test]
async fn a_sealed_letter_opens_as_no_other() {
    let world = world();
    let (one, other) = (world.letter("một").await, world.letter("hai").await);
    world.host.store.with(|tables| {
        let moved = tables.desk.letters[&one].1.clone();
        tables.desk.letters.get_mut(&other).unwrap().1 = moved;
    });
    let b = world.staff("b").await;
    let answer = world.desk().letter(&b, &other).await;
    assert!(matches!(answer, Err(DeskRefusal::Flow(_))), "{answer:?}");
}

#[tokio::test]
async fn only_an_office_that_takes_cases_takes_letters() {
    let world = world();
    let desk = world.desk();
    for to in [
        "bhxh-khong-co@thu.example.vn",
        "bhxh-thu-nghiem@example.vn",
        "bhxh-thu-nghiem@sub.thu.example.vn",
        "bhxh-thu-nghiem",
        "@thu.example.vn",
        "",
        "b@example.vn@thu.example.vn",
        "bhxh-thu-nghiem+a@thu.example.vn",
    ] {
        let envelope = Envelope { from: "a@example.vn", to, size: 10 };
        let answer = desk.letter_office(&envelope).await;
        assert_eq!(answer, Err(NotTaken::Rejected(Reject::Unknown)), "{to}");
    }
    let to = "BHXH-Thu-Nghiem@Thu.Example.VN";
    let envelope = Envelope { from: "a@example.vn", to, size: 10_000 * 1_024 };
    assert_eq!(desk.letter_office(&envelope).await.unwrap().as_str(), OFFICE);
    let larger = Envelope { size: envelope.size + 1, ..envelope };
    assert_eq!(desk.letter_office(&larger).await, Err(NotTaken::Rejected(Reject::TooLarge)));
}

#[tokio::test]
async fn without_a_domain_there_are_no_letters() {
    let mut world = world();
    world.desk_policy.letters.domain = String::new();
    for to in [format!("{OFFICE}@"), format!("{OFFICE}@{DOMAIN}"), OFFICE.to_owned()] {
        let envelope = Envelope { from: "a@example.vn", to: &to, size: 10 };
        let answer = world.desk().letter_office(&envelope).await;
        assert_eq!(answer, Err(NotTaken::Rejected(Reject::Unknown)), "{to}");
    }
}

#[tokio::test]
async fn what_a_program_wrote_is_dropped_without_a_word() {
    let world = world();
    let desk = world.desk();
    let to = format!("{OFFICE}@{DOMAIN}");
    let office = crate::support::office(OFFICE);
    let plain = mail("Thư trả lời tự động.");
    let automatic = Mail { automatic: true, ..plain.clone() };
    let ours = Mail { from: format!("{OFFICE}@{DOMAIN}"), ..plain.clone() };
    for (from, mail) in [
        ("ai-do@example.vn", &automatic),
        ("ai-do@example.vn", &ours),
        ("", &plain),
        ("<>", &plain),
        ("MAILER-DAEMON@example.org", &plain),
        ("bhxh-noi-khac@thu.example.vn", &plain),
        ("Khong-Tra-Loi@chiakhoa.example.vn", &plain),
    ] {
        let envelope = Envelope { from, to: &to, size: 10 };
        let answer = desk.receive_letter(&office, &envelope, mail, true).await;
        assert_eq!(answer, Ok(Received::Automatic), "{from}");
    }
    world.host.store.with(|tables| {
        assert!(tables.desk.letters.is_empty() && tables.audit.is_empty());
    });
}

#[tokio::test]
async fn a_letter_without_words_is_refused() {
    let world = world();
    for said in ["", " \r\n ", "\u{200B}\u{202E}", "\u{3164}\u{115F} \u{1160}\u{FFA0}\u{FE0F}"] {
        let letter = Mail { attachments: 2, ..mail(said) };
        assert_eq!(world.receive(&letter).await, Err(NotTaken::Rejected(Reject::Empty)));
    }
    let id = world.receive(&Mail { attachments: 2, ..mail("Gửi kèm ảnh.") }).await.unwrap();
    let Received::Kept(id) = id else { panic!("{id:?}") };
    let b = world.staff("b").await;
    let letter = world.desk().letter(&b, &id).await.unwrap().letter;
    assert_eq!((letter.attachments, letter.more, letter.cut), (2, false, false));
    assert_eq!(FullName::parse("\u{3164}\u{3164}").err(), Some(StatedError::Empty));
}

#[tokio::test]
async fn a_letter_that_is_not_read_to_its_end_says_what_is_missing() {
    let world = world();
    let (desk, b) = (world.desk(), world.staff("b").await);
    let to = format!("{OFFICE}@{DOMAIN}");
    let envelope = Envelope { from: "ai-do@example.vn", to: &to, size: 3_000_000 };
    let office = crate::support::office(OFFICE);
    // In an attachment, in its words, before its words.
    for (said, open, kept) in
        [("Một.", false, Some(false)), ("Hai.", true, Some(true)), ("", false, None)]
    {
        let letter = Mail { attachments: 1, open, ..mail(said) };
        let answer = desk.receive_letter(&office, &envelope, &letter, false).await;
        let Some(cut) = kept else {
            assert_eq!(answer, Err(NotTaken::Rejected(Reject::Buried)));
            continue;
        };
        let Ok(Received::Kept(id)) = answer else { panic!("{answer:?}") };
        let letter = desk.letter(&b, &id).await.unwrap().letter;
        assert_eq!((letter.more, letter.cut), (true, cut), "{said}");
    }
}

#[tokio::test]
async fn the_same_letter_within_a_day_is_kept_once() {
    let world = world();
    let with_id = |id: &str, text: &str| Mail { message_id: id.to_owned(), ..mail(text) };
    assert!(matches!(world.receive(&with_id("<1@x>", "a")).await, Ok(Received::Kept(_))));
    assert_eq!(world.receive(&with_id("<1@x>", "a")).await, Ok(Received::Repeated));
    // Other words under its id, by a careless program, are another letter.
    assert!(matches!(world.receive(&with_id("<1@x>", "b")).await, Ok(Received::Kept(_))));
    // Somebody else may say the same.
    let other = Mail { from: "khac@example.vn".to_owned(), ..with_id("<1@x>", "a") };
    assert!(matches!(world.receive(&other).await, Ok(Received::Kept(_))));
    world.host.clock.forward(86_401);
    assert!(matches!(world.receive(&with_id("<1@x>", "a")).await, Ok(Received::Kept(_))));
}

#[tokio::test]
async fn who_writes_the_same_again_after_it_was_put_away_is_heard_again() {
    let world = world();
    let b = world.staff("b").await;
    for id in ["<1@x>", "<2@x>", "", ""] {
        let again = Mail { message_id: id.to_owned(), ..mail("Tôi mất máy.") };
        let Ok(Received::Kept(id)) = world.receive(&again).await else { panic!("{id} is lost") };
        world.desk().discard_letter(&b, &first(id), Discard::Incomplete).await.unwrap();
    }
}

#[tokio::test]
async fn a_list_of_letters_shows_what_each_is_about() {
    let world = world();
    let b = world.staff("b").await;
    let about = async |subject: &str, said: &str| {
        let Ok(Received::Kept(_)) =
            world.receive(&Mail { subject: subject.to_owned(), ..mail(said) }).await
        else {
            panic!("{subject}")
        };
        let (_, mut shown) = world.desk().letters(&b, None).await.unwrap();
        world.host.store.with(|tables| tables.desk.letters.clear());
        shown.remove(0)
    };
    assert_eq!(about("Mất sim", "Tôi mất máy.").await, "Mất sim");
    assert_eq!(about("", "Tôi mất máy.\n\nXin giúp.").await, "Tôi mất máy.");
    assert_eq!(about(&"ă".repeat(61), "a").await, format!("{}…", "ă".repeat(60)));
}

#[tokio::test]
async fn a_letter_that_does_not_open_leaves_the_list_as_it_is() {
    let world = world();
    let (id, b) = (world.letter("một").await, world.staff("b").await);
    world.host.store.with(|tables| {
        let (_, sealed) = tables.desk.letters.get_mut(&id).unwrap();
        sealed.as_mut().unwrap().body[0] ^= 1;
    });
    let (rows, titles) = world.desk().letters(&b, None).await.unwrap();
    assert_eq!((rows[0].id, titles[0].as_str()), (id, ""));
}

#[tokio::test]
async fn letters_are_limited_by_claimed_sender_and_by_office() {
    let mut world = world();
    let from = |k: u32, n: u32| Mail {
        from: format!("Người {n} <NGUOI{k}@example.vn>"),
        ..mail(&format!("thư {n}"))
    };
    for n in 0..5 {
        assert!(matches!(world.receive(&from(1, n)).await, Ok(Received::Kept(_))));
    }
    let refused = Err(NotTaken::Rejected(Reject::TooMany));
    assert_eq!(world.receive(&from(1, 5)).await, refused);
    assert!(matches!(world.receive(&from(2, 5)).await, Ok(Received::Kept(_))));
    world.desk_policy.letters.office_day = 6;
    assert_eq!(world.receive(&from(3, 6)).await, refused);
    world.desk_policy.letters.office_day = 0;
    assert!(matches!(world.receive(&from(3, 6)).await, Ok(Received::Kept(_))));
}

#[tokio::test]
async fn many_letters_at_once_do_not_get_past_the_limit() {
    let mut world = world();
    world.desk_policy.letters.sender_day = 1;
    world.host.store.interleave();
    let (one, two, three) = (mail("một"), mail("hai"), mail("ba"));
    let (a, b, c) = tokio::join!(world.receive(&one), world.receive(&two), world.receive(&three));
    let kept = [a, b, c].iter().filter(|one| matches!(one, Ok(Received::Kept(_)))).count();
    assert_eq!(kept, 1);
}

#[tokio::test]
async fn a_long_letter_is_cut_and_says_so() {
    let world = world();
    let id = world.letter(&"ă ".repeat(4_000)).await;
    let b = world.staff("b").await;
    let open = world.desk().letter(&b, &id).await.unwrap();
    assert!(open.letter.cut && open.text.chars().count() <= 4_000);
}

#[tokio::test]
async fn a_discarded_letter_leaves_its_reason_and_nothing_else() {
    let world = world();
    let b = world.staff("b").await;
    for reason in Discard::ALL {
        let id = world.letter(reason.as_str()).await;
        world.desk().discard_letter(&b, &first(id), *reason).await.unwrap();
        assert_eq!(world.desk().letter(&b, &id).await.err(), Some(DeskRefusal::LetterNotFound));
        let again = world.desk().discard_letter(&b, &first(id), *reason).await;
        assert_eq!(again, Err(DeskRefusal::CaseChanged));
        world.host.store.with(|t| assert_eq!(t.desk.letters[&id].1, None));
        let act = format!("letter-discarded-{}", reason.as_str());
        assert_eq!(world.acts().last().copied(), Some(act.as_str()));
    }
    assert_eq!(world.desk().letters(&b, None).await.unwrap().0, []);
}

#[tokio::test]
async fn a_taken_letter_is_a_case_in_its_first_state_with_the_letter_as_its_first_entry() {
    let world = world();
    let b = world.staff("b").await;
    let id = taken(&world, &b, 1, "tv1@example.vn").await;
    let row = world.row(&id);
    assert_eq!((row.state, row.version, row.assignee), (CaseState::Received, 1, None));
    assert!(row.from_letter);
    let view = world.desk().view(&b, &id).await.unwrap();
    let entry = &view.entries[0];
    assert_eq!((entry.kind, entry.staff.as_ref()), (EntryKind::Letter, None));
    assert_eq!(
        entry.text.as_deref(),
        Some("Ai Đó <ai-do@example.vn>\nQuên mật khẩu\n\nTôi mất máy, mất cả email.")
    );
    assert_eq!(world.desk().letter(&b, &id).await.err(), Some(DeskRefusal::LetterNotFound));
    assert_eq!(world.acts(), ["letter-received", "letter-taken", "case-opened"]);
}

#[tokio::test]
async fn a_case_from_a_letter_is_approved_to_a_contact_on_record() {
    let world = world();
    let b = world.staff("b").await;
    let id = taken(&world, &b, 1, &new_address(1)).await;
    let desk = world.desk();
    assert_eq!(desk.approve(&b, &world.seen(&id), "m1-e").await, Err(DeskRefusal::ChecksMissing));
    desk.check(&b, &world.seen(&id), Check::CallBack).await.unwrap();
    desk.approve(&b, &world.seen(&id), "m1-e").await.unwrap();
    world.sweep().await;
    let token = token_in(&world.last_mail("tv1@example.vn"), "/lien-ket#");
    assert!(world.service().redeem_link(&token).await.is_ok());
    assert!(
        world.mail.to(&new_address(1)).is_empty() && world.mail.to("ai-do@example.vn").is_empty()
    );
}

#[tokio::test]
async fn a_case_from_a_letter_changes_no_contacts_in_any_state() {
    for state in CaseState::ALL {
        let world = world();
        let (b, s) = (world.staff("b").await, world.staff("s").await);
        let id = taken(&world, &b, 1, &new_address(1)).await;
        let desk = world.desk();
        desk.check(&b, &world.seen(&id), Check::InPerson).await.unwrap();
        assert!(!desk.view(&b, &id).await.unwrap().may_change);
        // Whatever led it there, as a row that somebody else wrote would have it.
        world.host.store.with(|tables| {
            let case = tables.desk.cases.get_mut(&id).unwrap();
            case.state = *state;
            case.first = Some(b.id.clone());
            case.disputed_at = Some(0);
        });
        let seen = world.seen(&id);
        let refused = [Err(DeskRefusal::FromLetter), Err(DeskRefusal::CaseState)];
        for answer in [
            desk.propose(&b, &seen).await,
            desk.confirm(&s, &seen).await.map(drop),
            desk.resume(&s, &seen).await.map(drop),
            desk.ask(&b, &seen, &text("Bà có khoẻ không?")).await,
        ] {
            assert!(refused.contains(&answer), "{state:?} {answer:?}");
        }
        world.host.store.with(|t| assert!(t.recoveries.is_empty() && t.outbox.is_empty()));
    }
}

#[tokio::test]
async fn nobody_looks_a_case_up_that_came_from_a_letter() {
    let world = world();
    let b = world.staff("b").await;
    let id = taken(&world, &b, 1, "").await;
    let number = Some(world.row(&id).number);
    for byte in 0..32 {
        let proof = Proof { number, code: Some(LookupCode::draw([byte; 16])) };
        let answer = world.desk().case_status(&proof).await.err();
        assert_eq!(answer, Some(DeskRefusal::CaseNotFound));
    }
}

#[tokio::test]
async fn an_officer_makes_no_case_of_a_letter_about_the_own_account() {
    let world = world();
    let a = world.staff("a").await;
    let id = world.letter("Tôi là thành viên thử 8.").await;
    // Member 8 is the officer: by number, and by address.
    for said in [stated(8, "", ""), stated(1, "", "tv8@example.vn"), stated(1, "0900000008", "")] {
        let answer = world.desk().take_letter(&a, &first(id), &said, Locale::Vi).await;
        assert_eq!(answer, Err(DeskRefusal::NotAllowed));
    }
    assert_eq!(world.acts(), ["letter-received"]);
    let b = world.staff("b").await;
    world.desk().take_letter(&b, &first(id), &stated(8, "", ""), Locale::En).await.unwrap();
    assert_eq!(world.desk().view(&a, &id).await.err(), Some(DeskRefusal::NotAllowed));
}

#[tokio::test]
async fn two_officers_on_one_letter_a_hundred_times_make_one_case_or_none() {
    for round in 0..100 {
        let world = world();
        let id = world.letter("Xin giúp.").await;
        let (desk, b, s) = (world.desk(), world.staff("b").await, world.staff("s").await);
        let (one, two) = (stated(1, "", ""), stated(2, "", ""));
        world.host.store.interleave();
        let seen = first(id);
        let (first, second) = if round % 2 == 0 {
            tokio::join!(
                desk.take_letter(&b, &seen, &one, Locale::Vi),
                desk.take_letter(&s, &seen, &two, Locale::Vi)
            )
        } else {
            tokio::join!(
                desk.take_letter(&b, &seen, &one, Locale::Vi),
                desk.discard_letter(&s, &seen, Discard::Spam)
            )
        };
        assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{first:?} {second:?}");
        assert_eq!(first.clone().err().or(second.err()), Some(DeskRefusal::CaseChanged));
        let cases = world.host.store.with(|t| t.desk.cases.len());
        let expected = usize::from(round % 2 == 0 || first.is_ok());
        assert_eq!(cases, expected);
    }
}

#[tokio::test]
async fn letters_go_by_schedule() {
    let world = world();
    let b = world.staff("b").await;
    let (kept, put_away) = (world.letter("một").await, world.letter("hai").await);
    world.desk().discard_letter(&b, &first(put_away), Discard::Spam).await.unwrap();
    world.host.clock.forward(30 * 86_400);
    world.desk().purge_cases().await.unwrap();
    assert_eq!(world.host.store.with(|t| t.desk.letters.len()), 2);
    world.host.clock.forward(1);
    world.desk().purge_cases().await.unwrap();
    assert_eq!(world.host.store.with(|t| t.desk.letters.len()), 0);
    assert_eq!(world.desk().letter(&b, &kept).await.err(), Some(DeskRefusal::LetterNotFound));
}

#[test]
fn what_a_handing_server_is_told_is_constant_ascii_on_one_line() {
    for reject in
        [Reject::Unknown, Reject::TooLarge, Reject::Empty, Reject::Buried, Reject::TooMany]
    {
        let words = reject.words();
        assert!(words.bytes().all(|b| (b' '..=b'~').contains(&b)) && words.len() < 200, "{words}");
    }
}
