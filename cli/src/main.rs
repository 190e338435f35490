//! `nitro-jobs`: Nitro's document jobs from the command line. See its `--help`, and the README beside it.

mod arguments;
mod commands;
mod credentials;
mod exit;
mod failure;
mod interrupt;
mod request;
mod show;

use std::process::ExitCode;

use arguments::{Arguments, Command, HELP};
use failure::Failure;
use nitro_jobs::CancelToken;
use show::Show;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            let (arguments, failure) = *wrong;
            let show = Show::new(arguments.json, true);
            show.failure(&failure);
            if !arguments.json {
                show.note("see \"nitro-jobs --help\"");
            }
            return ExitCode::from(failure.code());
        }
    };
    let show = Show::new(arguments.json, arguments.quiet);
    let outcome = start(&arguments, &show);
    let code = match outcome {
        // Where nobody reads the results, the command has not done what it was asked for.
        Ok(_) if !show.is_read() => exit::UNREAD,
        Ok(code) => code,
        Err(failure) => {
            // A stop is our own doing: because of the reader, or of Ctrl-C.
            let code = if show.is_read() {
                failure.code()
            } else {
                exit::UNREAD
            };
            show.failure(&failure);
            code
        }
    };
    show.end();
    ExitCode::from(code)
}

fn start(arguments: &Arguments, show: &Show) -> Result<u8, Failure> {
    match arguments.command {
        Some(Command::Help) | None => {
            show.text_or(
                &format!("{HELP}{}", exit::TABLE.trim_end()),
                "help",
                || serde_json::json!({ "text": format!("{HELP}{}", exit::TABLE) }),
            );
            return Ok(exit::DONE);
        }
        Some(Command::Version) => {
            let version = env!("CARGO_PKG_VERSION");
            show.text_or(
                &format!("nitro-jobs {version}"),
                "version",
                || serde_json::json!({ "version": version }),
            );
            return Ok(exit::DONE);
        }
        Some(Command::Catalog) => return commands::catalog(arguments, show),
        _ => {}
    }
    let cancel = CancelToken::new();
    interrupt::cancels(&cancel).map_err(|e| Failure::Own(70, format!("Ctrl-C cannot be heard: {e}")))?;
    commands::perform(arguments, show, &cancel)
}
