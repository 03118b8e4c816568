//! One case: what was stated beside its verdicts, what happened, and what can be done.

use std::fmt::Write as _;

use recovery::desk::{
    case::{Case, CaseState, Check, EntryKind, Reason},
    names::OfficeId,
    review::{Verdict, View},
    staff::{Act, Staff},
};

use super::{
    Form,
    course::{course, done},
    html::{self, base, esc, moment, office},
    words::Words,
};
use crate::{chart::duration, http::problem::Problem};

/// What could not be done, and what to do instead.
pub(super) fn told(words: &Words, problem: &Problem) -> String {
    let document = problem.document(words.locale);
    let code = document.errors.first().map_or("", |error| error.code.as_str());
    let detail = match (words.advice(problem.slug(), code), problem.retry_after()) {
        (Some(advice), _) => advice.to_owned(),
        (None, Some(seconds)) => {
            let wait = duration(words.locale, i64::from(seconds));
            format!("{} {wait}.", words.pick("Hãy thử lại sau", "Try again in"))
        }
        (None, None) => document.detail.unwrap_or_default(),
    };
    format!(
        "<div class=\"notice error\" role=\"alert\" tabindex=\"-1\" autofocus><b>{}</b><br>{}</div>",
        esc(&document.title),
        esc(&detail)
    )
}

/// The word that stands in the address after an act, where it can be true of where the case stands:
/// anybody can write an address. Focus goes there, so that it is read out: a live region that is
/// there from the start is not.
pub(super) fn saved(words: &Words, act: &str, state: Option<CaseState>) -> String {
    let Some(act) = Act::from_tag(act) else { return String::new() };
    let fits = match (act, state) {
        (Act::HandOver | Act::DiscardLetter, _) => state.is_none(),
        (Act::Approve | Act::Resend, _) => state == Some(CaseState::Approved),
        (Act::Propose, _) => state == Some(CaseState::SecondApproval),
        (Act::Reject, _) => state == Some(CaseState::Rejected),
        (Act::Confirm | Act::Resume, Some(state)) => {
            !state.is_under_review() && state != CaseState::SecondApproval
        }
        (Act::Ask | Act::Return, Some(state)) => state != CaseState::Received,
        _ => state.is_some(),
    };
    if !fits {
        return String::new();
    }
    let text = done(words, Some(act), state);
    format!("<p class=\"notice\" role=\"status\" tabindex=\"-1\" autofocus>{text}</p>")
}

/// The forms of one case.
struct Forms<'a> {
    words: &'a Words,
    case: &'a Case,
    /// What was sent and not taken.
    typed: &'a Form,
}

impl Forms<'_> {
    /// `key` is the shortcut that brings its first control into focus.
    fn form(&self, act: Act, class: &str, key: &str, fields: &str) -> String {
        let focus = if fields.is_empty() && !key.is_empty() {
            format!(" data-key=\"{key}\"")
        } else {
            String::new()
        };
        let label = if act == Act::Return && self.case.state == CaseState::CoolingOff {
            self.words.pick("Dừng việc đổi", "Stop the change")
        } else {
            self.words.act_of(act)
        };
        format!(
            "<form method=\"post\" action=\"{}/ho-so/{}\"><input type=\"hidden\" name=\"act\" \
             value=\"{}\"><input type=\"hidden\" name=\"version\" value=\"{}\">{fields}\
             <p><button class=\"{class}\"{focus}>{}</button></p></form>",
            base(self.words.locale),
            self.case.id,
            act.as_str(),
            self.case.version,
            label,
        )
    }

    /// Whatever other field a text was sent beside is brought by the script, under the field's id.
    fn text(&self, act: Act, label: &str, key: &str, required: bool) -> String {
        let required = if required { " required" } else { "" };
        let id = format!("text-{}", act.as_str());
        let sent = self.typed.raw("act") == act.as_str();
        let typed = self.typed.raw(if sent { "text" } else { &id });
        // HTML leaves out a line break that comes first.
        format!(
            "<p><label for=\"{id}\">{label}</label><textarea id=\"{id}\" name=\"text\" \
             maxlength=\"2000\" data-key=\"{key}\"{required}>\n{}</textarea></p>",
            esc(typed)
        )
    }
}

