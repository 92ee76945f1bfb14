//! Files to push: their types, and reading one several times without keeping it in memory.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;
use flate2::read::MultiGzDecoder;

use super::layout;

/// Text longer than this is compressed while it is sent, in bytes.
const COMPRESSED_ABOVE: u64 = 1 << 20;

/// Name of stdin on the command line.
const STDIN: &str = "-";

/// Type of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FileType {
    Ndjson,
    Csv,
    #[value(skip)]
    Xlsx,
}

/// Compression of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Gzip,
    Zstd,
}

impl FileType {
    /// The type and the compression of a file with a name.
    ///
    /// # Errors
    /// When the name does not say the type, or the server does not accept the pair.
    pub fn of_name(name: &str) -> Result<(Self, Option<Encoding>)> {
        let lower = name.to_lowercase();
        let (plain, encoding) = match lower.rsplit_once('.') {
            Some((plain, "gz")) => (plain, Some(Encoding::Gzip)),
            Some((plain, "zst")) => (plain, Some(Encoding::Zstd)),
            _ => (lower.as_str(), None),
        };
        let file_type = match plain.rsplit_once('.') {
            Some((_, "csv")) => Self::Csv,
            Some((_, "ndjson" | "jsonl")) => Self::Ndjson,
            Some((_, "xlsx")) => Self::Xlsx,
            _ => bail!(
                "the name does not say the type; accepted: .csv, .ndjson, .jsonl, .xlsx, text also with .gz or .zst"
            ),
        };
        if file_type == Self::Xlsx && encoding.is_some() {
            bail!("a compressed workbook; accepted: .xlsx as it is, which is compressed already");
        }
        Ok((file_type, encoding))
    }

    /// `Content-Type` of the content.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Extension of a file of this type.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// A file that is open for reading.
#[derive(Clone)]
pub struct Input {
    /// Name, as the server and people see it.
    pub name: String,
    /// Path beside which failed rows are written.
    pub path: PathBuf,
    pub file_type: FileType,
    /// `Content-Type` of the content.
    pub media_type: &'static str,
    /// Length in bytes.
    pub len: u64,
    encoding: Option<Encoding>,
    file: Arc<File>,
}

impl Input {
    /// Opens a file, or stdin by the name `-`. What can be read only once, as a pipe, is first copied into a temporary file:
    /// its digest is sent before it, and a retry sends it again.
    ///
    /// # Errors
    /// When the file cannot be read, or neither its name nor `given` says its type.
    pub fn open(path: &Path, given: Option<FileType>) -> Result<Self> {
        let shown = path.display();
        let is_stdin = path.as_os_str() == STDIN;
        if is_stdin && given.is_none() {
            bail!("stdin has no name that says its type; give --type ndjson or csv");
        }
        let (name, path) =
            if is_stdin { ("stdin".into(), PathBuf::from("stdin")) } else { (name_of(path)?, path.into()) };
        let (file_type, encoding) = match (FileType::of_name(&name), given) {
            (Ok(named), _) => named,
            (Err(_), Some(given)) => (given, None),
            (Err(error), None) => return Err(error.context(shown.to_string())),
        };
        let cannot = || format!("cannot read {shown}");
        let file = if is_stdin {
            spool(&mut io::stdin().lock()).with_context(cannot)?
        } else {
            let mut file = File::open(&path).with_context(cannot)?;
            let metadata = file.metadata().with_context(cannot)?;
            if metadata.is_dir() {
                bail!("{shown} is a folder; accepted: files, or a folder after --watch");
            }
            if metadata.is_file() { file } else { spool(&mut file).with_context(cannot)? }
        };
        let len = file.metadata().with_context(cannot)?.len();
        let media_type = file_type.media_type();
        let mut input = Self { name, path, file_type, media_type, len, encoding, file: Arc::new(file) };
        if file_type == FileType::Csv {
            input.media_type = input.layout().with_context(cannot)?.unwrap_or(media_type);
        }
        Ok(input)
    }

    /// The media type that the first line of a CSV shows.
    fn layout(&self) -> io::Result<Option<&'static str>> {
        let content = self.reader();
        Ok(match self.encoding {
            None => layout::media_type(content),
            Some(Encoding::Gzip) => layout::media_type(MultiGzDecoder::new(content)),
            Some(Encoding::Zstd) => layout::media_type(zstd::Decoder::new(content)?),
        })
    }

    /// Whether the content is compressed while it is sent.
    pub fn is_compressed_while_sent(&self) -> bool {
        self.encoding.is_none() && self.file_type != FileType::Xlsx && self.len > COMPRESSED_ABOVE
    }

    /// `Content-Encoding` of what is sent.
    pub fn content_encoding(&self) -> Option<&'static str> {
        match self.encoding {
            Some(Encoding::Gzip) => Some("gzip"),
            Some(Encoding::Zstd) => Some("zstd"),
            None => self.is_compressed_while_sent().then_some("zstd"),
        }
    }

    /// Reads the content from its beginning. Several readers do not disturb each other.
    pub fn reader(&self) -> Reader {
        Reader { file: Arc::clone(&self.file), at: 0, end: self.len }
    }
}

fn name_of(path: &Path) -> Result<String> {
    let name = path.file_name().ok_or_else(|| anyhow!("{} names no file", path.display()))?;
    Ok(name.to_string_lossy().into_owned())
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill(buffer)
    }
}

/// Copies a content into a file without a name, which goes when it is closed.
fn spool(content: &mut impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(content, &mut file)?;
    Ok(file)
}

/// Reads the bytes that a file had when it was opened.
pub struct Reader {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Reader {
    /// Fills a buffer, except at the end. Returns the number of bytes.
    ///
    /// # Errors
    /// When the file cannot be read, or became shorter.
    pub fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() && self.at < self.end {
            let wanted = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len() - filled);
            match self.file.read_at(&mut buffer[filled..filled + wanted], self.at) {
                Ok(0) => {
                    return Err(io::Error::new(ErrorKind::UnexpectedEof, "the file became shorter while it was read"));
                }
                Ok(read) => {
                    filled += read;
                    self.at += read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Number of bytes that were read.
    pub fn position(&self) -> u64 {
        self.at
    }
}
