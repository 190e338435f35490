//! The desktop example on a virtual display: its bar moves, it stays responsive during a wait, and it can be
//! cancelled and closed at any time. `NITRO_UPDATE_SCREENSHOT=1` updates the screenshot in docs/EMBEDDING.md.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use crate::common;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use common::program::{Program, command};
use common::{c, emulator, manual, until};
use nitro_emulator::{Emulator, Fault};

/// Whether everything is there to build, show and drive the example. Where it is not the test must return.
fn can_show() -> bool {
    let mut gtk = Command::new("pkg-config");
    let gtk = gtk.args(["--exists", "gtk+-3.0"]).status();
    let found = gtk.is_ok_and(|status| status.success());
    c::have_all(&["pkg-config", "Xvfb", "xdotool", "import"]) & c::have_if(found, "gtk+-3.0")
}

/// The example, compiled once.
fn built() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let (program, library) = (c::build_dir().join("progress"), c::library());
        let flags = c::succeeds(Command::new("pkg-config").args(["--cflags", "--libs", "gtk+-3.0"]));
        let mut cc = Command::new("cc");
        cc.args(c::STRICT_C)
            .arg(c::root().join("examples/gtk/progress.c"));
        cc.arg("-I")
            .arg(c::root().join("include"))
            .args(flags.split_whitespace());
        cc.arg("-L")
            .arg(&library)
            .arg(format!("-Wl,-rpath,{}", library.display()));
        c::succeeds(cc.args(["-lnitro_jobs", "-o"]).arg(&program));
        program
    })
}

/// A virtual display, ended when it is dropped.
struct Display {
    server: Child,
    name: String,
    home: tempfile::TempDir,
}

impl Display {
    fn start() -> Self {
        let mut server = Command::new("Xvfb");
        // Without the last one it restarts whenever its last client leaves, and rejects clients meanwhile.
        server.args(["-displayfd", "1", "-screen", "0", "1024x768x24"]);
        server.args(["-nolisten", "tcp", "-noreset"]);
        let mut server = server
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        let mut printed = BufReader::new(server.stdout.take().unwrap());
        printed.read_line(&mut number).unwrap();
        Self {
            server,
            name: format!(":{}", number.trim()),
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> Command {
        let mut tool = Command::new(name);
        tool.args(arguments).env("DISPLAY", &self.name);
        tool
    }

    /// Starts the example with GTK's own theme, scaled by `scale`.
    fn show(&self, emulator: &Emulator, id: &str, scale: u32) -> (Program, Window<'_>) {
        let mut command = command(built(), emulator);
        let home = self.home.path();
        command
            .env("DISPLAY", &self.name)
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home);
        command
            .env("GDK_BACKEND", "x11")
            .env("GTK_THEME", "Adwaita")
            .env("GDK_SCALE", scale.to_string());
        command
            .env("GSETTINGS_BACKEND", "memory")
            .env("NO_AT_BRIDGE", "1")
            .arg(id);
        let mut program = Program::start(command, emulator.token());
        let mut id = String::new();
        until("there is a window", || {
            let search = ["search", "--onlyvisible", "--name", "^Nitro job"];
            let found = self.tool("xdotool", &search).output().unwrap();
            id = String::from_utf8(found.stdout).unwrap().trim().to_owned();
            !id.is_empty() || program.has_ended()
        });
        assert!(!id.is_empty(), "the program ended without a window");
        let window = Window {
            display: self,
            id,
            scale: i32::try_from(scale).unwrap(),
        };
        (program, window)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The example's window, driven as by a user.
struct Window<'a> {
    display: &'a Display,
    id: String,
    scale: i32,
}

/// The buttons' positions: from the left and top edge, or if negative from the right and bottom edge.
const DETAILS: (i32, i32) = (60, -38);
const CANCEL: (i32, i32) = (-60, -38);
const FOLLOW: (i32, i32) = (-60, 85);
const CLOSE: (i32, i32) = (-27, 27);

impl Window<'_> {
    fn query(&self, question: &str, more: &[&str]) -> String {
        let arguments: Vec<_> = [question]
            .iter()
            .chain(more)
            .copied()
            .chain([self.id.as_str()])
            .collect();
        c::succeeds(&mut self.display.tool("xdotool", &arguments))
    }

    fn await_title(&self, title: &str) {
        until(title, || {
            self.query("getwindowname", &[]).trim() == format!("Nitro job: {title}")
        });
    }

    /// Left, top, width, height.
    fn place(&self) -> [i32; 4] {
        let printed = self.query("getwindowgeometry", &["--shell"]);
        let value = |name: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim_start_matches('=').parse().unwrap()
        };
        ["X", "Y", "WIDTH", "HEIGHT"].map(value)
    }

