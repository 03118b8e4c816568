//! The text-message channel: notes, counts, names, pages that wait.

use super::{Fixture, Verdict, hold, read, same};
use crate::flow::account::Accounts;
use crate::flow::ids::Id;
use crate::flow::policy::{DAY, HOUR};
use crate::flow::store::{Batch, Conflict, StoreError, Write};
use crate::flow::text_store::{
    NameKind, ReceiptCounts, TextAnswer, TextCounts, TextNote, TextStore, TextWrite, Wait,
};
use crate::locale::Locale;
use crate::sms::short::ShortName;

/// Runs the channel's rules: each one's name and verdict. For a store that has the channel.
pub async fn run_texts<S: TextStore + Accounts>(
    fixture: &Fixture<'_, S>,
) -> Vec<(&'static str, Verdict)> {
    macro_rules! rules {
        ($($rule:ident),* $(,)?) => {
            vec![$((stringify!($rule), $rule(fixture).await)),*]
        };
    }
    rules![
        a_text_is_noted_once_and_read_back,
        a_refused_text_leaves_nothing_behind_and_nor_does_its_batch,
        texts_of_a_sender_are_limited_by_hour_and_by_day,
        the_days_texts_are_counted_up_to_their_cap,
        a_name_is_free_again_when_it_ends,
        a_page_is_bound_once_and_while_it_waits,
        the_last_word_about_a_text_counts,
        retention_forgets_texts,
    ]
}

async fn apply<S: TextStore + Accounts>(
    f: &Fixture<'_, S>,
    texts: Vec<TextWrite>,
) -> Result<Vec<i64>, String> {
    read(f.store.apply_with_texts(texts, Batch::new()).await)
}

async fn refused<S: TextStore + Accounts>(
    f: &Fixture<'_, S>,
    texts: Vec<TextWrite>,
    with: Conflict,
) -> Verdict {
    same!(f.store.apply_with_texts(texts, Batch::new()).await, Err(StoreError::Conflict(with)));
    Ok(())
}

fn note<S: TextStore + Accounts>(f: &Fixture<'_, S>, recovery: Option<Id>) -> TextNote {
    TextNote {
        key: f.digest(),
        fingerprint: f.digest(),
        answer: TextAnswer::Code,
        recovery,
        at: f.t0,
    }
}

fn wait<S: TextStore + Accounts>(f: &Fixture<'_, S>) -> Wait {
    Wait { id: f.id(), locale: Locale::En, expires_at: f.t0 + 600, recovery: None }
}

fn name<S: TextStore + Accounts>(f: &Fixture<'_, S>) -> ShortName {
    ShortName::from_bits(u32::from_be_bytes(f.bytes()))
}

async fn a_text_is_noted_once_and_read_back<S: TextStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let recovery = f.recovery();
    let with = note(f, Some(recovery.id));
    let texts = vec![TextWrite::NoteText(with.clone())];
    let batch = vec![Write::InsertRecovery(Box::new(recovery))];
    same!(read(f.store.apply_with_texts(texts, batch).await)?, [0, 0]);
    for answer in ["code", "web-code", "temporary", "usage", "too-many", "silence"] {
        let Some(answer) = TextAnswer::from_tag(answer) else { return Err(answer.into()) };
        let without = TextNote { answer, ..note(f, None) };
        apply(f, vec![TextWrite::NoteText(without.clone())]).await?;
        same!(read(f.store.text(&without.key).await)?, Some(without));
    }
    same!(read(f.store.text(&with.key).await)?.as_ref(), Some(&with));
    same!(read(f.store.text(&f.digest()).await)?, None);
    let other = TextNote { key: with.key, ..note(f, None) };
    refused(f, vec![TextWrite::NoteText(other)], Conflict::TextSeen).await?;
    same!(read(f.store.text(&with.key).await)?, Some(with));
    Ok(())
}

