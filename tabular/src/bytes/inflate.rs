//! Decompression of gzip and zstd while bytes arrive, with a limit on what comes out.

use super::Out;
use crate::fault::{FileFault, ReadError, code};
use crate::limits::Limits;
use crate::reading::Compression;
use flate2::write::MultiGzDecoder;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

/// Bytes given to gzip at once. Deflate writes at most 1,032 bytes for one, so its buffer stays under 600 kB.
const GZIP_PIECE: usize = 512;
/// Largest window of zstd that is accepted, as a power of two: 128 MiB.
const WINDOW_LOG: u32 = 27;
/// Buffer for the data of zstd; one block.
const ZSTD_OUT: usize = 128 * 1024;

/// Decompresses a file, or passes it on.
pub(crate) struct Inflater {
    method: Method,
    limits: Limits,
    bytes_in: u64,
    bytes_out: u64,
}

enum Method {
    None,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    /// `open` is set inside a frame.
    Zstd {
        decoder: Decoder<'static>,
        out: Vec<u8>,
        open: bool,
    },
}

impl Inflater {
    pub(crate) fn new(compression: Compression, limits: Limits) -> Result<Self, FileFault> {
        let method = match compression {
            Compression::None => Method::None,
            Compression::Gzip => Method::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
            Compression::Zstd => {
                let mut decoder = Decoder::new().map_err(|_| corrupt("zstd"))?;
                decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG)).map_err(|_| corrupt("zstd"))?;
                Method::Zstd { decoder, out: vec![0; ZSTD_OUT], open: false }
            }
        };
        Ok(Self { method, limits, bytes_in: 0, bytes_out: 0 })
    }

    /// Bytes held in buffers of this crate.
    pub(crate) fn buffered(&self) -> usize {
        match &self.method {
            Method::None => 0,
            Method::Gzip(decoder) => decoder.get_ref().capacity(),
            Method::Zstd { out, .. } => out.capacity(),
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Out<'_>) -> Result<(), ReadError> {
        if matches!(self.method, Method::None) {
            self.bytes_in += bytes.len() as u64;
            return self.pass(bytes, out);
        }
        for piece in bytes.chunks(GZIP_PIECE) {
            self.bytes_in += piece.len() as u64;
            self.inflate(piece, out)?;
        }
        Ok(())
    }

    /// Ends the file; an unfinished stream is a fault.
    pub(crate) fn finish(&mut self, out: &mut Out<'_>) -> Result<(), ReadError> {
        let whole = match &mut self.method {
            Method::None => true,
            Method::Gzip(_) if self.bytes_in == 0 => false,
            Method::Gzip(decoder) => decoder.try_finish().is_ok(),
            Method::Zstd { open, .. } => self.bytes_in > 0 && !*open,
        };
        self.drain_gzip(out)?;
        if whole {
            return Ok(());
        }
        Err(FileFault::new(
            code::TRUNCATED,
            "found a compressed file whose end is missing; rows before the end were read; send the whole file again",
            "tệp nén bị thiếu phần cuối; các dòng phía trước đã được đọc; hãy gửi lại toàn bộ tệp",
        )
        .into())
    }

    fn inflate(&mut self, piece: &[u8], out: &mut Out<'_>) -> Result<(), ReadError> {
        match &mut self.method {
            Method::None => self.pass(piece, out),
            Method::Gzip(decoder) => {
                let result = std::io::Write::write_all(decoder, piece);
                self.drain_gzip(out)?;
                result.map_err(|_| corrupt("gzip").into())
            }
            Method::Zstd { .. } => self.inflate_zstd(piece, out),
        }
    }

    fn drain_gzip(&mut self, out: &mut Out<'_>) -> Result<(), ReadError> {
        let Method::Gzip(decoder) = &mut self.method else { return Ok(()) };
        let mut data = std::mem::take(decoder.get_mut());
        let result = self.pass(&data, out);
        data.clear();
        if let Method::Gzip(decoder) = &mut self.method {
            *decoder.get_mut() = data;
        }
        result
    }

    fn inflate_zstd(&mut self, piece: &[u8], out: &mut Out<'_>) -> Result<(), ReadError> {
        let mut input = InBuffer::around(piece);
        loop {
            let Method::Zstd { decoder, out: buffer, open } = &mut self.method else { return Ok(()) };
            let mut output = OutBuffer::around(buffer.as_mut_slice());
            let hint = decoder.run(&mut input, &mut output).map_err(|_| corrupt("zstd"))?;
            *open = hint != 0;
            let written = output.pos();
            let data = std::mem::take(buffer);
            let result = self.pass(&data[..written], out);
            if let Method::Zstd { out: buffer, .. } = &mut self.method {
                *buffer = data;
            }
            result?;
            if input.pos == piece.len() && written < ZSTD_OUT {
                return Ok(());
            }
        }
    }

    fn pass(&mut self, data: &[u8], out: &mut Out<'_>) -> Result<(), ReadError> {
        self.bytes_out += data.len() as u64;
        let limits = &self.limits;
        if self.bytes_out > limits.file_bytes {
            return Err(FileFault::new(
                code::TOO_LARGE,
                format!("found more than {} bytes of data; accepted: at most that; split the file", limits.file_bytes),
                format!("tệp có hơn {} byte dữ liệu, vượt mức cho phép; hãy chia nhỏ tệp", limits.file_bytes),
            )
            .into());
        }
        let grown = self.bytes_out > limits.ratio_from_bytes && self.bytes_out / self.bytes_in.max(1) > limits.ratio;
        if grown {
            return Err(FileFault::new(
                code::TOO_LARGE,
                format!(
                    "found compressed data that grows more than {} times; send the file uncompressed",
                    limits.ratio
                ),
                format!("dữ liệu nén phình ra hơn {} lần; hãy gửi tệp không nén", limits.ratio),
            )
            .into());
        }
        if data.is_empty() { Ok(()) } else { out(data) }
    }
}

fn corrupt(name: &str) -> FileFault {
    FileFault::new(
        code::COMPRESSION,
        format!(
            "found data that is no {name}, or is damaged; accepted: an undamaged {name} file with a window of at most 128 MiB"
        ),
        format!("dữ liệu không phải {name} hoặc đã hỏng; chấp nhận: tệp {name} nguyên vẹn, cửa sổ tối đa 128 MiB"),
    )
}
