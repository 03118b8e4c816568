//! Words of whole pages, which only the build writes: apart from the others, so that the browser's
//! module does not carry them.

mod en;
mod vi;

use recovery::locale::Locale;

use self::{en::EN, vi::VI};

/// The words of one language.
#[derive(Debug)]
pub(crate) struct PageWords {
    pub(crate) lead: &'static str,
    pub(crate) search_label: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) near_me: &'static str,
    pub(crate) near_hint: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) results: &'static str,
    pub(crate) no_script: &'static str,
    pub(crate) provinces_lead: &'static str,
    pub(crate) province: &'static str,
    pub(crate) col_offices: &'static str,
    pub(crate) col_wards: &'static str,
    pub(crate) coverage: &'static str,
    pub(crate) data_of: &'static str,
    pub(crate) go_unknown: &'static str,
    pub(crate) level_central: &'static str,
    pub(crate) level_provincial: &'static str,
    pub(crate) level_local: &'static str,
    pub(crate) name: &'static str,
    pub(crate) former_name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) route: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) no_phone: &'static str,
    pub(crate) email: &'static str,
    pub(crate) website: &'static str,
    pub(crate) hours: &'static str,
    pub(crate) hours_usual: &'static str,
    pub(crate) serves: &'static str,
    pub(crate) serves_unknown: &'static str,
    pub(crate) served_before: &'static str,
    pub(crate) served_districts: &'static str,
    pub(crate) source: &'static str,
    pub(crate) source_no_page: &'static str,
    pub(crate) source_dated: &'static str,
    pub(crate) source_undated: &'static str,
    pub(crate) sure_name: &'static str,
    pub(crate) sure_high: &'static str,
    pub(crate) sure_medium: &'static str,
    pub(crate) sure_low: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) not_copied: &'static str,
    pub(crate) share: &'static str,
    pub(crate) print: &'static str,
    pub(crate) report: &'static str,
    pub(crate) report_nobody: &'static str,
    pub(crate) report_subject: &'static str,
    pub(crate) report_body: &'static str,
    pub(crate) local_heading: &'static str,
    pub(crate) no_local: &'static str,
    pub(crate) unknown_wards: &'static str,
    pub(crate) why_unknown: &'static str,
    pub(crate) all_offices: &'static str,
    pub(crate) cases_base: &'static str,
    pub(crate) send_case: &'static str,
    pub(crate) send_case_taker: &'static str,
    pub(crate) description: &'static str,
    pub(crate) description_bare: &'static str,
    pub(crate) until_day: &'static str,
}

impl PageWords {
    pub(crate) const fn of(lang: Locale) -> &'static Self {
        match lang {
            Locale::Vi => &VI,
            Locale::En => &EN,
        }
    }
}
