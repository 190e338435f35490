//! TLS: which certificates it trusts, and the errors of those that it rejects.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let name = format!("Authority {}", fastrand::u64(..));
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for `name` and its key, as PEM.
    pub(super) fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        (
            params.signed_by(&key, &self.0).unwrap().pem(),
            key.serialize_pem(),
        )
    }
}

/// A TLS server with this certificate; with `clients` it wants one of theirs.
pub(super) fn https(
    (certificate, key): (String, String),
    clients: Option<&Authority>,
    script: impl Fn(&mut Peer) + Send + Sync + 'static,
) -> Server {
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots
                .add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap())
                .unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
    let wrap = move |tcp: TcpStream| -> Option<Box<dyn Duplex>> {
        Some(Box::new(StreamOwned::new(
            ServerConnection::new(config.clone()).unwrap(),
            tcp,
        )))
    };
    Server::wrapped(wrap, script)
}

fn response(peer: &mut Peer) {
    while peer.head().is_some() {
        peer.send(ok("secret"));
    }
}

fn trusting(authority: &Authority) -> Http {
    Http::new(&options().add_ca_pem(authority.pem()).only_added_ca(true)).unwrap()
}

#[test]
fn a_trusted_server_is_reached_on_one_connection() {
    let authority = Authority::new();
    let server = https(authority.issue("localhost", |_| {}), None, response);
    let http = trusting(&authority);
    for _ in 0..10 {
        assert_eq!(fetch(&http, &server.https("/")).unwrap(), "secret");
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn an_added_authority_joins_those_of_the_system() {
    let authority = Authority::new();
    let server = https(authority.issue("localhost", |_| {}), None, response);
    let http = Http::new(&options().add_ca_pem(authority.pem())).unwrap();
    assert_eq!(fetch(&http, &server.https("/")).unwrap(), "secret");
}

/// Passes bytes between a TLS peer and a plain connection.
pub(super) fn shuttle(peer: &mut Peer, back: &mut TcpStream) {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    const SHORT: Duration = Duration::from_millis(5);
    back.set_timeout(SHORT);
    peer.stream.set_timeout(SHORT);
    let mut buffer = [0; 4096];
    loop {
        match peer.stream.read(&mut buffer) {
            Ok(n @ 1..) => back.write_all(&buffer[..n]).unwrap(),
            Err(e) if matches!(e.kind(), WouldBlock | TimedOut) => {}
            _ => return,
        }
        match back.read(&mut buffer) {
            Ok(n @ 1..) => peer.send(&buffer[..n]),
            Err(e) if matches!(e.kind(), WouldBlock | TimedOut) => {}
            _ => return,
        }
    }
}

#[test]
fn each_reason_for_distrust_is_told() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let long_ago = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    };
    let far_off = |params: &mut CertificateParams| params.not_before = rcgen::date_time_ymd(2998, 1, 1);
    for (certificate, expected) in [
        (authority.issue("localhost", long_ago), "has expired"),
        (authority.issue("localhost", far_off), "not valid yet"),
        (
            authority.issue("other.example", |_| {}),
            "is for another host than localhost",
        ),
        (stranger.issue("localhost", |_| {}), "not trusted here"),
    ] {
        for http in [
            trusting(&authority),
            Http::new(&options().add_ca_pem(authority.pem())).unwrap(),
        ] {
            let server = https(certificate.clone(), None, response);
            let error = fetch(&http, &server.https("/")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Tls);
            assert!(error.message().contains(expected), "{error}");
            assert!(error.is_unsent() && server.heads().is_empty());
        }
    }
    // The authority itself as a server, as `openssl req -x509` makes it.
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    let http = Http::new(&options().add_ca_pem(certificate.clone()).only_added_ca(true)).unwrap();
    let server = https((certificate, key.serialize_pem()), None, response);
    let error = fetch(&http, &server.https("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert!(error.message().contains("is that of an authority"), "{error}");

    let plain = Server::start(|peer| peer.send("HTTP/1.1 400 Bad\r\n\r\n"));
    let error = fetch(&trusting(&authority), &plain.https("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert!(error.message().contains("does not speak TLS"), "{error}");
}

#[test]
fn a_handshake_that_is_cut_is_a_connection_that_failed() {
    let server = Server::start(|peer| {
        let _ = peer.stream.read(&mut [0; 4096]);
    });
    let error = fetch(&trusting(&Authority::new()), &server.https("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(error.is_unsent() && error.is_retryable());
}

#[test]
fn byte_order_marks_in_pem_texts_do_no_harm() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = https(authority.issue("localhost", |_| {}), Some(&authority), response);
    let (chain, key) = authority.issue("client", |_| {});
    let both = format!("\u{feff}{}\u{feff}{}", other.pem(), authority.pem());
    let options = options()
        .add_ca_pem(both)
        .only_added_ca(true)
        .client_certificate_pem(format!("\u{feff}{chain}"), format!("\u{feff}{key}"));
    let http = Http::new(&options).unwrap();
    assert_eq!(fetch(&http, &server.https("/")).unwrap(), "secret");
}

#[test]
fn a_client_certificate_opens_what_wants_one() {
    let authority = Authority::new();
    let server = https(authority.issue("localhost", |_| {}), Some(&authority), response);
    let (chain, key) = authority.issue("client", |_| {});
    let with = Http::new(
        &options()
            .add_ca_pem(authority.pem())
            .client_certificate_pem(chain, key),
    )
    .unwrap();
    assert_eq!(fetch(&with, &server.https("/")).unwrap(), "secret");
    let error = fetch(&trusting(&authority), &server.https("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
    assert!(error.message().contains("client certificate"), "{error}");
}

#[test]
fn unusable_tls_options_are_rejected_when_the_client_is_created() {
    let authority = Authority::new();
    let (chain, key) = authority.issue("client", |_| {});
    let (_, other) = authority.issue("client", |_| {});
    let damaged = authority.pem().replace("MII", "M!!");
    let hollow = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let identity = |chain: &str, key: &str| options().client_certificate_pem(chain, key);
    for (options, expected) in [
        (
            options().add_ca_pem(""),
            "add_ca_pem: the text holds no certificate",
        ),
        (
            options().add_ca_pem(key.clone()),
            "add_ca_pem: the text holds no certificate",
        ),
        (
            options().add_ca_pem(damaged),
            "add_ca_pem: the PEM text is damaged",
        ),
        (
            options().add_ca_pem(hollow),
            "add_ca_pem: a certificate cannot be used",
        ),
        (
            options().only_added_ca(true),
            "only_added_ca: no authority was added",
        ),
        (
            identity("", &key),
            "client_certificate_pem: the text holds no certificate",
        ),
        (
            identity(&chain, ""),
            "client_certificate_pem: the text holds no private key",
        ),
        (
            identity(&chain, &other),
            "client_certificate_pem: the key does not belong",
        ),
        (
            identity(&chain, locked),
            "client_certificate_pem: the key is encrypted",
        ),
        (
            identity(hollow, &key),
            "client_certificate_pem: the certificate or the key cannot be used",
        ),
    ] {
        let error = Http::new(&options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.message().starts_with(expected), "{expected}: {error}");
    }
}

#[test]
fn a_body_that_ends_without_close_notify_is_not_whole() {
    let authority = Authority::new();
    let server = https(authority.issue("localhost", |_| {}), None, |peer| {
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\n\r\nabc");
    });
    let error = fetch(&trusting(&authority), &server.https("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated, "{error}");
}
