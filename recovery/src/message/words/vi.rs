//! Vietnamese.

use super::{Moment, Span, Valid, Words};

pub(super) struct Vietnamese;

fn when(at: Moment) -> String {
    format!("{:02}:{:02} ngày {:02}/{:02}/{:04}", at.hour, at.minute, at.day, at.month, at.year)
}

fn lasting(span: Span) -> String {
    match span {
        Span::Seconds(n) => format!("{n} giây"),
        Span::Minutes(n) => format!("{n} phút"),
        Span::Hours(n) => format!("{n} giờ"),
        Span::Days(n) => format!("{n} ngày"),
    }
}

impl Words for Vietnamese {
    fn demonstration_tag(&self) -> &'static str {
        "[Chạy thử]"
    }
    fn demonstration(&self) -> &'static str {
        "Bản chạy thử: mọi tài khoản ở đây là dữ liệu giả, không của người nào."
    }
    fn greeting(&self, account: &str) -> String {
        format!("Gửi chủ tài khoản {account},")
    }
    fn sent_for(&self, operator: &str, service: &str) -> String {
        format!("Thư này do {operator} gửi tự động, qua dịch vụ {service}.")
    }
    fn sent_independently(&self, service: &str) -> String {
        format!(
            "Thư này do {service} gửi tự động. {service} là dịch vụ độc lập: thư này không phải \
             của cơ quan BHXH."
        )
    }
    fn safety(&self) -> &'static str {
        "Giữ an toàn"
    }
    fn we_never_ask(&self) -> &'static str {
        "Chúng tôi không bao giờ hỏi mật khẩu bạn đang dùng, mã OTP của dịch vụ khác, ảnh căn \
         cước công dân, và không thu tiền."
    }
    fn help(&self) -> &'static str {
        "Cần giúp, hãy gọi"
    }
    fn not_you(&self) -> &'static str {
        "Không phải bạn?"
    }
    fn not_me(&self) -> &'static str {
        "Không phải tôi"
    }
    fn start_again(&self) -> &'static str {
        "Yêu cầu mã mới"
    }

    fn code_title(&self) -> &'static str {
        "Mã đặt lại mật khẩu"
    }
    fn code_asked(&self, at: Moment) -> String {
        format!(
            "Lúc {} (giờ Việt Nam), có người, có thể là bạn, đã yêu cầu đặt lại mật khẩu của tài \
             khoản này.",
            when(at)
        )
    }
    fn code_use(&self) -> &'static str {
        "Nếu là bạn: nhập mã dưới đây vào trang đang chờ, hoặc mở đường dẫn ngay dưới mã."
    }
    fn code_button(&self) -> &'static str {
        "Đặt mật khẩu mới"
    }
    fn code_valid(&self, what: Valid, span: Span, from: Moment, until: Moment) -> String {
        let what = match what {
            Valid::Code => "Mã",
            Valid::Link => "Đường dẫn",
            Valid::Both => "Mã và đường dẫn",
        };
        let until = if from.same_day(until) {
            format!("{:02}:{:02}", until.hour, until.minute)
        } else {
            when(until)
        };
        format!("{what} dùng được trong {}, đến {until}.", lasting(span))
    }
    fn code_link_survives(&self) -> &'static str {
        "Nếu trang không nhận mã nữa vì nhập sai nhiều lần, đường dẫn vẫn dùng được cho đến khi \
         hết hạn."
    }
    fn code_only_on(&self, host: &str) -> String {
        format!("Chỉ nhập mã và mật khẩu mới trên trang {host}")
    }
    fn code_for_nobody_else(&self) -> &'static str {
        "Không ai khác cần mã hay đường dẫn này. Đừng đọc hoặc gửi cho ai, kể cả người tự xưng là \
         cán bộ BHXH hay nhân viên tổng đài."
    }
    fn code_not_you(&self, span: Span) -> String {
        format!(
            "Khi chưa ai dùng mã hay đường dẫn ở trên, mật khẩu vẫn như cũ. Để hủy yêu cầu này, \
             hãy mở đường dẫn dưới đây rồi bấm nút. Đường dẫn dùng được trong {}.",
            lasting(span)
        )
    }

    fn late_title(&self) -> &'static str {
        "Mã không gửi kịp, hãy yêu cầu lại"
    }
    fn late_asked(&self, at: Moment) -> String {
        self.code_asked(at)
    }
    fn late_sorry(&self) -> &'static str {
        "Rất tiếc, thư có mã đã không gửi kịp trước khi mã hết hạn. Lần yêu cầu đó không còn dùng \
         được."
    }
    fn late_if_you(&self) -> &'static str {
        "Nếu là bạn, xin hãy yêu cầu lại từ đầu."
    }
    fn late_not_you(&self) -> &'static str {
        "Bạn không cần làm gì: thư này không có mã, và mật khẩu không đổi vì yêu cầu đó."
    }

    fn changed_title(&self) -> &'static str {
        "Mật khẩu đã được đổi"
    }
    fn changed_when(&self, at: Moment) -> String {
        format!(
            "Mật khẩu của tài khoản này đã được đổi lúc {} (giờ Việt Nam). Mọi thiết bị đang đăng \
             nhập đã bị đăng xuất.",
            when(at)
        )
    }
    fn changed_if_you(&self) -> &'static str {
        "Nếu chính bạn đổi, bạn không cần làm gì thêm."
    }
    fn changed_not_you(&self, span: Span) -> String {
        format!(
            "Hãy mở đường dẫn dưới đây ngay, rồi bấm nút. Mọi thiết bị sẽ bị đăng xuất và mật \
             khẩu vừa đặt không dùng được nữa; sau đó bạn đặt mật khẩu mới. Đường dẫn dùng được \
             trong {}.",
            lasting(span)
        )
    }
    fn changed_or_call(&self) -> &'static str {
        "Bạn cũng có thể gọi số ở trên."
    }

    fn disowned_title(&self) -> &'static str {
        "Mật khẩu đã bị khóa, cần đặt lại"
    }
    fn disowned_when(&self, at: Moment) -> String {
        format!(
            "Lúc {} (giờ Việt Nam), có người, có thể là bạn, đã bấm \"Không phải tôi\" từ thư báo \
             đổi mật khẩu của tài khoản này.",
            when(at)
        )
    }
    fn disowned_result(&self) -> &'static str {
        "Mọi thiết bị đã bị đăng xuất. Mật khẩu hiện tại không dùng được nữa, và mật khẩu cũ cũng \
         không được khôi phục."
    }
    fn disowned_next(&self) -> &'static str {
        "Để vào lại tài khoản, bạn hãy đặt mật khẩu mới."
    }
    fn disowned_mailbox(&self) -> &'static str {
        "Nếu người khác có thể đọc hộp thư này, hãy đổi mật khẩu hộp thư trước."
    }

    fn desk_title(&self) -> &'static str {
        "Đường dẫn đặt mật khẩu mới"
    }
    fn desk_sent(&self, at: Moment) -> String {
        format!(
            "Lúc {} (giờ Việt Nam), cán bộ đã duyệt hồ sơ xin cấp lại mật khẩu của tài khoản này.",
            when(at)
        )
    }
    fn desk_use(&self) -> &'static str {
        "Hãy mở đường dẫn dưới đây để đặt mật khẩu mới."
    }
    fn desk_needs_lookup(&self) -> &'static str {
        "Bạn cần cả mã tra cứu hồ sơ, là mã 16 ký tự đã hiện khi bạn gửi hồ sơ."
    }
    fn desk_not_you(&self) -> &'static str {
        "Nếu bạn không gửi hồ sơ nào, đừng mở đường dẫn và hãy báo cho cơ quan BHXH. Khi chưa ai \
         dùng đường dẫn, mật khẩu vẫn như cũ."
    }

    fn changing_title(&self) -> &'static str {
        "Thông tin liên lạc sắp được thay đổi"
    }
    fn changing_when(&self, at: Moment) -> String {
        format!(
            "Lúc {} (giờ Việt Nam), hai cán bộ đã duyệt việc đổi số điện thoại hoặc email của tài \
             khoản này, theo một hồ sơ gửi đến cơ quan BHXH.",
            when(at)
        )
    }
    fn changing_if_you(&self) -> &'static str {
        "Nếu bạn đã gửi hồ sơ đó, bạn không cần làm gì."
    }
    fn changing_not_you(&self, until: Moment) -> String {
        format!(
            "Hãy mở đường dẫn dưới đây, rồi bấm nút, trước {}. Việc thay đổi sẽ dừng lại và cán bộ \
             sẽ xem xét lại hồ sơ.",
            when(until)
        )
    }
    fn changing_stop(&self) -> &'static str {
        "Dừng việc thay đổi"
    }

    fn contacts_title(&self) -> &'static str {
        "Thông tin liên lạc đã được thay đổi"
    }
    fn contacts_changed_when(&self, at: Moment) -> String {
        format!(
            "Lúc {} (giờ Việt Nam), số điện thoại hoặc email của tài khoản này đã được đổi tại cơ \
             quan BHXH. Từ nay chỉ số và email đã ghi trong yêu cầu đó còn thuộc tài khoản; trong 7 \
             ngày tới chưa dùng chúng để lấy lại mật khẩu qua mạng được.",
            when(at)
        )
    }
    fn contacts_if_you(&self) -> &'static str {
        "Nếu chính bạn đã yêu cầu, bạn không cần làm gì thêm."
    }
    fn contacts_not_you(&self) -> &'static str {
        "Hãy đến cơ quan BHXH, mang theo căn cước công dân, để được xem lại."
    }
}
