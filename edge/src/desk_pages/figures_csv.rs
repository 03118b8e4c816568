//! A supervisor's figures as a file.

use recovery::{
    desk::figures::{CHANNELS, csv, period::iso_date, report::Report, times::Took},
    locale::Locale,
};

use super::html::office_name;

fn seconds(took: Option<Took>) -> Option<String> {
    took.map(|took| match took {
        Took::AtMost(seconds) => seconds.to_string(),
        Took::Longer => "over".to_owned(),
    })
}

/// One value a line: from, to, channel, office by id and by name, what, value. Durations are in seconds.
pub(super) fn as_csv(locale: Locale, report: &Report) -> String {
    // The mark by which spreadsheets know UTF-8.
    let mut file = String::from('\u{FEFF}');
    file.push_str(&csv::line(&match locale {
        Locale::Vi => ["từ ngày", "đến ngày", "kênh", "mã cơ quan", "cơ quan", "chỉ số", "giá trị"],
        Locale::En => ["from", "to", "channel", "office id", "office", "measure", "value"],
    }));
    let all = (iso_date(report.days.first), iso_date(report.days.last));
    let mut put =
        |(from, to): (&str, &str), channel: &str, office: &str, what: &str, value: &str| {
            let name = if office.is_empty() { String::new() } else { office_name(office) };
            file.push_str(&csv::line(&[from, to, channel, office, &name, what, value]));
        };
    let period = (all.0.as_str(), all.1.as_str());
    for row in &report.channels {
        let name = row.channel.as_str();
        put(period, name, "", "asked", &row.outcomes.asked.to_string());
        put(period, name, "", "recovered", &row.outcomes.recovered.to_string());
        for (what, value) in [("time-p50", row.p50), ("time-p95", row.p95)] {
            if let Some(value) = seconds(value) {
                put(period, name, "", what, &value);
            }
        }
    }
    for (office, row) in &report.offices {
        let office = office.as_str();
        for (what, value) in [
            ("asked", row.outcomes.asked),
            ("approved", row.approved),
            ("rejected", row.rejected),
            ("withdrawn", row.withdrawn),
            ("disputed", row.disputed),
            ("recovered", row.outcomes.recovered),
        ] {
            put(period, "desk", office, what, &value.to_string());
        }
        if let Some(waiting) = row.waiting {
            put(period, "desk", office, "open", &waiting.count.to_string());
            put(period, "desk", office, "waiting-oldest", &waiting.oldest.to_string());
            put(period, "desk", office, "waiting-p50", &waiting.p50.to_string());
            put(period, "desk", office, "waiting-p95", &waiting.p95.to_string());
        }
    }
    for (day, row) in &report.by_day {
        let day = iso_date(*day);
        for (channel, one) in CHANNELS.iter().zip(row) {
            let day = (day.as_str(), day.as_str());
            put(day, channel.as_str(), "", "asked", &one.asked.to_string());
            put(day, channel.as_str(), "", "recovered", &one.recovered.to_string());
        }
    }
    for (limit, count) in &report.limits {
        put(period, "", "", &format!("limit-{}", limit.as_str()), &count.to_string());
    }
    put(period, "", "", "dead-letters", &report.dead.to_string());
    for (kind, count) in &report.returned {
        put(period, "", "", &format!("returned-{kind}"), &count.to_string());
    }
    file
}
