//! The citizens' words about cases, in both languages.

use recovery::{api::slug, desk::case::CaseState, locale::Locale};

/// All words of one language.
pub(super) struct Words {
    pub(super) locale: Locale,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) never: &'static str,
    pub(super) open: &'static str,
    pub(super) need: &'static str,
    pub(super) privacy: &'static str,
    pub(super) name: &'static str,
    pub(super) birth_date: &'static str,
    pub(super) birth_hint: &'static str,
    pub(super) identifier: &'static str,
    pub(super) identifier_hint: &'static str,
    pub(super) phone: &'static str,
    pub(super) phone_hint: &'static str,
    pub(super) email: &'static str,
    pub(super) email_hint: &'static str,
    pub(super) office: &'static str,
    pub(super) place: &'static str,
    pub(super) place_hint: &'static str,
    pub(super) find: &'static str,
    pub(super) place_found: &'static str,
    pub(super) place_unknown: &'static str,
    pub(super) place_chosen: &'static str,
    pub(super) place_many: &'static str,
    pub(super) place_unsure: &'static str,
    pub(super) place_taker: &'static str,
    pub(super) takes_none: &'static str,
    pub(super) taken_by: &'static str,
    pub(super) in_person: &'static str,
    pub(super) message: &'static str,
    pub(super) message_hint: &'static str,
    pub(super) send: &'static str,
    pub(super) sending: &'static str,
    pub(super) captcha_failed: &'static str,
    pub(super) look: &'static str,
    pub(super) look_lead: &'static str,
    pub(super) number: &'static str,
    pub(super) code: &'static str,
    pub(super) code_hint: &'static str,
    pub(super) show: &'static str,
    pub(super) opened: &'static str,
    pub(super) opened_lead: &'static str,
    pub(super) opened_once: &'static str,
    pub(super) keep: &'static str,
    pub(super) print: &'static str,
    pub(super) picture: &'static str,
    pub(super) picture_keep: &'static str,
    pub(super) copy: &'static str,
    pub(super) copied: &'static str,
    pub(super) written: &'static str,
    pub(super) see: &'static str,
    pub(super) next: &'static str,
    pub(super) state: &'static str,
    pub(super) at: &'static str,
    pub(super) messages: &'static str,
    pub(super) you: &'static str,
    pub(super) add: &'static str,
    pub(super) text: &'static str,
    pub(super) withdraw: &'static str,
    pub(super) withdraw_lead: &'static str,
    pub(super) sent: &'static str,
    pub(super) gone: &'static str,
    pub(super) close: &'static str,
    pub(super) new_case: &'static str,
    pub(super) go_on: &'static str,
    pub(super) go_on_lead: &'static str,
    pub(super) password: &'static str,
    pub(super) password_hint: &'static str,
    pub(super) set: &'static str,
    pub(super) set_done: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) problem: &'static str,
    pub(super) check: &'static str,
    pub(super) call: &'static str,
    pub(super) again: &'static str,
    pub(super) still_here: &'static str,
    pub(super) phone_or_email: &'static str,
    pub(super) no_script: &'static str,
    pub(super) effect: &'static str,
}