async fn a_refused_text_leaves_nothing_behind_and_nor_does_its_batch<S: TextStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (first, recovery) = (note(f, None), f.recovery());
    apply(f, vec![TextWrite::NoteText(first.clone())]).await?;
    let key = f.digest();
    let count = TextWrite::CountText { key, at: f.t0, hour: 9, day: 9 };
    let texts = vec![count, TextWrite::NoteText(first)];
    let batch = vec![Write::InsertRecovery(Box::new(recovery.clone()))];
    let answer = f.store.apply_with_texts(texts, batch).await;
    same!(answer, Err(StoreError::Conflict(Conflict::TextSeen)));
    same!(read(f.store.recovery(&recovery.id).await)?, None);
    same!(read(f.store.texts(&key, 0, 0).await)?, TextCounts::default());

    let second = note(f, None);
    let texts = vec![TextWrite::NoteText(second.clone())];
    let batch = vec![Write::RequireOpen { recovery: f.id() }];
    let answer = f.store.apply_with_texts(texts, batch).await;
    same!(answer, Err(StoreError::Conflict(Conflict::RecoveryClosed)));
    same!(read(f.store.text(&second.key).await)?, None);
    Ok(())
}

async fn texts_of_a_sender_are_limited_by_hour_and_by_day<S: TextStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let key = f.digest();
    let count = |at| vec![TextWrite::CountText { key, at, hour: 2, day: 3 }];
    apply(f, count(f.t0)).await?;
    apply(f, count(f.t0 + 1)).await?;
    refused(f, count(f.t0 + 2), Conflict::TextLimit).await?;
    apply(f, count(f.t0 + HOUR)).await?;
    refused(f, count(f.t0 + 3 * HOUR), Conflict::TextLimit).await?;
    apply(f, count(f.t0 + DAY)).await?;
    let counts = read(f.store.texts(&key, f.t0 + DAY - HOUR, f.t0).await)?;
    same!(counts, TextCounts { hour: 1, day: 3 });
    let free = f.digest();
    for _ in 0..5 {
        apply(f, vec![TextWrite::CountText { key: free, at: f.t0, hour: 0, day: 0 }]).await?;
    }
    same!(read(f.store.texts(&free, 0, 0).await)?, TextCounts { hour: 5, day: 5 });
    Ok(())
}

async fn the_days_texts_are_counted_up_to_their_cap<S: TextStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    // Far from every day that something else counts on.
    let day = f.t0 / 10;
    let count = |cap| vec![TextWrite::CountDay { day, cap }];
    same!(read(f.store.texts_of_day(day).await)?, 0);
    same!(apply(f, count(2)).await?, [1]);
    same!(apply(f, count(2)).await?, [2]);
    refused(f, count(2), Conflict::TextBudget).await?;
    same!(apply(f, count(0)).await?, [3]);
    same!(read(f.store.texts_of_day(day).await)?, 3);
    same!(read(f.store.texts_of_day(day + 1).await)?, 0);
    Ok(())
}

async fn a_name_is_free_again_when_it_ends<S: TextStore + Accounts>(f: &Fixture<'_, S>) -> Verdict {
    let (name, one, two) = (name(f), f.id(), f.id());
    let take =
        |kind, owner, at| vec![TextWrite::TakeName { kind, name, owner, at, until: at + 600 }];
    let named = |kind, at| f.store.named(kind, &name, at);
    apply(f, take(NameKind::Locator, one, f.t0)).await?;
    refused(f, take(NameKind::Locator, two, f.t0 + 599), Conflict::NameTaken).await?;
    same!(read(named(NameKind::Locator, f.t0 + 599).await)?, Some(one));
    same!(read(named(NameKind::Locator, f.t0 + 600).await)?, None);
    same!(read(named(NameKind::Web, f.t0).await)?, None);
    apply(f, take(NameKind::Web, two, f.t0)).await?;
    same!(read(named(NameKind::Web, f.t0).await)?, Some(two));
    apply(f, take(NameKind::Locator, two, f.t0 + 600)).await?;
    same!(read(named(NameKind::Locator, f.t0 + 700).await)?, Some(two));
    Ok(())
}