    fn click(&self, (x, y): (i32, i32)) {
        let [left, top, width, height] = self.place();
        let inside = |at: i32, length: i32| (at * self.scale).rem_euclid(length);
        let (x, y) = (left + inside(x, width), top + inside(y, height));
        let (x, y) = (x.to_string(), y.to_string());
        c::succeeds(&mut self.display.tool("xdotool", &["mousemove", &x, &y, "click", "1"]));
    }

    /// The number of its pixels in the colour of the bar.
    fn blue(&self) -> usize {
        let mut import = self
            .display
            .tool("import", &["-window", &self.id, "-depth", "8", "rgb:-"]);
        let seen = import.output().unwrap().stdout;
        let blue = |pixel: &&[u8]| pixel[2] > 150 && pixel[2] - 100 > pixel[0];
        seen.chunks_exact(3).filter(blue).count()
    }
}

#[test]
fn the_window_stays_responsive_during_a_wait() {
    if !can_show() {
        return;
    }
    let (emulator, display) = (emulator(), Display::start());
    let job = emulator.create_job(manual());
    emulator.set_progress(&job, 0.4);
    let (program, window) = display.show(&emulator, &job, 1);
    window.await_title("40 %");
    until("the bar is there", || window.blue() > 100);
    let bar = window.blue();
    emulator.set_progress(&job, 0.8);
    window.await_title("80 %");
    until("the bar has moved", || window.blue() > bar * 3 / 2);

    let height = window.place()[3];
    window.click(DETAILS);
    until("the ticket is shown", || window.place()[3] > height);
    window.click(DETAILS);
    until("the ticket is hidden", || window.place()[3] == height);
    window.await_title("80 %");
    emulator.finish(&job);
    window.await_title("completed");
    window.click(CLOSE);
    let ended = program.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn cancel_ends_the_wait_and_the_job_can_be_resumed() {
    if !can_show() {
        return;
    }
    let (emulator, display) = (emulator(), Display::start());
    let job = emulator.create_job(manual());
    emulator.set_progress(&job, 0.4);
    let (program, window) = display.show(&emulator, &job, 1);
    window.await_title("40 %");
    window.click(CANCEL);
    window.await_title("cancelled");
    window.click(FOLLOW);
    window.await_title("40 %");
    window.click(CANCEL);
    window.await_title("cancelled");
    window.click(CLOSE);
    let ended = program.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_window_can_be_closed_during_a_wait() {
    if !can_show() {
        return;
    }
    let (emulator, display) = (emulator(), Display::start());
    let job = emulator.create_job(manual());
    emulator.set_progress(&job, 0.4);
    let (program, window) = display.show(&emulator, &job, 1);
    window.await_title("40 %");
    window.click(CLOSE);
    let ended = program.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));

    // Also while the service sends nothing.
    emulator.fault_all(Some(Fault::hang(0)));
    let (program, window) = display.show(&emulator, &job, 1);
    window.await_title("waiting");
    until("a request arrives", || emulator.connections() > 1);
    window.click(CLOSE);
    let ended = program.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_window_shows_errors() {
    if !can_show() {
        return;
    }
    let (emulator, display) = (emulator(), Display::start());
    let (program, window) = display.show(&emulator, "never-was", 1);
    window.await_title("no result");
    window.click(CLOSE);
    assert_eq!(program.end().code, Some(0));
}

#[test]
fn the_screenshot_in_the_manual_shows_this_window() {
    let picture = c::root().join("docs/gtk-progress.png");
    if std::env::var_os("NITRO_UPDATE_SCREENSHOT").is_some() && can_show() {
        let (emulator, display) = (emulator(), Display::start());
        let job = emulator.create_job(manual());
        emulator.set_progress(&job, 0.4);
        let (program, window) = display.show(&emulator, &job, 2);
        window.await_title("40 %");
        until("the bar is there", || window.blue() > 100);
        let file = picture.to_str().unwrap();
        let arguments = [
            "-window",
            &window.id,
            "-strip",
            "-define",
            "png:compression-level=9",
            file,
        ];
        c::succeeds(&mut display.tool("import", &arguments));
        window.click(CLOSE);
        assert_eq!(program.end().code, Some(0));
    }
    let bytes = std::fs::read(&picture).unwrap();
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() < 60_000);
    let page = std::fs::read_to_string(c::root().join("docs/EMBEDDING.md")).unwrap();
    assert!(page.contains("gtk-progress.png"));
}
