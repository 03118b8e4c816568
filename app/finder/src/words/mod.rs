//! Every word of the directory, in both languages: a missing one does not compile. Places `{0}`,
//! `{1}` stand for names and numbers.

mod en;
pub(crate) mod pages;
mod vi;

use recovery::locale::Locale;

use self::{en::EN, vi::VI};

/// The words of one language that the browser's module needs too. Those of whole pages, which only
/// the build writes, are apart: [`pages`].
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) locating: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) choose_province: &'static str,

    pub(crate) none: &'static str,
    pub(crate) none_help: &'static str,
    pub(crate) none_status: &'static str,
    pub(crate) one_status: &'static str,
    pub(crate) many_status: &'static str,
    pub(crate) corrected: &'static str,
    pub(crate) old_name: &'static str,
    pub(crate) unknown_ward: &'static str,
    pub(crate) renamed: &'static str,
    pub(crate) kept: &'static str,
    pub(crate) divided: &'static str,
    pub(crate) district_gone: &'static str,
    pub(crate) province_merged: &'static str,
    pub(crate) office_closed: &'static str,
    pub(crate) which_ward: &'static str,
    pub(crate) which_district: &'static str,
    pub(crate) more_letters: &'static str,
    pub(crate) go_now: &'static str,

    pub(crate) served_by: &'static str,
    pub(crate) served_merged: &'static str,
    pub(crate) served_unknown: &'static str,
    pub(crate) served_hint: &'static str,
    pub(crate) closed_short: &'static str,
    pub(crate) old_address: &'static str,
    pub(crate) old_address_undated: &'static str,
    pub(crate) no_address: &'static str,
    pub(crate) ask_province: &'static str,
    pub(crate) ask_hotline: &'static str,

    pub(crate) outside: &'static str,
    pub(crate) looks_like: &'static str,
    pub(crate) borders: &'static str,
    pub(crate) rough: &'static str,
    pub(crate) near_buildings: &'static str,
    pub(crate) near_others: &'static str,
    /// Kilometres, the provincial office.
    pub(crate) near_far: &'static str,
    pub(crate) near_status: &'static str,
    pub(crate) km_less: &'static str,
    pub(crate) km_ward: &'static str,
    pub(crate) km_building: &'static str,

    pub(crate) open: &'static str,
    pub(crate) open_perhaps: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) closed_perhaps: &'static str,
    pub(crate) not_yet: &'static str,
    pub(crate) lunch: &'static str,
    pub(crate) over: &'static str,
    pub(crate) day_off: &'static str,
    /// New Year, Tết, Hùng kings, 30 April, 1 May, National Day.
    pub(crate) holidays: [&'static str; 6],
    pub(crate) opens_today: &'static str,
    pub(crate) opens_tomorrow: &'static str,
    /// Weekday, day, month, time.
    pub(crate) opens_later: &'static str,
    pub(crate) unannounced_year: &'static str,
    pub(crate) culture_day: &'static str,
    /// Monday first.
    pub(crate) weekdays: [&'static str; 7],
    pub(crate) and: &'static str,
}

impl Words {
    pub(crate) const fn of(lang: Locale) -> &'static Self {
        match lang {
            Locale::Vi => &VI,
            Locale::En => &EN,
        }
    }
}
