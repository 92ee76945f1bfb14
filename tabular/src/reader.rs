//! The reader: bytes in, rows out.

use crate::bytes::{Decoder, Inflater};
use crate::csv::CsvRows;
use crate::fault::{FileFault, ReadError};
use crate::field::Field;
use crate::ndjson::NdjsonRows;
use crate::reading::{Format, Reading};
use crate::row::{Sink, Summary};
use crate::table::Table;
use crate::xlsx::Spool;

/// Reads a file that arrives in pieces of any size. Memory stays bounded, however long the file is.
///
/// Pushing the pieces of a CSV or NDJSON never waits, apart from what the receiver of the rows does. [`Reader::finish`] of
/// an XLSX waits for the process that reads it. So an asynchronous caller runs the reader on a thread for blocking work.
pub struct Reader<'a> {
    inflater: Inflater,
    body: Body<'a>,
    ended: Option<ReadError>,
}

enum Body<'a> {
    Ndjson(Decoder, NdjsonRows<'a>),
    Csv(Decoder, Box<CsvRows<'a>>),
    Xlsx(Box<Spool<'a>>),
}

impl<'a> Reader<'a> {
    /// A reader of a file with these fields.
    ///
    /// # Errors
    ///
    /// The declared charset does not exist, or the format is not read in this installation.
    pub fn new(fields: &'a [Field], reading: &Reading) -> Result<Self, FileFault> {
        let inflater = Inflater::new(reading.compression, reading.limits)?;
        let decoder = || Decoder::new(reading.format, reading.charset.as_deref());
        let body = match reading.format {
            Format::Ndjson => Body::Ndjson(decoder()?, NdjsonRows::new(fields, reading)),
            Format::Csv => Body::Csv(decoder()?, Box::new(CsvRows::new(Table::new(fields, reading), reading.limits))),
            Format::Xlsx => Body::Xlsx(Box::new(Spool::new(fields, reading)?)),
        };
        Ok(Self { inflater, body, ended: None })
    }

    /// Takes the next bytes of the file and gives the rows that they complete to `sink`.
    ///
    /// # Errors
    ///
    /// The file cannot be read further, or `sink` asked to stop. The reader then repeats the error.
    pub fn push(&mut self, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), ReadError> {
        if let Some(error) = &self.ended {
            return Err(error.clone());
        }
        let body = &mut self.body;
        let result = self.inflater.push(bytes, &mut |data| body.push(data, sink));
        if let Err(error) = &result {
            // What was decompressed before damaged data was whole, so it is read like the start of a cut file.
            if matches!(error, ReadError::File(_)) {
                self.body.cut(sink)?;
            }
            self.ended = Some(error.clone());
        }
        result
    }

    /// Ends the file and gives its last rows to `sink`.
    ///
    /// # Errors
    ///
    /// The file is not whole or cannot be read, or `sink` asked to stop.
    pub fn finish(mut self, sink: &mut Sink<'_>) -> Result<Summary, ReadError> {
        if let Some(error) = self.ended {
            return Err(error);
        }
        let body = &mut self.body;
        let result = self.inflater.finish(&mut |data| body.push(data, sink));
        if let Err(error) = result {
            self.body.cut(sink)?;
            return Err(error);
        }
        self.body.finish(sink)
    }

    /// Bytes held in the buffers of the reader, for metrics and tests.
    pub fn buffered_bytes(&self) -> usize {
        let body = match &self.body {
            Body::Ndjson(decoder, rows) => decoder.buffered() + rows.buffered(),
            Body::Csv(decoder, rows) => decoder.buffered() + rows.buffered(),
            Body::Xlsx(_) => 0,
        };
        self.inflater.buffered() + body
    }
}

impl Body<'_> {
    fn push(&mut self, data: &[u8], sink: &mut Sink<'_>) -> Result<(), ReadError> {
        match self {
            Self::Ndjson(decoder, rows) => decoder.push(data, &mut |text| rows.push(text, sink)),
            Self::Csv(decoder, rows) => decoder.push(data, &mut |text| rows.push(text, sink)),
            Self::Xlsx(spool) => Ok(spool.push(data)?),
        }
    }

    /// Delivers the whole rows of a file whose end is missing. Its faults are not news beside the missing end.
    fn cut(&mut self, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let result = match self {
            Self::Ndjson(decoder, rows) => decoder.finish(&mut |text| rows.push(text, sink)),
            Self::Csv(decoder, rows) => {
                let result = decoder.finish(&mut |text| rows.push(text, sink));
                result.and_then(|()| rows.finish(false, sink))
            }
            Self::Xlsx(_) => Ok(()),
        };
        match result {
            Err(ReadError::Stopped) => Err(ReadError::Stopped),
            _ => Ok(()),
        }
    }

    fn finish(&mut self, sink: &mut Sink<'_>) -> Result<Summary, ReadError> {
        match self {
            Self::Ndjson(decoder, rows) => {
                decoder.finish(&mut |text| rows.push(text, sink))?;
                rows.finish(sink)?;
                let (encoding, mut notes) = (Some(decoder.encoding().to_owned()), std::mem::take(&mut decoder.notes));
                notes.extend(rows.doubts.note());
                Ok(Summary { rows: rows.rows, encoding, notes })
            }
            Self::Csv(decoder, rows) => {
                decoder.finish(&mut |text| rows.push(text, sink))?;
                rows.finish(true, sink)?;
                let (mut notes, encoding) = (std::mem::take(&mut decoder.notes), decoder.encoding().to_owned());
                let table = rows.table();
                notes.append(&mut table.notes);
                Ok(Summary { rows: table.rows, encoding: Some(encoding), notes })
            }
            Self::Xlsx(spool) => spool.finish(sink),
        }
    }
}
