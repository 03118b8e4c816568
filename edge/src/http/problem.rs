//! Errors as problem documents (RFC 9457), with words for people in their language.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use recovery::{
    api::{self, FieldError, slug},
    locale::Locale,
};

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error answer. Which statuses exist, and with what words, is fixed in [`KINDS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: &'static Kind,
    errors: Vec<FieldError>,
    attempts_left: Option<u32>,
    level: Option<u8>,
    retry_after: Option<u32>,
    allow: Option<String>,
}

/// One line of the contract's error table.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Last part of the document's `type`.
    pub slug: &'static str,
    /// HTTP status.
    pub status: u16,
    vi: [&'static str; 2],
    en: [&'static str; 2],
}

impl Kind {
    const fn new(
        slug: &'static str,
        status: u16,
        vi: [&'static str; 2],
        en: [&'static str; 2],
    ) -> Self {
        Self { slug, status, vi, en }
    }
}

/// The contract's error table: slug, status, and title and advice in both languages.
pub static KINDS: &[Kind] = &[
    Kind::new(
        slug::MALFORMED_JSON,
        400,
        ["Nội dung gửi lên không đọc được", "Hãy tải lại trang rồi gửi lại."],
        ["The body is not valid JSON", "Reload the page and send it again."],
    ),
    Kind::new(
        slug::SIGN_IN_REJECTED,
        401,
        ["Mã số hoặc mật khẩu không đúng", "Hãy kiểm tra lại, hoặc lấy lại mật khẩu."],
        ["Wrong number or password", "Check both, or recover your password."],
    ),
    Kind::new(
        slug::NOT_SIGNED_IN,
        401,
        ["Bạn chưa đăng nhập", "Phiên đăng nhập đã hết hoặc chưa có. Hãy đăng nhập."],
        ["You are not signed in", "The session has ended or never began. Sign in."],
    ),
    Kind::new(
        slug::SIGNATURE_REJECTED,
        401,
        ["Chữ ký không đúng", "Kiểm tra khoá bí mật của webhook."],
        ["The signature does not match", "Check the webhook's secret."],
    ),
    Kind::new(
        slug::CAPTCHA_REJECTED,
        403,
        ["Bước kiểm tra tự động không qua được", "Hãy gửi lại; trang sẽ tự làm lại bước này."],
        ["The automatic check did not pass", "Send again; the page repeats the check by itself."],
    ),
    Kind::new(
        slug::CAPTCHA_REQUIRED,
        403,
        ["Cần thêm bước kiểm tra tự động", "Hãy gửi lại; trang sẽ tự làm bước này."],
        ["An automatic check is needed", "Send again; the page does the check by itself."],
    ),
    Kind::new(
        slug::CROSS_SITE,
        403,
        ["Yêu cầu đến từ một trang khác", "Hãy mở trang này trực tiếp rồi làm lại."],
        ["The request came from another site", "Open this site itself and try again."],
    ),
    Kind::new(
        slug::NOT_ALLOWED,
        403,
        ["Bạn không được làm việc này", "Hồ sơ hoặc vai trò không cho phép."],
        ["You may not do this", "The case or your role does not allow it."],
    ),
    Kind::new(
        slug::SAME_PERSON,
        403,
        ["Cần người thứ hai", "Một cán bộ khác phải duyệt bước này."],
        ["A second person is needed", "Another officer must take this step."],
    ),
    Kind::new(
        slug::CASE_NOT_FOUND,
        404,
        ["Không tìm thấy hồ sơ", "Hãy kiểm tra lại số hồ sơ và mã tra cứu."],
        ["No such case", "Check the case number and the look-up code."],
    ),
    Kind::new(
        slug::CASE_CHANGED,
        409,
        ["Hồ sơ vừa có thay đổi", "Chưa có gì được lưu. Hãy xem lại hồ sơ rồi làm lại."],
        ["The case has just changed", "Nothing was saved. Look at it again, then decide."],
    ),
    Kind::new(
        slug::CASE_STATE,
        409,
        ["Hồ sơ không còn ở bước này", "Hãy xem lại tình trạng hồ sơ."],
        ["The case is not at this step", "Look at where it stands."],
    ),
    Kind::new(
        slug::MESSAGE_SENT_AGAIN,
        409,
        ["Tin này đã được gửi lại", "Mỗi tin chỉ gửi lại một lần. Hãy xem kết quả sau ít phút."],
        ["This message was sent again before", "Each is sent again once. See what became of it."],
    ),
    Kind::new(
        slug::MESSAGE_OVER,
        410,
        [
            "Tin này đã hết hạn",
            "Gửi lại cũng không dùng được nữa, nên không gửi. Người nhận cần bắt đầu lại.",
        ],
        [
            "The time of this message is over",
            "It would be of no use any more, so it is not sent. Its reader has to start again.",
        ],
    ),
    Kind::new(
        slug::NOT_YET,
        422,
        ["Chưa đủ điều kiện", "Hãy xem điều còn thiếu."],
        ["Something is missing first", "See what is named."],
    ),
    Kind::new(
        slug::NOT_FOUND,
        404,
        ["Không có địa chỉ này", "Hãy kiểm tra lại địa chỉ."],
        ["There is nothing at this address", "Check the address."],
    ),
    Kind::new(
        slug::METHOD_NOT_ALLOWED,
        405,
        ["Địa chỉ này không nhận cách gọi đó", "Xem tiêu đề Allow."],
        ["This address does not take that method", "See the Allow header."],
    ),
    Kind::new(
        slug::RECOVERY_CLOSED,
        410,
        ["Lần lấy lại mật khẩu này đã kết thúc", "Hãy bắt đầu lại từ đầu."],
        ["This recovery has ended", "Please start again."],
    ),
    Kind::new(
        slug::LINK_SPENT,
        410,
        ["Đường dẫn này không dùng được nữa", "Hãy bắt đầu lại để nhận thư mới."],
        ["This link no longer works", "Start again to get a new message."],
    ),
    Kind::new(
        slug::TICKET_SPENT,
        410,
        ["Đã quá thời gian đặt mật khẩu", "Hãy nhập lại mã, hoặc mở lại đường dẫn trong thư."],
        [
            "The time to set a password is over",
            "Enter the code or open the link in the message again.",
        ],
    ),
    Kind::new(
        slug::TOO_LARGE,
        413,
        ["Nội dung gửi lên quá lớn", "Tối đa 16 KB."],
        ["The body is too large", "At most 16 KB."],
    ),
    Kind::new(
        slug::WRONG_CONTENT_TYPE,
        415,
        ["Nội dung gửi lên không đúng loại", "Hãy gửi application/json."],
        ["Wrong content type", "Send application/json."],
    ),
    Kind::new(
        slug::INVALID_INPUT,
        422,
        ["Có ô chưa đúng", "Hãy xem từng ô được nêu."],
        ["Some fields are not right", "See each field that is named."],
    ),
    Kind::new(
        slug::CODE_REJECTED,
        422,
        ["Mã không đúng", "Hãy kiểm tra lại mã trong thư mới nhất."],
        ["That is not the code", "Check the code in the latest message."],
    ),
    Kind::new(
        slug::PASSWORD_REJECTED,
        422,
        ["Mật khẩu này chưa dùng được", "Hãy xem lý do rồi chọn mật khẩu khác."],
        ["This password cannot be used", "See why, and choose another."],
    ),
    Kind::new(
        slug::TOO_MANY_REQUESTS,
        429,
        ["Quá nhiều lần trong thời gian ngắn", "Hãy đợi một lát rồi thử lại."],
        ["Too many requests", "Wait a while and try again."],
    ),
    Kind::new(
        slug::INTERNAL,
        500,
        ["Hệ thống có lỗi", "Lỗi ở phía chúng tôi. Hãy thử lại sau."],
        ["Something went wrong", "The mistake is ours. Try again later."],
    ),
    Kind::new(
        slug::TRY_AGAIN,
        503,
        ["Dịch vụ tạm thời không trả lời", "Chưa có gì được lưu. Hãy thử lại sau ít phút."],
        ["The service does not answer right now", "Nothing was saved. Try again in a moment."],
    ),
];

/// `INTERNAL`'s place, so that an unknown slug still gives an answer.
fn kind(slug: &str) -> &'static Kind {
    let fallback = &KINDS[KINDS.len() - 2];
    KINDS.iter().find(|kind| kind.slug == slug).unwrap_or(fallback)
}

impl Problem {
    /// The problem of a [`slug`].
    pub fn new(slug: &str) -> Self {
        Self {
            kind: kind(slug),
            errors: Vec::new(),
            attempts_left: None,
            level: None,
            retry_after: None,
            allow: None,
        }
    }

    /// 422 `invalid-input` with its field errors.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(slug::INVALID_INPUT) }
    }

    /// 422 `invalid-input` for one field.
    pub fn field(field: &str, code: &str) -> Self {
        Self::invalid(vec![FieldError { field: field.to_owned(), code: code.to_owned() }])
    }

    /// 422 `password-rejected` with every reason.
    pub fn password<'a>(reasons: impl IntoIterator<Item = &'a str>) -> Self {
        let errors = reasons
            .into_iter()
            .map(|code| FieldError { field: "password".to_owned(), code: code.to_owned() })
            .collect();
        Self { errors, ..Self::new(slug::PASSWORD_REJECTED) }
    }

    /// 422 `not-yet`, with what is missing.
    pub fn not_yet(field: &str, code: &str) -> Self {
        let errors = vec![FieldError { field: field.to_owned(), code: code.to_owned() }];
        Self { errors, ..Self::new(slug::NOT_YET) }
    }

    /// 422 `code-rejected`.
    pub fn code_rejected(attempts_left: u32) -> Self {
        Self { attempts_left: Some(attempts_left), ..Self::new(slug::CODE_REJECTED) }
    }

    /// 403 `captcha-rejected`; `level` where a harder challenge is needed.
    pub fn captcha_rejected(level: Option<u8>) -> Self {
        Self { level, ..Self::new(slug::CAPTCHA_REJECTED) }
    }

    /// 403 `captcha-required`, with the level of work where it is not the lowest.
    pub fn captcha_required(level: Option<u8>) -> Self {
        Self { level, ..Self::new(slug::CAPTCHA_REQUIRED) }
    }

    /// 429 with `Retry-After` in seconds.
    pub fn too_many(retry_after: u32) -> Self {
        Self { retry_after: Some(retry_after.max(1)), ..Self::new(slug::TOO_MANY_REQUESTS) }
    }

    /// 503 with `Retry-After` in seconds.
    pub fn try_again(retry_after: u32) -> Self {
        Self { retry_after: Some(retry_after.max(1)), ..Self::new(slug::TRY_AGAIN) }
    }

    /// 405 with the methods that the address does take.
    pub fn method_not_allowed(allow: String) -> Self {
        Self { allow: Some(allow), ..Self::new(slug::METHOD_NOT_ALLOWED) }
    }

    /// The slug, for logs.
    pub fn slug(&self) -> &'static str {
        self.kind.slug
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.kind.status
    }

    /// Seconds until it is worth trying again, where that is known.
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// The wire document.
    pub fn document(&self, locale: Locale) -> api::Problem {
        let [title, detail] = match locale {
            Locale::Vi => self.kind.vi,
            Locale::En => self.kind.en,
        };
        api::Problem {
            r#type: format!("{}{}", api::PROBLEM_PREFIX, self.kind.slug),
            title: title.to_owned(),
            status: self.kind.status,
            detail: Some(detail.to_owned()),
            errors: self.errors.clone(),
            attempts_left: self.attempts_left,
            level: self.level,
        }
    }

    /// The answer; security headers come with every answer, later.
    pub fn into_response(self, locale: Locale) -> Response {
        let bytes = serde_json::to_vec(&self.document(locale)).unwrap_or_default();
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() =
            StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.as_str()));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow.and_then(|allow| HeaderValue::from_str(&allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fallback_kind_is_internal() {
        assert_eq!(Problem::new("no-such-slug").slug(), slug::INTERNAL);
    }

    #[test]
    fn each_slug_stands_once_and_has_words_in_both_languages() {
        for kind in KINDS {
            assert_eq!(KINDS.iter().filter(|other| other.slug == kind.slug).count(), 1);
            for words in kind.vi.iter().chain(&kind.en) {
                assert!(!words.is_empty(), "{}", kind.slug);
            }
            assert!((400..=503).contains(&kind.status));
        }
    }

    #[test]
    fn a_busy_answer_says_when_to_come_back() {
        let response = Problem::try_again(0).into_response(Locale::En);
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }

    #[test]
    fn the_document_names_field_and_code() {
        let document = Problem::field("email", "wrong-type").document(Locale::Vi);
        assert_eq!(
            serde_json::to_value(&document).unwrap(),
            serde_json::json!({
                "type": "urn:chiakhoa:problem:invalid-input",
                "title": "Có ô chưa đúng",
                "status": 422,
                "detail": "Hãy xem từng ô được nêu.",
                "errors": [{"field": "email", "code": "wrong-type"}],
            })
        );
    }
}
