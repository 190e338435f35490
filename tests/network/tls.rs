//! TLS through the C API: an emulator behind nginx, with valid certificates and every kind of invalid one.

use crate::common;

use std::path::PathBuf;

use common::calls::{Report, call};
use common::nginx::{Front, Nginx};
use common::pki::{Authority, Pair};
use common::{c, until};
use nitro_emulator::{Clock, Config, Emulator, Scenario, Tls};

/// An emulator with TLS, so that its URLs begin with https.
fn secure(authority: &Authority, clients: Option<&Authority>) -> Emulator {
    let pair = authority.issue("localhost");
    let config = Config {
        tls: Some(Tls {
            cert_pem: pair.certificate,
            key_pem: pair.key,
            client_ca_pem: clients.map(Authority::pem),
        }),
        ..Config::default()
    };
    Emulator::start(config).expect("the emulator starts")
}

/// A service behind nginx, and what a client needs to trust it.
struct World {
    emulator: Emulator,
    authority: Authority,
    folder: tempfile::TempDir,
    nginx: Nginx,
}

impl World {
    fn start(fronts: impl FnOnce(&Authority) -> Vec<Front>) -> Option<Self> {
        let authority = Authority::new("The company");
        let emulator = secure(&authority, None);
        let upstream = format!("https://127.0.0.1:{}", emulator.port());
        let nginx = Nginx::start(&upstream, &fronts(&authority))?;
        let folder = tempfile::tempdir().expect("a folder");
        Some(Self {
            emulator,
            authority,
            folder,
            nginx,
        })
    }

    /// A completed job.
    fn job(&self) -> String {
        self.emulator.create_job(Scenario::instant().size_bytes(300_000))
    }

    fn call(&self, front: usize, steps: &str) -> c::Run {
        let url = self.nginx.url(front, "localhost");
        call(&url, &self.emulator.token(), &self.job(), steps).arg("retries", "0")
    }

