//! Accepting connections: the socket, its list of faults, and TLS above both.

use crate::connection::Conn;
use crate::hub::Hub;
use crate::socket::FaultStream;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A connection as the HTTP server sees it.
pub(crate) enum Transport {
    Plain(Box<FaultStream>),
    Tls(Box<TlsStream<FaultStream>>),
}

/// The queue of accepted connections. It outlives a listening socket, so that the emulator can stop and start listening.
pub(crate) struct Accepted {
    pub(crate) ready: mpsc::Receiver<(Transport, Arc<Conn>)>,
}

/// The connection that carried a request.
#[derive(Debug, Clone)]
pub(crate) struct Peer(pub(crate) Arc<Conn>);

impl Connected<IncomingStream<'_, Accepted>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Accepted>) -> Self {
        Peer(stream.remote_addr().clone())
    }
}

impl Listener for Accepted {
    type Io = Transport;
    type Addr = Arc<Conn>;

    async fn accept(&mut self) -> (Transport, Arc<Conn>) {
        match self.ready.recv().await {
            Some(ready) => ready,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Arc<Conn>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Binds the port, also right after another socket used it.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(1024)
}

/// Accepts until it is aborted, which closes the listening socket.
pub(crate) async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    hub: Arc<Hub>,
    ready: mpsc::Sender<(Transport, Arc<Conn>)>,
) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let conn = hub.connections.accept();
        let stream = FaultStream::new(socket, conn.clone(), &hub.take_plan());
        match tls.clone() {
            None => {
                let _ = ready.send((Transport::Plain(Box::new(stream)), conn)).await;
            }
            Some(tls) => {
                let ready = ready.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = tls.accept(stream).await {
                        let _ = ready.send((Transport::Tls(Box::new(stream)), conn)).await;
                    }
                });
            }
        }
    }
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Transport::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Transport::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Transport::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Transport::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Transport::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Transport::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
