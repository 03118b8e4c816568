//! Open or closed, in words. Hours that no source confirms are said to be usual, never certain.

use offices::hours::{
    Closed, Day, DayHours, Doubts, Holiday, KNOWN_YEARS, Opening, Turn, Week, local, state,
};
use recovery::locale::Locale;

use crate::html::Html;

/// What an office's page says at a moment (seconds since 1970): `hours` as the data has them,
/// empty where it has none. Then it is an estimate, and not said aloud; that nobody has confirmed it
/// stands beside it with the hours themselves.
pub fn open_now(lang: Locale, hours: &str, now: i64) -> String {
    let week = Week::parse(hours);
    let state = state(week.as_ref(), now);
    let mut h = Html::new(lang);
    let w = h.words();
    let unsure = state.doubts.any();
    let [begin, end] = if unsure { ["", ""] } else { ["<strong>", "</strong>"] };
    h.raw(begin);
    match state.opening {
        Opening::Open { closes } => {
            h.say(if unsure { w.open_perhaps } else { w.open }, &[&clock(closes.minute)]);
            h.raw(end);
        }
        Opening::Closed { why, opens } => {
            let why = match why {
                Closed::NotYet => w.not_yet,
                Closed::Lunch => w.lunch,
                Closed::Over => w.over,
                Closed::DayOff => w.day_off,
                Closed::Holiday(holiday) => w.holidays[place(holiday)],
            };
            h.say(if unsure { w.closed_perhaps } else { w.closed }, &[why]).raw(end);
            // A day of a year without its holidays here may be one of them.
            if let Some(opens) = opens.filter(|_| !state.doubts.unannounced_year) {
                h.raw(" ").opens(opens, local(now).0);
            }
        }
    }
    h.doubts(state.doubts);
    h.finish()
}

const fn place(holiday: Holiday) -> usize {
    match holiday {
        Holiday::NewYear => 0,
        Holiday::Tet => 1,
        Holiday::HungKings => 2,
        Holiday::Reunification => 3,
        Holiday::Labour => 4,
        Holiday::National => 5,
    }
}

impl Html {
    fn opens(&mut self, opens: Turn, today: Day) {
        let w = self.words();
        let time = clock(opens.minute);
        let (_, month, day) = opens.day.date();
        let weekday = w.weekdays.get(usize::from(opens.day.weekday())).copied().unwrap_or_default();
        if opens.day == today {
            self.say(w.opens_today, &[&time]);
        } else if opens.day == today.next() {
            self.say(w.opens_tomorrow, &[&time]);
        } else {
            self.say(w.opens_later, &[weekday, &day.to_string(), &month.to_string(), &time]);
        }
    }

    fn doubts(&mut self, doubts: Doubts) {
        let w = self.words();
        // That these are the usual hours stands above, where the hours do.
        let said =
            [(doubts.unannounced_year, w.unannounced_year), (doubts.culture_day, w.culture_day)];
        for (_, text) in said.into_iter().filter(|(holds, _)| *holds) {
            self.raw(" <span class=\"hint\">");
            self.say(text, &[&KNOWN_YEARS.end().to_string()]).raw("</span>");
        }
    }

    /// The week of an office: days that are alike stand together.
    pub(crate) fn week(&mut self, week: &Week) {
        let (w, p) = (self.words(), self.page_words());
        let mut day = 0;
        let mut first = true;
        while day < 7 {
            let hours = week.day(day);
            let mut last = day;
            while last < 6 && week.day(last + 1) == hours {
                last += 1;
            }
            if !hours.spans().is_empty() {
                if !std::mem::take(&mut first) {
                    self.raw("; ");
                }
                let name = |day: u8| w.weekdays.get(usize::from(day)).copied().unwrap_or_default();
                self.text(name(day));
                if last > day {
                    self.raw(p.until_day).text(name(last));
                }
                self.raw(" ").spans(hours);
            }
            day = last + 1;
        }
    }

    fn spans(&mut self, hours: DayHours) {
        let and = self.words().and;
        for (i, (opens, closes)) in hours.spans().iter().enumerate() {
            if i > 0 {
                self.raw(and);
            }
            self.text(&clock(*opens)).raw("–").text(&clock(*closes));
        }
    }
}

/// `8:00`, from minutes since midnight.
fn clock(minute: u16) -> String {
    let rest = minute % 60;
    let colon = if rest < 10 { ":0" } else { ":" };
    [(minute / 60).to_string().as_str(), colon, rest.to_string().as_str()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(month: u8, day: u8, minute: u16) -> i64 {
        Day::from_date(2026, month, day).at(minute)
    }

    #[test]
    fn usual_hours_are_never_said_to_be_certain() {
        let said = open_now(Locale::Vi, "", at(11, 18, 9 * 60));
        assert_eq!(said, "Ước tính: đang mở cửa, tới 12:00.");
        let said = open_now(Locale::En, "", at(11, 18, 9 * 60));
        assert_eq!(said, "Estimate: open now, until 12:00.");
        let said = open_now(Locale::Vi, "", at(11, 18, 17 * 60));
        assert!(said.starts_with("Ước tính: đang đóng cửa (đã hết giờ hôm nay)."), "{said}");
    }

    #[test]
    fn sourced_hours_are_said_plainly() {
        let said = open_now(Locale::Vi, "mon-fri 07:30-11:30,13:00-16:30", at(11, 18, 7 * 60 + 5));
        assert_eq!(said, "<strong>Đang đóng cửa: chưa tới giờ.</strong> Mở lúc 7:30 hôm nay.");
    }

    #[test]
    fn it_says_when_the_office_opens_next() {
        for (now, expected) in [
            (at(11, 18, 12 * 60 + 10), "Mở lúc 13:00 hôm nay."),
            (at(11, 18, 17 * 60), "Mở lúc 8:00 ngày mai."),
            (at(11, 20, 18 * 60), "Mở lúc 8:00 thứ Hai, 23/11."),
            (at(2, 16, 9 * 60), "Mở lúc 8:00 thứ Hai, 23/2."),
        ] {
            let said = open_now(Locale::Vi, "", now);
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn the_day_that_may_be_a_holiday_is_said_to_be_open_to_doubt() {
        assert!(open_now(Locale::En, "", at(11, 24, 9 * 60)).contains("24 November"));
        assert!(!open_now(Locale::En, "", at(11, 25, 9 * 60)).contains("24 November"));
    }

    #[test]
    fn without_the_holidays_of_a_year_no_day_is_named_for_its_opening() {
        let last = *KNOWN_YEARS.end();
        let said = open_now(Locale::Vi, "", Day::from_date(last, 12, 31).at(18 * 60));
        assert!(said.contains(&format!("tới hết năm {last}")), "{said}");
        assert!(!said.contains("Mở lúc"), "{said}");
        let said = open_now(Locale::En, "", Day::from_date(last + 1, 2, 3).at(12 * 60 + 10));
        assert!(said.contains(&format!("end of {last} only")) && !said.contains("Opens"), "{said}");
    }

    #[test]
    fn days_that_are_alike_stand_together() {
        let mut h = Html::new(Locale::Vi);
        h.week(&Week::parse("mon-fri 07:30-11:30,13:00-16:30; sat 07:30-11:30").unwrap());
        assert_eq!(h.finish(), "thứ Hai đến thứ Sáu 7:30–11:30 và 13:00–16:30; thứ Bảy 7:30–11:30");
    }
}
