//! Every message as it is read. `UPDATE_GOLDEN=1 cargo test -p recovery` writes the files anew;
//! the difference then shows in review.

use std::fs;
use std::path::PathBuf;

use recovery::locale::Locale;
use recovery::message::{Template, mime, render};

use crate::fixtures::{agency, content, demonstration, envelope};

fn agrees(name: &str, actual: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{name} differs; if that is meant, run with UPDATE_GOLDEN=1 and review\n{actual}"
    );
}

#[test]
fn every_message_reads_as_reviewed() {
    for template in Template::ALL {
        for locale in Locale::ALL {
            let name = format!("{}.{locale}", template.as_str());
            let message = render(&content(template), locale, &agency(locale));
            let text = format!("Subject: {}\n\n{}", message.subject, message.text);
            agrees(&format!("{name}.txt"), &text);
            agrees(&format!("{name}.html"), &message.html);
        }
    }
}

#[test]
fn a_demonstration_without_an_operator_reads_as_reviewed() {
    for locale in Locale::ALL {
        let message = render(&content(Template::RecoveryCode), locale, &demonstration(locale));
        let text = format!("Subject: {}\n\n{}", message.subject, message.text);
        agrees(&format!("recovery-code.demonstration.{locale}.txt"), &text);
        agrees(&format!("recovery-code.demonstration.{locale}.html"), &message.html);
    }
}

#[test]
fn the_whole_mail_is_as_reviewed() {
    let message = render(&content(Template::RecoveryCode), Locale::Vi, &agency(Locale::Vi));
    // `\r` is left out of the file, so that editors and git keep it as it is.
    let mail = mime(&message, &envelope());
    assert_eq!(mail.matches('\n').count(), mail.matches("\r\n").count());
    agrees("recovery-code.vi.eml.txt", &mail.replace("\r\n", "\n"));
}
