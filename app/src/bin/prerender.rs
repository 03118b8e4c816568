//! Writes every public page into Trunk's output:
//! `prerender --dist dist --operator operator.toml [--mode guide|service] [--pattern FILE]`; the
//! pattern page goes to a file of its own, outside of the site.
//!
//! The operator's file is part of the build already; it is named again so that a site is never
//! made of two different ones by accident.
#![expect(clippy::print_stdout, reason = "a build step reports what it wrote")]

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use app::{
    colours, directory, document,
    operator::{Mode, OPERATOR, SOURCE},
    pattern,
    routes::{Lang, Page, Route},
    site, start,
};
use recovery::headers;
use sha2::{Digest as _, Sha256};

type Fail = Box<dyn Error>;

/// Trunk's page, kept beside the site while it is made.
const TEMPLATE: &str = "index.template.html";

fn main() -> Result<(), Fail> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    arguments.check()?;
    let template_path = arguments.dist.join(TEMPLATE);
    let index = arguments.dist.join("index.html");
    // The template is kept, so that a second run over the same output works.
    let fresh = fs::read_to_string(&index)?;
    let template = if fresh.contains("<!--head-->") {
        fs::write(&template_path, &fresh)?;
        fresh
    } else {
        fs::read_to_string(&template_path)?
    };
    let template = with_colours(start::after_first_paint(&template)?, &arguments.dist)?;
    let mut written = 0;
    for lang in Lang::ALL {
        for page in Page::every().chain([Page::NotFound]) {
            let route = Route { lang, page };
            let file = arguments.dist.join(file_name(route));
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(file, document::render(&template, route)?)?;
            written += 1;
        }
    }
    directory_files(&arguments.dist)?;
    if let Some(file) = &arguments.pattern {
        fs::write(file, pattern::render(&template)?)?;
    }
    beside_pages(&arguments.dist, &template)?;
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

/// What a site has beside its pages; the service worker's list last, for it names all the others.
fn beside_pages(dist: &Path, template: &str) -> Result<(), Fail> {
    let well_known = dist.join(".well-known");
    fs::create_dir_all(&well_known)?;
    fs::write(well_known.join("security.txt"), site::security_txt(now()?))?;
    fs::write(dist.join("_redirects"), site::redirects())?;
    fs::write(dist.join("robots.txt"), site::robots(dist.join("sitemap.xml").is_file()))?;
    let manifest = site::manifest(dist.join("co-quan.html").is_file());
    fs::write(dist.join("manifest.webmanifest"), manifest)?;
    // Every style sheet of the pages: the site's own, and the operator's colours.
    let style: String = template
        .split("<link ")
        .filter(|link| link.starts_with("rel=\"stylesheet\""))
        .filter_map(|link| link.split_once('>'))
        .fold(String::new(), |all, (link, _)| all + "<link " + link + ">");
    if style.is_empty() {
        return Err("the template has no style sheet".into());
    }
    for lang in Lang::ALL {
        let file = [site::offline_path(lang).trim_start_matches('/'), ".html"].concat();
        fs::write(dist.join(file), site::offline_page(lang, &style))?;
    }
    let worker = dist.join("sw.js");
    let script = fs::read_to_string(&worker).map_err(|e| format!("{}: {e}", worker.display()))?;
    let script = match script.split_once('\n') {
        Some((list, script)) if list.starts_with(site::WORKER_LIST) => script,
        _ => &script,
    };
    fs::write(&worker, offline_list(dist)?.line() + script)?;
    Ok(())
}

/// Seconds since 1970; `SOURCE_DATE_EPOCH` makes a build repeatable.
fn now() -> Result<i64, Fail> {
    if let Ok(set) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(set.parse()?);
    }
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_secs())?)
}

