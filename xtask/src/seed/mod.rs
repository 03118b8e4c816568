//! Synthetic members, written as SQL: into the local database, or into a file for a remote one.

mod people;
mod sql;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use self::people::{GROUP, HARD_CASES, MOST, Person, Standing, hard_case, member};
use self::sql::{Cell, Rows};
use crate::dev;
use crate::process::{self, say};
use crate::state::State;
use crate::tools;
use crate::words::Words;

/// How many an empty development database gets.
pub(crate) const DEV_MEMBERS: u32 = 1000;
/// The password of every synthetic member.
const PASSWORD: &str = "thuyen giay tren song que";

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let (mut members, mut directory, mut out) = (None, dev::STATE, None);
    let mut words = Words::new(args);
    while let Some((name, given)) = words.next() {
        match name {
            "--members" => members = Some(words.number(name, given)?),
            "--state" => directory = words.value(name, given)?,
            "--out" => out = Some(words.value(name, given)?),
            other => bail!("seed knows no `{other}`"),
        }
    }
    let members = members.context("seed needs --members N")?;
    if members > MOST {
        bail!("the scheme has numbers for {MOST} members");
    }
    let begun = Instant::now();
    let place = if let Some(file) = out {
        let mut writer = BufWriter::new(File::create(file).with_context(|| file.to_owned())?);
        write(&mut writer, members, &hashes(members)?)?;
        writer.flush()?;
        file
    } else {
        tools::for_serving()?;
        let state = State::open(directory, false)?;
        state.migrate()?;
        seed(&state, members)?;
        directory
    };
    say(&format!("{members} members in {place} ({})", process::seconds(begun.elapsed())));
    Ok(ExitCode::SUCCESS)
}

/// Whether a database has no members.
pub(crate) fn is_empty(state: &State) -> Result<bool> {
    Ok(state.query("SELECT 1 FROM member LIMIT 1")?.is_empty())
}

/// Puts members 1 to `members` and the hard cases into a local database.
pub(crate) fn seed(state: &State, members: u32) -> Result<()> {
    let hashes = hashes(members)?;
    state.execute(|out| write(out, members, &hashes))
}

/// The hashes of [`PASSWORD`], one for each group of members.
fn hashes(members: u32) -> Result<Vec<String>> {
    let groups = members.div_ceil(GROUP).max(1);
    // The two cores of a small machine share the work.
    let half = groups.div_ceil(2);
    std::thread::scope(|scope| {
        let first = scope.spawn(move || (0..half).map(hash).collect::<Result<Vec<_>>>());
        let second = (half..groups).map(hash).collect::<Result<Vec<_>>>();
        let mut all = first.join().map_err(|_| anyhow!("hashing stopped"))??;
        all.extend(second?);
        Ok(all)
    })
}

/// Argon2id with the parameters of the Worker: 19 MiB, t=2, p=1. The salt is fixed, so that
/// the same members come out each time; the password is public anyway.
fn hash(group: u32) -> Result<String> {
    let parameters = Params::new(19 * 1024, 2, 1, None).map_err(|error| anyhow!("{error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let salt = format!("synthetic {group:06}");
    let salt = SaltString::encode_b64(salt.as_bytes()).map_err(|error| anyhow!("{error}"))?;
    let hash = argon2.hash_password(PASSWORD.as_bytes(), &salt);
    Ok(hash.map_err(|error| anyhow!("{error}"))?.to_string())
}

fn write(out: &mut dyn Write, members: u32, hashes: &[String]) -> io::Result<()> {
    let mut tables = Tables::new();
    let people = (1..=HARD_CASES).map(hard_case).chain((1..=members).map(member));
    for (index, person) in people.enumerate() {
        tables.add(out, &person, hashes)?;
        // A statement with children must not run before the one with their parents.
        if index % 200 == 199 {
            tables.end(out)?;
        }
    }
    tables.end(out)
}

/// The tables of the account store (edge/migrations).
struct Tables {
    member: Rows,
    identifier: Rows,
    contact: Rows,
}

impl Tables {
    fn new() -> Self {
        Self {
            member: Rows::new(
                "member",
                "reference,name,birth_year,status,password_hash,password_state",
            ),
            identifier: Rows::new("member_identifier", "identifier,member"),
            contact: Rows::new("member_contact", "id,member,kind,value"),
        }
    }

    fn add(&mut self, out: &mut dyn Write, person: &Person, hashes: &[String]) -> io::Result<()> {
        let reference = Cell::Text(&person.reference);
        let hash = usize::try_from(person.group).ok().and_then(|group| hashes.get(group));
        let hash = hash.filter(|_| person.standing != Standing::NoPassword);
        let status = if person.standing == Standing::Closed { "closed" } else { "active" };
        let state =
            if person.standing == Standing::ToBeRecovered { "to-be-recovered" } else { "active" };
        self.member.add(
            out,
            &[
                reference,
                Cell::Text(&person.name),
                Cell::Number(person.birth_year.into()),
                Cell::Text(status),
                hash.map_or(Cell::Null, |hash| Cell::Text(hash)),
                Cell::Text(state),
            ],
        )?;
        let reference = || Cell::Text(&person.reference);
        for identifier in &person.identifiers {
            self.identifier.add(out, &[Cell::Text(identifier), reference()])?;
        }
        for (kind, values) in [("email", &person.emails), ("phone", &person.phones)] {
            for (index, value) in values.iter().enumerate() {
                let id = format!("{}-{kind}{}", person.reference, index + 1);
                self.contact.add(
                    out,
                    &[Cell::Text(&id), reference(), Cell::Text(kind), Cell::Text(value)],
                )?;
            }
        }
        Ok(())
    }

    /// Parents come before their children: foreign keys are checked at once.
    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.member.end(out)?;
        self.identifier.end(out)?;
        self.contact.end(out)
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHash, PasswordVerifier};

    use super::*;

    #[test]
    fn the_documented_password_opens_a_seeded_account() {
        let hash = hash(0).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let parsed = PasswordHash::new(&hash).unwrap();
        assert!(Argon2::default().verify_password(PASSWORD.as_bytes(), &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"thuyen giay", &parsed).is_err());
    }

    #[test]
    fn groups_differ_in_salt_and_come_out_the_same_each_time() {
        let all = hashes(GROUP + 1).unwrap();
        assert_eq!(all.len(), 2);
        assert_ne!(all[0], all[1]);
        assert_eq!(all, hashes(GROUP + 1).unwrap());
    }

    #[test]
    fn who_has_no_password_gets_no_hash() {
        let mut out = Vec::new();
        write(&mut out, 1, &["$HASH".to_owned()]).unwrap();
        let text = String::from_utf8(out).unwrap();
        let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
        assert!(line("('kho12',").contains("NULL"));
        assert!(line("('tv1',").contains("$HASH"));
    }
}
