//! A week of opening hours, with lunch breaks.

/// Opening times of one day: up to three spans of minutes since midnight, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayHours {
    spans: [(u16, u16); 3],
    len: u8,
}

impl DayHours {
    /// The spans as (opens, closes) in minutes since midnight; the closing minute is outside.
    pub fn spans(&self) -> &[(u16, u16)] {
        self.spans.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Adds a span after the others; `None` when it is empty, overlaps or is the fourth.
    fn push(&mut self, opens: u16, closes: u16) -> Option<()> {
        let free = self.spans().last().map_or(0, |s| s.1);
        if opens >= closes || closes > 24 * 60 || (self.len > 0 && opens < free) {
            return None;
        }
        *self.spans.get_mut(usize::from(self.len))? = (opens, closes);
        self.len += 1;
        Some(())
    }
}

/// Opening hours by weekday, Monday first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Week {
    days: [DayHours; 7],
}

impl Week {
    /// Monday to Friday, 8:00 to 12:00 and 13:00 to 17:00: what one page says of one office (Cầu
    /// Giấy, undated). No nationwide timetable was found and provinces differ, so that whatever
    /// rests on these hours is an estimate: "call first".
    pub const USUAL: Self = {
        let day = DayHours { spans: [(480, 720), (780, 1020), (0, 0)], len: 2 };
        let none = DayHours { spans: [(0, 0); 3], len: 0 };
        Self { days: [day, day, day, day, day, none, none] }
    };

    /// The hours of a weekday, 0 for Monday; none for numbers above 6.
    pub fn day(&self, weekday: u8) -> DayHours {
        self.days.get(usize::from(weekday)).copied().unwrap_or_default()
    }

    /// Reads `mon-fri 08:00-12:00,13:00-17:00; sat 08:00-11:30`: groups of days separated by `;`,
    /// spans by `,`. A day may be named once. `None` for everything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut week = Self::default();
        let mut named = [false; 7];
        for group in text.split(';').map(str::trim) {
            let (days, spans) = group.split_once(' ')?;
            let (first, last) = match days.split_once('-') {
                Some((a, b)) => (weekday(a)?, weekday(b)?),
                None => (weekday(days)?, weekday(days)?),
            };
            if first > last {
                return None;
            }
            for day in first..=last {
                if std::mem::replace(named.get_mut(day)?, true) {
                    return None;
                }
                for span in spans.split(',') {
                    let (opens, closes) = span.trim().split_once('-')?;
                    week.days.get_mut(day)?.push(minutes(opens)?, minutes(closes)?)?;
                }
            }
        }
        Some(week)
    }
}

fn weekday(text: &str) -> Option<usize> {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|d| *d == text)
}

/// `HH:MM` as minutes since midnight; `24:00` is the end of the day.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |t: &str| -> Option<u16> {
        (t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse().ok()).flatten()
    };
    let (h, m) = (two(hours)?, two(minutes)?);
    (m < 60 && h * 60 + m <= 1440).then_some(h * 60 + m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_week_is_written_in_the_same_grammar() {
        assert_eq!(Week::parse("mon-fri 08:00-12:00,13:00-17:00"), Some(Week::USUAL));
    }

    #[test]
    fn a_saturday_morning_is_a_group_of_its_own() {
        let week = Week::parse("mon-fri 07:30-11:30,13:00-16:30; sat 07:30-11:30").unwrap();
        assert_eq!(week.day(5).spans(), [(450, 690)]);
        assert_eq!(week.day(6).spans(), []);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "mon",
            "mon 8:00-12:00",
            "mon 12:00-08:00",
            "fri-mon 08:00-12:00",
            "mon 08:00-25:00",
            "mon 08:00-12:00; mon 13:00-17:00",
            "mon 08:00-12:00,11:00-17:00",
            "day 08:00-12:00",
            "mon 08:60-12:00",
            "mon 01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00",
        ] {
            assert_eq!(Week::parse(text), None, "{text}");
        }
    }
}
