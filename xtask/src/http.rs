//! The little HTTP this needs: is the server up, and its scheduled work.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

/// Sends `GET path` to this machine and returns the status of the answer.
pub(crate) fn get_status(port: u16, path: &str) -> Result<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    status_of(&text).context("no HTTP answer")
}

fn status_of(answer: &str) -> Option<u16> {
    let line = answer.lines().next()?;
    line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

/// Whether nobody listens at `port` on this machine.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Where systems do not take the near end of outgoing connections from (Linux: from 32768, others
/// from 49152). A port out of that range can be taken again before the server listens.
const SERVERS: std::ops::Range<u16> = 20_000..32_000;

/// A port that nobody listens at now and that no outgoing connection takes meanwhile.
pub(crate) fn free_port() -> Result<u16> {
    for _ in 0..100 {
        let mut random = [0; 2];
        getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        let port = SERVERS.start + u16::from_le_bytes(random) % (SERVERS.end - SERVERS.start);
        if is_free(port) {
            return Ok(port);
        }
    }
    anyhow::bail!("no free port between {} and {}", SERVERS.start, SERVERS.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_from_the_first_line() {
        assert_eq!(status_of("HTTP/1.1 503 Service Unavailable\r\n\r\n{}"), Some(503));
        assert_eq!(status_of("SSH-2.0"), None);
    }

    #[test]
    fn a_free_port_is_none_that_an_outgoing_connection_takes() {
        let port = free_port().unwrap();
        assert!(SERVERS.contains(&port));
        assert!(is_free(port));
    }

    #[test]
    fn a_port_somebody_listens_at_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(!is_free(listener.local_addr().unwrap().port()));
    }
}
