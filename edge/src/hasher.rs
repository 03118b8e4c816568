//! Argon2id, 19 MiB, t=2, p=1 (OWASP Password Storage). Takes 26 ms: callers hold a
//! permit of [`crate::permits`].

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, Version,
    password_hash::SaltString,
};
use recovery::flow::{HashError, PasswordHasher};
use subtle::ConstantTimeEq as _;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The salt of the derivation for nobody.
const DUMMY_SALT: [u8; 16] = [0x5a; 16];

/// The Worker's password hasher.
#[derive(Clone, Copy, Debug, Default)]
pub struct Argon2id;

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

impl PasswordHasher for Argon2id {
    fn hash(&self, password: &[u8], salt: [u8; 16]) -> Result<String, HashError> {
        let salt = SaltString::encode_b64(&salt).map_err(|_| HashError)?;
        let hash = argon2().ok_or(HashError)?.hash_password(password, &salt);
        hash.map(|hash| hash.to_string()).map_err(|_| HashError)
    }

    /// One derivation with our own parameters in every case: a hash with others on record is
    /// no match, and says nothing by its time.
    fn verify(&self, password: &[u8], hash: Option<&str>) -> bool {
        let on_record = hash.and_then(|hash| PasswordHash::new(hash).ok());
        let mut salt_bytes = [0; 64];
        let salt = on_record
            .as_ref()
            .filter(|record| {
                record.algorithm == Algorithm::Argon2id.ident()
                    && Params::try_from(*record).is_ok_and(|params| {
                        (params.m_cost(), params.t_cost(), params.p_cost())
                            == (MEMORY_KIB, PASSES, LANES)
                    })
            })
            .and_then(|record| record.salt?.decode_b64(&mut salt_bytes).ok());
        let mut derived = [0; 32];
        let done = argon2().is_some_and(|argon2| {
            argon2.hash_password_into(password, salt.unwrap_or(&DUMMY_SALT), &mut derived).is_ok()
        });
        let expected = on_record.as_ref().and_then(|record| record.hash);
        let expected = expected.as_ref().map(argon2::password_hash::Output::as_bytes);
        let equal = expected.is_some_and(|expected| expected.ct_eq(&derived).into());
        done && salt.is_some() && equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_its_own_hash_only() {
        let hash = Argon2id.hash("mật khẩu dài".as_bytes(), [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Argon2id.verify("mật khẩu dài".as_bytes(), Some(&hash)));
        assert!(!Argon2id.verify(b"mat khau dai", Some(&hash)));
    }

    #[test]
    fn nobody_and_broken_or_weaker_hashes_match_nothing() {
        let params = Params::new(8, 1, 1, None).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let weak = weak.hash_password(b"password", &salt).unwrap().to_string();
        for record in [None, Some(""), Some("phc"), Some(weak.as_str())] {
            assert!(!Argon2id.verify(b"password", record), "{record:?}");
        }
    }

    #[test]
    fn equal_passwords_have_unequal_hashes() {
        let one = Argon2id.hash(b"password", [1; 16]).unwrap();
        assert_ne!(one, Argon2id.hash(b"password", [2; 16]).unwrap());
    }
}
