//! Words of the email channel: form, mailbox, link, and "this was not me".

/// The form that starts a recovery.
#[derive(Debug)]
pub struct EmailWords {
    pub lead: &'static str,
    pub identifier: &'static str,
    pub identifier_hint: &'static str,
    pub where_is_it: &'static str,
    pub where_card: &'static str,
    pub where_old_card: &'static str,
    pub where_citizen: &'static str,
    pub email: &'static str,
    pub email_hint: &'static str,
    pub send: &'static str,
    pub use_note: &'static str,
    pub no_email: &'static str,
    pub off: &'static str,
}

/// "Look in your mailbox": code entry, sending again, other ways.
#[derive(Debug)]
pub struct CheckWords {
    pub lead: &'static str,
    pub lead_more: &'static str,
    pub valid: &'static str,
    pub code: &'static str,
    pub code_hint: &'static str,
    pub proceed: &'static str,
    pub nothing_heading: &'static str,
    pub nothing_spam: &'static str,
    pub nothing_wait: &'static str,
    pub nothing_typo: &'static str,
    pub nothing_match: &'static str,
    pub resend: &'static str,
    pub resend_in: &'static str,
    pub resend_ready: &'static str,
    pub resent: &'static str,
    pub change: &'static str,
    pub code_over: &'static str,
}

/// The page a recovery link opens.
#[derive(Debug)]
pub struct LinkWords {
    pub lead: &'static str,
    pub proceed: &'static str,
    pub missing: &'static str,
    pub type_code: &'static str,
}

/// The page of the "this was not me" link.
#[derive(Debug)]
pub struct NotMeWords {
    pub lead: &'static str,
    pub effect_open: &'static str,
    pub effect_done: &'static str,
    pub confirm: &'static str,
    pub done_heading: &'static str,
    pub done: &'static str,
    pub done_next: &'static str,
    pub recover: &'static str,
    pub missing: &'static str,
}

pub(super) const EMAIL_VI: EmailWords = EmailWords {
    lead: "Chúng tôi gửi một mã tới email đã đăng ký. Nhập mã đó là đặt được mật khẩu mới. Miễn phí.",
    identifier: "Mã số BHXH hoặc số CCCD",
    identifier_hint: "10 số, 12 số, hoặc 15 ký tự trên thẻ BHYT. Có dấu cách cũng được.",
    where_is_it: "Tìm số này ở đâu?",
    where_card: "Mã số BHXH: 10 số in trên sổ BHXH và trên thẻ BHYT mẫu mới (từ 1/4/2021).",
    where_old_card: "Thẻ BHYT mẫu cũ có 15 ký tự: gõ cả 15, hoặc chỉ 10 số cuối.",
    where_citizen: "Số CCCD: 12 số trên thẻ căn cước. Từ 1/8/2025 số này thay cho mã số BHXH; gõ số nào cũng được.",
    email: "Email đã đăng ký",
    email_hint: "Email bạn đã khai cho tài khoản VssID.",
    send: "Gửi mã cho tôi",
    use_note: "Số và email chỉ dùng để tìm tài khoản và gửi thư này.",
    no_email: "Không nhớ email, hay chưa từng khai email?",
    off: "Đơn vị vận hành đang tạm ngừng cách này. Hãy dùng cách khác ở cuối trang.",
};

pub(super) const EMAIL_EN: EmailWords = EmailWords {
    lead: "We send a code to your registered email. Type it in and set a new password. Free.",
    identifier: "Social-insurance or citizen ID number",
    identifier_hint: "10 digits, 12 digits, or the 15 characters on a health-insurance card. Spaces are fine.",
    where_is_it: "Where do I find this number?",
    where_card: "Social-insurance (BHXH) number: 10 digits on the insurance book and on newer health-insurance cards (since 1 April 2021).",
    where_old_card: "Older health-insurance cards have 15 characters: type all 15, or only the last 10 digits.",
    where_citizen: "Citizen ID (CCCD) number: 12 digits on the ID card. Since 1 August 2025 it replaces the BHXH number; either will do.",
    email: "Registered email",
    email_hint: "The email you gave for your VssID account.",
    send: "Send me a code",
    use_note: "Number and email are used only to find the account and send this message.",
    no_email: "Forgot which email, or never gave one?",
    off: "The operator has switched this way off for now. Please use another way, at the end of this page.",
};

