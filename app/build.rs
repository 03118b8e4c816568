//! Bakes `operator.toml` into the crate: pre-rendered pages cannot learn at run time who runs them.
//! Beside it the offices by id and name: each has an address of its own.

use std::{env, fmt::Write as _, fs, path::Path};

use toml::{Table, Value};

type Fail = Box<dyn std::error::Error>;

fn main() -> Result<(), Fail> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("..");
    let path = root.join("operator.toml");
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::rerun-if-env-changed=CHIAKHOA_MODE");
    let text = fs::read_to_string(&path)?;
    let table: Table = text.parse()?;
    let out = Path::new(&env::var("OUT_DIR")?).join("operator.rs");
    fs::write(out, render(&table).map_err(|e| format!("operator.toml: {e}"))?)?;
    let out = Path::new(&env::var("OUT_DIR")?).join("known.rs");
    fs::write(out, known_offices()?)?;
    Ok(())
}

/// The offices that have a page, as a Rust table.
fn known_offices() -> Result<String, Fail> {
    let directory = offices::Directory::parse(offices::EMBEDDED).map_err(|e| format!("{e:?}"))?;
    let mut out = String::from("/// Every office of the directory, in its order.\n");
    writeln!(out, "pub static OFFICES: [KnownOffice; {}] = [", directory.offices().len())?;
    for office in directory.offices() {
        let (id, name) = (office.id, directory.office_name(office.key));
        writeln!(out, "KnownOffice {{ id: {id:?}, name: {name:?} }},")?;
    }
    out.push_str("];\n");
    Ok(out)
}

/// The Rust constant that stands for the file.
fn render(table: &Table) -> Result<String, Fail> {
    let mode = match env::var("CHIAKHOA_MODE") {
        Ok(mode) if !mode.is_empty() => mode,
        _ => string(table, "mode")?.to_owned(),
    };
    let mode = match mode.as_str() {
        "guide" => "Mode::Guide",
        "service" => "Mode::Service",
        other => return Err(format!("mode is {other:?}, not guide or service").into()),
    };
    let operator = section(table, "operator")?;
    let links = section(table, "links")?;
    let channels = section(table, "channels")?;
    let site = table.get("site").and_then(Value::as_table).cloned().unwrap_or_default();
    let mut out = String::from("/// `operator.toml` as it was when this crate was built.\n");
    writeln!(out, "pub const OPERATOR: Operator = Operator {{ mode: {mode},")?;
    writeln!(out, "demo: {},", flag(table, "demo")?)?;
    let url = site.get("url").and_then(Value::as_str).unwrap_or("");
    writeln!(out, "site_url: {:?},", site_address(url)?)?;
    let offline = site.get("offline").and_then(Value::as_bool).unwrap_or(true);
    writeln!(out, "offline: {offline},")?;
    writeln!(out, "name: {},", pair(operator, "name")?)?;
    for key in ["email", "phone", "url"] {
        writeln!(out, "{key}: {:?},", string(operator, key)?)?;
    }
    out.push_str("hotlines: &[");
    for hotline in table.get("hotline").and_then(Value::as_array).ok_or("no [[hotline]]")? {
        let hotline = hotline.as_table().ok_or("[[hotline]] is not a table")?;
        let number = string(hotline, "number")?;
        writeln!(
            out,
            "Hotline {{ label: {}, number: {number:?}, tel: {:?}, note: {} }},",
            pair(hotline, "label")?,
            tel(number),
            pair(hotline, "note")?
        )?;
    }
    writeln!(out, "],\nportal: {:?},", string(links, "portal")?)?;
    writeln!(out, "agency: {:?},", string(links, "agency")?)?;
    for key in ["email", "sms", "desk"] {
        writeln!(out, "channel_{key}: {},", flag(channels, key)?)?;
    }
    let sms = section(table, "sms")?;
    writeln!(out, "sms_number: {:?},", string(sms, "number")?)?;
    writeln!(out, "sms_price: {},", pair(sms, "price")?)?;
    let colours = section(table, "colours")?;
    let (accent, dark) = (string(colours, "accent")?, string(colours, "accent_dark")?);
    writeln!(out, "colours: Colours {{ accent: {accent:?}, accent_dark: {dark:?} }},")?;
    out.push_str("};\n");
    Ok(out)
}

/// The site's address, whole and without a slash at its end: it stands in links and in XML as it is.
fn site_address(url: &str) -> Result<&str, Fail> {
    let address = url.trim_end_matches('/');
    let host =
        address.strip_prefix("https://").or_else(|| address.strip_prefix("http://localhost:"));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:".contains(c);
    match host {
        _ if url.is_empty() => Ok(""),
        Some(host) if !host.is_empty() && host.chars().all(plain) => Ok(address),
        _ => Err(format!("site.url is {url:?}, not like https://example.vn").into()),
    }
}

/// The `tel:` address of a Vietnamese number: international where it has a trunk zero, as it is
/// for 1800 and 1900 services, which cannot be dialled from abroad.
fn tel(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('0') {
        Some(rest) => format!("tel:+84{rest}"),
        None => format!("tel:{digits}"),
    }
}

fn section<'a>(table: &'a Table, key: &str) -> Result<&'a Table, Fail> {
    table.get(key).and_then(Value::as_table).ok_or_else(|| format!("no [{key}]").into())
}

fn string<'a>(table: &'a Table, key: &str) -> Result<&'a str, Fail> {
    table.get(key).and_then(Value::as_str).ok_or_else(|| format!("no text for `{key}`").into())
}

fn flag(table: &Table, key: &str) -> Result<bool, Fail> {
    table.get(key).and_then(Value::as_bool).ok_or_else(|| format!("`{key}` is not a bool").into())
}

/// A text that stands in both languages, or in neither.
fn pair(table: &Table, key: &str) -> Result<String, Fail> {
    let vi = string(table, &format!("{key}_vi"))?;
    let en = string(table, &format!("{key}_en"))?;
    if vi.is_empty() != en.is_empty() {
        return Err(format!("`{key}_vi` and `{key}_en`: give both or neither").into());
    }
    Ok(format!("Both {{ vi: {vi:?}, en: {en:?} }}"))
}
