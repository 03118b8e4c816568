//! `/ban-lam-viec/so-lieu`: the figures of all channels, for supervisors; as a file too.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use recovery::{
    api::slug,
    desk::{
        Desk,
        figures::{
            CHANNELS,
            period::{Span, date, iso_date},
            report::{OfficeFigures, Report},
        },
        staff::{Act, Staff},
    },
    flow::ids::Id,
    locale::Locale,
};

use super::{
    Form, answer, case, enter,
    figures_csv::as_csv,
    html::{self, base, esc, office},
    letters::{letters, limits, returns},
    refused,
    words::Words,
};
use crate::{
    call::{Call, bytes_answer},
    calls::{desk_problem, span_of},
    chart::{self, Bar, channel, duration, say, table, took},
    host::WorkerHost,
    http::problem::Problem,
    table::Outcome,
};

pub(super) const HERE: &str = "/so-lieu";

pub(super) async fn page(call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = match enter(&call).await {
        Ok(entered) => entered,
        Err(problem) => return refused(words, None, &problem),
    };
    let saved = call.query()?.iter().any(|(name, _)| *name == "saved");
    let notice = if saved {
        let text = say(locale, "Đã xếp hàng gửi lại.", "Queued to be sent again.");
        format!("<p class=\"notice\" role=\"status\" tabindex=\"-1\" autofocus>{text}</p>")
    } else {
        String::new()
    };
    show(words, &host, &staff, span(&call), 200, &notice).await
}

/// An address with another number of days shows the usual ones.
fn span(call: &Call) -> Span {
    span_of(call).unwrap_or_default()
}

async fn show(
    words: &Words,
    host: &WorkerHost,
    staff: &Staff,
    span: Span,
    status: u16,
    notice: &str,
) -> Outcome {
    match Desk::new(host).report(staff, span).await {
        Ok(report) => answer(status, draw(words, staff, span, &report, notice)),
        Err(refusal) => refused(words, Some(staff), &desk_problem(refusal)),
    }
}

/// The form's answer leads back by a redirect, so that a reload repeats nothing.
pub(super) async fn resend(mut call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = match enter(&call).await {
        Ok(entered) => entered,
        Err(problem) => return refused(words, None, &problem),
    };
    let fields = Form::read(&mut call).await;
    let days = fields.as_ref().ok().and_then(|fields| Span::from_tag(fields.raw("days")));
    let span = days.unwrap_or_default();
    let done = async {
        let id = Id::parse(fields?.raw("message")).ok_or_else(|| Problem::new(slug::NOT_FOUND))?;
        Desk::new(&host).resend_message(&staff, &id).await.map_err(desk_problem)
    };
    match done.await {
        Ok(sent) => {
            call.send_after_answer(sent);
            let to = format!("{}{HERE}?days={}&saved=1", base(locale), span.as_str());
            let mut response = answer(303, String::new())?;
            let to = HeaderValue::from_str(&to).map_err(|_| Problem::new(slug::INTERNAL))?;
            response.headers_mut().insert(header::LOCATION, to);
            Ok(response)
        }
        // Who may not see the figures gets the page that says so, and no figures.
        Err(problem) if !staff.may(Act::Figures) => refused(words, Some(&staff), &problem),
        Err(problem) => {
            let told = case::told(words, &problem);
            show(words, &host, &staff, span, problem.status(), &told).await
        }
    }
}

pub(super) async fn file(call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = match enter(&call).await {
        Ok(entered) => entered,
        Err(problem) => return refused(words, None, &problem),
    };
    match Desk::new(&host).report(&staff, span(&call)).await {
        Ok(report) => {
            let name = format!(
                "attachment; filename=\"so-lieu-{}-{}.csv\"",
                iso_date(report.days.first),
                iso_date(report.days.last)
            );
            let bytes = as_csv(locale, &report).into_bytes();
            let mut response = bytes_answer(200, "text/csv; charset=utf-8", bytes)?;
            let name = HeaderValue::from_str(&name).map_err(|_| Problem::new(slug::INTERNAL))?;
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
            Ok(response)
        }
        Err(refusal) => refused(words, Some(&staff), &desk_problem(refusal)),
    }
}

fn percent(share: Option<u64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{share}\u{a0}%"))
}

fn section(title: &str, body: &str) -> String {
    format!("<section><h2>{}</h2>{body}</section>", esc(title))
}

/// The page.
fn draw(words: &Words, staff: &Staff, span: Span, report: &Report, notice: &str) -> String {
    let locale = words.locale;
    let mut body = notice.to_owned();
    let _ = write!(body, "<nav class=\"line\" aria-label=\"{}\">", say(locale, "Kỳ", "Period"));
    for one in Span::ALL {
        let here = if one == span { " aria-current=\"page\"" } else { "" };
        let days = say(locale, "ngày", "days");
        let _ = write!(
            body,
            "<a href=\"{0}{HERE}?days={1}\"{here}>{1} {days}</a> ",
            base(locale),
            one.as_str()
        );
    }
    let _ = write!(
        body,
        "<a href=\"{}{HERE}.csv?days={}\" download>{}</a></nav><p class=\"soft\">{} – {}. {}</p>",
        base(locale),
        span.as_str(),
        say(locale, "Tải tệp CSV", "Download as CSV"),
        date(report.days.first),
        date(report.days.last),
        say(
            locale,
            "Giờ Việt Nam; hôm nay chưa trọn. Yêu cầu qua email và tin nhắn tính cả những yêu cầu \
             không ứng với tài khoản nào.",
            "Vietnam's time; today is not over. Requests by email and text count those too that \
             belong to no account.",
        ),
    );
    body.push_str(&section(say(locale, "Các kênh", "Channels"), &channels(locale, report)));
    body.push_str(&section(say(locale, "Theo ngày", "By day"), &by_day(locale, report)));
    body.push_str(&section(say(locale, "Cơ quan", "Offices"), &offices(locale, report)));
    body.push_str(&section(
        say(locale, "Tin không gửi được", "Messages that were given up"),
        &letters(locale, span, report),
    ));
    body.push_str(&section(say(locale, "Chạm giới hạn", "Limits met"), &limits(locale, report)));
    body.push_str(&section(
        say(locale, "Tin bị trả lại", "Messages that came back"),
        &returns(locale, report),
    ));
    let here = format!("{HERE}?days={}", span.as_str());
    html::page(words, Some(staff), say(locale, "Số liệu", "Figures"), &here, &body)
}

