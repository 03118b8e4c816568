//! The list of cases, and the supervisor's page.

use std::fmt::Write as _;

use recovery::desk::{
    audit::Report,
    case::{Case, CaseState},
    review::{Filter, PAGE},
    staff::Staff,
    store::{QueueOrder, StateCount},
};

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
    notice: &str,
) -> String {
    let mut body = notice.to_owned() + &filters(words, filter);
    if cases.is_empty() {
        let _ = write!(body, "<p class=\"notice\">{}</p>", words.empty);
    } else {
        let _ = write!(
            body,
            "<table><caption>{}: {}</caption><thead><tr><th scope=\"col\">{}</th>\
             <th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
             <th scope=\"col\">{}</th></tr></thead><tbody>",
            words.count,
            cases.len(),
            words.number,
            words.state,
            words.opened,
            words.changed,
            words.assignee,
        );
        for case in cases {
            let assignee = case.assignee.as_ref().map_or(words.nobody, |id| id.0.as_str());
            let _ = write!(
                body,
                "<tr><td><a data-row href=\"{}/ho-so/{}\">{}</a></td><td>{}</td><td>{}</td>\
                 <td>{}</td><td>{}</td></tr>",
                base(words.locale),
                case.id,
                case.number,
                words.state_of(case.state),
                moment(case.opened_at),
                moment(case.changed_at),
                esc(assignee),
            );
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
    html::page(words, Some(staff), words.queue, "", &body)
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
            let (seq, what) = (finding.seq(), finding.as_str());
            let _ = write!(body, "<tr><td>{seq}</td><td>{what}</td></tr>");
        }
        body.push_str("</tbody></table>");
    }
    body.push_str("</section>");
    html::page(words, Some(staff), words.oversight, "/giam-sat", &body)
}
