//! The little HTTP this needs: is the server up, its scheduled work, and the phone's texts.

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

/// Posts a body to this machine and returns status and body of the answer.
pub(crate) fn post(
    port: u16,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<(u16, String)> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n")?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    let status = status_of(&text).context("no HTTP answer")?;
    let (head, body) = text.split_once("\r\n\r\n").context("no body")?;
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Ok((status, if chunked { joined(body) } else { body.to_owned() }))
}

/// The body out of its chunks; they are ASCII here.
fn joined(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        let Some(chunk) = after.get(..length).filter(|chunk| !chunk.is_empty()) else { break };
        body.push_str(chunk);
        rest = after[length..].trim_start_matches("\r\n");
    }
    body
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
    fn a_body_in_chunks_is_joined() {
        assert_eq!(joined("4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"), "Wikipedia");
        assert_eq!(joined(""), "");
    }

    #[test]
    fn a_port_somebody_listens_at_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(!is_free(listener.local_addr().unwrap().port()));
    }
}
