//! Request bodies: a file as a stream, compressed on the way if that is worth it.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use tokio::sync::mpsc;

use super::input::{Input, Reader};
use super::traffic::Traffic;
use crate::client::RequestBody;

/// Size of the pieces in which a file is read. The compressed bytes depend on it, so a change of it is a change of [`WIRE`].
pub const CHUNK_BYTES: usize = 128 << 10;

/// How [`stream`] compresses, for keys of content.
pub const WIRE: &str = "zstd-3-128k";

const LEVEL: i32 = 3;

/// Pieces that wait for the connection.
const AHEAD: usize = 4;

/// Bytes to send, and the position in the file behind them.
type Piece = (Bytes, u64);

/// The content of a file. It is read on a thread of its own, a few pieces ahead of the connection.
pub fn stream(input: &Input, traffic: &Arc<Traffic>) -> RequestBody {
    let (sender, receiver) = mpsc::channel::<io::Result<Piece>>(AHEAD);
    let (reader, is_compressed) = (input.reader(), input.is_compressed_while_sent());
    tokio::task::spawn_blocking(move || {
        let read = if is_compressed { compress(reader, &sender) } else { copy(reader, &sender) };
        if let Err(error) = read {
            // Nobody listens when the request has ended.
            let _ = sender.blocking_send(Err(error));
        }
    });
    let traffic = Arc::clone(traffic);
    let pieces = stream::unfold((receiver, traffic), async |(mut receiver, traffic)| {
        let piece = match receiver.recv().await? {
            Ok((bytes, position)) => {
                traffic.sent(position);
                Ok(Frame::data(bytes))
            }
            Err(error) => {
                let shown = io::Error::new(error.kind(), error.to_string());
                traffic.broke(error);
                Err(shown)
            }
        };
        Some((piece, (receiver, traffic)))
    });
    StreamBody::new(pieces).boxed_unsync()
}

fn copy(mut reader: Reader, sender: &mpsc::Sender<io::Result<Piece>>) -> io::Result<()> {
    loop {
        let mut buffer = vec![0; CHUNK_BYTES];
        let read = reader.fill(&mut buffer)?;
        buffer.truncate(read);
        if read == 0 || sender.blocking_send(Ok((buffer.into(), reader.position()))).is_err() {
            return Ok(());
        }
    }
}

fn compress(mut reader: Reader, sender: &mpsc::Sender<io::Result<Piece>>) -> io::Result<()> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), LEVEL)?;
    encoder.include_checksum(true)?;
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let read = reader.fill(&mut buffer)?;
        if read == 0 {
            break;
        }
        encoder.write_all(&buffer[..read])?;
        let made = std::mem::take(encoder.get_mut());
        if !made.is_empty() && sender.blocking_send(Ok((made.into(), reader.position()))).is_err() {
            return Ok(());
        }
    }
    let last = encoder.finish()?;
    // Nobody listens when the request has ended.
    let _ = sender.blocking_send(Ok((last.into(), reader.position())));
    Ok(())
}
