//! The emulator as an object: start, control, inspect, stop.

use crate::auth::OAuth;
use crate::fault::Fault;
use crate::hub::Hub;
use crate::journal::{Part, Recorded};
use crate::listen::{self, Accepted, Transport};
use crate::scenario::{Scenario, Shape};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::ring};

/// The configuration of an emulator.
#[derive(Debug, Clone)]
pub struct Config {
    /// The IP address to listen on. Default 127.0.0.1.
    pub address: IpAddr,
    /// The port; 0 (the default) selects a free one.
    pub port: u16,
    /// The path before every endpoint, such as `/idp/platform`. Default none.
    pub base_path: String,
    /// The valid bearer token.
    pub token: String,
    /// The client id that `/oauth/token` accepts.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The largest accepted document in bytes. Default 100 MB.
    pub max_file_bytes: u64,
    /// The largest accepted number of pages. Default 500.
    pub max_pages: usize,
    /// The scenario of submitted jobs, until `set_default`.
    pub scenario: Scenario,
    /// Serve over TLS.
    pub tls: Option<Tls>,
}

/// Certificates and key for TLS, as PEM.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// The certificate chain.
    pub cert_pem: String,
    /// The private key.
    pub key_pem: String,
    /// If set, clients need a certificate signed by one of these authorities.
    pub client_ca_pem: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            base_path: String::new(),
            token: "emulator-secret-token-5b1f".to_owned(),
            client_id: "emulator-client".to_owned(),
            client_secret: "emulator-client-secret".to_owned(),
            max_file_bytes: 100 * 1024 * 1024,
            max_pages: 500,
            scenario: Scenario::default(),
            tls: None,
        }
    }
}

/// A running emulator. It stops when dropped, however many streams are open.
pub struct Emulator {
    hub: Arc<Hub>,
    runtime: Option<Runtime>,
    ready: mpsc::Sender<(Transport, Arc<crate::connection::Conn>)>,
    tls: Option<TlsAcceptor>,
    accepting: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

fn invalid(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error.to_string())
}

