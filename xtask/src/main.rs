//! Build, test, run.
fn main() {}
