//! Bakes `operator.toml` into the Worker, as the app's build does into the pages; and the name of
//! the directory's file, which the Worker reads from the static assets.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    mode: String,
    demo: bool,
    operator: Operator,
    #[serde(default)]
    hotline: Vec<Hotline>,
    channels: Channels,
}

#[derive(Deserialize)]
struct Operator {
    name_vi: String,
    name_en: String,
}

#[derive(Deserialize)]
struct Hotline {
    label_vi: String,
    label_en: String,
    number: String,
    note_vi: String,
    note_en: String,
}

#[derive(Deserialize)]
struct Channels {
    email: bool,
    sms: bool,
    desk: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../operator.toml");
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::rerun-if-env-changed=CHIAKHOA_MODE");
    let file: File = toml::from_str(&fs::read_to_string(&path)?)?;
    let mode = env::var("CHIAKHOA_MODE").ok().filter(|mode| !mode.is_empty());
    let mode = match mode.as_deref().unwrap_or(&file.mode) {
        "guide" => "Mode::Guide",
        "service" => "Mode::Service",
        other => return Err(format!("mode is {other:?}, not guide or service").into()),
    };
    // Always on where the store's contract runs.
    let desk = file.channels.desk || env::var_os("CARGO_FEATURE_CONTRACT_TESTS").is_some();
    let mut channels = String::new();
    for (on, name) in [(file.channels.email, "email"), (file.channels.sms, "sms"), (desk, "desk")] {
        if on {
            write!(channels, "{name:?}, ")?;
        }
    }
    let mut hotlines = String::new();
    for line in &file.hotline {
        write!(
            hotlines,
            "Hotline {{ label: [{:?}, {:?}], number: {:?}, note: [{:?}, {:?}] }}, ",
            line.label_vi, line.label_en, line.number, line.note_vi, line.note_en
        )?;
    }
    let out = format!(
        "/// `operator.toml` as it was when the Worker was built.\n\
         pub const OPERATOR: Operator = Operator {{ mode: {mode}, demo: {}, name: [{:?}, {:?}], \
         channels: &[{channels}], hotlines: &[{hotlines}] }};\n",
        file.demo, file.operator.name_vi, file.operator.name_en
    );
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("operator.rs"), out)?;
    let out = format!(
        "/// The file of this build's directory among the static assets.\n\
         const FILE: &str = {:?};\n",
        offices::file_name(offices::EMBEDDED)
    );
    fs::write(Path::new(&folder).join("directory.rs"), out)?;
    Ok(())
}
