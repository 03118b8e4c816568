//! What was done in a case, in words: in its course, and right after an act.

use recovery::desk::{
    case::{CaseState, EntryKind, Reason},
    review::{Shown, Step, View},
    staff::Act,
};

use super::{
    html::{esc, moment, office},
    words::Words,
};

/// An act of the audit. `None` for those that have an entry with more to say: checks, notes,
/// messages.
fn told(words: &Words, step: &Step) -> Option<String> {
    let pick = |vi, en| words.pick(vi, en);
    if let Some(reason) = step.act.strip_prefix("case-rejected-").and_then(Reason::from_tag) {
        return Some(format!("{}: {}", pick("Từ chối", "Refused"), words.reason_of(reason)));
    }
    let text = match step.act.as_str() {
        "letter-taken" => pick("Tạo hồ sơ từ thư", "Made of a letter"),
        "case-opened" => pick("Mở hồ sơ", "Opened"),
        "case-taken" => pick("Nhận hồ sơ", "Taken"),
        "case-handed-over" => {
            let from = step.office.as_ref().map_or("", |id| id.as_str());
            return Some(format!("{} {}", pick("Chuyển đi từ", "Handed over by"), office(from)));
        }
        "case-approved" => pick("Duyệt, gửi đường dẫn", "Approved, link sent"),
        "case-link-sent-again" => pick("Gửi lại đường dẫn", "Link sent again"),
        "case-change-proposed" => pick("Duyệt đổi liên lạc: người 1", "Change approved: first"),
        "case-change-confirmed" => pick(
            "Duyệt đổi liên lạc: người 2, bắt đầu thời gian chờ",
            "Change approved: second; the cooling-off begins",
        ),
        "case-change-returned" => pick("Trả lại cho người 1", "Change sent back"),
        "case-disputed" if step.staff.is_some() => pick("Dừng việc đổi", "Change stopped"),
        "case-disputed" => {
            pick("Một địa chỉ cũ đã dừng việc đổi", "An old contact stopped the change")
        }
        "case-change-overtaken" => pick(
            "Hết thời gian chờ, không đổi: mật khẩu hoặc liên lạc đã đổi theo cách khác",
            "Cooling-off over, nothing changed: password or contacts were changed another way",
        ),
        "case-resume-proposed" => pick("Tiếp tục: người 1", "Going on: first"),
        "case-change-done" if step.staff.is_some() => {
            pick("Tiếp tục: người 2, đã đổi liên lạc", "Going on: second; contacts changed")
        }
        "case-change-done" => {
            pick("Hết thời gian chờ, đã đổi liên lạc", "Cooling-off over; contacts changed")
        }
        "case-withdrawn" => pick("Người dân rút hồ sơ", "Withdrawn by the citizen"),
        _ => return None,
    };
    Some(text.to_owned())
}

/// Everything that happened, as items of a list, the oldest first: acts in the audit's order, each
/// entry in the place of its own act.
pub(super) fn course(words: &Words, view: &View) -> String {
    let mut html = String::new();
    let mut entries = view.entries.iter().peekable();
    let entry = |entry: &Shown| {
        let writer = match entry.kind {
            EntryKind::Letter => words.pick("không rõ ai", "nobody knows who"),
            _ => words.citizen,
        };
        let who = entry.staff.as_ref().map_or(writer, |id| id.0.as_str());
        let who = format!("{} · ", esc(who));
        item(words.entry_of(entry.kind), &who, entry.at, entry.text.as_deref())
    };
    for step in &view.course {
        while let Some(earlier) = entries.next_if(|entry| entry.at < step.at) {
            html.push_str(&entry(earlier));
        }
        let Some(what) = told(words, step) else {
            html.extend(entries.next_if(|entry| entry.at == step.at).map(entry));
            continue;
        };
        let who = step.staff.as_ref().map_or_else(String::new, |id| {
            let role = step.role.map_or(String::new(), |role| format!(" ({})", words.role(role)));
            format!("{}{role} · ", esc(&id.0))
        });
        html.push_str(&item(&what, &who, step.at, None));
    }
    html.extend(entries.map(entry));
    html
}

fn item(what: &str, who: &str, at: i64, text: Option<&str>) -> String {
    let text = text.map(|text| format!("<p class=\"said\" dir=\"auto\">{}</p>", esc(text)));
    let (at, text) = (moment(at), text.unwrap_or_default());
    format!("<li><b>{what}</b> <span class=\"soft\">{who}{at}</span>{text}</li>")
}

/// What was just done; `state` is where the case stands since.
pub(super) fn done(words: &Words, act: Option<Act>, state: Option<CaseState>) -> &'static str {
    let pick = |vi, en| words.pick(vi, en);
    match act {
        Some(Act::Take) => pick("Bạn đã nhận hồ sơ này.", "You have taken this case."),
        Some(Act::Check) => pick("Đã ghi nhận bước xác minh.", "The check is noted."),
        Some(Act::Note) => pick("Đã thêm ghi chú nội bộ.", "The note is added."),
        Some(Act::Ask) => pick(
            "Đã gửi lời nhắn cho người dân; hồ sơ chờ trả lời.",
            "The message is there for the citizen; the case waits for the answer.",
        ),
        Some(Act::HandOver) => pick(
            "Đã chuyển hồ sơ sang cơ quan khác.",
            "The case was handed over to the other office.",
        ),
        Some(Act::Reject) => pick("Đã từ chối hồ sơ.", "The case was refused."),
        Some(Act::Approve) => pick(
            "Đã duyệt. Đường dẫn đang được gửi đến địa chỉ bạn chọn.",
            "Approved. The link is on its way to the contact you chose.",
        ),
        Some(Act::Propose) => pick(
            "Đã ghi nhận người duyệt thứ nhất. Cần một người khác duyệt.",
            "Your approval is the first. Another person must approve too.",
        ),
        Some(Act::Confirm) => pick(
            "Đã duyệt lần thứ hai. Thời gian chờ bắt đầu; địa chỉ cũ nào nhắn được thì đang được báo.",
            "Approved twice. The cooling-off begins; old contacts that can be reached are being told.",
        ),
        Some(Act::Return) if state == Some(CaseState::Disputed) => {
            pick("Đã dừng việc đổi liên lạc.", "The change is stopped.")
        }
        Some(Act::Return) => pick("Đã trả lại hồ sơ để xem tiếp.", "The case was sent back."),
        Some(Act::Resume) if state == Some(CaseState::Approved) => pick(
            "Đã đổi liên lạc. Đường dẫn đang được gửi.",
            "The contacts are changed. The link is on its way.",
        ),
        Some(Act::Resume) => pick(
            "Đã ghi nhận người thứ nhất. Cần thêm một người; một trong hai là giám sát.",
            "You are the first. One more must go on, and one of the two be a supervisor.",
        ),
        Some(Act::Resend) => pick(
            "Đường dẫn mới đang được gửi; đường dẫn trước hết hiệu lực.",
            "A new link is on its way; the one before is void.",
        ),
        Some(Act::TakeLetter) => pick("Đã tạo hồ sơ từ thư.", "A case was made of the letter."),
        Some(Act::DiscardLetter) => {
            pick("Đã bỏ thư; nội dung đã bị xoá.", "The letter is discarded, and its text erased.")
        }
        _ => pick("Đã lưu.", "Saved."),
    }
}
