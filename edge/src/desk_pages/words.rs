//! The officers' words, in both languages.

use recovery::{
    api::slug,
    desk::{
        case::{CaseState, Check, EntryKind, Reason},
        review::Verdict,
        staff::{Act, Role},
        stated::Item,
    },
    locale::Locale,
};

/// All words of one language.
pub(super) struct Words {
    pub(super) locale: Locale,
    pub(super) desk: &'static str,
    pub(super) skip: &'static str,
    pub(super) demo: &'static str,
    pub(super) queue: &'static str,
    pub(super) oversight: &'static str,
    pub(super) figures: &'static str,
    pub(super) other_language: &'static str,
    pub(super) shortcuts: &'static str,
    pub(super) keys: &'static [(&'static str, &'static str)],
    pub(super) state: &'static str,
    pub(super) open_ones: &'static str,
    pub(super) mine: &'static str,
    pub(super) order: &'static str,
    pub(super) oldest: &'static str,
    pub(super) newest: &'static str,
    pub(super) show: &'static str,
    pub(super) search: &'static str,
    pub(super) search_hint: &'static str,
    pub(super) number: &'static str,
    pub(super) opened: &'static str,
    pub(super) changed: &'static str,
    pub(super) assignee: &'static str,
    pub(super) nobody: &'static str,
    pub(super) empty: &'static str,
    pub(super) next: &'static str,
    pub(super) stated: &'static str,
    pub(super) item: &'static str,
    pub(super) said: &'static str,
    pub(super) verdict: &'static str,
    pub(super) verdict_note: &'static str,
    pub(super) entries: &'static str,
    pub(super) citizen: &'static str,
    pub(super) verify: &'static str,
    pub(super) decide: &'static str,
    pub(super) send_to: &'static str,
    pub(super) email: &'static str,
    pub(super) phone: &'static str,
    pub(super) as_stated: &'static str,
    pub(super) no_contact: &'static str,
    pub(super) change_note: &'static str,
    pub(super) reason: &'static str,
    pub(super) reject_text: &'static str,
    pub(super) office: &'static str,
    pub(super) failed: &'static str,
    pub(super) until: &'static str,
    pub(super) count: &'static str,
    pub(super) waiting_since: &'static str,
    pub(super) audit: &'static str,
    pub(super) audit_good: &'static str,
    pub(super) audit_open: &'static str,
    pub(super) audit_bad: &'static str,
    pub(super) record: &'static str,
    pub(super) finding: &'static str,
    pub(super) back: &'static str,
}