const VI: Words = Words {
    locale: Locale::Vi,
    title: "Hồ sơ tại cơ quan",
    lead: "Dành cho người không còn dùng được cả email và số điện thoại đã đăng ký. Cán bộ sẽ xác \
           minh bạn, rồi gửi đường dẫn để đặt mật khẩu mới.",
    never: "Chúng tôi không hỏi ảnh giấy tờ, mật khẩu đang dùng hay mã OTP, và không thu tiền. Khi \
            cần xem căn cước, cán bộ mời bạn đến văn phòng hoặc gọi lại cho bạn.",
    open: "Gửi hồ sơ mới",
    need: "Ghi như trên giấy tờ. Cần số điện thoại hoặc email bạn đang dùng.",
    privacy: "Dữ liệu này chỉ để xử lý hồ sơ, được mã hóa khi lưu và xóa sau khi hồ sơ kết thúc. \
              Bạn có thể rút hồ sơ trước khi được duyệt.",
    name: "Họ và tên",
    birth_date: "Ngày sinh",
    birth_hint: "Ngày/tháng/năm, ví dụ 28/02/1957. Nếu giấy tờ chỉ có năm sinh, ghi năm: 1957.",
    identifier: "Mã số BHXH hoặc số căn cước công dân",
    identifier_hint: "10 hoặc 12 chữ số; mã thẻ BHYT 15 ký tự cũng được.",
    phone: "Số điện thoại gọi được bạn",
    phone_hint: "Có thể là số mới.",
    email: "Email bạn đang đọc được",
    email_hint: "Có thể là email mới. Nếu cơ quan đổi liên lạc của bạn, số hoặc email không ghi ở đây sẽ \
                 không dùng được nữa.",
    office: "Cơ quan nhận hồ sơ",
    place: "Xã, phường hoặc cơ quan của bạn",
    place_hint: "Tên cũ hay mới, không dấu cũng được.",
    find: "Tìm cơ quan",
    place_found: "Nếu nơi khác đúng hơn, hãy bấm vào tên:",
    place_unknown: "Không tìm thấy nơi nào tên như vậy. Hãy thử tên khác.",
    place_chosen: "Đã chọn:",
    place_many: "Có thể là nhiều nơi, nên chưa chọn nơi nào. Nếu đúng là nơi của bạn, hãy bấm:",
    place_unsure: "Không có tên nào khớp hẳn, nên chưa chọn nơi nào. Có phải một trong các nơi này?",
    place_taker: "Cơ quan này không tự nhận hồ sơ qua mạng. Nơi nhận thay:",
    takes_none: "Chưa có nơi nào ở đây nhận hồ sơ qua mạng cho nơi này. Xin đến tận nơi hoặc gọi \
                 điện:",
    taken_by: "nơi nhận hồ sơ:",
    in_person: "Muốn đến tận nơi: cần mang gì",
    message: "Bạn đã mất gì?",
    message_hint: "Ví dụ: mất máy, mất sim, quên mật khẩu email. Có thể để trống.",
    send: "Gửi hồ sơ",
    sending: "Đang gửi, xin đợi vài giây…",
    captcha_failed: "Chưa gửi được: mất mạng, hoặc bước kiểm tra tự động không xong. Hãy xem lại mạng rồi bấm lại.",
    look: "Xem hồ sơ đã gửi",
    look_lead: "Cần số hồ sơ và mã tra cứu bạn đã chép lại.",
    number: "Số hồ sơ",
    code: "Mã tra cứu",
    code_hint: "16 ký tự. Chữ thường, dấu cách, dấu gạch đều được.",
    show: "Xem hồ sơ",
    opened: "Đã nhận hồ sơ",
    opened_lead: "Hãy chép lại hai dòng này, in ra hoặc lưu thành ảnh. Trang này còn mở lại được \
                  trong 10 phút, chỉ trên trình duyệt này; sau đó mã tra cứu không hiện lại nữa.",
    opened_once: "Hãy chép lại hai dòng này, in ra hoặc lưu thành ảnh. Mã tra cứu chỉ hiện một lần.",
    keep: "Giữ kín mã tra cứu: ai có cả hai dòng này đều xem được hồ sơ của bạn.",
    print: "In trang này",
    picture: "Lưu thành ảnh",
    picture_keep: "Nếu ảnh chưa tự lưu: nhấn giữ ảnh rồi chọn lưu.",
    copy: "Sao chép",
    copied: "Đã sao chép.",
    written: "Tôi đã giữ lại, xóa khỏi máy này",
    see: "Xem tình trạng hồ sơ này",
    next: "Cán bộ xem hồ sơ trong giờ làm việc và có thể gọi cho bạn. Hãy quay lại đây để xem tình \
           trạng.",
    state: "Tình trạng",
    at: "Gửi lúc",
    messages: "Trao đổi",
    you: "Bạn",
    add: "Nhắn thêm cho cơ quan",
    text: "Nội dung",
    withdraw: "Rút hồ sơ",
    withdraw_lead: "Rút rồi thì hồ sơ dừng hẳn; muốn tiếp tục phải gửi hồ sơ mới.",
    sent: "Đã gửi lời nhắn.",
    gone: "Trang này không còn: đã quá 10 phút, hoặc đã xóa khỏi máy này. Nếu đã giữ số hồ sơ và mã tra cứu, \
           hãy nhập ở dưới. Nếu chưa kịp giữ, hãy gọi điện, hoặc gửi hồ sơ mới.",
    close: "Xong, đóng hồ sơ trên máy này",
    new_case: "Gửi hồ sơ mới",
    go_on: "Đặt mật khẩu mới",
    go_on_lead: "Bạn đến từ đường dẫn cán bộ gửi. Nhập mã tra cứu hồ sơ để tiếp tục.",
    password: "Mật khẩu mới",
    password_hint: "Ít nhất 8 ký tự. Một câu dài dễ nhớ là tốt nhất.",
    set: "Đặt mật khẩu",
    set_done: "Đã đặt mật khẩu mới. Mọi thiết bị đang đăng nhập đã bị đăng xuất.",
    sign_in: "Đăng nhập",
    problem: "Chưa gửi được",
    check: "Hãy kiểm tra lại",
    call: "Cần giúp ngay, hãy gọi",
    again: "Gửi lại",
    still_here: "Những gì bạn đã gõ vẫn còn: chỉ cần bấm Gửi lại.",
    phone_or_email: "Cần số điện thoại hoặc email",
    no_script: "Trình duyệt này không chạy JavaScript nên không gửi được hồ sơ từ đây. Xin gọi số ở \
                cuối trang hoặc đến cơ quan BHXH. Xem hồ sơ đã gửi thì vẫn được.",
    effect: "Đường dẫn đặt mật khẩu sẽ gửi lúc",
};

