//! The rules of account recovery.
