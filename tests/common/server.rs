//! Real servers from Debian's packages: each on a free port with its own configuration, ended when dropped.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::wait_for;

/// Longer than any of them takes to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

/// A running server program.
pub struct Server {
    child: Child,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts the command that `command` makes for a folder, and waits until all `ports` accept connections.
    pub fn start(ports: &[u16], command: impl FnOnce(&Path) -> Command) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        // A server that is started by root continues as another user, who needs access.
        open_to_all(folder.path(), 0o777);
        let log = File::create(folder.path().join("output")).expect("a file for its output");
        let mut command = command(folder.path());
        command.stdin(Stdio::null());
        command
            .stdout(log.try_clone().expect("the same file"))
            .stderr(log);
        let child = command.spawn().expect("the server can be started");
        let mut server = Self { child, folder };
        for &port in ports {
            let responds = wait_for(PATIENCE, || {
                if let Ok(Some(status)) = server.child.try_wait() {
                    panic!("{command:?} ended: {status}\n{}", server.output());
                }
                TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).ok()
            });
            assert!(
                responds.is_some(),
                "{command:?} accepted no connection\n{}",
                server.output()
            );
        }
        server
    }

    /// Its output so far.
    pub fn output(&self) -> String {
        self.file("output")
    }

    /// The content of one of its files.
    pub fn file(&self, name: &str) -> String {
        let bytes = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a file that the server may read under any user.
pub fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file for the server");
    open_to_all(path, 0o644);
}

fn open_to_all(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("its rights");
}
