//! The list of cases, and the supervisor's page.

use std::fmt::Write as _;

use recovery::desk::{
    audit::{Finding, Report},
    case::{Case, CaseState},
    review::{Filter, PAGE},
    staff::Staff,
    store::{QueueOrder, StateCount},
};

use crate::chart::{duration, say};

use super::{
    html::{self, base, esc, moment},
    words::Words,
};

fn selected(on: bool) -> &'static str {
    if on { " selected" } else { "" }
}

fn filters(words: &Words, filter: &Filter) -> String {
    let mut states = format!("<option value=\"\">{}</option>", words.open_ones);
    for state in CaseState::ALL {
        let _ = write!(
            states,
            "<option value=\"{}\"{}>{}</option>",
            state.as_str(),
            selected(filter.state == Some(*state)),
            words.state_of(*state)
        );
    }
    let newest = filter.order == QueueOrder::NewestFirst;
    let mine = if filter.mine { " checked" } else { "" };
    let home = base(words.locale);
    format!(
        "<form class=\"line\" method=\"get\" action=\"{home}\"><p><label for=\"state\">{}</label>\
         <select id=\"state\" name=\"state\">{states}</select></p>\
         <p><label for=\"order\">{}</label><select id=\"order\" name=\"order\">\
         <option value=\"oldest\">{}</option><option value=\"newest\"{}>{}</option></select></p>\
         <p><label><input type=\"checkbox\" name=\"mine\" value=\"1\"{mine}> {}</label></p>\
         <button class=\"plain\">{}</button></form>\
         <form class=\"line\" method=\"post\" action=\"{home}/tim\"><p><label for=\"q\">{}</label>\
         <input id=\"q\" name=\"q\" data-key=\"/\" autocomplete=\"off\" maxlength=\"256\" \
         value=\"{}\" aria-describedby=\"q-hint\"></p><button class=\"plain\">{}</button>\
         <p class=\"soft\" id=\"q-hint\">{}</p></form>",
        words.state,
        words.order,
        words.oldest,
        selected(newest),
        words.newest,
        words.mine,
        words.show,
        words.search,
        esc(filter.search.as_deref().unwrap_or_default()),
        words.search,
        words.search_hint,
    )
}

/// The filter as a query, so that it stays in the address.
fn query(filter: &Filter) -> String {
    let mut text = String::new();
    if let Some(state) = filter.state {
        let _ = write!(text, "&state={}", state.as_str());
    }
    if filter.mine {
        text.push_str("&mine=1");
    }
    if filter.order == QueueOrder::NewestFirst {
        text.push_str("&order=newest");
    }
    text
}

/// The list.
pub(super) fn page(
    words: &Words,
    staff: &Staff,
    filter: &Filter,
    cases: &[Case],
    now: i64,
    notice: &str,
) -> String {
    let mut body = notice.to_owned() + &filters(words, filter);
    if cases.is_empty() {
        let _ = write!(body, "<p class=\"notice\">{}</p>", words.empty);
    } else {
        let heads = [
            words.number,
            words.state,
            say(words.locale, "Đã chờ", "Waiting for"),
            words.opened,
            words.changed,
            words.assignee,
        ];
        let _ =
            write!(body, "<table><caption>{}: {}</caption><thead><tr>", words.count, cases.len());
        for head in heads {
            let _ = write!(body, "<th scope=\"col\">{head}</th>");
        }
        body.push_str("</tr></thead><tbody>");
        for case in cases {
            // Nobody waits for what has ended.
            let age = if case.state.is_final() {
                "–".to_owned()
            } else {
                duration(words.locale, now - case.opened_at)
            };
            let letter = if case.from_letter {
                say(words.locale, " · từ thư", " · from a letter")
            } else {
                ""
            };
            let cells = [
                format!(
                    "<a data-row href=\"{}/ho-so/{}\">{}</a>{letter}",
                    base(words.locale),
                    case.id,
                    case.number,
                ),
                words.state_of(case.state).to_owned(),
                age,
                moment(case.opened_at),
                moment(case.changed_at),
                case.assignee.as_ref().map_or_else(|| words.nobody.to_owned(), |id| esc(&id.0)),
            ];
            body.push_str("<tr>");
            for (head, cell) in heads.iter().zip(cells) {
                // On a narrow screen each cell says what it is.
                let _ = write!(body, "<td data-head=\"{head}\">{cell}</td>");
            }
            body.push_str("</tr>");
        }
        body.push_str("</tbody></table>");
    }
    let full = cases.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    if let Some(last) = cases.last().filter(|_| full && filter.search.is_none()) {
        let _ = write!(
            body,
            "<p><a href=\"{}?after={}.{}{}\">{}</a></p>",
            base(words.locale),
            last.opened_at,
            last.id,
            esc(&query(filter)),
            words.next
        );
    }
    let here = ["?", query(filter).trim_start_matches('&')].concat();
    html::page(words, Some(staff), words.queue, &here, &body)
}

/// The supervisor's page: cases by state, and whether the audit holds.
pub(super) fn oversight(
    words: &Words,
    staff: &Staff,
    figures: &[StateCount],
    report: &Report,
) -> String {
    let mut body = format!(
        "<section><h2>{}</h2><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>",
        words.queue, words.state, words.count, words.waiting_since
    );
    for row in figures {
        let _ = write!(
            body,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            words.state_of(row.state),
            row.count,
            moment(row.oldest)
        );
    }
    let _ = write!(
        body,
        "</tbody></table></section><section><h2>{}</h2><p>{} {}; {} {}.</p>",
        words.audit, report.good, words.audit_good, report.open, words.audit_open
    );
    if !report.findings.is_empty() {
        let _ = write!(
            body,
            "<p class=\"notice error\" role=\"alert\">{}</p><table><thead><tr>\
             <th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>",
            words.audit_bad, words.record, words.finding
        );
        for finding in &report.findings {
            let vi = match finding {
                Finding::Altered { .. } => "bị sửa",
                Finding::Removed { .. } => "bị xóa",
                Finding::Inserted { .. } => "bị chèn",
                Finding::Forged { .. } => "mốc giả",
                Finding::Rewritten { .. } => "chuỗi bị viết lại",
                Finding::KeyGone { .. } => "mất khóa, không kiểm được",
            };
            let (seq, what) = (finding.seq(), words.pick(vi, finding.as_str()));
            let _ = write!(body, "<tr><td>{seq}</td><td>{what}</td></tr>");
        }
        body.push_str("</tbody></table>");
    }
    body.push_str("</section>");
    html::page(words, Some(staff), words.oversight, "/giam-sat", &body)
}
