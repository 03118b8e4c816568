//! D1.

use worker::Env;

use crate::http::problem::Problem;

/// The binding's name.
pub const BINDING: &str = "DB";

/// Seconds to wait when the database does not answer.
pub const RETRY_AFTER: u32 = 30;

/// Whether the database answers; 503 where not.
pub async fn ping(env: &Env) -> Result<(), Problem> {
    let down = |_| Problem::try_again(RETRY_AFTER);
    let db = env.d1(BINDING).map_err(down)?;
    db.prepare("SELECT 1 AS one").first::<i32>(Some("one")).await.map_err(down)?;
    Ok(())
}
