//! Proxies through the C API: squid, tinyproxy and microsocks, with and without a password.

use crate::common;

use std::path::PathBuf;

use common::c;
use common::calls::{Report, call, call_without_retries};
use common::pki::Authority;
use common::proxies::{PASSWORD_ENCODED, PLAIN_PASSWORD, Proxy, USER, microsocks, squid, tinyproxy};
use common::server::free_port;
use nitro_emulator::{Config, Emulator, Scenario, Tls};

/// A service with TLS, and what a client needs to trust it.
struct Secure {
    emulator: Emulator,
    folder: tempfile::TempDir,
}

impl Secure {
    fn start() -> Self {
        let authority = Authority::new("The company");
        let pair = authority.issue("localhost");
        let config = Config {
            tls: Some(Tls {
                cert_pem: pair.certificate,
                key_pem: pair.key,
                client_ca_pem: None,
            }),
            ..Config::default()
        };
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ca"), authority.pem()).expect("a file");
        Self {
            emulator: Emulator::start(config).expect("the emulator starts"),
            folder,
        }
    }

    fn saved(&self) -> PathBuf {
        self.folder.path().join("saved.pdf")
    }

    fn call(&self, job: &str, steps: &str) -> c::Run {
        let base = format!("https://localhost:{}", self.emulator.port());
        let run = call(&base, &self.emulator.token(), job, steps).arg("retries", "0");
        run.arg("ca_file", self.folder.path().join("ca"))
            .arg("file", self.saved())
    }

    /// Follows a job by its stream and saves its file through this proxy.
    fn whole_job(&self, proxy: &str) {
        let job = Scenario::new().duration_ms(400u64).size_bytes(2_000_000);
        let job = self.emulator.create_job(job);
        self.emulator.forget_requests();
        let report = Report::of(self.call(&job, "wait,download").arg("proxy", proxy));
        report.are(&["NITRO_OK", "NITRO_OK"]);
        let saved = std::fs::read(self.saved()).expect("the file");
        assert_eq!(saved, self.emulator.output_of(&job)[0]);
        assert_eq!(common::streams(&self.emulator).len(), 1, "followed by one stream");
    }

    /// One poll through this proxy.
    fn poll(&self, proxy: &str) -> Report {
        let job = self.emulator.create_job(Scenario::instant());
        Report::of(self.call(&job, "status").arg("proxy", proxy))
    }
}

/// One poll of a service without TLS through this proxy.
fn plain_poll(emulator: &Emulator, proxy: &str) -> Report {
    let job = emulator.create_job(Scenario::instant());
    Report::of(call_without_retries(emulator, &job, "status").arg("proxy", proxy))
}

fn login(password: &str) -> String {
    format!("{USER}:{password}@")
}

#[test]
fn squid_tunnels_every_request_of_a_job() {
    let service = Secure::start();
    let Some(proxy) = squid(&[service.emulator.port()], false) else {
        return;
    };
    service.whole_job(&proxy.http(""));
    let tunnel = format!("CONNECT localhost:{}", service.emulator.port());
    common::until("squid's account of the tunnel", || {
        proxy.access().contains(&tunnel)
    });
    // A password that the proxy does not require does no harm.
    service.poll(&proxy.http(&login("x"))).is("NITRO_OK");
}

#[test]
fn a_wrong_proxy_password_is_reported() {
    let service = Secure::start();
    let Some(proxy) = squid(&[service.emulator.port()], true) else {
        return;
    };
    service.whole_job(&proxy.http(&login(PASSWORD_ENCODED)));
    service
        .poll(&proxy.http(""))
        .is("NITRO_E_PROXY_AUTH")
        .message_contains("requires a user name and a password");
    service
        .poll(&proxy.http(&login("wrong-4711")))
        .is("NITRO_E_PROXY_AUTH")
        .message_contains("does not accept this user name and password");
}

#[test]
fn a_connect_rejected_for_its_port_is_explained() {
    let (service, emulator) = (Secure::start(), common::emulator());
    let Some(proxy) = squid(&[], false) else { return };
    let forbidden = plain_poll(&emulator, &proxy.http(""));
    forbidden.is("NITRO_E_PROXY").message_contains("403");
    forbidden.message_contains("many proxies allow tunnels to port 443 only");
    service
        .poll(&proxy.http(""))
        .is("NITRO_E_PROXY")
        .message_contains("rejected a tunnel to localhost:");
    assert_eq!(service.emulator.connections() + emulator.connections(), 0);
}

