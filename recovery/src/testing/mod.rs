//! A complete host in memory, and the contract suite that every store must pass.

pub mod contract;
pub mod host;
pub mod memory;
mod memory_desk;
pub mod memory_figures;
mod memory_letters;
pub mod memory_texts;
mod memory_writes;
pub mod phones;