/// Texts of the options are HTML.
pub(super) fn choice(name: &str, label: &str, key: &str, options: &[(String, String)]) -> String {
    let mut list = String::new();
    for (value, text) in options {
        let _ = write!(list, "<option value=\"{}\">{text}</option>", esc(value));
    }
    format!(
        "<p><label for=\"{name}\">{label}</label><select id=\"{name}\" name=\"{name}\" \
         data-key=\"{key}\" required>{list}</select></p>"
    )
}

/// The page.
pub(super) fn page(
    words: &Words,
    staff: &Staff,
    view: &View,
    offices: &[OfficeId],
    typed: &Form,
    notice: &str,
) -> String {
    let case = &view.case;
    let assignee = case.assignee.as_ref().map_or(words.nobody, |id| id.0.as_str());
    let mut body = format!(
        "{notice}<p><b>{}</b> · {} {} · {} {} · {}: {}</p>",
        words.state_of(case.state),
        words.opened,
        moment(case.opened_at),
        words.changed,
        moment(case.changed_at),
        words.assignee,
        esc(assignee),
    );
    if let Some(until) = case.cooling_until {
        let _ = write!(body, "<p class=\"notice\">{} {}</p>", words.until, moment(until));
    }
    if case.from_letter {
        let note = crate::chart::say(
            words.locale,
            "Từ thư đến: chưa biết ai viết. Chỉ gửi được đường dẫn đến địa chỉ đã đăng ký; không đổi \
             được liên lạc, không hỏi qua trang web được.",
            "From a letter: nobody knows who wrote it. A link goes to a contact on record only; \
             contacts cannot be changed, and the person cannot be asked on the website.",
        );
        let _ = write!(body, "<p class=\"notice\">{note}</p>");
    }
    body.push_str("<div class=\"two\"><div>");
    stated(words, view, &mut body);
    entries(words, view, &mut body);
    body.push_str("</div><div>");
    let act = Forms { words, case, typed };
    acts(&act, staff, view, offices, &mut body);
    body.push_str("</div></div>");
    let here = format!("/ho-so/{}", case.id);
    html::page(words, Some(staff), &case.number.to_string(), &here, &body)
}

fn stated(words: &Words, view: &View, body: &mut String) {
    let _ = write!(
        body,
        "<section><h2>{}</h2><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>",
        words.stated, words.item, words.said, words.verdict
    );
    for one in &view.compared {
        let (class, verdict) = match one.verdict {
            Some(verdict @ Verdict::Match) => ("match", words.verdict_of(verdict)),
            Some(verdict) => ("differs", words.verdict_of(verdict)),
            None => ("soft", ""),
        };
        let _ = write!(
            body,
            "<tr><th scope=\"row\">{}</th><td class=\"said\">{}</td><td class=\"{class}\">{verdict}\
             </td></tr>",
            words.item_of(one.item),
            esc(&one.stated),
        );
    }
    let _ = write!(body, "</tbody></table><p class=\"soft\">{}</p></section>", words.verdict_note);
}

fn entries(words: &Words, view: &View, body: &mut String) {
    let _ = write!(
        body,
        "<section><h2>{}</h2><ul class=\"plain\">{}</ul></section>",
        words.entries,
        course(words, view)
    );
}

