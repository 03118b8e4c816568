//! An office and a ward in a few lines, as results show them.

use offices::{Basis, Directory, Level, Office, OfficeId, Serving, Status, WardId};

use crate::html::Html;

/// `BHXH cơ sở Ba Đình`: the name with the abbreviation everybody uses.
pub fn short_name(d: &Directory<'_>, id: OfficeId) -> String {
    let name = d.office_name(id);
    match name.strip_prefix("Bảo hiểm xã hội ") {
        Some(rest) => ["BHXH ", rest].concat(),
        None => name,
    }
}

/// Whether people who go to the address may find another office, or none.
pub(crate) fn is_old(o: &Office<'_>) -> bool {
    o.status == Status::BeforeJuly2025 || o.address_uses_old_names
}

impl Html {
    /// Name, address and telephone of an office; where the address is missing, whom to ask.
    pub(crate) fn office(&mut self, d: &Directory<'_>, id: OfficeId) -> &mut Self {
        let w = self.words();
        let Some(o) = d.office(id) else { return self };
        self.raw("<div class=\"office\"><p class=\"office-name\">").office_link(d, id).raw("</p>");
        if o.status == Status::Closed {
            self.raw("<p>").raw(w.closed_short).raw("</p>");
        }
        if !o.address.is_empty() {
            self.raw("<p>").vietnamese(o.address).raw("</p>");
            if is_old(o) {
                self.raw("<p class=\"hint\">").old_address(o).raw("</p>");
            }
        }
        if o.phones().next().is_some() {
            self.raw("<p>").phones(o).raw("</p>");
        }
        if o.address.is_empty() {
            self.ask_elsewhere(d, o);
        }
        self.raw("</div>")
    }

    /// Every number, each to tap.
    pub(crate) fn phones(&mut self, o: &Office<'_>) -> &mut Self {
        for (i, phone) in o.phones().enumerate() {
            if i > 0 {
                self.raw(" · ");
            }
            self.phone(phone);
        }
        self
    }

    /// That an address is old, and how old.
    pub(crate) fn old_address(&mut self, o: &Office<'_>) -> &mut Self {
        let w = self.words();
        match o.source_date.get(..4) {
            Some(year) => self.say(w.old_address, &[year]),
            None => self.raw(w.old_address_undated),
        }
    }

    /// No address is known: the provincial office, or where that has none either, the hotline
    /// and what to ask it.
    pub(crate) fn ask_elsewhere(&mut self, d: &Directory<'_>, o: &Office<'_>) -> &mut Self {
        let w = self.words();
        self.raw("<p class=\"hint\">").raw(w.no_address);
        let provincial = d.provincial_office(o.province).filter(|_| o.level == Level::Local);
        if let Some(p) = provincial.filter(|p| !p.address.is_empty()) {
            return self.raw(" ").raw(w.ask_province).raw(" ").office_link(d, p.key).raw("</p>");
        }
        self.raw(" ");
        let hotline = d.central_office().and_then(|c| c.phones().next());
        if let Some(hotline) = hotline {
            self.weave(w.ask_hotline, |h, _| {
                h.phone_in_text(hotline);
            });
        }
        self.raw("</p>")
    }

    /// A ward of today and the office to turn to, with how sure that is.
    pub(crate) fn ward(&mut self, d: &Directory<'_>, ward: WardId) -> &mut Self {
        self.raw("<p class=\"place\"><strong>");
        self.vietnamese(&d.ward_name(ward)).raw("</strong>, ");
        self.vietnamese(&d.province_name(d.ward_province(ward))).raw("</p>");
        match d.serving(ward) {
            Some(serving) => self.serving(d, serving),
            None => self,
        }
    }

    fn serving(&mut self, d: &Directory<'_>, s: Serving) -> &mut Self {
        let w = self.words();
        let hint = s.hint;
        let linked = |h: &mut Self, _: usize| {
            if let Some(hint) = hint {
                h.office_link(d, hint);
            }
        };
        match s.basis {
            Basis::Sourced => self.raw("<p>").raw(w.served_by).raw("</p>"),
            Basis::Merged => self.raw("<p>").weave(w.served_merged, linked).raw("</p>"),
            Basis::Provincial => self.raw("<p>").raw(w.served_unknown).raw("</p>"),
        };
        self.office(d, s.office);
        if s.basis == Basis::Provincial && hint.is_some() {
            self.raw("<p class=\"hint\">").weave(w.served_hint, linked).raw("</p>");
        }
        self
    }
}
