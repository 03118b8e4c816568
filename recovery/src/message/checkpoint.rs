//! A checkpoint of the audit as a mail to the supervisor: plain text, both languages in one.

use std::fmt::Write as _;

use super::moment::Moment;
use super::words::of;
use super::{Line, Message};
use crate::desk::audit::Checkpoint;
use crate::locale::Locale;

/// The mail. Nothing in it names a person, and no link is in it: there is nothing to click.
pub fn checkpoint(point: &Checkpoint, service: &Line, demonstration: bool) -> Message {
    let at = Moment::in_vietnam(point.at);
    let at = format!("{:02}:{:02} {:02}/{:02}/{}", at.hour, at.minute, at.day, at.month, at.year);
    let (upto, line) = (point.upto, point.line());
    let subject = format!("Mốc nhật ký {upto} / Audit checkpoint {upto} - {service}");
    let mut text = String::new();
    if demonstration {
        for locale in [Locale::Vi, Locale::En] {
            text.push_str(of(locale).demonstration());
            text.push('\n');
        }
        text.push('\n');
    }
    let _ = write!(
        text,
        "Mốc đã ký của nhật ký: đến bản ghi {upto}, lúc {at}\n\
         (giờ Việt Nam). Hãy giữ thư này. Nếu sau này nhật ký bị cắt bớt hay\n\
         viết lại, dòng dưới đây làm lộ điều đó. Để kiểm tra, hãy lưu thư thành\n\
         tệp, rồi chạy\n\
         cargo xtask audit verify --remote --checkpoints TỆP\n\n\
         {line}\n\n\
         A signed checkpoint of the audit: up to record {upto}, at {at}\n\
         (Vietnam's time). Keep this mail. Should the audit be cut off or rewritten\n\
         later, the line above shows it. To verify, save the mail as a file and run\n\
         cargo xtask audit verify --remote --checkpoints FILE\n"
    );
    Message { locale: Locale::Vi, subject: Line::new(&subject), text, html: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::ids::Digest32;

    #[test]
    fn the_mail_holds_the_checkpoint_and_no_link() {
        let point = Checkpoint {
            upto: 1_234_567,
            head: Digest32::new([1; 32]),
            at: 1_763_795_109,
            kid: "k1".into(),
            signature: Digest32::new([2; 32]),
        };
        let mail = checkpoint(&point, &Line::new("Chìa Khoá"), true);
        assert_eq!(Checkpoint::find(&mail.text), [point]);
        assert!(mail.subject.as_str().chars().count() <= 78, "{}", mail.subject);
        assert!(mail.html.is_empty() && !mail.text.contains("http"));
        assert!(mail.text.contains("14:05 22/11/2025"), "{}", mail.text);
        let others = mail.text.lines().filter(|line| !line.starts_with("audit-checkpoint"));
        assert!(others.clone().all(|line| line.chars().count() <= 78), "{}", mail.text);
    }
}