fn acceptor(tls: &Tls) -> io::Result<TlsAcceptor> {
    let certs = |pem: &str| CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let builder = builder.map_err(invalid)?;
    let builder = match &tls.client_ca_pem {
        None => builder.with_no_client_auth(),
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            for cert in certs(pem).map_err(invalid)? {
                roots.add(cert).map_err(invalid)?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(invalid)?)
        }
    };
    let key = PrivateKeyDer::from_pem_slice(tls.key_pem.as_bytes()).map_err(invalid)?;
    let chain = certs(&tls.cert_pem).map_err(invalid)?;
    let config = builder.with_single_cert(chain, key).map_err(invalid)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl Emulator {
    /// Starts an emulator.
    ///
    /// # Errors
    /// If the port is not available or the TLS material is unusable.
    pub fn start(mut config: Config) -> io::Result<Self> {
        let trimmed = config.base_path.trim_matches('/').to_owned();
        config.base_path = if trimmed.is_empty() {
            trimmed
        } else {
            format!("/{trimmed}")
        };
        let tls = config.tls.as_ref().map(acceptor).transpose()?;
        let address = SocketAddr::new(config.address, config.port);
        let scenario = config.scenario.clone();
        let hub = Arc::new(Hub::new(config));
        hub.set_default(scenario);
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("nitro-emulator")
            .enable_all()
            .build()?;
        // A small queue: a connection is served as soon as it is ready.
        let (ready, queue) = mpsc::channel(64);
        let service =
            crate::server::router(hub.clone()).into_make_service_with_connect_info::<listen::Peer>();
        runtime.spawn(async move { axum::serve(Accepted { ready: queue }, service).await });
        let emulator = Self {
            hub,
            runtime: Some(runtime),
            ready,
            tls,
            accepting: Mutex::new(None),
        };
        emulator.listen(address)?;
        Ok(emulator)
    }

    fn listen(&self, address: SocketAddr) -> io::Result<()> {
        let Some(runtime) = &self.runtime else {
            return Ok(());
        };
        let _guard = runtime.enter();
        let listener = listen::bind(address)?;
        self.hub
            .port
            .store(listener.local_addr()?.port(), Ordering::Release);
        let accept = listen::accept(listener, self.tls.clone(), self.hub.clone(), self.ready.clone());
        *crate::hub::lock(&self.accepting) = Some(runtime.spawn(accept));
        Ok(())
    }

    /// The base URL for clients: `http://127.0.0.1:4711` and the configured base path.
    #[must_use]
    pub fn base_url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let address = SocketAddr::new(self.hub.config.address, self.port());
        format!("{scheme}://{address}{}", self.hub.config.base_path)
    }

    /// The valid bearer token; the configured one after `expire_token`.
    #[must_use]
    pub fn token(&self) -> String {
        self.hub.token().unwrap_or_else(|| self.hub.config.token.clone())
    }

    /// Makes another token the valid one.
    pub fn set_token(&self, token: &str) {
        self.hub.set_token(Some(token.to_owned()));
    }

    /// Makes every token invalid until `set_token`.
    pub fn expire_token(&self) {
        self.hub.set_token(None);
    }

    /// Sets how the token endpoint responds from now on.
    pub fn set_oauth(&self, oauth: OAuth) {
        *crate::hub::lock(&self.hub.oauth) = oauth;
    }

    /// The parts of the submission that created this job, in order.
    #[must_use]
    pub fn form_of(&self, job_id: &str) -> Vec<Part> {
        crate::hub::lock(&self.hub.forms)
            .get(job_id)
            .cloned()
            .unwrap_or_default()
    }

    /// The port listened on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.hub.port.load(Ordering::Acquire)
    }

    /// Creates a job without a submission and returns its id.
    #[must_use]
    pub fn create_job(&self, scenario: Scenario) -> String {
        self.hub
            .add_job(scenario, Vec::new(), Shape::File, "application/pdf", false)
            .id
            .clone()
    }

    /// Sets the scenario of jobs submitted from now on.
    pub fn set_default(&self, scenario: Scenario) {
        self.hub.set_default(scenario);
    }

    /// Applies this fault to the next accepted connection; queued faults apply to one connection each, in order.
    pub fn fault(&self, fault: Fault) {
        self.hub.queue_plan(vec![fault]);
    }

    /// Applies several faults to the next accepted connection. Those of one direction occur in the order given.
    pub fn fault_plan(&self, plan: Vec<Fault>) {
        self.hub.queue_plan(plan);
    }

    /// Applies this fault, or none, to every connection accepted from now on; queued faults come first.
    pub fn fault_all(&self, fault: Option<Fault>) {
        self.hub.plan_for_all(fault.into_iter().collect());
    }

    /// The received requests, in order, without those of the control endpoints.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.hub.requests()
    }

    /// Clears the list of received requests.
    pub fn forget_requests(&self) {
        self.hub.forget_requests();
    }

    /// How many connections have been accepted so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.hub.connections.accepted()
    }

    /// How many connections are open now.
    #[must_use]
    pub fn open_connections(&self) -> u64 {
        self.hub.connections.open()
    }

    /// Brings a job whose clock is manual to its outcome. Unknown ids are ignored.
    pub fn finish(&self, job_id: &str) {
        if let Some(job) = self.hub.job(job_id) {
            job.finish();
        }
    }

    /// Sets the progress (a fraction) of a job whose clock is manual. Unknown ids are ignored.
    pub fn set_progress(&self, job_id: &str, progress: f64) {
        if let Some(job) = self.hub.job(job_id) {
            job.set_progress(progress);
        }
    }

    /// Stores a document and returns its `downloadURL`, as for an upload.
    #[must_use]
    pub fn store(&self, document: &[u8]) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let address = SocketAddr::new(self.hub.config.address, self.port());
        let upload = crate::hub::Upload::Stored(document.to_vec().into());
        crate::storage::issue_upload(&self.hub, &format!("{scheme}://{address}"), upload)
    }

    /// The documents that were sent for a job, byte for byte.
    #[must_use]
    pub fn input_of(&self, job_id: &str) -> Vec<Vec<u8>> {
        let job = self.hub.job(job_id);
        job.map(|job| job.inputs.iter().map(|input| input.bytes.to_vec()).collect())
            .unwrap_or_default()
    }

    /// The result files of a job, byte for byte. Files of `size_bytes` are built in memory.
    #[must_use]
    pub fn output_of(&self, job_id: &str) -> Vec<Vec<u8>> {
        let job = self.hub.job(job_id);
        job.map(|job| job.outputs.iter().map(crate::derive::Output::to_vec).collect())
            .unwrap_or_default()
    }

    /// Closes the listening socket; open connections stay. Connections to the port are refused from then on.
    pub fn stop_listening(&self) {
        let task = crate::hub::lock(&self.accepting).take();
        if let (Some(task), Some(runtime)) = (task, &self.runtime) {
            task.abort();
            // The socket is closed when the task has ended, not when it is aborted.
            let (ended, wait) = std::sync::mpsc::channel();
            runtime.spawn(async move {
                let _ = task.await;
                let _ = ended.send(());
            });
            let _ = wait.recv_timeout(Duration::from_secs(5));
        }
    }

    /// Listens again on the same port.
    ///
    /// # Errors
    /// If another process uses the port by now.
    pub fn listen_again(&self) -> io::Result<()> {
        self.stop_listening();
        self.listen(SocketAddr::new(self.hub.config.address, self.port()))
    }

    /// Drops every open connection, whatever it is doing.
    pub fn drop_connections(&self) {
        self.hub.connections.drop_all();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        if Handle::try_current().is_ok() {
            // Blocking is not allowed inside another runtime.
            runtime.shutdown_background();
        } else {
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
    }
}
