//! Credentials, from a file that only its owner can read, or from the environment.

use std::fs::File;
use std::path::Path;

use nitro_jobs::ClientOptions;
use serde::Deserialize;

use crate::failure::Failure;
use crate::input::Limits;

/// The fields of a credentials file, with the names that the service uses.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialsFile {
    #[serde(rename = "baseURL")]
    base_url: Option<String>,
    token: Option<String>,
    #[serde(rename = "clientID")]
    client_id: Option<String>,
    #[serde(rename = "clientSecret")]
    client_secret: Option<String>,
}

/// Options with the credentials of the file, or of the environment if no file is named.
pub fn options(file: Option<&Path>, limits: &Limits) -> Result<ClientOptions, Failure> {
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
    let invalid = |what: &str| Failure::credentials(format!("{}: {what}", path.display()));
    let text = limits
        .text_if(path, check_mode)
        .map_err(|unread| unread.into_failure(|what| invalid(&what)))?;
    // The message gives the position only: the contents are secret.
    let fields: CredentialsFile = serde_json::from_str(&text).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        invalid(&format!(
            "line {line}, column {column}: this is not a JSON object with \"clientID\" and \"clientSecret\", or \"token\", and \
             optionally \"baseURL\""
        ))
    })?;
    let mut options = match std::env::var("NITRO_BASE_URL") {
        Ok(url) => ClientOptions::new().base_url(url),
        Err(_) => ClientOptions::new(),
    };
    if let Some(url) = fields.base_url {
        options = options.base_url(url);
    }
    match (fields.token, fields.client_id, fields.client_secret) {
        (Some(token), None, None) => Ok(options.token(token)),
        (None, Some(id), Some(secret)) => Ok(options.client_credentials(id, secret)),
        _ => Err(invalid(
            "the file contains neither \"token\" alone nor \"clientID\" and \"clientSecret\" together",
        )),
    }
}

/// Rejects a file that others can read or change.
fn check_mode(path: &Path, file: &File) -> Result<(), String> {
    #[cfg(not(unix))]
    let _ = (path, file);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The mode of the open file: the path may name another file by now.
        let mode = file.metadata().map_err(|e| e.to_string())?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(format!(
                "others can read or change this file (mode {:03o}): run \"chmod 600 {}\", and replace the secret if others may \
                 have read it",
                mode & 0o777,
                path.display()
            ));
        }
    }
    Ok(())
}