pub(super) const CHECK_VI: CheckWords = CheckWords {
    lead: "Nếu số và email khớp với một tài khoản, thư đang trên đường tới.",
    lead_more: "Trong thư có một mã 8 ký tự và một đường dẫn. Dùng cái nào cũng được.",
    valid: "Mã và đường dẫn dùng được trong {n}.",
    code: "Mã trong thư",
    code_hint: "8 chữ và số, dạng XXXX-XXXX. Chữ hoa hay chữ thường đều được.",
    proceed: "Tiếp tục",
    nothing_heading: "Chưa thấy thư?",
    nothing_spam: "Xem cả mục thư rác và quảng cáo.",
    nothing_wait: "Thư có thể đến chậm vài phút.",
    nothing_typo: "Có thể email gõ nhầm: bấm “Sửa số hoặc email”.",
    nothing_match: "Nếu số và email không khớp với tài khoản nào thì không có thư nào được gửi. Vì an toàn, trang này không cho biết điều đó.",
    resend: "Gửi lại thư",
    resend_in: "Gửi lại được sau {n} giây",
    resend_ready: "Bây giờ gửi lại được.",
    resent: "Đã gửi lại. Mã và đường dẫn vẫn như cũ.",
    change: "Sửa số hoặc email",
    code_over: "Mã đã hết hạn.",
};

pub(super) const CHECK_EN: CheckWords = CheckWords {
    lead: "If number and email belong to one account, a message is on its way.",
    lead_more: "It holds a code of 8 characters and a link. Use whichever is easier.",
    valid: "Code and link work for {n}.",
    code: "Code from the message",
    code_hint: "8 letters and digits, as XXXX-XXXX. Capital or small letters do not matter.",
    proceed: "Continue",
    nothing_heading: "No message yet?",
    nothing_spam: "Look in the spam and promotions folders too.",
    nothing_wait: "It can take a few minutes.",
    nothing_typo: "The email may be mistyped: press “Change number or email”.",
    nothing_match: "If number and email do not belong to one account, nothing is sent. For safety this page does not tell which.",
    resend: "Send the message again",
    resend_in: "You can send again in {n} seconds",
    resend_ready: "You can send again now.",
    resent: "Sent again. Code and link are the same as before.",
    change: "Change number or email",
    code_over: "The code has expired.",
};

pub(super) const LINK_VI: LinkWords = LinkWords {
    lead: "Bấm nút dưới đây để đặt mật khẩu mới cho tài khoản của bạn.",
    proceed: "Đặt mật khẩu mới",
    missing: "Đường dẫn này bị thiếu, hoặc trang đã tải lại. Mở lại từ thư, nhập mã trong thư, hoặc làm lại từ đầu.",
    type_code: "Nhập mã trong thư",
};

pub(super) const LINK_EN: LinkWords = LinkWords {
    lead: "Press the button to set a new password for your account.",
    proceed: "Set a new password",
    missing: "The link is incomplete, or this page was reloaded. Open it from the message again, type the code in the message, or start again.",
    type_code: "Type the code from the message",
};

pub(super) const NOT_ME_VI: NotMeWords = NotMeWords {
    lead: "Bạn nhận được thư hoặc tin nhắn về việc đổi mật khẩu hay đổi liên lạc mà bạn không yêu cầu? Bấm nút để chặn lại.",
    effect_open: "Nếu chưa đổi gì: yêu cầu kia bị huỷ, mã và đường dẫn của nó hết tác dụng. Mật khẩu và liên lạc của bạn giữ nguyên.",
    effect_done: "Nếu mật khẩu đã bị đổi: mọi thiết bị bị đăng xuất, mật khẩu đó bị khoá, và bạn cần đặt mật khẩu mới.",
    confirm: "Không phải tôi, hãy chặn lại",
    done_heading: "Đã chặn",
    done: "Nếu đường dẫn còn hiệu lực, yêu cầu kia đã bị huỷ: không đổi được gì nữa.",
    done_next: "Nếu thông báo nói mật khẩu đã đổi, hãy đặt mật khẩu mới ngay.",
    recover: "Lấy lại mật khẩu",
    missing: "Đường dẫn này không đủ. Mở lại từ thư hoặc tin nhắn bạn nhận được.",
};

pub(super) const NOT_ME_EN: NotMeWords = NotMeWords {
    lead: "You got a message about a change of password or contacts you did not ask for? Press the button to stop it.",
    effect_open: "If nothing has been changed yet: that request is cancelled, its code and link stop working. Your password and contacts stay as they are.",
    effect_done: "If the password was changed: all devices are signed out, that password is locked, and you need to set a new one.",
    confirm: "This was not me, stop it",
    done_heading: "Stopped",
    done: "If the link was still valid, that request is cancelled and changes nothing any more.",
    done_next: "If the message said the password was changed, set a new one now.",
    recover: "Reset the password",
    missing: "This link is incomplete. Open it again from the message you received.",
};
