//! The progress bar on a terminal.

use std::process::Command;

use crate::{PDF, PROGRAM, emulator, file, program, run};

#[test]
fn a_bar_is_drawn_on_a_terminal_only() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    // `run` looks for escape codes in what goes to a pipe.
    let piped = run(program(&emulator, &["run", "flatten", &one]));
    assert!(!piped.is(0).err.contains('['), "{}", piped.err);

    // script(1) runs the program on a terminal and returns its exit code.
    let on_a_terminal = |options: &str| {
        let output = Command::new("script")
            .args([
                "-qec",
                &format!("'{PROGRAM}' run flatten '{one}' {options}"),
                "/dev/null",
            ])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm")
            .env("NITRO_BASE_URL", emulator.base_url())
            .env("NITRO_TOKEN", emulator.token())
            .output()
            .expect("script(1) can be started");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = on_a_terminal("");
    assert!(shown.contains('\x1b') && shown.contains("%"), "{shown:?}");
    assert!(shown.contains("ticket: {"), "{shown:?}");
    for without in ["--quiet", "--json"] {
        let shown = on_a_terminal(without);
        assert!(!shown.contains('\x1b'), "{without}: {shown:?}");
    }
}
