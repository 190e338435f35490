//! Who the program is: from a file that only its owner may read, or from the environment.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nitro_jobs::ClientOptions;
use serde::Deserialize;

use crate::failure::Failure;

/// What a credentials file may hold, by the service's own names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "baseURL")]
    base_url: Option<String>,
    token: Option<String>,
    #[serde(rename = "clientID")]
    client_id: Option<String>,
    #[serde(rename = "clientSecret")]
    client_secret: Option<String>,
}

/// Options with the credentials of the file, or of the environment if no file is named.
pub fn options(file: Option<&Path>) -> Result<ClientOptions, Failure> {
    let Some(path) = file else {
        let options = ClientOptions::from_env().map_err(|e| Failure::credentials(e.message()))?;
        let set = |name: &str| std::env::var_os(name).is_some();
        if !set("NITRO_TOKEN") && !set("NITRO_CLIENT_ID") {
            return Err(Failure::credentials(
                "no credentials: set NITRO_CLIENT_ID and NITRO_CLIENT_SECRET, or NITRO_TOKEN, or name a file with \
                 --credentials",
            ));
        }
        return Ok(options);
    };
    let wrong = |what: &str| Failure::credentials(format!("{}: {what}", path.display()));
    let text = read(path)?;
    // What is wrong is told by its place: the file's contents are secret.
    let written: Written = serde_json::from_str(&text).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        wrong(&format!(
            "at line {line} column {column} it is no JSON object of \"clientID\" and \"clientSecret\", or \"token\", and \
             perhaps \"baseURL\""
        ))
    })?;
    let mut options = match std::env::var("NITRO_BASE_URL") {
        Ok(url) => ClientOptions::new().base_url(url),
        Err(_) => ClientOptions::new(),
    };
    if let Some(url) = written.base_url {
        options = options.base_url(url);
    }
    match (written.token, written.client_id, written.client_secret) {
        (Some(token), None, None) => Ok(options.token(token)),
        (None, Some(id), Some(secret)) => Ok(options.client_credentials(id, secret)),
        _ => Err(wrong(
            "it holds neither \"token\" alone nor \"clientID\" and \"clientSecret\" together",
        )),
    }
}

/// The text of the file, if nobody but its owner may read or change it.
fn read(path: &Path) -> Result<String, Failure> {
    let wrong = |what: &str| Failure::credentials(format!("{}: {what}", path.display()));
    let mut file = File::open(path).map_err(|e| wrong(&e.to_string()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Of the open file: a path may lead elsewhere by now.
        let mode = file
            .metadata()
            .map_err(|e| wrong(&e.to_string()))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(Failure::credentials(format!(
                "{path}: others may read or change it (mode {:03o}): run \"chmod 600 {path}\", and replace the secret if \
                 others may have read it",
                mode & 0o777
            )));
        }
    }
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|e| wrong(&e.to_string()))?;
    Ok(text)
}
