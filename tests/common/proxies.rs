//! Proxies as companies run them: squid and tinyproxy for HTTP, microsocks for SOCKS5.

use std::process::Command;

use super::server::{Server, free_port, write};
use super::tools;

/// The user of a proxy with authentication. The password has characters that must be percent-encoded in a URL.
pub const USER: &str = "clerk";
pub const PASSWORD: &str = "p@ss:w/r d%41";
pub const PASSWORD_ENCODED: &str = "p%40ss%3Aw%2Fr%20d%2541";
/// A password that tinyproxy's configuration can hold.
pub const PLAIN_PASSWORD: &str = "plainsecret4711";

/// A running proxy.
pub struct Proxy {
    pub port: u16,
    server: Server,
}

impl Proxy {
    pub fn http(&self, login: &str) -> String {
        format!("http://{login}127.0.0.1:{}", self.port)
    }

    pub fn socks(&self, login: &str) -> String {
        format!("socks5h://{login}127.0.0.1:{}", self.port)
    }

    /// Squid's access log.
    pub fn access(&self) -> String {
        self.server.file("access.log")
    }
}

/// squid as Debian configures it: tunnels to port 443 and to `also` only. With `password` it requires authentication.
pub fn squid(also: &[u16], password: bool) -> Option<Proxy> {
    let program = tools::server("squid")?;
    let helper = "/usr/lib/squid/basic_ncsa_auth";
    let port = free_port();
    let server = Server::start(&[port], |folder| {
        let at = folder.display();
        let users = folder.join("users");
        // openssl passwd -apr1 -salt nitrojob 'p@ss:w/r d%41'
        write(&users, &format!("{USER}:{APR1}\n"));
        let ports: Vec<_> = also.iter().map(|port| format!(" {port}")).collect();
        let (scheme, allowed) = if password {
            let users = users.display();
            let auth = format!("auth_param basic program {helper} {users}\nacl users proxy_auth REQUIRED\n");
            (auth, "users")
        } else {
            (String::new(), "all")
        };
        let config = format!(
            "http_port 127.0.0.1:{port}\npid_filename {at}/pid\ncache_log {at}/cache.log\n\
             access_log stdio:{at}/access.log\nlogfile_rotate 0\ncache deny all\ncoredump_dir {at}\n\
             pinger_enable off\nmax_filedescriptors 1024\nshutdown_lifetime 0 seconds\n\
             visible_hostname squid.test\nunlinkd_program /bin/true\n{scheme}\
             acl SSL_ports port 443{}\nacl CONNECT method CONNECT\nhttp_access deny CONNECT !SSL_ports\n\
             http_access allow {allowed}\nhttp_access deny all\n",
            ports.concat()
        );
        write(&folder.join("squid.conf"), &config);
        let mut command = Command::new(program);
        command.arg("-N").arg("-f").arg(folder.join("squid.conf"));
        command
    });
    Some(Proxy { port, server })
}

/// The hash of `PASSWORD`, as Apache and squid know it.
const APR1: &str = "$apr1$nitrojob$ErUNSjEEoJmdY6PsQFlE9.";

/// tinyproxy, which allows tunnels to any port. With `password` it requires `PLAIN_PASSWORD`.
pub fn tinyproxy(password: bool) -> Option<Proxy> {
    let program = tools::server("tinyproxy")?;
    let port = free_port();
    let server = Server::start(&[port], |folder| {
        let login = if password {
            format!("BasicAuth {USER} {PLAIN_PASSWORD}\n")
        } else {
            String::new()
        };
        let config = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 600\nAllow 127.0.0.1\nMaxClients 100\nLogLevel Error\n{login}"
        );
        write(&folder.join("tinyproxy.conf"), &config);
        let mut command = Command::new(program);
        command.arg("-d").arg("-c").arg(folder.join("tinyproxy.conf"));
        command
    });
    Some(Proxy { port, server })
}

/// microsocks. With `password` it requires `PASSWORD`.
pub fn microsocks(password: bool) -> Option<Proxy> {
    let program = tools::server("microsocks")?;
    let port = free_port();
    let server = Server::start(&[port], |_| {
        let mut command = Command::new(program);
        command.args(["-i", "127.0.0.1", "-p", &port.to_string()]);
        if password {
            command.args(["-u", USER, "-P", PASSWORD]);
        }
        command
    });
    Some(Proxy { port, server })
}
