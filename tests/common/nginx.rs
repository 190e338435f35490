//! nginx as the TLS reverse proxy of an emulator.

use std::process::Command;

use super::pki::Pair;
use super::server::{Server, free_port, write};
use super::tools;

/// One virtual server: its certificate, and what it requires.
pub struct Front {
    pub pair: Pair,
    /// As nginx names them: `TLSv1.2 TLSv1.3`.
    pub protocols: &'static str,
    /// Clients must have a certificate of this authority.
    pub clients: Option<String>,
    /// Whether nginx buffers responses, as it does by default.
    pub buffering: bool,
    /// Further lines of its configuration.
    pub extra: String,
}

impl Front {
    pub fn new(pair: Pair) -> Self {
        Self {
            pair,
            protocols: "TLSv1.2 TLSv1.3",
            clients: None,
            buffering: false,
            extra: String::new(),
        }
    }
}

/// A running nginx; its virtual servers have the ports in their order.
pub struct Nginx {
    pub ports: Vec<u16>,
    _server: Server,
}

impl Nginx {
    /// Starts nginx as a proxy for the service at `upstream`, such as `https://127.0.0.1:4711`.
    pub fn start(upstream: &str, fronts: &[Front]) -> Option<Self> {
        let program = tools::server("nginx")?;
        let ports: Vec<_> = fronts.iter().map(|_| free_port()).collect();
        let server = Server::start(&ports, |folder| {
            let at = folder.display();
            let mut servers = String::new();
            for (index, (front, port)) in fronts.iter().zip(&ports).enumerate() {
                let file = |kind: &str| folder.join(format!("{index}-{kind}.pem"));
                write(&file("cert"), &front.pair.certificate);
                write(&file("key"), &front.pair.key);
                let clients = match &front.clients {
                    None => String::new(),
                    Some(authority) => {
                        write(&file("clients"), authority);
                        let path = file("clients");
                        format!("ssl_client_certificate {}; ssl_verify_client on;", path.display())
                    }
                };
                let (cert, key) = (file("cert"), file("key"));
                let buffering = if front.buffering { "on" } else { "off" };
                servers.push_str(&format!(
                    "server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {}; ssl_certificate_key {}; \
                     ssl_protocols {}; {clients} location / {{ proxy_pass {upstream}; proxy_http_version 1.1; \
                     proxy_set_header Host $http_host; proxy_set_header Connection ''; \
                     proxy_buffering {buffering}; proxy_read_timeout 600s; }} {} }}\n",
                    cert.display(),
                    key.display(),
                    front.protocols,
                    front.extra
                ));
            }
            let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .iter()
                .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
                .collect();
            let config = format!(
                "daemon off; master_process off; pid {at}/pid; error_log stderr;\nevents {{}}\n\
                 http {{ access_log off; client_max_body_size 0; {temporary}{servers}}}\n"
            );
            write(&folder.join("nginx.conf"), &config);
            let mut command = Command::new(program);
            command
                .arg("-p")
                .arg(folder)
                .arg("-c")
                .arg(folder.join("nginx.conf"));
            command.args(["-e", "stderr"]);
            command
        });
        Some(Self {
            ports,
            _server: server,
        })
    }

    /// The base URL of the n-th virtual server, with the host name of its certificate.
    pub fn url(&self, front: usize, host: &str) -> String {
        format!("https://{host}:{}", self.ports[front])
    }
}
