//! Who the synthetic members are. `docs/members.md` says the same for people.

/// One synthetic member.
pub(crate) struct Person {
    /// The account store's own name for it.
    pub(crate) reference: String,
    pub(crate) name: String,
    pub(crate) birth_year: u32,
    /// Numbers on record, 10 or 12 digits.
    pub(crate) identifiers: Vec<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) phones: Vec<String>,
    pub(crate) standing: Standing,
    /// Decides which hash it shares; see [`super::PASSWORD`].
    pub(crate) group: u32,
}

/// What is special about an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    Active,
    Closed,
    /// No password was ever set.
    NoPassword,
    /// Its owner said "this was not me" after a change.
    ToBeRecovered,
}

/// Members that share one password hash.
pub(crate) const GROUP: u32 = 1000;
/// The highest member of the scheme: above it phone numbers would leave the 0900 range.
pub(crate) const MOST: u32 = 999_999;
/// How many hard cases there are: mã số 9100000001 and on.
pub(crate) const HARD_CASES: u32 = 14;

/// Member `k` of the scheme, from 1.
pub(crate) fn member(k: u32) -> Person {
    Person {
        reference: format!("tv{k}"),
        name: format!("Thành Viên Mẫu {}", letters(k)),
        birth_year: 1950 + k % 55,
        // No province has the code 099: nobody's real number.
        identifiers: vec![(9_000_000_000 + u64::from(k)).to_string(), format!("099{k:09}")],
        emails: vec![format!("tv{k}@example.vn")],
        phones: vec![format!("0{}", 900_000_000 + k)],
        standing: Standing::Active,
        group: (k - 1) / GROUP,
    }
}

/// Hard case `number`, from 1 to [`HARD_CASES`].
pub(crate) fn hard_case(number: u32) -> Person {
    let mut person = Person {
        reference: format!("kho{number}"),
        name: format!("Ca Khó {}", letters(number)),
        birth_year: 1960 + number,
        identifiers: vec![(9_100_000_000 + u64::from(number)).to_string()],
        emails: vec![format!("kho{number}@example.vn")],
        phones: vec![format!("09090000{number:02}")],
        standing: Standing::Active,
        group: 0,
    };
    match number {
        // Five relatives, one phone, one mailbox.
        1..=5 => {
            person.name = format!("Gia Đình Mẫu {}", letters(number));
            person.emails = vec!["giadinh@example.vn".to_owned()];
            person.phones = vec!["0909000000".to_owned()];
        }
        6 => person.emails.clear(),
        7 => person.phones.clear(),
        8 => {
            person.emails.clear();
            person.phones.clear();
        }
        9 => person.standing = Standing::Closed,
        // As long as names on identity cards get, and twice that.
        10 => {
            let long = "Công Tằng Tôn Nữ Thị Phương Nguyễn Hoàng Bảo Ngọc ".repeat(4);
            long.trim().clone_into(&mut person.name);
        }
        11 => person.identifiers = vec!["099910000011".to_owned()],
        12 => person.standing = Standing::NoPassword,
        13 => person.emails.push("kho13.hai@example.vn".to_owned()),
        _ => person.standing = Standing::ToBeRecovered,
    }
    person
}

/// A, B, … Z, AA, AB, …: a name without digits for every number from 1.
fn letters(mut number: u32) -> String {
    let mut name = Vec::new();
    while number > 0 {
        number -= 1;
        name.push(char::from(b'A' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
    }
    name.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn member_one_is_the_one_everybody_knows() {
        let first = member(1);
        assert_eq!(first.identifiers[0], "9000000001");
        assert_eq!(first.emails, ["tv1@example.vn"]);
        assert_eq!(first.phones, ["0900000001"]);
        assert_eq!(first.name, "Thành Viên Mẫu A");
    }

    #[test]
    fn the_last_member_still_has_numbers_of_the_right_length() {
        let last = member(MOST);
        assert_eq!(last.identifiers[0].len(), 10);
        assert_eq!(last.identifiers[1].len(), 12);
        assert_eq!(last.phones[0].len(), 10);
    }

    #[test]
    fn no_two_people_share_a_number() {
        let mut seen = HashSet::new();
        let people = (1..=2000).map(member).chain((1..=HARD_CASES).map(hard_case));
        for identifier in people.flat_map(|person| person.identifiers) {
            assert!(seen.insert(identifier.clone()), "{identifier}");
        }
    }

    #[test]
    fn five_relatives_share_one_phone_and_one_mailbox() {
        let family: Vec<Person> = (1..=5).map(hard_case).collect();
        assert!(family.iter().all(|one| one.phones == family[0].phones));
        assert!(family.iter().all(|one| one.emails == family[0].emails));
    }

    #[test]
    fn the_hard_cases_lack_what_they_are_there_to_lack() {
        assert!(hard_case(6).emails.is_empty() && !hard_case(6).phones.is_empty());
        assert!(hard_case(7).phones.is_empty() && !hard_case(7).emails.is_empty());
        assert!(hard_case(8).emails.is_empty() && hard_case(8).phones.is_empty());
        assert_eq!(hard_case(9).standing, Standing::Closed);
        assert!(hard_case(10).name.chars().count() > 150);
        assert_eq!(hard_case(11).identifiers[0].len(), 12);
        assert_eq!(hard_case(12).standing, Standing::NoPassword);
        assert_eq!(hard_case(13).emails.len(), 2);
        assert_eq!(hard_case(14).standing, Standing::ToBeRecovered);
    }

    #[test]
    fn names_go_on_after_z() {
        let names: Vec<String> = [1, 26, 27, 702, 703].map(letters).into();
        assert_eq!(names, ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