/// What the directory has beside its pages: site map, all offices in one file, licences.
fn directory_files(dist: &Path) -> Result<(), Fail> {
    let beside = |address: &str| dist.join(address.trim_start_matches('/'));
    if let Some(map) = directory::site_map(OPERATOR.site_url) {
        fs::write(beside("sitemap.xml"), map)?;
    }
    for lang in Lang::ALL {
        let pages = directory::all_pages(lang).ok_or("the directory cannot be read")?;
        fs::write(beside(&directory::all_pages_path(lang)), pages)?;
    }
    let (address, notices) = directory::licences();
    fs::write(beside(address), notices)?;
    Ok(())
}

/// What devices keep from the start: every hashed file, data, icons, and the pages of the first
/// level in both languages. Pages of offices are kept once visited, and made from one file before.
fn offline_list(dist: &Path) -> Result<site::Offline, Fail> {
    let mut list = site::Offline::default();
    let mut digest = Sha256::new();
    for file in files(dist, Path::new(""))? {
        let address = site::address(&file);
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let is_page = name.ends_with(".html");
        let depth = file.components().count();
        let is_shell = is_hashed(&name)
            || name.ends_with(".bin")
            || name == "manifest.webmanifest"
            || name == "offline.js"
            || name == "finder.js"
            || name == "icon-192.png";
        let is_first_level = is_page
            && (depth == 1 || (depth == 2 && file.starts_with("en")))
            && site::may_be_kept(&address);
        let is_of_directory = Lang::ALL.iter().any(|lang| {
            let coverage = Route { lang: *lang, page: Page::Coverage }.href();
            directory::all_pages_path(*lang) == address || coverage == address
        });
        if is_shell {
            list.shell.push(address);
        } else if is_first_level || is_of_directory {
            list.pages.push(address);
        } else if !name.starts_with("ngoai-tuyen") {
            continue;
        }
        digest.update(file.to_string_lossy().as_bytes());
        digest.update(fs::read(dist.join(&file))?);
    }
    for byte in digest.finalize().iter().take(8) {
        write!(list.version, "{byte:02x}")?;
    }
    Ok(list)
}

/// Every file below `dist`, in a fixed order, as seen from there.
fn files(dist: &Path, inside: &Path) -> Result<Vec<PathBuf>, Fail> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dist.join(inside))? {
        let entry = entry?;
        let name = entry.file_name();
        // Trunk's scratch space and our own template are no part of the site.
        if name.to_string_lossy().starts_with('.') || name == TEMPLATE {
            continue;
        }
        let path = inside.join(name);
        if entry.file_type()?.is_dir() {
            found.extend(files(dist, &path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Cloudflare's `_headers` file: security headers everywhere, pages asked for again each time,
/// hashed files kept for good.
fn header_rules(template: &str, dist: &Path) -> Result<String, Fail> {
    let mut rules = String::from("/*\n");
    for (name, value) in headers::SECURITY {
        writeln!(rules, "  {name}: {value}")?;
    }
    let policy = headers::page_policy(&document::script_hashes(template), OPERATOR.serves());
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

/// Whether the name holds a hash of the content: Trunk's as in `browser-0a1b2c3d4e5f6071.js`,
/// `…_bg.wasm`, or esbuild's as in `finder_bg-K3QX7ABC.wasm`.
fn is_hashed(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, _)| {
        stem.trim_end_matches("_bg").rsplit_once('-').is_some_and(|(_, hash)| {
            // Trunk's hashes, and esbuild's.
            (hash.len() >= 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
                || (hash.len() == 8
                    && hash.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
        })
    })
}

/// The command line.
struct Arguments {
    dist: PathBuf,
    operator: Option<PathBuf>,
    mode: Option<String>,
    pattern: Option<PathBuf>,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Fail> {
        let dist = PathBuf::from("dist");
        let mut arguments = Self { dist, operator: None, mode: None, pattern: None };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} wants a value"))?;
            match word.as_str() {
                "--dist" => arguments.dist = value.into(),
                "--operator" => arguments.operator = Some(value.into()),
                "--mode" => arguments.mode = Some(value),
                "--pattern" => arguments.pattern = Some(value.into()),
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
