//! Writes every public page into Trunk's output:
//! `prerender --dist dist --operator operator.toml [--mode guide|service]`.
//!
//! The operator's file is part of the build already; it is named again so that a site is never
//! made of two different ones by accident.
#![expect(clippy::print_stdout, reason = "a build step reports what it wrote")]

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use app::{
    colours, document,
    operator::{Mode, OPERATOR, SOURCE},
    routes::{Lang, Page, Route},
};
use recovery::headers;

type Fail = Box<dyn Error>;

fn main() -> Result<(), Fail> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    arguments.check()?;
    let template_path = arguments.dist.join("index.template.html");
    let index = arguments.dist.join("index.html");
    // The template is kept, so that a second run over the same output works.
    let fresh = fs::read_to_string(&index)?;
    let template = if fresh.contains("<!--head-->") {
        fs::write(&template_path, &fresh)?;
        fresh
    } else {
        fs::read_to_string(&template_path)?
    };
    let template = with_colours(template, &arguments.dist)?;
    let mut written = 0;
    for lang in Lang::ALL {
        for page in Page::ALL.into_iter().chain([Page::NotFound]) {
            let route = Route { lang, page };
            let file = arguments.dist.join(file_name(route));
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(file, document::render(&template, route)?)?;
            written += 1;
        }
    }
    fs::write(arguments.dist.join("_headers"), header_rules(&template, &arguments.dist)?)?;
    fs::remove_file(&template_path)?;
    println!("prerender: {written} pages");
    Ok(())
}

/// Adds the operator's colours, in a hashed sheet of their own, where they are not the built-in
/// ones.
fn with_colours(template: String, dist: &Path) -> Result<String, Fail> {
    let Some(sheet) = colours::sheet(&OPERATOR.colours)? else {
        return Ok(template);
    };
    let name = format!("operator-{}.css", document::file_hash(&sheet));
    fs::write(dist.join(&name), sheet)?;
    let link = format!("<link rel=\"stylesheet\" href=\"/{name}\"></head>");
    Ok(template.replacen("</head>", &link, 1))
}

/// Where a route's document lies, so that `/email` finds it: `email.html`, `en/email.html`.
fn file_name(route: Route) -> String {
    match (route.page, route.lang) {
        (Page::NotFound, Lang::Vi) => String::from("404.html"),
        (Page::NotFound, Lang::En) => String::from("en/404.html"),
        (Page::Home, Lang::Vi) => String::from("index.html"),
        _ => format!("{}.html", route.href().trim_start_matches('/')),
    }
}

/// Cloudflare's `_headers` file: security headers everywhere, pages asked for again each time,
/// hashed files kept for good.
fn header_rules(template: &str, dist: &Path) -> Result<String, Fail> {
    let mut rules = String::from("/*\n");
    for (name, value) in headers::SECURITY {
        writeln!(rules, "  {name}: {value}")?;
    }
    let policy = headers::page_policy(&document::script_hashes(template));
    writeln!(rules, "  {}: {policy}", headers::POLICY)?;
    writeln!(rules, "  cache-control: no-cache")?;
    let mut hashed: Vec<String> = fs::read_dir(dist)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_hashed(name))
        .collect();
    hashed.sort();
    for name in hashed {
        // `!` takes the rule above back; without it both values would be sent.
        writeln!(rules, "/{name}\n  ! cache-control")?;
        writeln!(rules, "  cache-control: public, max-age=31536000, immutable")?;
    }
    Ok(rules)
}

/// Whether Trunk has put a hash into the name: `browser-0a1b2c3d4e5f6071.js`, `…_bg.wasm`.
fn is_hashed(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, _)| {
        stem.trim_end_matches("_bg").rsplit_once('-').is_some_and(|(_, hash)| {
            hash.len() >= 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    })
}

/// The command line.
struct Arguments {
    dist: PathBuf,
    operator: Option<PathBuf>,
    mode: Option<String>,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Fail> {
        let mut arguments = Self { dist: PathBuf::from("dist"), operator: None, mode: None };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} wants a value"))?;
            match word.as_str() {
                "--dist" => arguments.dist = value.into(),
                "--operator" => arguments.operator = Some(value.into()),
                "--mode" => arguments.mode = Some(value),
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        Ok(arguments)
    }

    /// Refuses to mix the operator baked in with another one.
    fn check(&self) -> Result<(), Fail> {
        let baked = match OPERATOR.mode {
            Mode::Guide => "guide",
            Mode::Service => "service",
        };
        if self.mode.as_deref().is_some_and(|mode| mode != baked) {
            return Err(format!("built for mode {baked}: rebuild with CHIAKHOA_MODE").into());
        }
        match &self.operator {
            Some(path) if fs::read_to_string(path)? != SOURCE => {
                Err(format!("{} has changed since this was built", path.display()).into())
            }
            _ => Ok(()),
        }
    }
}
