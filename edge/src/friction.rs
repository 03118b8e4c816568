//! Writes per network and minute: friction for floods, kept in the isolate's memory.
//! No rule rests on it: other isolates count for themselves.

use std::{cell::RefCell, collections::HashMap};

/// Most networks remembered at once; a flood from more of them starts a new table.
const MAX_NETWORKS: usize = 4096;

/// Counters of the current minute.
#[derive(Debug, Default)]
pub struct Friction {
    minute: RefCell<(i64, HashMap<String, u32>)>,
}

impl Friction {
    /// Counts one write. `Err` holds the seconds until the next minute where there were more
    /// than `limit`; a limit of 0 is off.
    pub fn count(&self, network: &str, limit: u32, now: i64) -> Result<(), u32> {
        if limit == 0 {
            return Ok(());
        }
        let mut minute = self.minute.borrow_mut();
        if minute.0 != now.div_euclid(60) || minute.1.len() >= MAX_NETWORKS {
            *minute = (now.div_euclid(60), HashMap::new());
        }
        let count = minute.1.entry(network.to_owned()).or_insert(0);
        *count = count.saturating_add(1);
        if *count <= limit {
            return Ok(());
        }
        Err(u32::try_from(60 - now.rem_euclid(60)).unwrap_or(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_over_its_limit_waits_for_the_next_minute() {
        let friction = Friction::default();
        assert_eq!(friction.count("203.0.113.7", 2, 100), Ok(()));
        assert_eq!(friction.count("203.0.113.7", 2, 101), Ok(()));
        assert_eq!(friction.count("203.0.113.7", 2, 110), Err(10));
        assert_eq!(friction.count("203.0.113.8", 2, 110), Ok(()));
        assert_eq!(friction.count("203.0.113.7", 2, 120), Ok(()));
    }

    #[test]
    fn a_limit_of_zero_is_off() {
        let friction = Friction::default();
        for _ in 0..1000 {
            assert_eq!(friction.count("203.0.113.7", 0, 0), Ok(()));
        }
    }
}
