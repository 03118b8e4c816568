//! Writes the list of common passwords that the program carries, and says how large it is.
//!
//! `cargo run -p recovery --example common_passwords --features testing`

use std::path::Path;

use recovery::password::common::list;

#[expect(clippy::print_stdout, reason = "reporting is the purpose")]
fn main() -> std::io::Result<()> {
    let entries = list::entries();
    let file = list::encode(&entries);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/common-passwords.bin");
    std::fs::write(&path, &file)?;
    println!("{} entries, {} bytes: {}", entries.len(), file.len(), path.display());
    Ok(())
}
