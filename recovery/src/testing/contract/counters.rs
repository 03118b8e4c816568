//! Counters and limits.

use super::{Fixture, Verdict, read, same};
use crate::flow::account::Accounts;
use crate::flow::policy::{DAY, HOUR};
use crate::flow::store::{Conflict, SigninCounts, Store, Write};

pub(super) async fn a_captcha_is_spent_once<S: Store + Accounts>(f: &Fixture<'_, S>) -> Verdict {
    let nonce = f.id().to_string();
    let spend = || vec![Write::SpendCaptcha { nonce: nonce.clone(), expires_at: f.t0 + 300 }];
    f.apply(spend()).await?;
    for _ in 0..3 {
        f.refused(spend(), Conflict::CaptchaSpent).await?;
    }
    Ok(())
}

pub(super) async fn dispatches_are_limited_by_hour_and_by_day<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (key, identifier) = (f.digest(), f.digest());
    let count = |at| vec![Write::CountDispatch { key, identifier, at, hour: 2, day: 3 }];
    f.apply(count(f.t0)).await?;
    f.apply(count(f.t0 + 1)).await?;
    f.refused(count(f.t0 + 2), Conflict::DispatchLimit).await?;
    f.apply(count(f.t0 + HOUR)).await?;
    f.refused(count(f.t0 + HOUR + 1), Conflict::DispatchLimit).await?;
    f.refused(count(f.t0 + 3 * HOUR), Conflict::DispatchLimit).await?;
    f.apply(count(f.t0 + DAY)).await?;
    let times = read(f.store.dispatches(&key, f.t0).await)?;
    same!(times, [f.t0 + DAY, f.t0 + HOUR, f.t0 + 1]);
    same!(read(f.store.requests(&identifier, f.t0).await)?, 3);
    same!(read(f.store.requests(&f.digest(), f.t0).await)?, 0);
    Ok(())
}

pub(super) async fn a_limit_of_zero_is_no_limit<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (key, identifier) = (f.digest(), f.digest());
    let recovery = f.recovery();
    f.apply(vec![Write::InsertRecovery(Box::new(recovery.clone()))]).await?;
    for n in 1..=7 {
        let id = f.id();
        let values = f
            .apply(vec![
                Write::CountDispatch { key, identifier, at: f.t0, hour: 0, day: 0 },
                Write::TakeTry { recovery: recovery.id, at: f.t0, cap: 0 },
                Write::TakeCompare { id, key, at: f.t0, cap: 0 },
                Write::TakeSignin { id, pair: key, identifier, at: f.t0, since: 0, cap: 0 },
                Write::CountAddress { id, key, at: f.t0, cap: 0 },
            ])
            .await?;
        same!(values[1..], [n, 1, 0, 1]);
    }
    Ok(())
}

pub(super) async fn tries_end_at_their_cap_and_with_the_code<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let recovery = f.recovery();
    let end = recovery.code_expires_at;
    f.apply(vec![Write::InsertRecovery(Box::new(recovery.clone()))]).await?;
    let take = |at| vec![Write::TakeTry { recovery: recovery.id, at, cap: 2 }];
    f.refused(take(end), Conflict::RecoveryClosed).await?;
    same!(f.apply(take(end - 1)).await?, [1]);
    same!(f.apply(take(f.t0)).await?, [2]);
    f.refused(take(f.t0), Conflict::RecoveryClosed).await?;
    let unknown = vec![Write::TakeTry { recovery: f.id(), at: f.t0, cap: 2 }];
    f.refused(unknown, Conflict::RecoveryClosed).await?;
    same!(read(f.store.recovery(&recovery.id).await)?.map(|r| r.tries), Some(2));
    Ok(())
}

pub(super) async fn comparisons_over_the_cap_are_not_noted<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let key = f.digest();
    let take = |at| vec![Write::TakeCompare { id: f.id(), key, at, cap: 2 }];
    same!(f.apply(take(f.t0)).await?, [1]);
    same!(f.apply(take(f.t0 + 1)).await?, [1]);
    same!(f.apply(take(f.t0 + 2)).await?, [0]);
    same!(f.apply(take(f.t0 + DAY)).await?, [1]);
    same!(f.apply(take(f.t0 + DAY)).await?, [0]);
    Ok(())
}

pub(super) async fn a_right_code_gives_back_its_try_and_its_comparison<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (recovery, compare) = (f.recovery(), f.id());
    let key = recovery.compare_key;
    f.apply(vec![
        Write::InsertRecovery(Box::new(recovery.clone())),
        Write::TakeTry { recovery: recovery.id, at: f.t0, cap: 5 },
        Write::TakeCompare { id: compare, key, at: f.t0, cap: 1 },
        Write::ReturnTry { recovery: recovery.id, compare },
    ])
    .await?;
    same!(read(f.store.recovery(&recovery.id).await)?.map(|r| r.tries), Some(0));
    let again = vec![Write::TakeCompare { id: f.id(), key, at: f.t0, cap: 1 }];
    same!(f.apply(again).await?, [1]);
    Ok(())
}

pub(super) async fn sign_ins_are_limited_by_pair_and_counted_by_identifier<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (here, there, identifier) = (f.digest(), f.digest(), f.digest());
    let since = f.t0 - 900;
    let take = |id, pair, at| {
        vec![Write::TakeSignin { id, pair, identifier, at, since: at - 900, cap: 2 }]
    };
    let counts = |pair, pair_newest, identifier| SigninCounts { pair, pair_newest, identifier };
    let last = f.id();
    f.apply(take(f.id(), here, f.t0)).await?;
    f.apply(take(last, here, f.t0 + 1)).await?;
    f.refused(take(f.id(), here, f.t0 + 2), Conflict::SigninLimit).await?;
    f.apply(take(f.id(), there, f.t0 + 2)).await?;
    same!(read(f.store.signins(&here, &identifier, since).await)?, counts(2, f.t0 + 1, 3));

    f.apply(vec![Write::ReturnSignin { id: last, pair: here }]).await?;
    same!(read(f.store.signins(&here, &identifier, since).await)?, counts(0, 0, 1));
    f.apply(vec![Write::ClearSignins { identifiers: vec![f.digest(), identifier] }]).await?;
    same!(read(f.store.signins(&there, &identifier, since).await)?, counts(0, 0, 0));

    f.apply(take(f.id(), here, f.t0)).await?;
    f.apply(take(f.id(), here, f.t0)).await?;
    f.apply(take(f.id(), here, f.t0 + 900)).await?;
    Ok(())
}

pub(super) async fn a_destination_is_counted_once_per_message<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (key, one, two) = (f.digest(), f.id(), f.id());
    let count = |id, at| vec![Write::CountAddress { id, key, at, cap: 1 }];
    same!(f.apply(count(one, f.t0)).await?, [1]);
    same!(f.apply(count(one, f.t0 + 5)).await?, [1]);
    same!(f.apply(count(two, f.t0 + 6)).await?, [0]);
    same!(f.apply(count(two, f.t0 + DAY)).await?, [1]);
    Ok(())
}
