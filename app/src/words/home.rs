//! Headings of all pages, and the words of the first page.

/// The heading of each page.
#[derive(Debug)]
pub struct Titles {
    pub home: &'static str,
    pub email: &'static str,
    pub check: &'static str,
    pub link: &'static str,
    pub password: &'static str,
    pub password_done: &'static str,
    pub sign_in: &'static str,
    pub account: &'static str,
    pub not_me: &'static str,
    pub text: &'static str,
    /// Where this deployment serves the channel itself.
    pub text_service: &'static str,
    pub hotline: &'static str,
    pub vneid: &'static str,
    pub office: &'static str,
    pub safety: &'static str,
    pub privacy: &'static str,
    pub directory: &'static str,
    pub coverage: &'static str,
    pub not_found: &'static str,
}

/// The first page: what can you still use?
#[derive(Debug)]
pub struct HomeWords {
    pub lead: &'static str,
    pub vneid: &'static str,
    pub vneid_how: &'static str,
    /// Cost, time and what is needed.
    pub vneid_facts: &'static str,
    pub email: &'static str,
    /// Where this deployment serves the channel itself.
    pub email_how: &'static str,
    /// Where BHXH's own app and portal do.
    pub email_how_guide: &'static str,
    pub email_facts: &'static str,
    pub phone: &'static str,
    pub phone_how: &'static str,
    pub phone_facts: &'static str,
    /// The same where this deployment serves texts itself.
    pub phone_how_text: &'static str,
    pub phone_facts_text: &'static str,
    pub none: &'static str,
    pub none_how: &'static str,
    pub none_facts: &'static str,
    /// The same where an office decides cases here.
    pub none_how_desk: &'static str,
    pub none_facts_desk: &'static str,
    pub text_too: &'static str,
    pub safety: &'static str,
    pub not_found: &'static str,
}

pub(super) const TITLES_VI: Titles = Titles {
    home: "Quên mật khẩu VssID? Bạn còn dùng được gì?",
    email: "Lấy lại mật khẩu bằng email",
    check: "Xem hộp thư của bạn",
    link: "Tiếp tục từ đường dẫn trong thư",
    password: "Đặt mật khẩu mới",
    password_done: "Đã đổi mật khẩu",
    sign_in: "Đăng nhập",
    account: "Tài khoản của bạn",
    not_me: "Không phải tôi",
    text: "Nhắn tin tới 8079",
    text_service: "Lấy lại mật khẩu bằng tin nhắn",
    hotline: "Gọi tổng đài 1900 9068",
    vneid: "Vào VssID bằng VNeID",
    office: "Đến cơ quan BHXH",
    safety: "Tránh bị lừa",
    privacy: "Quyền riêng tư",
    directory: "Tìm cơ quan BHXH của bạn",
    coverage: "Danh bạ biết gì, còn thiếu gì",
    not_found: "Không có trang này",
};

pub(super) const TITLES_EN: Titles = Titles {
    home: "Forgot your VssID password? What can you still use?",
    email: "Reset your password by email",
    check: "Look in your mailbox",
    link: "Continue from the link in the message",
    password: "Set a new password",
    password_done: "Password changed",
    sign_in: "Sign in",
    account: "Your account",
    not_me: "This was not me",
    text: "Send a text to 8079",
    text_service: "Reset your password by text message",
    hotline: "Call 1900 9068",
    vneid: "Enter VssID with VNeID",
    office: "Go to a BHXH office",
    safety: "Stay clear of scams",
    privacy: "Privacy",
    directory: "Find your social-insurance office",
    coverage: "What the directory knows, and what it lacks",
    not_found: "There is no such page",
};

pub(super) const VI: HomeWords = HomeWords {
    lead: "Chọn một thứ bạn vẫn còn. Mỗi lựa chọn là cách ngắn nhất.",
    vneid: "VNeID mức 2",
    vneid_how: "Có lẽ vào được VssID mà không cần mật khẩu.",
    vneid_facts: "Vào ngay · Cần cả hai ứng dụng và tài khoản VssID có sẵn",
    email: "Email đã đăng ký",
    email_how: "Nhận mã qua email, đặt mật khẩu mới.",
    email_how_guide: "Nhận mật khẩu mới qua email, trên ứng dụng VssID hoặc cổng BHXH.",
    email_facts: "Miễn phí · Làm một lần cho xong · Cần mở được hộp thư",
    phone: "Số điện thoại đã đăng ký",
    phone_how: "Gọi 1900 9068, bấm phím 8 (theo báo chí 2023), nghe mật khẩu mới.",
    phone_facts: "1.000 đ/phút · Một cuộc gọi · Cần SIM đó và mã số BHXH",
    phone_how_text: "Nhắn một tin, nhận mã, đặt mật khẩu mới.",
    phone_facts_text: "Một tin nhắn · Làm một lần cho xong · Cần SIM đó và mã số BHXH",
    none: "Không còn thứ nào",
    none_how: "Đến cơ quan BHXH để sửa số điện thoại, email.",
    none_facts: "Một chuyến đi · Cần thẻ căn cước công dân (CCCD)",
    none_how_desk: "Gửi hồ sơ qua mạng, hoặc đến cơ quan BHXH.",
    none_facts_desk: "Miễn phí · Cán bộ xác minh danh tính · Cần số điện thoại hoặc email đang dùng",
    text_too: "Còn cách nhắn tin 8079 không?",
    safety: "Cách nhận ra kẻ lừa đảo",
    not_found: "Địa chỉ này không dẫn tới đâu. Có thể đường dẫn bị thiếu hoặc gõ nhầm.",
};

pub(super) const EN: HomeWords = HomeWords {
    lead: "Choose one thing you still have. Each choice is the shortest way.",
    vneid: "VNeID level 2",
    vneid_how: "Probably enter VssID without a password.",
    vneid_facts: "At once · You need both apps and a VssID account",
    email: "The email you registered",
    email_how: "Get a code by email, set a new password.",
    email_how_guide: "Get a new password by email, in the VssID app or on BHXH’s portal.",
    email_facts: "Free · In one go · You need to open the mailbox",
    phone: "The phone number you registered",
    phone_how: "Call 1900 9068, press 8 (press reports of 2023), hear a new password.",
    phone_facts: "1,000 VND a minute · One call · You need that SIM and your social-insurance number",
    phone_how_text: "Send one text, get a code, set a new password.",
    phone_facts_text: "One text · In one go · You need that SIM and your social-insurance number",
    none: "None of these",
    none_how: "Go to a BHXH office to correct phone and email.",
    none_facts: "One visit · You need your citizen ID card (CCCD)",
    none_how_desk: "Send your case online, or go to a BHXH office.",
    none_facts_desk: "Free · An officer checks who you are · You need a phone or email that you use now",
    text_too: "Does texting 8079 still work?",
    safety: "How to recognise a scam",
    not_found: "This address leads nowhere. The link may be incomplete or mistyped.",
};