const VI: Words = Words {
    locale: Locale::Vi,
    desk: "Bàn làm việc",
    skip: "Đến nội dung",
    demo: "Bản chạy thử: mọi hồ sơ ở đây là dữ liệu giả.",
    queue: "Hồ sơ",
    oversight: "Giám sát",
    figures: "Số liệu",
    other_language: "English",
    shortcuts: "Phím tắt",
    keys: &[
        ("?", "hiện phím tắt"),
        ("h", "danh sách hồ sơ"),
        ("l", "thư đến"),
        ("s", "giám sát"),
        ("f", "số liệu"),
        ("/", "tìm"),
        ("j", "hồ sơ sau"),
        ("k", "hồ sơ trước"),
        ("Enter", "mở hồ sơ, bấm nút đang chọn"),
        ("t", "nhận hồ sơ, tạo hồ sơ từ thư"),
        ("c", "đã xác minh"),
        ("m", "hỏi người dân"),
        ("n", "ghi chú"),
        ("a", "duyệt"),
        ("p", "duyệt đổi liên lạc"),
        ("r", "từ chối, bỏ thư"),
        ("o", "chuyển cơ quan"),
        ("Esc", "rời ô đang gõ"),
    ],
    state: "Tình trạng",
    open_ones: "Chưa xong",
    mine: "Của tôi",
    order: "Thứ tự",
    oldest: "Cũ nhất trước",
    newest: "Mới nhất trước",
    show: "Xem",
    search: "Tìm",
    search_hint: "Số hồ sơ, mã số BHXH, số điện thoại hoặc email",
    number: "Số hồ sơ",
    opened: "Gửi lúc",
    changed: "Cập nhật",
    assignee: "Người nhận",
    nobody: "chưa ai",
    empty: "Không có hồ sơ nào.",
    next: "Trang sau",
    stated: "Người dân khai",
    item: "Mục",
    said: "Khai",
    verdict: "So với dữ liệu",
    verdict_note: "Chỉ cho biết khớp hay không; dữ liệu gốc không hiện ở đây.",
    entries: "Diễn biến",
    citizen: "người dân",
    verify: "Đã xác minh bằng cách",
    decide: "Quyết định",
    send_to: "Gửi đường dẫn đến",
    email: "Email đã đăng ký",
    phone: "Điện thoại đã đăng ký",
    as_stated: "đúng như khai",
    no_contact: "Không có địa chỉ đã đăng ký nào gửi được.",
    change_note: "Cần hai cán bộ khác nhau. Địa chỉ cũ được báo và có thể dừng việc đổi. Số, email không \
                  khai lại sẽ không dùng được nữa.",
    reason: "Lý do",
    reject_text: "Giải thích cho người dân (có thể để trống)",
    office: "Cơ quan",
    failed: "Chưa làm được",
    until: "Chờ đến",
    count: "Số hồ sơ",
    waiting_since: "Lâu nhất từ",
    audit: "Nhật ký",
    audit_good: "bản ghi nguyên vẹn",
    audit_open: "bản ghi mới, chưa nối",
    audit_bad: "Nhật ký đã bị thay đổi",
    record: "Bản ghi",
    finding: "Phát hiện",
    back: "Về danh sách",
};

const EN: Words = Words {
    locale: Locale::En,
    desk: "Desk",
    skip: "To the content",
    demo: "Demonstration: every case here is made up.",
    queue: "Cases",
    oversight: "Oversight",
    figures: "Figures",
    other_language: "Tiếng Việt",
    shortcuts: "Shortcuts",
    keys: &[
        ("?", "show the shortcuts"),
        ("h", "list of cases"),
        ("l", "letters"),
        ("s", "oversight"),
        ("f", "figures"),
        ("/", "search"),
        ("j", "next case"),
        ("k", "case before"),
        ("Enter", "open the case, press the chosen button"),
        ("t", "take the case, make one of a letter"),
        ("c", "verified"),
        ("m", "ask the citizen"),
        ("n", "note"),
        ("a", "approve"),
        ("p", "approve changed contacts"),
        ("r", "refuse, discard a letter"),
        ("o", "hand over"),
        ("Esc", "leave the field"),
    ],
    state: "State",
    open_ones: "Not ended",
    mine: "Mine",
    order: "Order",
    oldest: "Oldest first",
    newest: "Newest first",
    show: "Show",
    search: "Search",
    search_hint: "Case number, mã số BHXH, phone or email",
    number: "Case number",
    opened: "Opened",
    changed: "Changed",
    assignee: "Taken by",
    nobody: "nobody",
    empty: "There are no cases.",
    next: "Next page",
    stated: "What was stated",
    item: "Item",
    said: "Stated",
    verdict: "Against the record",
    verdict_note: "Only whether it matches; the record itself is not shown here.",
    entries: "What happened",
    citizen: "citizen",
    verify: "Verified by",
    decide: "Decide",
    send_to: "Send the link to",
    email: "The email on record",
    phone: "The phone on record",
    as_stated: "as stated",
    no_contact: "No contact on record can be reached.",
    change_note: "Needs two different officers. The old contacts are told and can stop it. A phone or \
                  email not stated again will no longer be used.",
    reason: "Reason",
    reject_text: "Explanation for the citizen (may stay empty)",
    office: "Office",
    failed: "Not done",
    until: "Waits until",
    count: "Cases",
    waiting_since: "Longest since",
    audit: "Audit",
    audit_good: "records hold",
    audit_open: "newest records, not linked yet",
    audit_bad: "The audit was changed",
    record: "Record",
    finding: "Finding",
    back: "Back to the list",
};

