//! Words of the new-password page.

/// Choosing the new password, and what comes after.
#[derive(Debug)]
pub struct PasswordWords {
    pub label: &'static str,
    pub rule_length: &'static str,
    pub rule_words: &'static str,
    pub rule_avoid: &'static str,
    pub keyboard: &'static str,
    pub keyboard_fix: &'static str,
    pub save: &'static str,
    pub effect: &'static str,
    pub time_left: &'static str,
    pub expiring: &'static str,
    /// The same where the code came by text message.
    pub expiring_text: &'static str,
    pub again_heading: &'static str,
    pub again: &'static str,
    /// The same where the code came by text message.
    pub again_text: &'static str,
    pub none: &'static str,
    pub done: &'static str,
    pub done_devices: &'static str,
    pub sign_in: &'static str,
}

pub(super) const VI: PasswordWords = PasswordWords {
    label: "Mật khẩu mới",
    rule_length: "Ít nhất 8 ký tự, càng dài càng tốt.",
    rule_words: "Ghép vài từ không liên quan là dễ nhớ và khó đoán. Không bắt buộc chữ hoa hay ký tự đặc biệt.",
    rule_avoid: "Đừng dùng tên, mã số, số điện thoại hay năm sinh của bạn.",
    keyboard: "Mật khẩu có chữ có dấu: {n}. Có thể bàn phím tiếng Việt đã đổi chữ bạn gõ.",
    keyboard_fix: "Không cố ý thì tắt gõ tiếng Việt rồi gõ lại. Cố ý thì cứ dùng; lần sau phải gõ đúng như vậy.",
    save: "Lưu mật khẩu mới",
    effect: "Sau khi lưu, mọi thiết bị đang đăng nhập bị đăng xuất, và chúng tôi báo tới mọi địa chỉ bạn đã đăng ký.",
    time_left: "Còn {n} để lưu mật khẩu.",
    expiring: "Sắp hết giờ: còn chưa đầy {n}. Nếu hết giờ, bạn nhập lại mã hoặc mở lại đường dẫn trong thư; quá hạn thì làm lại từ đầu.",
    expiring_text: "Sắp hết giờ: còn chưa đầy {n}. Nếu hết giờ, bạn nhập lại mã trong tin nhắn; quá hạn thì nhắn tin lại.",
    again_heading: "Nhập lại mã",
    again: "Trang đã tải lại hoặc đã hết giờ. Để an toàn, quyền đặt mật khẩu không được giữ lại trên máy. Nhập lại mã, hoặc mở lại đường dẫn trong thư.",
    again_text: "Trang đã tải lại hoặc đã hết giờ. Để an toàn, quyền đặt mật khẩu không được giữ lại trên máy. Nhập lại mã trong tin nhắn.",
    none: "Trang này mở ra sau khi bạn nhập mã nhận được, hoặc bấm đường dẫn trong thư.",
    done: "Mật khẩu mới dùng được ngay.",
    done_devices: "Mọi thiết bị đã bị đăng xuất. Thông báo đang được gửi tới mọi địa chỉ bạn đã đăng ký.",
    sign_in: "Đăng nhập bằng mật khẩu mới",
};

pub(super) const EN: PasswordWords = PasswordWords {
    label: "New password",
    rule_length: "At least 8 characters; longer is better.",
    rule_words: "A few unrelated words are easy to remember and hard to guess. Capitals and symbols are not needed.",
    rule_avoid: "Do not use your name, number, phone or birth year.",
    keyboard: "The password has accented letters: {n}. A Vietnamese keyboard may have changed what you typed.",
    keyboard_fix: "If that was not intended, switch Vietnamese typing off and type it again. If it was, keep it; you will have to type it exactly so.",
    save: "Save the new password",
    effect: "Saving signs out all devices, and we tell every address you have registered.",
    time_left: "{n} left to save the password.",
    expiring: "Time is nearly up: less than {n} left. After that, type the code or open the link in the email again; once they have expired, start again.",
    expiring_text: "Time is nearly up: less than {n} left. After that, type the code from the text again; once it has expired, send a new text.",
    again_heading: "Type the code again",
    again: "The page was reloaded or the time ran out. For safety the right to set a password is not kept on this phone. Type the code again, or open the link in the email again.",
    again_text: "The page was reloaded or the time ran out. For safety the right to set a password is not kept on this phone. Type the code from the text again.",
    none: "This page opens after you type the code you got, or press the link in the email.",
    done: "The new password works at once.",
    done_devices: "All devices have been signed out. A notice is on its way to every address you have registered.",
    sign_in: "Sign in with the new password",
};
