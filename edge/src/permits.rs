//! At most so many key derivations at once: Argon2id takes 19 MiB and 26 ms, and an
//! isolate has 128 MB.
//!
//! Code without an `await` never overlaps in an isolate, so a permit must span the
//! awaits of its handler (load, derive, commit) to limit anything. A cancelled request's
//! destructors never run; its permit is taken back after a deadline.

use std::cell::RefCell;

/// Permits of one isolate.
#[derive(Debug)]
pub struct Permits {
    /// Per slot: who holds it, and until when (milliseconds).
    slots: RefCell<Vec<Option<(u64, i64)>>>,
    next: RefCell<u64>,
    deadline_ms: i64,
}

/// The right to derive one key; given back when dropped.
#[derive(Debug)]
pub struct Permit<'a> {
    owner: &'a Permits,
    slot: usize,
    holder: u64,
}

impl Permits {
    /// `slots` at once, each for `deadline_ms` at most.
    pub fn new(slots: usize, deadline_ms: i64) -> Self {
        Self { slots: RefCell::new(vec![None; slots]), next: RefCell::new(0), deadline_ms }
    }

    /// A permit, or `None` where all are held by requests that still have time.
    pub fn acquire(&self, now_ms: i64) -> Option<Permit<'_>> {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.iter().position(|held| held.is_none_or(|(_, until)| until <= now_ms))?;
        let mut next = self.next.borrow_mut();
        *next += 1;
        *slots.get_mut(slot)? = Some((*next, now_ms.saturating_add(self.deadline_ms)));
        Some(Permit { owner: self, slot, holder: *next })
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        // A permit that was taken back meanwhile belongs to another by now.
        if let Some(held) = self.owner.slots.borrow_mut().get_mut(self.slot)
            && held.is_some_and(|(holder, _)| holder == self.holder)
        {
            *held = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_is_refused_until_one_is_given_back() {
        let permits = Permits::new(2, 15_000);
        let first = permits.acquire(0).unwrap();
        let _second = permits.acquire(0).unwrap();
        assert!(permits.acquire(14_999).is_none());
        drop(first);
        assert!(permits.acquire(0).is_some());
    }

    #[test]
    fn a_permit_of_a_cancelled_request_is_taken_back_at_its_deadline() {
        let permits = Permits::new(1, 15_000);
        std::mem::forget(permits.acquire(0));
        assert!(permits.acquire(14_999).is_none());
        assert!(permits.acquire(15_000).is_some());
    }

    #[test]
    fn a_late_holder_does_not_free_the_slot_of_its_successor() {
        let permits = Permits::new(1, 15_000);
        let late = permits.acquire(0).unwrap();
        let successor = permits.acquire(15_000).unwrap();
        drop(late);
        assert!(permits.acquire(15_001).is_none());
        drop(successor);
        assert!(permits.acquire(15_001).is_some());
    }
}