const EN: Words = Words {
    locale: Locale::En,
    title: "A case at an office",
    lead: "For whoever can use neither the registered email nor the registered phone any more. An \
           officer verifies you, then sends a link to set a new password.",
    never: "We never ask for photos of documents, the password you use now, or an OTP, and take no \
            money. Where the card must be seen, the office asks you to come or calls you back.",
    open: "Open a case",
    need: "As on your papers. A phone number or an email that you use now is needed.",
    privacy: "The data is only for this case, is encrypted where it is kept, and is deleted after the \
              case has ended. You can withdraw the case until it is approved.",
    name: "Full name",
    birth_date: "Date of birth",
    birth_hint: "Day/month/year, such as 28/02/1957. If your papers carry the year alone: 1957.",
    identifier: "Mã số BHXH or citizen card number",
    identifier_hint: "10 or 12 digits; the 15 characters of a BHYT card will do too.",
    phone: "A phone number where you can be called",
    phone_hint: "It may be a new one.",
    email: "An email address that you read",
    email_hint: "It may be a new one. If the office changes your contacts, a phone or email not given \
                 here will no longer be used.",
    office: "Office for your case",
    place: "Your ward, commune or office",
    place_hint: "Old or new name, with or without accents.",
    find: "Find the office",
    place_found: "If another fits better, press its name:",
    place_unknown: "No place of that name was found. Try another name.",
    place_chosen: "Chosen:",
    place_many: "This may be several places, so none is chosen. If yours is here, press it:",
    place_unsure: "No name is exactly that, so none is chosen. Is it one of these?",
    place_taker: "This office takes no cases online. Its cases go to:",
    takes_none: "Nobody here takes cases online for this place. Please go to its office or call:",
    taken_by: "its cases are taken by",
    in_person: "To go there in person: what to bring",
    message: "What did you lose?",
    message_hint: "For example: phone stolen, SIM lost, email password forgotten. May stay empty.",
    send: "Send the case",
    sending: "Sending, a few seconds please…",
    captcha_failed: "Not sent: no connection, or the automatic check did not finish. Check the network, then press again.",
    look: "See a case you sent",
    look_lead: "You need the case number and the look-up code that you wrote down.",
    number: "Case number",
    code: "Look-up code",
    code_hint: "16 characters. Small letters, spaces and dashes are fine.",
    show: "See the case",
    opened: "The case was received",
    opened_lead: "Write these two lines down, print them or keep a picture. This page can be opened \
                  again for 10 minutes, in this browser only; then the look-up code is not shown \
                  any more.",
    opened_once: "Write these two lines down, print them or keep a picture. The look-up code is shown \
                  this once.",
    keep: "Keep the look-up code to yourself: whoever has both lines can see your case.",
    print: "Print this page",
    picture: "Keep as a picture",
    picture_keep: "If it was not saved by itself: press the picture long, then save it.",
    copy: "Copy",
    copied: "Copied.",
    written: "I have kept it, remove it from this device",
    see: "See where this case stands",
    next: "An officer looks at it in office hours and may call you. Come back here to see where it \
           stands.",
    state: "State",
    at: "Sent at",
    messages: "Messages",
    you: "You",
    add: "Write to the office",
    text: "Text",
    withdraw: "Withdraw the case",
    withdraw_lead: "Once withdrawn it ends; to go on you would open a new one.",
    sent: "Your message was sent.",
    gone: "This page is gone: its 10 minutes are over, or it was erased from this device. If you kept case number \
           and look-up code, enter them below. If not, please call, or open a new case.",
    close: "Done, close the case on this device",
    new_case: "Open a new case",
    go_on: "Set a new password",
    go_on_lead: "You come from the link that the office sent. Enter the case's look-up code to go on.",
    password: "New password",
    password_hint: "At least 8 characters. A long sentence that you remember is best.",
    set: "Set the password",
    set_done: "The new password is set. Every device was signed out.",
    sign_in: "Sign in",
    problem: "Not sent",
    check: "Please check",
    call: "For help now, call",
    again: "Send again",
    still_here: "What you typed is kept: just press Send again.",
    phone_or_email: "A phone number or an email is needed",
    no_script: "This browser does not run JavaScript, so a case cannot be sent from here. Please call \
                a number at the end of the page or go to a BHXH office. Seeing a case you sent works.",
    effect: "The link to set a password is sent at",
};

