//! `/ho-so/so-lieu`: the figures for everybody, in whole weeks and without small numbers.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use recovery::{
    desk::{
        Desk,
        figures::{CHANNELS, period::date, public::PublicFigures},
    },
    locale::Locale,
};

use super::{frame, office::choice, words::Words};
use crate::{
    call::{Call, bytes_answer},
    calls::{desk_host, desk_is_on, desk_problem},
    chart::{self, Bar, channel, say, table, took},
    desk_pages::{esc, office},
    directory,
    http::problem::Problem,
    table::Outcome,
};

/// Weeks do not change within minutes, and a crowd of readers costs the database nothing.
const CACHED: &str = "public, max-age=300";

/// The page's name, for whoever leads here.
pub(super) const fn title(locale: Locale) -> &'static str {
    say(locale, "Số liệu lấy lại mật khẩu", "Figures about recoveries")
}

/// Tables and charts of the public figures; the rest is the site's own.
pub(super) async fn style(_: Call, _: &'static Words) -> Outcome {
    let text = include_str!("figures.css").as_bytes().to_vec();
    bytes_answer(200, "text/css; charset=utf-8", text)
}

pub(super) async fn page(call: Call, words: &'static Words) -> Outcome {
    let found = async {
        desk_is_on(&call)?;
        let host = desk_host(&call)?;
        let figures = Desk::new(&host).public_figures().await.map_err(desk_problem)?;
        Ok::<_, Problem>((figures, choice(&call, &host).await?.offices))
    };
    let locale = words.locale;
    let (figures, names) = match found.await {
        Ok(found) => found,
        Err(problem) => {
            return super::refused(&call.env, words, &problem).await;
        }
    };
    let title = title(locale);
    let head = format!(
        "<title>{title} – Chìa Khoá</title><link rel=\"stylesheet\" href=\"/ho-so/so-lieu.css\">"
    );
    let frame = directory::page_of_this_build(&call.env, frame::frame_of(locale)).await;
    let body = draw(locale, title, &figures, &names);
    let html = frame::framed(locale, &head, "/ho-so/so-lieu", frame.as_deref(), &body);
    let mut response = super::html(200, html)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHED));
    Ok(response)
}

fn count(locale: Locale, shown: Option<u64>) -> String {
    match shown {
        Some(count) => count.to_string(),
        None => format!("<span class=\"hidden\">{}</span>", say(locale, "ẩn", "hidden")),
    }
}

fn draw(
    locale: Locale,
    title: &str,
    figures: &PublicFigures,
    names: &[(String, String)],
) -> String {
    let mut html = format!(
        "<div class=\"prose\"><h1>{title}</h1><p>{} – {}. {}</p><p>{}</p></div>",
        date(figures.days.first),
        date(figures.days.last),
        say(
            locale,
            "Mười ba tuần đã trọn gần đây nhất, giờ Việt Nam.",
            "The last thirteen weeks that are over, Vietnam's time.",
        ),
        say(
            locale,
            "Mọi số được làm tròn xuống hàng chục. Số dưới 10 và những số có thể làm lộ nó được \
             ẩn, để không ai bị nhận ra. Yêu cầu qua email và tin nhắn tính cả những yêu cầu \
             không ứng với tài khoản nào.",
            "All numbers are rounded down to tens. Those under 10, and those that could give one \
             away, are hidden, so that nobody is recognised. Requests by email and text count \
             those too that belong to no account.",
        ),
    );
    let rows: Vec<Vec<String>> = figures
        .channels
        .iter()
        .map(|row| {
            let share = row.share.map_or_else(|| "–".to_owned(), |share| format!("{share} %"));
            let name = channel(locale, row.channel).to_owned();
            vec![name, share, took(locale, row.p50), took(locale, row.p95)]
        })
        .collect();
    let heads = [
        say(locale, "Kênh", "Channel"),
        say(locale, "Lấy lại được", "Recovered"),
        say(locale, "Một nửa trong", "Half within"),
        say(locale, "95 trên 100 trong", "95 of 100 within"),
    ];
    let _ = write!(
        html,
        "<h2>{}</h2>{}",
        say(locale, "Kết quả", "Outcomes"),
        table(say(locale, "Tỷ lệ và thời gian", "Share and time"), &heads, &rows)
    );
    html.push_str(&weeks(locale, figures));
    if !figures.offices.is_empty() {
        let rows: Vec<Vec<String>> = figures
            .offices
            .iter()
            .map(|(id, shown)| {
                let known = names.iter().find(|(known, _)| known == id.as_str());
                // One that takes no cases any more has its name in the directory alone.
                let name = known.map_or_else(|| office(id.as_str()), |(_, name)| esc(name));
                vec![name, count(locale, *shown)]
            })
            .collect();
        let heads = [say(locale, "Cơ quan", "Office"), say(locale, "Hồ sơ mở", "Cases opened")];
        let _ = write!(
            html,
            "<h2>{}</h2>{}",
            say(locale, "Cơ quan", "Offices"),
            table(say(locale, "Hồ sơ của từng cơ quan", "Cases of each office"), &heads, &rows)
        );
    }
    html
}

/// A chart for each channel, each with its numbers beside it: three columns fit every screen.
fn weeks(locale: Locale, figures: &PublicFigures) -> String {
    let mut html = format!(
        "<h2>{}</h2><p>{}</p>",
        say(locale, "Theo tuần", "By week"),
        say(
            locale,
            "Khung: yêu cầu. Đặc: lấy lại được. Tuần bị ẩn để trống.",
            "Frame: asked for. Filled: recovered. A hidden week is left empty.",
        )
    );
    let between = format!("{} – {}", date(figures.days.first), date(figures.days.last));
    let (week_of, asked) = (say(locale, "Tuần từ", "Week of"), say(locale, "Yêu cầu", "Asked for"));
    let recovered = say(locale, "Lấy lại được", "Recovered");
    let mut put = |chart: &str, name: &str, heads: &[&str], rows: Vec<Vec<String>>| {
        let title = format!("{name}: {}", say(locale, "số liệu từng tuần", "each week in numbers"));
        let table = table(&title, heads, &rows);
        let _ = write!(html, "{chart}<details><summary>{title}</summary>{table}</details>");
    };
    for (place, one) in CHANNELS.into_iter().enumerate() {
        let weeks = figures.weeks.iter().map(|week| {
            let all = week.asked.parts.get(place).copied().flatten();
            (
                date(week.days.first),
                Bar { all, filled: week.recovered.get(place).copied().flatten() },
            )
        });
        let (dates, bars): (Vec<_>, Vec<_>) = weeks.unzip();
        let rows = dates
            .into_iter()
            .zip(&bars)
            .rev()
            .map(|(date, bar)| vec![date, count(locale, bar.all), count(locale, bar.filled)]);
        let (name, rows) = (channel(locale, one), rows.collect());
        put(&chart::bars(name, &bars, &between), name, &[week_of, asked, recovered], rows);
    }
    let rows = figures.weeks.iter().rev();
    let rows = rows.map(|week| vec![date(week.days.first), count(locale, week.asked.sum)]);
    put("", say(locale, "Mọi yêu cầu", "All requests"), &[week_of, asked], rows.collect());
    html
}