fn channels(locale: Locale, report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .channels
        .iter()
        .map(|row| {
            vec![
                channel(locale, row.channel).to_owned(),
                row.outcomes.asked.to_string(),
                row.outcomes.recovered.to_string(),
                percent(row.outcomes.share()),
                took(locale, row.p50),
                took(locale, row.p95),
            ]
        })
        .collect();
    let heads = [
        say(locale, "Kênh", "Channel"),
        say(locale, "Yêu cầu", "Asked for"),
        say(locale, "Lấy lại được", "Recovered"),
        say(locale, "Tỷ lệ", "Share"),
        say(locale, "Thời gian: một nửa", "Time: half within"),
        say(locale, "95 trên 100", "95 of 100 within"),
    ];
    table(say(locale, "Yêu cầu và kết quả", "Requests and outcomes"), &heads, &rows)
}

fn by_day(locale: Locale, report: &Report) -> String {
    let mut html = format!(
        "<p class=\"soft\">{}</p><div class=\"two\">",
        say(locale, "Khung: yêu cầu. Đặc: lấy lại được.", "Frame: asked for. Filled: recovered.")
    );
    for (place, one) in CHANNELS.into_iter().enumerate() {
        let days: Vec<_> = report.by_day.iter().filter_map(|(_, row)| row.get(place)).collect();
        let top = days.iter().map(|day| day.asked.max(day.recovered)).max().unwrap_or(0);
        let between = format!(
            "{} – {}, {} {top}",
            date(report.days.first),
            date(report.days.last),
            say(locale, "cao nhất một ngày:", "most in a day:")
        );
        let bars: Vec<Bar> = days
            .iter()
            .map(|day| Bar { all: Some(day.asked), filled: Some(day.recovered) })
            .collect();
        html.push_str(&chart::bars(channel(locale, one), &bars, &between));
    }
    html.push_str("</div>");
    let mut heads = vec![say(locale, "Ngày", "Day").to_owned()];
    for one in CHANNELS {
        let name = channel(locale, one);
        heads.push(format!("{name}: {}", say(locale, "yêu cầu", "asked for")));
        heads.push(format!("{name}: {}", say(locale, "lấy lại được", "recovered")));
    }
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = report
        .by_day
        .iter()
        .rev()
        .map(|(day, row)| {
            let counts = row.iter().flat_map(|one| [one.asked, one.recovered]);
            std::iter::once(date(*day)).chain(counts.map(|count| count.to_string())).collect()
        })
        .collect();
    let title = format!("{} ({})", say(locale, "Từng ngày", "Each day"), rows.len());
    let days = table(&title, &heads, &rows);
    html + &format!("<details><summary>{title}</summary>{days}</details>")
}

fn offices(locale: Locale, report: &Report) -> String {
    if report.offices.is_empty() {
        return format!("<p>{}</p>", say(locale, "Chưa có hồ sơ nào.", "There are no cases."));
    }
    let age = |seconds: Option<i64>| {
        seconds.map_or_else(|| "–".to_owned(), |seconds| duration(locale, seconds))
    };
    let row = |id: &str, row: &OfficeFigures| {
        let counts = [row.outcomes.asked, row.approved, row.rejected, row.withdrawn, row.disputed];
        let mut cells = vec![office(id)];
        cells.extend(counts.iter().map(u64::to_string));
        cells.push(row.outcomes.recovered.to_string());
        cells.push(percent(row.outcomes.share()));
        cells.push(took(locale, row.times.percentile(50)));
        cells.push(took(locale, row.times.percentile(95)));
        let waiting = row.waiting;
        cells.push(waiting.map_or(0, |waiting| waiting.count).to_string());
        cells.push(age(waiting.map(|waiting| waiting.oldest)));
        cells.push(age(waiting.map(|waiting| waiting.p50)));
        cells.push(age(waiting.map(|waiting| waiting.p95)));
        cells
    };
    let rows: Vec<_> = report.offices.iter().map(|(id, one)| row(id.as_str(), one)).collect();
    let heads = [
        say(locale, "Cơ quan", "Office"),
        say(locale, "Hồ sơ mở", "Opened"),
        say(locale, "Duyệt", "Approved"),
        say(locale, "Từ chối", "Refused"),
        say(locale, "Rút", "Withdrawn"),
        say(locale, "Bị dừng", "Disputed"),
        say(locale, "Lấy lại được", "Recovered"),
        say(locale, "Tỷ lệ", "Share"),
        say(locale, "Một nửa trong", "Half within"),
        say(locale, "95 trên 100 trong", "95 of 100 within"),
        say(locale, "Đang mở", "Open now"),
        say(locale, "Chờ lâu nhất", "Longest wait"),
        say(locale, "Chờ: một nửa", "Wait: half within"),
        say(locale, "Chờ: 95 trên 100", "Wait: 95 of 100 within"),
    ];
    table(say(locale, "Hồ sơ và thời gian chờ", "Cases and waiting"), &heads, &rows)
}