async fn a_page_is_bound_once_and_while_it_waits<S: TextStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (one, late, recovery) = (wait(f), wait(f), f.id());
    for wait in [&one, &late] {
        apply(f, vec![TextWrite::InsertWait(wait.clone())]).await?;
        same!(read(f.store.wait(&wait.id).await)?.as_ref(), Some(wait));
    }
    refused(f, vec![TextWrite::InsertWait(one.clone())], Conflict::Duplicate).await?;
    let bind = |wait, at| vec![TextWrite::BindWait { wait, recovery, at }];
    apply(f, bind(one.id, f.t0 + 599)).await?;
    refused(f, bind(one.id, f.t0 + 1), Conflict::WaitClosed).await?;
    refused(f, bind(late.id, f.t0 + 600), Conflict::WaitClosed).await?;
    refused(f, bind(f.id(), f.t0), Conflict::WaitClosed).await?;
    let bound = Wait { recovery: Some(recovery), ..one.clone() };
    same!(read(f.store.wait(&one.id).await)?, Some(bound));
    same!(read(f.store.wait(&f.id()).await)?, None);
    Ok(())
}

async fn the_last_word_about_a_text_counts<S: TextStore + Accounts>(f: &Fixture<'_, S>) -> Verdict {
    let (one, two) = (f.id(), f.id());
    let before = read(f.store.receipts(f.t0).await)?;
    let say = |outbox, delivered| vec![TextWrite::NoteReceipt { outbox, delivered, at: f.t0 + 1 }];
    same!(apply(f, say(one, false)).await?, [1]);
    same!(apply(f, say(one, true)).await?, [0]);
    same!(apply(f, say(two, false)).await?, [1]);
    let after = read(f.store.receipts(f.t0).await)?;
    let expected = ReceiptCounts { delivered: before.delivered + 1, failed: before.failed + 1 };
    same!(after, expected);
    Ok(())
}

async fn retention_forgets_texts<S: TextStore + Accounts>(f: &Fixture<'_, S>) -> Verdict {
    let base = f.t0 - 600_000;
    let (mut old, new) = (note(f, None), note(f, None));
    old.at = base;
    let (gone, kept) = (Wait { expires_at: base, ..wait(f) }, wait(f));
    let key = f.digest();
    let names = [name(f), name(f)];
    let take = |name, until| TextWrite::TakeName {
        kind: NameKind::Locator,
        name,
        owner: old.recovery.unwrap_or(gone.id),
        at: base - 600,
        until,
    };
    apply(
        f,
        vec![
            TextWrite::NoteText(old.clone()),
            TextWrite::NoteText(new.clone()),
            TextWrite::InsertWait(gone.clone()),
            TextWrite::InsertWait(kept.clone()),
            TextWrite::CountText { key, at: base, hour: 0, day: 0 },
            TextWrite::CountText { key, at: f.t0, hour: 0, day: 0 },
            take(names[0], base),
            take(names[1], f.t0 + 600),
        ],
    )
    .await?;
    let purge = TextWrite::PurgeTexts { now: f.t0 - 1, before: f.t0 - 400_000, day: 0 };
    hold!(apply(f, vec![purge]).await?[0] >= 4);
    hold!(read(f.store.text(&old.key).await)?.is_none());
    hold!(read(f.store.text(&new.key).await)?.is_some());
    hold!(read(f.store.wait(&gone.id).await)?.is_none());
    hold!(read(f.store.wait(&kept.id).await)?.is_some());
    same!(read(f.store.texts(&key, 0, 0).await)?, TextCounts { hour: 1, day: 1 });
    hold!(read(f.store.named(NameKind::Locator, &names[1], f.t0).await)?.is_some());
    Ok(())
}
