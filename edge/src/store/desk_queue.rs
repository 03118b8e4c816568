//! The statements behind the desk's queue and search.

use recovery::desk::store::{QueueOrder, QueueQuery, Which};

use super::sql::Sql;

/// The statement for a queue. One text for each kind of question, each with an index of its own;
/// the values are the same in all: office, hidden names, the last row's time and id, limit, and
/// one more.
macro_rules! queue_sql {
    ($office:literal, $condition:literal, $order:literal, $beyond:literal) => {
        concat!(
            "SELECT * FROM desk_case ",
            $office,
            " = ?1 AND (opened_at, id) ",
            $beyond,
            " (?3, ?4) AND NOT EXISTS (SELECT 1 FROM json_each(?2) WHERE value IN ",
            "(key_identifier, key_phone, key_email)) AND ",
            $condition,
            " ORDER BY opened_at ",
            $order,
            ", id ",
            $order,
            " LIMIT ?5"
        )
    };
    ($office:literal, $condition:literal) => {
        (queue_sql!($office, $condition, "ASC", ">"), queue_sql!($office, $condition, "DESC", "<"))
    };
    ($condition:literal) => {
        queue_sql!("WHERE office", $condition)
    };
}

pub(super) fn queue(query: &QueueQuery) -> Sql {
    let state = match query.which {
        Which::In(state) => state.as_str(),
        Which::Open | Which::Any => "",
    };
    let (which, mine) = (query.which, query.assignee.as_ref().map_or("", |id| id.0.as_str()));
    let key = query.key.map(|key| key.to_string());
    let number = query.number.map(|number| number.to_string());
    let (texts, more) = match (&number, &key, which) {
        (Some(number), _, _) => (
            queue_sql!("number = ?6 AND (?7 = '' OR state = ?7) AND (?8 = '' OR assignee = ?8)"),
            number.as_str(),
        ),
        (None, Some(key), _) => (
            // `+`: the few that have the key are looked at, not the whole office in its order.
            queue_sql!(
                "WHERE +office",
                "id IN (SELECT id FROM desk_case WHERE key_identifier = ?6 UNION ALL \
                 SELECT id FROM desk_case WHERE key_phone = ?6 UNION ALL \
                 SELECT id FROM desk_case WHERE key_email = ?6) AND (?7 = '' OR state = ?7) AND \
                 (?8 = '' OR assignee = ?8)"
            ),
            key.as_str(),
        ),
        (None, None, Which::Open) if mine.is_empty() => {
            // Named, because the index of all cases looks as good to the planner, and that one
            // leads through everything that has ended before what is open.
            let texts = queue_sql!(
                "INDEXED BY desk_case_open WHERE office",
                "ended_at IS NULL AND ?6 = '' AND ?7 = '' AND ?8 = ''"
            );
            (texts, "")
        }
        (None, None, Which::Open) => {
            (queue_sql!("ended_at IS NULL AND assignee = ?8 AND ?6 = '' AND ?7 = ''"), "")
        }
        (None, None, Which::Any) => {
            (queue_sql!("(?8 = '' OR assignee = ?8) AND ?6 = '' AND ?7 = ''"), "")
        }
        (None, None, Which::In(_)) if mine.is_empty() => {
            (queue_sql!("state = ?7 AND ?6 = '' AND ?8 = ''"), "")
        }
        // By who has taken it: of these there are few, of those in a state many.
        (None, None, Which::In(_)) => (queue_sql!("+state = ?7 AND assignee = ?8 AND ?6 = ''"), ""),
    };
    let hidden: Vec<String> = query.hidden.iter().map(ToString::to_string).collect();
    let (text, first) = match query.order {
        QueueOrder::OldestFirst => (texts.0, (-1, String::new())),
        // Beyond every time and every id.
        QueueOrder::NewestFirst => (texts.1, (i64::from(u32::MAX) * 4, "~".to_owned())),
    };
    let (at, id) = query.after.map_or(first, |(at, id)| (at, id.to_string()));
    // A number or key of an ended case is found among open ones only where it is asked for so.
    let open_only = which == Which::Open && (number.is_some() || key.is_some());
    let limit = if open_only { 1_000 } else { query.limit };
    Sql::new(text)
        .text(query.office.as_str())
        .text(&serde_json::json!(hidden).to_string())
        .int(at)
        .text(&id)
        .int(i64::from(limit))
        .text(more)
        .text(state)
        .text(mine)
}

#[cfg(feature = "contract-tests")]
impl super::D1 {
    /// How the database goes about each kind of queue: question and plan.
    pub async fn queue_plans(
        &self,
    ) -> Result<Vec<(String, String)>, recovery::flow::store::StoreError> {
        use recovery::{
            desk::{
                case::CaseState,
                names::{CaseNumber, OfficeId, StaffId},
            },
            flow::ids::Digest32,
        };

        use super::rows::broken;

        #[derive(serde::Deserialize)]
        struct Step {
            detail: String,
        }
        let digest = Digest32::new([7; 32]);
        let office = OfficeId::parse("thu").ok_or_else(|| broken("desk_case"))?;
        let plain = QueueQuery {
            office,
            which: Which::Open,
            assignee: None,
            number: None,
            key: None,
            hidden: vec![digest],
            order: QueueOrder::OldestFirst,
            after: None,
            limit: 50,
        };
        let of = |which| QueueQuery { which, ..plain.clone() };
        let mine = Some(StaffId("s1".to_owned()));
        let number = Some(CaseNumber::draw([1; 8]));
        let kinds = [
            ("open", plain.clone()),
            ("in one state", of(Which::In(CaseState::Received))),
            ("any", of(Which::Any)),
            ("own", QueueQuery { assignee: mine.clone(), ..plain.clone() }),
            (
                "own in one state",
                QueueQuery { assignee: mine, ..of(Which::In(CaseState::Waiting)) },
            ),
            ("by number", QueueQuery { number, ..of(Which::Any) }),
            ("by key", QueueQuery { key: Some(digest), ..of(Which::Any) }),
        ];
        let mut plans = Vec::new();
        for (name, query) in kinds {
            for order in [QueueOrder::OldestFirst, QueueOrder::NewestFirst] {
                let mut sql = queue(&QueueQuery { order, ..query.clone() });
                // Only in this build, which runs tests and ends.
                sql.text = Box::leak(format!("EXPLAIN QUERY PLAN {}", sql.text).into_boxed_str());
                let steps = self.read::<Step>(sql).await?;
                let steps: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
                plans.push((format!("{name}, {order:?}"), steps.join("; ")));
            }
        }
        Ok(plans)
    }
}
