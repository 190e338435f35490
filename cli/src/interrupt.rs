//! Ctrl-C, and what asks as politely: what is under way is cancelled, and the program ends by itself.

use nitro_jobs::CancelToken;

use crate::exit;

/// Who asks twice wants no further word.
fn hear(cancel: &CancelToken) {
    if cancel.is_cancelled() {
        std::process::exit(exit::CANCELLED.into());
    }
    cancel.cancel();
}

/// Has SIGINT, SIGTERM and SIGHUP trigger the token, on a thread that waits for them.
#[cfg(unix)]
pub fn cancels(cancel: &CancelToken) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let cancel = cancel.clone();
    let wait = move || signals.forever().for_each(|_| hear(&cancel));
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(wait)?;
    Ok(())
}

/// Has Ctrl-C trigger the token.
#[cfg(not(unix))]
pub fn cancels(cancel: &CancelToken) -> std::io::Result<()> {
    let cancel = cancel.clone();
    ctrlc::set_handler(move || hear(&cancel)).map_err(std::io::Error::other)
}