impl Words {
    /// The words of a language.
    pub(super) const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Vi => &VI,
            Locale::En => &EN,
        }
    }

    pub(super) const fn pick(&self, vi: &'static str, en: &'static str) -> &'static str {
        crate::chart::say(self.locale, vi, en)
    }

    pub(super) const fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Officer => self.pick("cán bộ", "officer"),
            Role::Supervisor => self.pick("giám sát", "supervisor"),
        }
    }

    pub(super) const fn state_of(&self, state: CaseState) -> &'static str {
        match state {
            CaseState::Received => self.pick("Mới nhận", "Received"),
            CaseState::InReview => self.pick("Đang xem", "In review"),
            CaseState::Waiting => self.pick("Chờ người dân", "Waiting for the citizen"),
            CaseState::SecondApproval => self.pick("Chờ người duyệt thứ hai", "Second approval"),
            CaseState::CoolingOff => self.pick("Thời gian chờ", "Cooling-off"),
            CaseState::Disputed => self.pick("Bị dừng", "Disputed"),
            CaseState::Approved => self.pick("Đã duyệt", "Approved"),
            CaseState::Rejected => self.pick("Đã từ chối", "Refused"),
            CaseState::Withdrawn => self.pick("Đã rút", "Withdrawn"),
        }
    }

    pub(super) const fn item_of(&self, item: Item) -> &'static str {
        match item {
            Item::Name => self.pick("Họ tên", "Name"),
            Item::BirthDate => self.pick("Ngày sinh", "Date of birth"),
            Item::Identifier => self.pick("Mã số", "Number"),
            Item::Phone => self.pick("Điện thoại", "Phone"),
            Item::Email => self.pick("Email", "Email"),
            Item::Message => self.pick("Lời nhắn", "Message"),
        }
    }

    pub(super) const fn verdict_of(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Match => self.pick("Khớp", "Match"),
            Verdict::Differs => self.pick("Khác", "Differs"),
            Verdict::NotOnRecord => self.pick("Không có", "Not on record"),
        }
    }

    pub(super) const fn check_of(&self, check: Check) -> &'static str {
        match check {
            Check::CallBack => self.pick("Gọi lại số đã đăng ký", "Called a number on record"),
            Check::InPerson => self.pick("Gặp trực tiếp, có CCCD", "Seen in person, with the card"),
            Check::Record => self.pick("Hỏi về quá trình đóng", "Asked about the own record"),
        }
    }

    pub(super) const fn reason_of(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::NotVerified => self.pick("Không xác minh được", "Could not be verified"),
            Reason::NoAccount => self.pick("Không có tài khoản", "No such account"),
            Reason::NoAnswer => self.pick("Không liên lạc được", "No answer"),
            Reason::Duplicate => self.pick("Trùng hồ sơ", "Duplicate"),
            Reason::OtherWay => self.pick("Có cách khác nhanh hơn", "Another way is quicker"),
        }
    }

    pub(super) const fn entry_of(&self, kind: EntryKind) -> &'static str {
        match kind {
            EntryKind::CitizenMessage => self.pick("Lời nhắn", "Message"),
            EntryKind::OfficeMessage => self.pick("Trả lời của cơ quan", "Message of the office"),
            EntryKind::Letter => self.pick("Thư đến (chưa xác minh)", "Letter (not verified)"),
            EntryKind::Note => self.pick("Ghi chú nội bộ", "Note among staff"),
            EntryKind::CallBack => self.check_of(Check::CallBack),
            EntryKind::InPerson => self.check_of(Check::InPerson),
            EntryKind::Record => self.check_of(Check::Record),
        }
    }

    pub(super) const fn act_of(&self, act: Act) -> &'static str {
        match act {
            Act::Take => self.pick("Nhận hồ sơ", "Take the case"),
            Act::Check => self.pick("Ghi nhận", "Note it"),
            Act::Note => self.pick("Ghi chú", "Add the note"),
            Act::Ask => self.pick("Gửi cho người dân", "Ask the citizen"),
            Act::HandOver => self.pick("Chuyển cơ quan", "Hand over"),
            Act::Reject => self.pick("Từ chối", "Refuse"),
            Act::Approve => self.pick("Duyệt và gửi đường dẫn", "Approve and send the link"),
            Act::Propose => self.pick("Đề nghị đổi liên lạc", "Propose changed contacts"),
            Act::Confirm => self.pick("Duyệt đổi liên lạc", "Approve changed contacts"),
            Act::Return => self.pick("Trả lại", "Send back"),
            Act::Resume => self.pick("Tiếp tục sau khi gặp mặt", "Go on after proof in person"),
            Act::Resend => self.pick("Gửi lại đường dẫn", "Send the link again"),
            Act::TakeLetter => self.pick("Tạo hồ sơ", "Make a case of it"),
            Act::DiscardLetter => self.pick("Bỏ thư", "Discard the letter"),
            Act::Queue
            | Act::View
            | Act::Figures
            | Act::Audit
            | Act::ResendMessage
            | Act::Letters => "",
        }
    }

    /// What an officer should do about a problem, where the contract's words are a citizen's.
    pub(super) fn advice(&self, slug: &str, code: &str) -> Option<&'static str> {
        Some(match (slug, code) {
            (slug::NOT_YET, "missing") => self.pick(
                "Hãy ghi nhận bước xác minh trước: gặp trực tiếp, nếu bị dừng hoặc không báo được cho liên lạc cũ nào.",
                "Note a check first: in person after a dispute, or where no old contact can be told.",
            ),
            (slug::NOT_YET, "no-account") => self.pick(
                "Không có tài khoản nào đang mở với mã số này.",
                "There is no open account under this number.",
            ),
            (slug::NOT_YET, "not-reachable") => {
                self.pick("Không gửi được đến địa chỉ này.", "No message can be sent there.")
            }
            (slug::NOT_YET, "nothing-to-change") => self.pick(
                "Thông tin liên lạc đã khai không khác dữ liệu.",
                "The stated contacts do not differ from the record.",
            ),
            (slug::NOT_YET, "from-letter") => self.pick(
                "Hồ sơ từ thư: không đổi được liên lạc và không ai đọc được câu hỏi. Hãy gọi hoặc hẹn gặp.",
                "A case of a letter: it changes no contacts, and nobody reads what is asked. Call or meet.",
            ),
            (slug::NOT_SIGNED_IN, _) => self.pick(
                "Hãy đăng nhập qua Cloudflare Access rồi mở lại trang này.",
                "Sign in through Cloudflare Access, then open this page again.",
            ),
            (slug::INVALID_INPUT, "too-long") => {
                self.pick("Dài quá 2000 ký tự. Hãy viết ngắn hơn.", "Over 2000 characters: shorten it.")
            }
            (slug::INVALID_INPUT, "control-character") => {
                self.pick("Có ký tự hỏng. Hãy xóa rồi gõ lại.", "A broken character: type it again.")
            }
            (slug::INVALID_INPUT, "") => {
                self.pick("Hãy tải lại trang rồi làm lại.", "Reload the page and try again.")
            }
            (slug::CASE_NOT_FOUND, _) => self.pick(
                "Cơ quan bạn không có hồ sơ này, hoặc đã bị xóa.",
                "Your office has no such case, or it was removed.",
            ),
            (slug::TOO_LARGE, _) => self.pick(
                "Lời nhắn quá dài. Hãy bấm nút Quay lại của trình duyệt và viết ngắn hơn.",
                "The message is too long. Use your browser's Back button and shorten it.",
            ),
            (slug::INVALID_INPUT, _) => {
                self.pick("Hãy điền đủ các ô.", "Fill in what the form asks for.")
            }
            _ => return None,
        })
    }
}
