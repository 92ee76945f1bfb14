//! A client for one keep-alive HTTP/1.1 connection. It uses little processor time, because it shares the machine with
//! the gateway that it measures. It supports only responses with `Content-Length` or in chunks, because gateways send
//! no others.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Buffer size: large enough for an answer of the load with its head, so that one read can take it whole.
const BUFFER_BYTES: usize = 256 * 1024;

/// A connection that is used for one exchange after another.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    unchunked: Vec<u8>,
}

/// One answer, valid until the next exchange.
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

struct Head {
    status: u16,
    /// Length of the body; `None` if it comes in chunks.
    length: Option<usize>,
    /// Position of the body.
    end: usize,
}

/// The bytes of a POST request with a JSON body.
pub fn post(address: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    post_with(address, path, "", body)
}

/// The bytes of a POST request with a JSON body and a credential (JSON Web Token).
pub fn post_as(address: SocketAddr, path: &str, credential: &str, body: &str) -> Vec<u8> {
    post_with(address, path, &format!("Authorization: Bearer {credential}\r\n"), body)
}

fn post_with(address: SocketAddr, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nAccept: application/json\r\n\
         {headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The bytes of a GET request.
pub fn get(address: SocketAddr, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").into_bytes()
}

impl Connection {
    /// Connects; an error when nothing listens at the address.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(BUFFER_BYTES), unchunked: Vec::new() })
    }

    /// Sends one request and waits for the complete answer. An error when the connection breaks or the answer is not
    /// HTTP/1.1; the connection must not be used afterwards.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.received.clear();
        self.stream.write_all(request).await?;
        let head = loop {
            self.receive().await?;
            if let Some(head) = parse_head(&self.received)? {
                break head;
            }
        };
        let body = if let Some(length) = head.length {
            self.receive_up_to(head.end + length).await?;
            &self.received[head.end..head.end + length]
        } else {
            self.receive_chunks(head.end).await?;
            &self.unchunked
        };
        Ok(Answer { status: head.status, body })
    }

    async fn receive_up_to(&mut self, end: usize) -> io::Result<()> {
        while self.received.len() < end {
            self.receive().await?;
        }
        Ok(())
    }

    async fn receive(&mut self) -> io::Result<()> {
        if self.received.capacity() - self.received.len() < BUFFER_BYTES / 2 {
            self.received.reserve(BUFFER_BYTES);
        }
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    async fn receive_chunks(&mut self, mut at: usize) -> io::Result<()> {
        self.unchunked.clear();
        loop {
            let line_end = loop {
                match find(&self.received[at..], b"\r\n") {
                    Some(length) => break at + length,
                    None => self.receive().await?,
                }
            };
            let size = chunk_size(&self.received[at..line_end])?;
            let start = line_end + 2;
            self.receive_up_to(start + size + 2).await?;
            self.unchunked.extend_from_slice(&self.received[start..start + size]);
            at = start + size + 2;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

fn parse_head(received: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = find(received, b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&received[..end]).map_err(|_| invalid("the head of the answer is not text"))?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    let mut length = None;
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header has no colon"))?;
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(Some(value.trim().parse().map_err(|_| invalid("Content-Length is not a number"))?));
        } else if name.eq_ignore_ascii_case("transfer-encoding") && value.trim().eq_ignore_ascii_case("chunked") {
            length = Some(None);
        }
    }
    Ok(Some(Head {
        status: status.ok_or_else(|| invalid("the answer is not HTTP/1.1"))?,
        length: length.ok_or_else(|| invalid("the answer has neither a length nor chunks"))?,
        end: end + 4,
    }))
}

fn chunk_size(line: &[u8]) -> io::Result<usize> {
    let text = std::str::from_utf8(line).unwrap_or_default();
    let digits = text.split(';').next().unwrap_or_default().trim();
    usize::from_str_radix(digits, 16).map_err(|_| invalid("the size of a chunk is not a number"))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A server that answers each connection's first request with the given pieces.
    async fn answering(pieces: &'static [&'static str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let address = listener.local_addr().expect("address");
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("connection");
            stream.set_nodelay(true).expect("option");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            for piece in pieces {
                stream.write_all(piece.as_bytes()).await.expect("written");
                tokio::task::yield_now().await;
            }
        });
        address
    }

    #[tokio::test]
    async fn a_body_in_chunks_equals_the_body_with_a_length() {
        let with_length = answering(&["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", "\r\nhe", "llo"]).await;
        let in_chunks = answering(&[
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r",
            "\nhe\r\n3;x=1\r\nllo\r\n",
            "0\r\n\r\n",
        ])
        .await;
        for address in [with_length, in_chunks] {
            let mut connection = Connection::open(address).await.expect("connected");
            let answer = connection.exchange(&get(address, "/")).await.expect("answered");
            assert_eq!((answer.status, answer.body), (200, b"hello".as_slice()));
        }
    }

    #[tokio::test]
    async fn a_connection_that_ends_early_is_an_error() {
        let address = answering(&["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"]).await;
        let mut connection = Connection::open(address).await.expect("connected");
        assert!(connection.exchange(&get(address, "/")).await.is_err());
    }
}
