//! Accepting connections: the socket, its plan of faults, and TLS above both.

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
pub(crate) enum Wire {
    Plain(Box<FaultStream>),
    Tls(Box<TlsStream<FaultStream>>),
}

/// Ready connections; outlives any one listening socket, so that the emulator can stop and start listening.
pub(crate) struct Door {
    pub(crate) ready: mpsc::Receiver<(Wire, Arc<Conn>)>,
}

/// The connection a request came on.
#[derive(Debug, Clone)]
pub(crate) struct Peer(pub(crate) Arc<Conn>);

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Peer(stream.remote_addr().clone())
    }
}

impl Listener for Door {
    type Io = Wire;
    type Addr = Arc<Conn>;

    async fn accept(&mut self) -> (Wire, Arc<Conn>) {
        match self.ready.recv().await {
            Some(ready) => ready,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Arc<Conn>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Binds the port, also right after another socket had it.
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
    ready: mpsc::Sender<(Wire, Arc<Conn>)>,
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
                let _ = ready.send((Wire::Plain(Box::new(stream)), conn)).await;
            }
            Some(tls) => {
                let ready = ready.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = tls.accept(stream).await {
                        let _ = ready.send((Wire::Tls(Box::new(stream)), conn)).await;
                    }
                });
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Wire::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Wire::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