    /// The certificate of the authority as a file.
    fn ca(&self) -> PathBuf {
        self.file("ca", &self.authority.pem())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    fn pair(&self, run: c::Run, name: &str, pair: &Pair) -> c::Run {
        let certificate = self.file(&format!("{name}-cert"), &pair.certificate);
        run.arg("cert", certificate)
            .arg("key", self.file(&format!("{name}-key"), &pair.key))
    }
}

fn good(authority: &Authority) -> Vec<Front> {
    vec![Front::new(authority.issue("localhost"))]
}

#[test]
fn certificates_are_verified_in_tls_1_2_and_1_3() {
    let Some(world) = World::start(|company| {
        let front = |pair| Front::new(pair);
        let version = |protocols| Front {
            protocols,
            ..Front::new(company.issue("localhost"))
        };
        vec![
            front(company.issue("localhost")),
            version("TLSv1.2"),
            version("TLSv1.3"),
            front(company.issue_expired("localhost")),
            front(company.issue("elsewhere.example")),
            front(Authority::new("Somebody").issue("localhost")),
            front(company.issue("127.0.0.1")),
        ]
    }) else {
        return;
    };
    let ask = |front| Report::of(world.call(front, "status").arg("ca_file", world.ca()));
    for front in 0..3 {
        ask(front).is("NITRO_OK");
    }
    ask(3).is("NITRO_E_TLS").message_contains("has expired");
    ask(4)
        .is("NITRO_E_TLS")
        .message_contains("for another host than localhost");
    ask(5)
        .is("NITRO_E_TLS")
        .message_contains("add it with add_ca_pem");
    ask(6)
        .is("NITRO_E_TLS")
        .message_contains("for another host than localhost");
    let by_address = call(
        &world.nginx.url(6, "127.0.0.1"),
        &world.emulator.token(),
        &world.job(),
        "status",
    );
    Report::of(by_address.arg("ca_file", world.ca())).is("NITRO_OK");
    // An untrusted server received no request.
    assert_eq!(world.emulator.requests().len(), 4);
}

#[test]
fn a_job_is_followed_and_fetched_over_tls() {
    let Some(world) = World::start(good) else { return };
    let job = world
        .emulator
        .create_job(Scenario::new().duration_ms(500u64).size_bytes(3_000_000));
    let saved = world.folder.path().join("saved.pdf");
    let url = world.nginx.url(0, "localhost");
    let run = call(
        &url,
        &world.emulator.token(),
        &job,
        "wait,result,bytes,download,events",
    );
    let report = Report::of(run.arg("ca_file", world.ca()).arg("file", &saved));
    report.are(&["NITRO_OK"; 5]);
    assert!(report.all("progress").len() > 3, "{}", report.0);
    assert_eq!(
        std::fs::read(saved).expect("the file"),
        world.emulator.output_of(&job)[0]
    );
    let streams = common::streams(&world.emulator);
    assert!(!streams.is_empty(), "the stream was requested");
}

#[test]
fn a_proxy_that_buffers_the_stream_is_polled() {
    let Some(world) = World::start(|company| {
        vec![Front {
            buffering: true,
            ..Front::new(company.issue("localhost"))
        }]
    }) else {
        return;
    };
    let job = world.emulator.create_job(Scenario::new().clock(Clock::Manual));
    let url = world.nginx.url(0, "localhost");
    let run = call(&url, &world.emulator.token(), &job, "wait").arg("idle", "700");
    let running = run.arg("ca_file", world.ca()).arg("poll", "20").start();
    // Nothing of the stream comes through before it ends, and it does not end before the job.
    until("a poll", || !common::polls(&world.emulator).is_empty());
    world.emulator.finish(&job);
    Report(running.output()).is("NITRO_OK");
}

#[test]
fn added_authorities_extend_or_replace_those_of_the_system() {
    let other = Authority::new("Another");
    let other_pem = other.pem();
    let Some(world) = World::start(|company| {
        vec![
            Front::new(company.issue("localhost")),
            Front::new(other.issue("localhost")),
        ]
    }) else {
        return;
    };
    // The system's store, for this one process.
    let system = world.file("system", &other_pem);
    let ask = |front: usize, only: bool, added: bool| {
        let mut run = world.call(front, "status").env("SSL_CERT_FILE", &system);
        if added {
            run = run.arg("ca", world.ca());
        }
        if only {
            run = run.arg("only_ca", "1");
        }
        Report::of(run)
    };
    ask(1, false, false).is("NITRO_OK");
    ask(0, false, false)
        .is("NITRO_E_TLS")
        .message_contains("not trusted");
    ask(0, false, true).is("NITRO_OK");
    ask(1, false, true).is("NITRO_OK");
    ask(0, true, true).is("NITRO_OK");
    ask(1, true, true)
        .is("NITRO_E_TLS")
        .message_contains("not trusted");
    // Two in one file, and two options.
    let both = world.file("both", &format!("{}\n{other_pem}", world.authority.pem()));
    for front in [0, 1] {
        let run = world.call(front, "status").arg("only_ca", "1");
        Report::of(run.arg("ca_file", &both)).is("NITRO_OK");
        let run = world.call(front, "status").arg("ca_file", &system);
        Report::of(run.arg("ca", world.ca())).is("NITRO_OK");
    }
}

#[test]
fn client_certificates_are_sent_on_request() {
    let clients = Authority::new("Clients");
    let pem = clients.pem();
    let Some(world) = World::start(|company| {
        vec![Front {
            clients: Some(pem),
            ..Front::new(company.issue("localhost"))
        }]
    }) else {
        return;
    };
    let ask = || world.call(0, "status").arg("ca_file", world.ca());
    Report::of(world.pair(ask(), "ours", &clients.issue("client"))).is("NITRO_OK");
    // nginx reports it in HTTP.
    Report::of(ask()).is("NITRO_E_BAD_REQUEST");
    Report::of(world.pair(ask(), "theirs", &Authority::new("X").issue("client"))).is("NITRO_E_BAD_REQUEST");
    assert_eq!(world.emulator.requests().len(), 1);

    // Other servers report it in TLS.
    let strict = secure(&world.authority, Some(&clients));
    let base = format!("https://localhost:{}", strict.port());
    let ask = || {
        let run = call(
            &base,
            &strict.token(),
            &strict.create_job(Scenario::instant()),
            "status",
        );
        run.arg("ca_file", world.ca()).arg("retries", "0")
    };
    Report::of(world.pair(ask(), "ours", &clients.issue("client"))).is("NITRO_OK");
    Report::of(ask())
        .is("NITRO_E_TLS")
        .message_contains("may require a client certificate");
}

#[test]
fn unusable_certificates_and_keys_are_rejected_by_the_client_constructor() {
    let company = Authority::new("The company");
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let make = || call("https://localhost:1", "t0ken", "job", "status");
    let (ours, theirs) = (company.issue("a"), company.issue("b"));
    let pem = company.pem();
    let cut = &pem[..pem.len() / 2];
    let scrambled = pem.replacen("MII", "MI!I", 1);
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (name, text, why) in [
        ("empty", "", "holds no certificate"),
        ("prose", "trust me", "holds no certificate"),
        ("key", ours.key.as_str(), "holds no certificate"),
        ("cut", cut, "add_ca_pem"),
        ("scrambled", scrambled.as_str(), "damaged"),
        ("other", no_certificate, "cannot be used"),
    ] {
        for option in ["ca", "ca_file"] {
            let report = Report::of(make().arg(option, file(name, text)));
            report.is("NITRO_E_INVALID_ARGUMENT").message_contains(why);
        }
    }
    let missing = folder.path().join("missing");
    Report::of(make().arg("ca_file", &missing))
        .is("NITRO_E_FILE")
        .message_contains("missing");
    Report::of(make().arg("only_ca", "1"))
        .is("NITRO_E_INVALID_ARGUMENT")
        .message_contains("only_added_ca");

    let encrypted = ours.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for (certificate, key, why) in [
        (ours.certificate.as_str(), theirs.key.as_str(), "does not belong"),
        ("", ours.key.as_str(), "holds no certificate"),
        (&ours.certificate, "", "no private key"),
        (&ours.certificate, &ours.certificate, "no private key"),
        (&ours.certificate, &encrypted, "encrypted"),
        (&ours.certificate, &ours.key[..ours.key.len() / 2], "key"),
        (no_certificate, &ours.key, "cannot be used"),
    ] {
        let run = make().arg("cert", file("chain", certificate));
        let report = Report::of(run.arg("key", file("private", key)));
        report.is("NITRO_E_INVALID_ARGUMENT").message_contains(why);
        assert!(
            !report.0.contains(&ours.key[40..80]),
            "the key is not shown: {}",
            report.0
        );
    }
}
