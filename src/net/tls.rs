//! Whom TLS trusts, and what its errors mean.

use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CertificateError, ClientConfig, ClientConnection, RootCertStore};
use rustls_platform_verifier::Verifier;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::options::Trust;
use crate::url::bare_host;

/// TLS as a client's options want it. The system's trust store is read at the first https connection.
#[derive(Debug)]
pub(crate) struct Tls {
    provider: Arc<CryptoProvider>,
    authorities: Vec<CertificateDer<'static>>,
    only_authorities: bool,
    identity: Option<Arc<CertifiedKey>>,
    config: OnceLock<std::result::Result<Arc<ClientConfig>, String>>,
}

impl Tls {
    /// Checks every PEM text, key and pair; names the option that cannot be used.
    pub(crate) fn new(trust: &Trust) -> Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut authorities = Vec::new();
        for pem in &trust.authorities {
            authorities.append(&mut certificates("add_ca_pem", pem)?);
        }
        // The system's verifiers take the same ones, so what is bad is found here and named.
        let mut roots = RootCertStore::empty();
        for authority in &authorities {
            let added = roots.add(authority.clone());
            added.map_err(|e| Error::invalid(format!("add_ca_pem: a certificate cannot be used: {e}")))?;
        }
        if trust.only_authorities && authorities.is_empty() {
            return Err(Error::invalid(
                "only_added_ca: no authority was added with add_ca_pem, so nothing would be trusted",
            ));
        }
        let identity = match &trust.identity {
            None => None,
            Some((chain, key)) => Some(Arc::new(identity(chain, key, &provider)?)),
        };
        Ok(Self {
            provider,
            authorities,
            only_authorities: trust.only_authorities,
            identity,
            config: OnceLock::new(),
        })
    }

    /// A TLS session with `host`, not yet negotiated.
    pub(crate) fn session(&self, host: &str) -> Result<ClientConnection> {
        let config = self.config.get_or_init(|| self.configure().map(Arc::new));
        let config = config
            .as_ref()
            .map_err(|why| Error::new(ErrorKind::Tls, why.clone()))?;
        let name = ServerName::try_from(bare_host(host).to_owned()).map_err(|_| {
            Error::new(
                ErrorKind::Tls,
                format!("{host} is not a name that a certificate can have"),
            )
        })?;
        ClientConnection::new(config.clone(), name).map_err(|error| explain(host, &error))
    }

    fn configure(&self) -> std::result::Result<ClientConfig, String> {
        let builder = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|e| format!("TLS cannot be set up: {e}"))?
            // The builder's own trust store cannot be combined with the system's. This verifier verifies all the same.
            .dangerous()
            .with_custom_certificate_verifier(self.verifier()?);
        Ok(match &self.identity {
            None => builder.with_no_client_auth(),
            Some(pair) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(pair.clone()))),
        })
    }

    fn verifier(&self) -> std::result::Result<Arc<dyn ServerCertVerifier>, String> {
        let authorities = self.authorities.iter().cloned();
        if !self.only_authorities {
            let verifier = Verifier::new_with_extra_roots(authorities, self.provider.clone())
                .map_err(|e| format!("the system's trusted certificates cannot be used: {e}"))?;
            return Ok(Arc::new(verifier));
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities);
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone()).build();
        Ok(verifier.map_err(|e| format!("the added authorities cannot be used: {e}"))?)
    }
}

/// All certificates of a PEM text, of which there must be one at least.
fn certificates(option: &str, text: &str) -> Result<Vec<CertificateDer<'static>>> {
    let text = without_boms(text);
    let found: std::result::Result<Vec<_>, pem::Error> =
        CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    // The parser's errors may quote the text, so they are not shown.
    let found = found.map_err(|_| Error::invalid(format!("{option}: the PEM text is damaged")))?;
    if found.is_empty() {
        return Err(Error::invalid(format!(
            "{option}: the text holds no certificate (-----BEGIN CERTIFICATE-----)"
        )));
    }
    Ok(found)
}

/// A PEM text without the byte order marks of the files that it was put together of, which would hide the lines that they begin.
fn without_boms(text: &str) -> String {
    text.replace('\u{feff}', "")
}

fn identity(chain: &str, key: &str, provider: &CryptoProvider) -> Result<CertifiedKey> {
    const OPTION: &str = "client_certificate_pem";
    let chain = certificates(OPTION, chain)?;
    if key.contains("ENCRYPTED") {
        return Err(Error::invalid(format!(
            "{OPTION}: the key is encrypted; give it without a passphrase"
        )));
    }
    let key = Zeroizing::new(without_boms(key));
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|e| {
        Error::invalid(match e {
            pem::Error::NoItemsFound => format!("{OPTION}: the text holds no private key"),
            _ => format!("{OPTION}: the key's PEM text is damaged"),
        })
    })?;
    CertifiedKey::from_der(chain, key, provider).map_err(|e| {
        Error::invalid(match e {
            rustls::Error::InconsistentKeys(_) => {
                format!("{OPTION}: the key does not belong to the certificate")
            }
            e => format!("{OPTION}: the certificate or the key cannot be used: {e}"),
        })
    })
}

/// Why TLS with `host` failed.
pub(crate) fn explain(host: &str, error: &rustls::Error) -> Error {
    use CertificateError as C;
    let text = match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            C::Expired | C::ExpiredContext { .. } => format!("the certificate of {host} has expired"),
            C::NotValidYet | C::NotValidYetContext { .. } => {
                format!("the certificate of {host} is not valid yet; is this computer's clock right?")
            }
            C::UnknownIssuer => format!(
                "the certificate of {host} comes from an authority that is not trusted here; \
                 if it is your organisation's own, add it with add_ca_pem"
            ),
            C::NotValidForName | C::NotValidForNameContext { .. } => {
                format!("the certificate is for another host than {host}")
            }
            // The verifier has no kind of its own for this.
            C::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => format!(
                "the certificate of {host} is that of an authority (CA:TRUE), and no server may use such a one; \
                 give the server a certificate that the authority has issued"
            ),
            C::Revoked => format!("the certificate of {host} has been revoked"),
            other => format!("the certificate of {host} is not accepted: {other}"),
        },
        rustls::Error::AlertReceived(alert) => {
            let alert = alert.as_str().unwrap_or("unknown alert");
            format!("{host} rejected the TLS connection ({alert}); it may require a client certificate")
        }
        rustls::Error::InvalidMessage(_) => format!("{host} does not speak TLS on this port ({error})"),
        other => format!("TLS with {host} failed: {other}"),
    };
    Error::new(ErrorKind::Tls, text)
}
