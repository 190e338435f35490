//! TLS: whom it trusts, and how it says no.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
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

fn answer(peer: &mut Peer) {
    while peer.head().is_some() {
        peer.say(ok("secret"));
    }
}

fn trusting(authority: &Authority) -> Http {
    Http::new(&options().add_ca_pem(authority.pem()).only_added_ca(true)).unwrap()
}

#[test]
fn a_trusted_server_is_reached_on_one_connection() {
    let authority = Authority::new();
    let server = https(authority.issue("localhost", |_| {}), None, answer);
    let http = trusting(&authority);
    for _ in 0..10 {
        assert_eq!(fetch(&http, &server.https("/")).unwrap(), "secret");
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn an_added_authority_joins_those_of_the_system() {
    let authority = Authority::new();
    let server = https(authority.issue("localhost", |_| {}), None, answer);
    let http = Http::new(&options().add_ca_pem(authority.pem())).unwrap();
    assert_eq!(fetch(&http, &server.https("/")).unwrap(), "secret");
}