impl Words {
    /// The words of a language.
    pub(super) const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Vi => &VI,
            Locale::En => &EN,
        }
    }

    const fn pick(&self, vi: &'static str, en: &'static str) -> &'static str {
        crate::chart::say(self.locale, vi, en)
    }

    /// What a state means for the citizen.
    pub(super) const fn state_of(&self, state: CaseState) -> &'static str {
        match state {
            CaseState::Received => self.pick(
                "Cơ quan đã nhận, chưa có cán bộ xem.",
                "The office has it; no officer has looked yet.",
            ),
            CaseState::InReview => self.pick("Cán bộ đang xem.", "An officer is working on it."),
            CaseState::Waiting => self.pick(
                "Cơ quan đang chờ bạn trả lời. Xem phần trao đổi ở dưới.",
                "The office waits for your answer. See the messages below.",
            ),
            CaseState::SecondApproval => self.pick(
                "Một cán bộ đã duyệt; cần thêm một cán bộ khác xem.",
                "One officer has approved; another must look.",
            ),
            CaseState::CoolingOff => self.pick(
                "Đã duyệt. Vì bạn đổi thông tin liên lạc, có thời gian chờ để chủ cũ của số điện \
                 thoại hoặc email có thể dừng lại.",
                "Approved. Because your contact details change, there is a wait in which the old \
                 phone or email can stop it.",
            ),
            CaseState::Disputed => self.pick(
                "Có người dùng địa chỉ liên lạc cũ đã dừng việc thay đổi. Xin đến văn phòng với \
                 căn cước công dân.",
                "Somebody with the old contact stopped the change. Please come to the office with \
                 your citizen card.",
            ),
            CaseState::Approved => self.pick(
                "Đã duyệt, đường dẫn đã gửi cho bạn. Nếu đường dẫn hết hạn, hãy báo cơ quan gửi lại.",
                "Approved; the link was sent to you. If it has expired, ask the office to send it \
                 again.",
            ),
            CaseState::Rejected => self.pick(
                "Cơ quan đã từ chối. Xem giải thích ở dưới, nếu có.",
                "The office has refused it. See the explanation below, if there is one.",
            ),
            CaseState::Withdrawn => self.pick("Bạn đã rút hồ sơ.", "You have withdrawn it."),
        }
    }

    /// When to try again.
    pub(super) fn after(&self, seconds: u32) -> String {
        let minutes = seconds.div_ceil(60);
        let (n, unit) = if minutes < 120 {
            (minutes, self.pick("phút", "min"))
        } else {
            (minutes.div_ceil(60), self.pick("giờ", "hours"))
        };
        format!(
            "{} {n} {unit}.",
            self.pick(
                "Chưa gửi gì cả. Hãy thử lại sau khoảng",
                "Nothing was sent. Try again in about"
            )
        )
    }

    /// The label of a field of the form.
    pub(super) fn label(&self, field: &str) -> &'static str {
        match field {
            "name" => self.name,
            "birth_date" => self.birth_date,
            "identifier" => self.identifier,
            "phone" => self.phone,
            "email" => self.email,
            "office" => self.office,
            "message" => self.message,
            "place" => self.place,
            "lookup_code" => self.code,
            "password" => self.password,
            _ => self.text,
        }
    }

    /// What is wrong with a field, in a few words.
    pub(super) fn reason(&self, code: &str) -> &'static str {
        match code {
            "empty" | "missing" => self.pick("chưa điền", "not filled in"),
            "out-of-range" => self.pick("không có ngày sinh này", "no such date of birth"),
            "not-digits" | "wrong-length" => self.pick("sai số chữ số", "wrong number of digits"),
            "foreign" | "not-mobile" => self.pick("cần số di động Việt Nam", "must be Vietnamese"),
            "at-missing" | "at-twice" | "domain" | "local-part" | "not-ascii" | "space" => {
                self.pick("cần dạng ten@vidu.vn", "must be like name@example.vn")
            }
            "phone-or-email" => self.phone_or_email,
            _ => self.pick("chưa dùng được", "cannot be used"),
        }
    }

    /// What to do about a problem, where the general words are not enough here.
    pub(super) fn advice(&self, slug: &str) -> Option<&'static str> {
        Some(match slug {
            slug::LINK_SPENT => self.pick(
                "Đường dẫn hết hạn, hoặc chưa đến giờ dùng được. Hãy báo cơ quan gửi lại.",
                "The link has expired, or its time has not come. Ask the office to send it again.",
            ),
            slug::CASE_NOT_FOUND => self.pick(
                "Số hồ sơ và mã tra cứu này không mở được hồ sơ nào. Hãy so từng chữ với bản bạn đã \
                 giữ: cả hai phải của cùng một hồ sơ. Hồ sơ đã kết thúc từ lâu thì đã được xóa. Mất \
                 mã thì gọi điện hoặc đến cơ quan.",
                "This case number and look-up code open no case. Compare them letter by letter with \
                 what you kept: both must be of the same case. A case that ended long ago has been \
                 deleted. If you lost the code, call or go to the office.",
            ),
            slug::CODE_REJECTED => self.pick(
                "Mã tra cứu này không phải của hồ sơ mà đường dẫn thuộc về. Hãy so từng chữ với bản \
                 bạn đã giữ.",
                "This look-up code is not that of the link's case. Compare it letter by letter with \
                 what you kept.",
            ),
            slug::TOO_LARGE => self.pick(
                "Lời nhắn quá dài. Hãy bấm nút Quay lại của trình duyệt và viết ngắn hơn.",
                "The message is too long. Use your browser's Back button and shorten it.",
            ),
            slug::CROSS_SITE => self.pick(
                "Chưa gửi gì cả. Hãy mở trang này từ đầu, không qua trang hay ứng dụng khác, rồi \
                 gửi lại.",
                "Nothing was sent. Open this page itself, not by way of another site or app, and \
                 send again.",
            ),
            slug::TICKET_SPENT => self.pick(
                "Đã quá 15 phút. Hãy mở lại đường dẫn cán bộ gửi.",
                "The 15 minutes are over. Open the link from the office again.",
            ),
            slug::PASSWORD_REJECTED => self.pick(
                "Mật khẩu quá ngắn, quá phổ biến, hoặc chỉ gồm tên và số của bạn. Hãy chọn mật \
                 khẩu khác.",
                "The password is too short, too common, or only your name and numbers. Choose \
                 another.",
            ),
            slug::CASE_STATE => self.pick(
                "Hồ sơ đã kết thúc, không thêm hay rút được nữa.",
                "The case has ended: nothing can be added or withdrawn.",
            ),
            _ => return None,
        })
    }
}
