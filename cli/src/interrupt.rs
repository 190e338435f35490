//! Ctrl-C and the signals to terminate: they cancel the running call, and the program then exits on its own.

use nitro_jobs::CancelToken;

use crate::exit;

/// The second signal ends the program at once.
fn on_signal(cancel: &CancelToken) {
    if cancel.is_cancelled() {
        std::process::exit(exit::CANCELLED.into());
    }
    cancel.cancel();
}

/// Lets SIGINT, SIGTERM and SIGHUP trigger the token, on a thread that waits for them.
#[cfg(unix)]
pub fn cancels(cancel: &CancelToken) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let cancel = cancel.clone();
    let wait = move || signals.forever().for_each(|_| on_signal(&cancel));
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(wait)?;
    Ok(())
}

/// Lets Ctrl-C trigger the token.
#[cfg(not(unix))]
pub fn cancels(cancel: &CancelToken) -> std::io::Result<()> {
    let cancel = cancel.clone();
    ctrlc::set_handler(move || on_signal(&cancel)).map_err(std::io::Error::other)
}
