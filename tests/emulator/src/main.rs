//! `nitro-emulator serve` and `nitro-emulator submit FILE`.

use nitro_emulator::{Config, Emulator, Scenario, Tls};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::process::ExitCode;

const USAGE: &str = "\
nitro-emulator serve [--port P] [--scenario FILE|JSON] [--token T] [--base-path P] [--cert F --key F]
                     [--client-ca F] [--until-stdin-closes]
    Serves until it is killed. The first line of output is the base URL.
nitro-emulator submit FILE [--base URL] [--token T] [--scenario FILE|JSON] [--endpoint E] [--method M] [--params JSON]
    Submits FILE as a client would (default: transformations, compress, {}) and prints the job's id.
    The base URL and the token may also come from NITRO_BASE_URL and NITRO_TOKEN.
";

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let outcome = match command.as_str() {
        "serve" => Options::parse(arguments, &["--until-stdin-closes"]).and_then(|options| serve(&options)),
        "submit" => Options::parse(arguments, &[]).and_then(|options| submit(&options)),
        "--help" | "-h" | "help" => io::stdout().write_all(USAGE.as_bytes()).map_err(Failure::from),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// The arguments of a command line: options with values, flags, and the rest.
struct Options {
    values: HashMap<String, String>,
    rest: Vec<String>,
}

impl Options {
    fn parse(mut words: impl Iterator<Item = String>, flags: &[&str]) -> Result<Self, Failure> {
        let mut options = Self {
            values: HashMap::new(),
            rest: Vec::new(),
        };
        while let Some(word) = words.next() {
            if flags.contains(&word.as_str()) {
                options.values.insert(word, String::new());
            } else if word.starts_with("--") {
                let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
                options.values.insert(word, value);
            } else {
                options.rest.push(word);
            }
        }
        Ok(options)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn file(&self, name: &str) -> Result<Option<String>, Failure> {
        self.get(name)
            .map(std::fs::read_to_string)
            .transpose()
            .map_err(Failure::from)
    }

    /// A scenario, given as JSON or as the name of a file that contains it.
    fn scenario(&self) -> Result<Option<String>, Failure> {
        match self.get("--scenario") {
            Some(text) if !text.trim_start().starts_with('{') => self.file("--scenario"),
            text => Ok(text.map(str::to_owned)),
        }
    }
}

fn serve(options: &Options) -> Result<(), Failure> {
    let mut config = Config::default();
    if let Some(port) = options.get("--port") {
        config.port = port.parse()?;
    }
    if let Some(token) = options.get("--token") {
        config.token = token.to_owned();
    }
    if let Some(path) = options.get("--base-path") {
        config.base_path = path.to_owned();
    }
    if let Some(text) = options.scenario()? {
        config.scenario = serde_json::from_str::<Scenario>(&text)?;
    }
    config.tls = match (options.file("--cert")?, options.file("--key")?) {
        (Some(cert_pem), Some(key_pem)) => Some(Tls {
            cert_pem,
            key_pem,
            client_ca_pem: options.file("--client-ca")?,
        }),
        (None, None) => None,
        _ => return Err("--cert and --key must be given together".into()),
    };
    let emulator = Emulator::start(config)?;
    let mut out = io::stdout();
    writeln!(out, "{}", emulator.base_url())?;
    out.flush()?;
    if options.get("--until-stdin-closes").is_some() {
        io::copy(&mut io::stdin(), &mut io::sink())?;
        return Ok(());
    }
    loop {
        std::thread::park();
    }
}

/// The media type of a file by its extension; the service rejects documents without one.
fn media_type(name: &str) -> Result<&'static str, Failure> {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default();
    Ok(match extension.as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "tif" | "tiff" => "image/tiff",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "rtf" => "application/rtf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => return Err(format!("{name}: no media type is known for this file name extension").into()),
    })
}

/// The bytes of the form. The boundary is unlikely enough to occur in a document.
fn form(parts: &[(&str, &str)], name: &str, kind: &str, document: &[u8], boundary: &str) -> Vec<u8> {
    let mut body = Vec::with_capacity(document.len() + 1024);
    for (field, value) in parts {
        let head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    let name = name.replace(['"', '\r', '\n'], "_");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(document);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}

fn submit(options: &Options) -> Result<(), Failure> {
    let [file] = options.rest.as_slice() else {
        return Err(USAGE.into());
    };
    let named = |option: &str, variable: &str| {
        options
            .get(option)
            .map(str::to_owned)
            .or_else(|| std::env::var(variable).ok())
    };
    let base = named("--base", "NITRO_BASE_URL").ok_or("--base or NITRO_BASE_URL is needed")?;
    let token = named("--token", "NITRO_TOKEN").unwrap_or_else(|| Config::default().token);
    let endpoint = options.get("--endpoint").unwrap_or("transformations");
    let method = options.get("--method").unwrap_or("compress");
    let params = options.get("--params").unwrap_or("{}");
    let name = std::path::Path::new(file)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let document = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let boundary = format!("nitro-emulator-{:032x}", std::process::id());
    let parts = [("method", method), ("params", params)];
    let body = form(&parts, &name, media_type(&name)?, &document, &boundary);

    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = agent
        .post(format!("{}/{endpoint}", base.trim_end_matches('/')))
        .header("Authorization", format!("Bearer {token}"))
        .header("Prefer", "respond-async")
        .header("Accept", "application/json")
        .header(
            "Content-Type",
            format!("multipart/form-data; boundary={boundary}"),
        );
    if let Some(scenario) = options.scenario()? {
        // A header is one line.
        request = request.header("X-Emulator-Scenario", scenario.replace(['\r', '\n'], " "));
    }
    let mut response = request.send(&body[..])?;
    if response.status() != 202 {
        let mut text = String::new();
        response.body_mut().as_reader().read_to_string(&mut text)?;
        return Err(format!("{}: {text}", response.status()).into());
    }
    let location = response
        .headers()
        .get("location")
        .and_then(|value| value.to_str().ok());
    let path = location
        .ok_or("the response has no Location")?
        .trim_end_matches("/status");
    writeln!(io::stdout(), "{}", path.rsplit('/').next().unwrap_or_default())?;
    Ok(())
}