#[test]
fn tinyproxy_tunnels_with_and_without_a_password() {
    let (service, emulator) = (Secure::start(), common::emulator());
    let (Some(open), Some(closed)) = (tinyproxy(false), tinyproxy(true)) else {
        return;
    };
    service.whole_job(&open.http(""));
    plain_poll(&emulator, &open.http("")).is("NITRO_OK");
    service.whole_job(&closed.http(&login(PLAIN_PASSWORD)));
    plain_poll(&emulator, &closed.http(&login(PLAIN_PASSWORD))).is("NITRO_OK");
    for wrong in [login("wrong-4711"), String::new()] {
        service.poll(&closed.http(&wrong)).is("NITRO_E_PROXY_AUTH");
        plain_poll(&emulator, &closed.http(&wrong)).is("NITRO_E_PROXY_AUTH");
    }
}

#[test]
fn socks5_works_with_and_without_a_password() {
    let (service, emulator) = (Secure::start(), common::emulator());
    let (Some(open), Some(closed)) = (microsocks(false), microsocks(true)) else {
        return;
    };
    let ours = login(PASSWORD_ENCODED);
    service.whole_job(&open.socks(""));
    service.whole_job(&closed.socks(&ours));
    for by_proxy in [open.socks(""), closed.socks(&ours), open.socks(&login("unasked"))] {
        plain_poll(&emulator, &by_proxy).is("NITRO_OK");
        // The name is resolved here and not there.
        plain_poll(&emulator, &by_proxy.replace("socks5h", "socks5")).is("NITRO_OK");
        service
            .poll(&by_proxy.replace("socks5h", "socks5"))
            .is("NITRO_OK");
    }
    for wrong in [login("wrong-4711"), String::new()] {
        service.poll(&closed.socks(&wrong)).is("NITRO_E_PROXY_AUTH");
    }
    // A target that the proxy cannot reach is reported as the proxy's error.
    let nobody = call(
        &format!("http://localhost:{}", free_port()),
        "t0ken",
        "job",
        "status",
    );
    let report = Report::of(nobody.arg("retries", "0").arg("proxy", open.socks("")));
    report.is("NITRO_E_PROXY").message_contains("refused");
}

#[test]
fn errors_name_the_proxy_that_failed() {
    let (service, emulator) = (Secure::start(), common::emulator());
    let gone = format!("http://{}127.0.0.1:{}", login("s3cret-4711"), free_port());
    for proxy in [
        gone.clone(),
        gone.replace("http:", "https:"),
        gone.replace("http:", "socks5h:"),
    ] {
        let report = service.poll(&proxy);
        report.is("NITRO_E_PROXY").message_contains("cannot be used");
        assert!(!report.0.contains("s3cret-4711"), "{}", report.0);
    }
    // An HTTP server is neither a SOCKS proxy nor a tunnel.
    let other = format!("127.0.0.1:{}", emulator.port());
    service.poll(&format!("socks5://{other}")).is("NITRO_E_PROXY");
    service.poll(&format!("http://{other}")).is("NITRO_E_PROXY");
    for bad in ["ftp://h", "http://", "socks4://h:1", "http://u:p#x@h:1"] {
        let report = service.poll(bad);
        report.is("NITRO_E_INVALID_ARGUMENT").message_contains("proxy");
    }
}

/// A poll in this environment; the code shows whether a proxy was used, because no server listens.
fn under(
    service: &Secure,
    emulator: &Emulator,
    https: bool,
    requested: bool,
    environment: &[(&str, &str)],
) -> Report {
    let run = if https {
        service.call(&service.emulator.create_job(Scenario::instant()), "status")
    } else {
        call_without_retries(emulator, &emulator.create_job(Scenario::instant()), "status")
    };
    let run = if requested { run.arg("proxy_env", "1") } else { run };
    Report::of(
        environment
            .iter()
            .fold(run, |run, (name, value)| run.env(name, *value)),
    )
}

