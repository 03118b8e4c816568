//! What went wrong, for supervisors: messages that were given up or came back, limits met.

use std::fmt::Write as _;

use recovery::{
    desk::figures::{period::Span, report::Report, resend::Life},
    locale::Locale,
    message::Template,
};

use super::{
    figures::HERE,
    html::{base, esc, moment},
};
use crate::chart::{self, channel, say, table};

const fn template(locale: Locale, template: Template) -> &'static str {
    match template {
        Template::RecoveryCode => say(locale, "Mã lấy lại mật khẩu", "Code"),
        Template::TooLate => say(locale, "Báo đã quá muộn", "Came too late"),
        Template::PasswordChanged => say(locale, "Báo đã đổi mật khẩu", "Password changed"),
        Template::PasswordDisowned => say(locale, "Báo đã khoá mật khẩu", "Password shut"),
        Template::DeskLink => say(locale, "Đường dẫn của cán bộ", "Link of the desk"),
        Template::DeskGuardedLink => {
            say(locale, "Đường dẫn sau đổi liên lạc", "Link after changed contacts")
        }
        Template::ContactsChanging => say(locale, "Báo sắp đổi liên lạc", "Contacts to change"),
        Template::ContactsChanged => say(locale, "Báo đã đổi liên lạc", "Contacts changed"),
        Template::AuditCheckpoint => say(locale, "Mốc nhật ký", "Audit checkpoint"),
    }
}

fn returned(locale: Locale, kind: &str) -> String {
    match kind {
        "bounced" => say(locale, "Email không tồn tại hoặc từ chối", "Email refused for good"),
        "delayed" => say(locale, "Email tạm thời chưa nhận", "Email refused for now"),
        "complained" => say(locale, "Người nhận báo là thư rác", "Reported as spam"),
        "undelivered" => say(locale, "Tin nhắn không tới", "Text not delivered"),
        other => return esc(other),
    }
    .to_owned()
}

pub(super) fn letters(locale: Locale, span: Span, report: &Report) -> String {
    if report.letters.is_empty() {
        return format!("<p>{}</p>", say(locale, "Không có tin nào.", "There are none."));
    }
    let rows: Vec<Vec<String>> = report
        .letters
        .iter()
        .map(|letter| {
            let act = match letter.life {
                Life::Live => format!(
                    "<form method=\"post\" action=\"{}{HERE}/gui-lai\">\
                     <input type=\"hidden\" name=\"message\" value=\"{2}\">\
                     <input type=\"hidden\" name=\"days\" value=\"{3}\">\
                     <button class=\"plain\" aria-label=\"{1}: {4}, {5}\">{1}</button></form>",
                    base(locale),
                    say(locale, "Gửi lại", "Send again"),
                    letter.id,
                    span.as_str(),
                    template(locale, letter.template),
                    moment(letter.created_at),
                ),
                Life::SentAgain => {
                    say(locale, "Đã gửi lại một lần.", "Sent again once.").to_owned()
                }
                Life::Over => say(
                    locale,
                    "Đã hết hạn: gửi lại cũng không dùng được.",
                    "Over: it would be of no use any more.",
                )
                .to_owned(),
            };
            let state = match letter.state.as_str() {
                "unknown" => say(locale, "không rõ đã tới chưa", "may have arrived"),
                _ => say(locale, "không gửi được", "not sent"),
            };
            vec![
                template(locale, letter.template).to_owned(),
                letter.channel.map_or("–", |one| channel(locale, one)).to_owned(),
                moment(letter.created_at),
                state.to_owned(),
                letter.attempts.to_string(),
                act,
            ]
        })
        .collect();
    let heads = [
        say(locale, "Tin", "Message"),
        say(locale, "Kênh", "Channel"),
        say(locale, "Lúc", "At"),
        say(locale, "Kết quả", "Outcome"),
        say(locale, "Số lần thử", "Attempts"),
        say(locale, "Việc làm được", "What can be done"),
    ];
    let caption = format!("{} {}", say(locale, "Tất cả:", "In all:"), report.dead);
    table(&caption, &heads, &rows)
}

pub(super) fn limits(locale: Locale, report: &Report) -> String {
    if report.limits.is_empty() {
        return format!("<p>{}</p>", say(locale, "Không lần nào.", "Not once."));
    }
    let rows: Vec<Vec<String>> = report
        .limits
        .iter()
        .map(|(limit, count)| vec![chart::limit(locale, *limit).to_owned(), count.to_string()])
        .collect();
    let heads = [say(locale, "Giới hạn", "Limit"), say(locale, "Số lần", "Times")];
    table(say(locale, "Số lần bị từ chối", "Refusals"), &heads, &rows)
}

pub(super) fn returns(locale: Locale, report: &Report) -> String {
    if report.returned.is_empty() {
        return format!("<p>{}</p>", say(locale, "Không có tin nào.", "There are none."));
    }
    let rows: Vec<Vec<String>> = report
        .returned
        .iter()
        .map(|(kind, count)| vec![returned(locale, kind), count.to_string()])
        .collect();
    let heads = [say(locale, "Lý do", "Reason"), say(locale, "Số tin", "Messages")];
    let mut html = table(say(locale, "Theo lý do", "By reason"), &heads, &rows);
    let rows: Vec<Vec<String>> = report
        .returns
        .iter()
        .map(|one| {
            let name = one.name.as_deref().map_or("–".to_owned(), esc);
            vec![moment(one.at), returned(locale, &one.kind), format!("<code>{name}</code>")]
        })
        .collect();
    let heads = [
        say(locale, "Lúc", "At"),
        say(locale, "Lý do", "Reason"),
        say(locale, "Tên riêng của địa chỉ", "Name of the address"),
    ];
    html.push_str(&table(say(locale, "Mới nhất", "The newest"), &heads, &rows));
    let _ = write!(
        html,
        "<p class=\"soft\">{}</p>",
        say(
            locale,
            "Địa chỉ không hiện ở đây. Cùng một địa chỉ luôn có cùng một tên riêng.",
            "No address is shown here. The same address always has the same name.",
        )
    );
    html
}
