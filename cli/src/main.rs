//! `nitro-jobs`: Nitro's document jobs from the command line. See `--help` and the README in this folder.

mod arguments;
mod commands;
mod credentials;
mod exit;
mod failure;
mod input;
mod interrupt;
mod printable;
mod request;
mod show;

use std::process::ExitCode;

use arguments::{Arguments, Command, HELP};
use failure::Failure;
use input::Limits;
use nitro_jobs::CancelToken;
use show::Show;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let (arguments, failure) = *error;
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
    let code = match &outcome {
        Ok(code) => *code,
        Err(failure) => failure.code(),
    };
    // The program stops a call itself if standard output cannot be written: that is not the failure.
    if let Err(failure) = &outcome
        && (show.is_written() || !failure.is_own_stop())
    {
        show.failure(failure);
    }
    // If the results could not be printed, the command has failed.
    let code = show.broken_code().unwrap_or(code);
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
    interrupt::cancels(&cancel)
        .map_err(|e| Failure::Own(70, format!("the signal handler cannot be installed: {e}")))?;
    let limits = Limits::new(cancel, arguments.timeout);
    commands::perform(arguments, show, &limits)
}