#[test]
fn the_environment_is_read_only_on_request_and_as_by_curl() {
    let (service, emulator) = (Secure::start(), common::emulator());
    let gone = format!("http://127.0.0.1:{}", free_port());
    let gone = gone.as_str();
    const USED: &str = "NITRO_E_PROXY";
    const DIRECT: &str = "NITRO_OK";
    for (https, requested, environment, expected) in [
        (
            true,
            false,
            &[("https_proxy", gone), ("all_proxy", gone)][..],
            DIRECT,
        ),
        (false, false, &[("http_proxy", gone), ("ALL_PROXY", gone)], DIRECT),
        (true, true, &[], DIRECT),
        (true, true, &[("https_proxy", gone)], USED),
        (true, true, &[("HTTPS_PROXY", gone)], USED),
        (true, true, &[("all_proxy", gone)], USED),
        (true, true, &[("ALL_PROXY", gone)], USED),
        (true, true, &[("http_proxy", gone)], DIRECT),
        (false, true, &[("http_proxy", gone)], USED),
        (false, true, &[("HTTP_PROXY", gone)], DIRECT),
        (false, true, &[("https_proxy", gone)], DIRECT),
        (false, true, &[("ALL_PROXY", gone)], USED),
        (
            true,
            true,
            &[("https_proxy", gone), ("no_proxy", "localhost")],
            DIRECT,
        ),
        (
            true,
            true,
            &[("https_proxy", gone), ("NO_PROXY", "localhost")],
            DIRECT,
        ),
        (
            true,
            true,
            &[("https_proxy", gone), ("no_proxy", "else"), ("NO_PROXY", "*")],
            USED,
        ),
    ] {
        let report = under(&service, &emulator, https, requested, environment);
        println!("https {https}, asked {requested}: {environment:?}");
        report.is(expected);
    }
    let report = under(
        &service,
        &emulator,
        true,
        true,
        &[("https_proxy", "ftp://u:s3cret-4711@h")],
    );
    report
        .is("NITRO_E_INVALID_ARGUMENT")
        .message_contains("https_proxy");
    assert!(!report.0.contains("s3cret-4711"), "{}", report.0);
}

#[test]
fn a_proxy_from_the_environment_is_used() {
    let service = Secure::start();
    let Some(proxy) = squid(&[service.emulator.port()], true) else {
        return;
    };
    let job = service.emulator.create_job(Scenario::instant());
    let run = service.call(&job, "status").arg("proxy_env", "1");
    Report::of(run.env("https_proxy", proxy.http(&login(PASSWORD_ENCODED)))).is("NITRO_OK");
    let tunnel = |proxy: &Proxy| proxy.access().contains("CONNECT localhost:");
    common::until("squid's account of the tunnel", || tunnel(&proxy));
}

#[test]
fn no_proxy_is_interpreted_as_by_curl() {
    let service = Secure::start();
    let port = service.emulator.port();
    let gone = format!("http://127.0.0.1:{}", free_port());
    let with_port = format!("localhost:{port}");
    let host = |name: &str| format!("{name}:{port}");
    let exact = host("127.0.0.1");
    for (target, list, direct) in [
        ("localhost", "localhost", true),
        ("localhost", "LOCALHOST", true),
        ("localhost", "*", true),
        ("localhost", "other, localhost ,third", true),
        ("localhost", "other localhost", true),
        ("localhost", ".localhost", true),
        ("localhost", with_port.as_str(), true),
        ("localhost", "localhost:1", false),
        ("localhost", "host", false),
        ("localhost", "my.localhost", false),
        ("localhost", "127.0.0.0/8", false),
        ("localhost", "", false),
        ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", exact.as_str(), true),
        ("127.0.0.1", "127.0.0.0/8", true),
        ("127.0.0.1", "10.0.0.0/8,127.0.0.1/32", true),
        ("127.0.0.1", "10.0.0.0/8", false),
        ("127.0.0.1", "127.0.0.2", false),
    ] {
        let job = service.emulator.create_job(Scenario::instant());
        let base = format!("https://{}", host(target));
        let run = call(&base, &service.emulator.token(), &job, "status")
            .arg("retries", "0")
            .arg("ca_file", service.folder.path().join("ca"));
        let report = Report::of(run.arg("proxy", &gone).arg("no_proxy", list));
        println!("{target} with {list:?}");
        match (direct, target) {
            (false, _) => report.is("NITRO_E_PROXY"),
            (true, "localhost") => report.is("NITRO_OK"),
            // The certificate does not match the host: a direct connection was made.
            (true, _) => report.is("NITRO_E_TLS"),
        };
    }
}