/// The forms that fit where the case stands. What may really be done is decided when one is
/// sent.
fn acts(act: &Forms<'_>, staff: &Staff, view: &View, offices: &[OfficeId], body: &mut String) {
    let Forms { words, case, .. } = *act;
    let state = case.state;
    let review = state.is_under_review();
    let disputed = state == CaseState::Disputed;
    // The rules know more: two names of one person.
    let second = |of| {
        if case.first.as_ref() != Some(&staff.id) {
            return act.form(of, "", "p", "");
        }
        let text = words.pick("Bạn đã duyệt; cần người khác.", "You approved; another must too.");
        format!("<p>{text}</p>")
    };
    if !state.is_final() && case.assignee.as_ref() != Some(&staff.id) {
        let _ = write!(body, "<section>{}</section>", act.form(Act::Take, "", "t", ""));
    }
    if review || disputed {
        let checks: Vec<_> = Check::ALL
            .iter()
            .map(|check| (check.as_str().to_owned(), words.check_of(*check).to_owned()))
            .collect();
        let fields = choice("check", words.verify, "c", &checks);
        let _ = write!(body, "<section>{}", act.form(Act::Check, "plain", "", &fields));
        if !case.from_letter {
            let fields = act.text(Act::Ask, words.entry_of(EntryKind::OfficeMessage), "m", true);
            body.push_str(&act.form(Act::Ask, "plain", "", &fields));
        }
        body.push_str("</section>");
    }
    let _ = write!(body, "<section><h2>{}</h2>", words.decide);
    if review {
        if view.reachable.is_empty() {
            let _ = write!(body, "<p class=\"soft\">{}</p>", words.no_contact);
        } else {
            // What the person named comes first: it is what is chosen where nobody chooses.
            let (stated, others): (Vec<_>, Vec<_>) =
                view.reachable.iter().partition(|one| one.is_stated);
            let contacts: Vec<_> = stated
                .into_iter()
                .chain(others)
                .map(|one| {
                    let kind = if one.is_phone { words.phone } else { words.email };
                    let note = if one.is_stated { words.as_stated } else { "" };
                    let text =
                        if note.is_empty() { kind.to_owned() } else { format!("{kind} ({note})") };
                    (one.id.clone(), text)
                })
                .collect();
            let fields = choice("contact", words.send_to, "a", &contacts);
            body.push_str(&act.form(Act::Approve, "", "", &fields));
        }
        if view.may_change {
            let _ = write!(body, "<p class=\"soft\">{}</p>", words.change_note);
            body.push_str(&act.form(Act::Propose, "", "p", ""));
        }
    }
    if state == CaseState::SecondApproval {
        let _ = write!(body, "<p class=\"soft\">{}</p>", words.change_note);
        body.push_str(&second(Act::Confirm));
        body.push_str(&act.form(Act::Return, "plain", "", ""));
    }
    if state == CaseState::CoolingOff {
        body.push_str(&act.form(Act::Return, "bad", "", ""));
    }
    if disputed {
        body.push_str(&second(Act::Resume));
    }
    if state == CaseState::Approved {
        body.push_str(&act.form(Act::Resend, "plain", "a", ""));
    }
    if review || disputed {
        let reasons: Vec<_> = Reason::ALL
            .iter()
            .map(|reason| (reason.as_str().to_owned(), words.reason_of(*reason).to_owned()))
            .collect();
        let mut fields = choice("reason", words.reason, "r", &reasons);
        // Of a letter's writer nobody reads it.
        if !case.from_letter {
            fields.push_str(&act.text(Act::Reject, words.reject_text, "", false));
        }
        body.push_str(&act.form(Act::Reject, "bad", "", &fields));
    }
    if review {
        let others: Vec<_> = offices
            .iter()
            .filter(|office| **office != case.office)
            .map(|id| (id.to_string(), office(id.as_str())))
            .collect();
        if !others.is_empty() {
            let fields = choice("office", words.office, "o", &others);
            body.push_str(&act.form(Act::HandOver, "plain", "", &fields));
        }
    }
    let fields = act.text(Act::Note, words.entry_of(EntryKind::Note), "n", true);
    let _ = write!(body, "{}</section>", act.form(Act::Note, "plain", "", &fields));
}
