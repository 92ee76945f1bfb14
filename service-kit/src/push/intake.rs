//! Intake of a file: bytes are read on a thread, rows are applied in chunks, results go out in the order of the rows. Each
//! stage waits for the next, so memory stays flat however long the file is.

use std::ops::ControlFlow;

use axum::body::{Body, Bytes};
use chrono::{DateTime, Utc};
use futures::StreamExt;
use schema::clock::CityTime;
use tabular::{Field, ReadError, Reader, Row, Words};
use tokio::sync::mpsc;

use super::engine::{CHUNK_ROWS, Faulty, ReadRow, Reading, Session, Summary};
use super::kind::PushKind;
use super::layout::{Layout, Sender};
use super::row::{PushStatus, RowError, RowResult, stage};
use crate::problem::Problem;

/// Number of bytes after which a piece is handed over although it has few rows.
const PIECE_BYTES: usize = 4 << 20;

/// What the reading thread hands over: bytes of the body, and rows that ended in them.
#[derive(Default)]
struct Piece {
    bytes: Vec<Bytes>,
    rows: Vec<ReadRow>,
    length: usize,
}

/// Receiver of results, which may wait.
pub trait Results: Send {
    /// Takes the results of a chunk.
    fn take(&mut self, results: Vec<RowResult>) -> impl Future<Output = ()> + Send;
}

/// How an intake ended.
pub struct Ended {
    pub summary: Summary,
    pub reading: Reading,
}

/// Reads a body to its end and applies its rows.
///
/// # Errors
/// The problem of a statement; the receipt says that the push failed.
pub async fn take_in(
    body: Body,
    reading: tabular::Reading,
    mut session: Box<Session>,
    now: DateTime<Utc>,
    results: &mut impl Results,
) -> Result<Ended, Problem> {
    let (feed, bytes) = mpsc::channel::<Result<Bytes, ()>>(8);
    let (hand, mut pieces) = mpsc::channel::<Piece>(1);
    let (kind, layout, source) = (session.kind(), session.layout(), session.source().to_owned());
    let reader = tokio::task::spawn_blocking(move || {
        let city = CityTime { tz: reading.zone };
        let sender = Sender { source: &source, city };
        let rows = Rows { kind, layout: layout.map(|layout| (layout, sender)), moment: (now, city) };
        read(&rows, &reading, bytes, &hand)
    });
    let feeder = tokio::spawn(feed_body(body, feed));
    // The results of a chunk go out while the next one is applied.
    let (tell, mut told) = mpsc::channel::<Vec<RowResult>>(1);
    let telling = async {
        while let Some(applied) = told.recv().await {
            results.take(applied).await;
        }
    };
    let applying = async {
        let tell = tell;
        while let Some(piece) = pieces.recv().await {
            for bytes in &piece.bytes {
                session.received(bytes);
            }
            if piece.rows.is_empty() {
                continue;
            }
            let applied = session.apply(piece.rows).await?;
            if session.is_final() {
                // The receiver takes all.
                let _ = tell.send(applied).await;
            }
        }
        Ok(())
    };
    let (applied, ()) = tokio::join!(applying, telling);
    if let Err(problem) = applied {
        session.fail(&problem).await;
        return Err(problem);
    }
    let mut reading = reader.await.map_err(Problem::internal)?;
    let is_cut = feeder.await.map_err(Problem::internal)?;
    if is_cut && reading.fault.is_none() {
        reading.fault = Some(RowError::new(
            "",
            "INTERRUPTED",
            Words::new(
                "the connection ended before the body did; send the file again, rows that arrived say nothing new",
                "kết nối đứt trước khi gửi hết tệp; hãy gửi lại, các dòng đã nhận sẽ không bị ghi lặp",
            ),
        ));
    }
    let (summary, last) = session.finish(reading.clone()).await?;
    if !last.is_empty() {
        results.take(last).await;
    }
    Ok(Ended { summary, reading })
}

/// Passes the body on. Returns whether it was cut.
async fn feed_body(body: Body, feed: mpsc::Sender<Result<Bytes, ()>>) -> bool {
    let mut frames = body.into_data_stream();
    let mut is_read = true;
    while let Some(frame) = frames.next().await {
        let Ok(bytes) = frame else {
            let _ = feed.send(Err(())).await;
            return true;
        };
        // After a fault the rest is read and dropped, so that the caller gets to hear of it.
        is_read = is_read && feed.send(Ok(bytes)).await.is_ok();
    }
    false
}

/// What the rows of a file are read for.
struct Rows<'a> {
    kind: &'static PushKind,
    layout: Option<(&'static Layout, Sender<'a>)>,
    moment: (DateTime<Utc>, CityTime),
}

impl Rows<'_> {
    /// The columns of the file.
    fn fields(&self) -> Vec<Field> {
        self.layout.map_or_else(|| self.kind.file_fields(), |(layout, _)| layout.columns.to_vec())
    }

    /// Stages a row, or says why it cannot be.
    fn read(&self, row: Row) -> ReadRow {
        let Some((layout, sender)) = &self.layout else { return read_row(self.kind, row, self.moment) };
        read_row(self.kind, (layout.row)(row, sender), self.moment).map_err(|mut faulty| {
            faulty.result.errors.iter_mut().for_each(|error| layout.locate(error));
            faulty
        })
    }
}

/// Reads rows until the body ends.
fn read(
    rows: &Rows<'_>,
    reading: &tabular::Reading,
    mut bytes: mpsc::Receiver<Result<Bytes, ()>>,
    hand: &mpsc::Sender<Piece>,
) -> Reading {
    let fields = rows.fields();
    let mut reader = match Reader::new(&fields, reading) {
        Ok(reader) => reader,
        Err(fault) => return Reading { fault: Some(file_fault(&fault)), ..Reading::default() },
    };
    let mut piece = Piece::default();
    let mut is_cut = false;
    let mut failed = None;
    while let Some(part) = bytes.blocking_recv() {
        let Ok(part) = part else {
            is_cut = true;
            break;
        };
        piece.length += part.len();
        piece.bytes.push(part.clone());
        let outcome = reader.push(&part, &mut |row| take_row(rows.read(row), &mut piece, hand));
        if piece.length >= PIECE_BYTES && hand.blocking_send(std::mem::take(&mut piece)).is_err() {
            return Reading::default();
        }
        if let Err(error) = outcome {
            failed = Some(error);
            break;
        }
    }
    let outcome = match failed {
        Some(error) => Err(error),
        None => reader.finish(&mut |row| take_row(rows.read(row), &mut piece, hand)),
    };
    // The receiver is gone only after an error that it reports itself.
    let _ = hand.blocking_send(piece);
    match outcome {
        Ok(summary) => Reading { encoding: summary.encoding, notes: summary.notes, fault: None },
        // A body that was cut is reported as such.
        Err(ReadError::File(_)) if is_cut => Reading::default(),
        Err(ReadError::File(fault)) => Reading { fault: Some(file_fault(&fault)), ..Reading::default() },
        Err(ReadError::Stopped) => Reading::default(),
    }
}

fn take_row(row: ReadRow, piece: &mut Piece, hand: &mpsc::Sender<Piece>) -> ControlFlow<()> {
    piece.rows.push(row);
    if piece.rows.len() >= CHUNK_ROWS && hand.blocking_send(std::mem::take(piece)).is_err() {
        return ControlFlow::Break(());
    }
    ControlFlow::Continue(())
}

/// Reads the rows of a body that is in memory.
///
/// # Errors
/// `VALIDATION` at `rows` when the body cannot be read.
pub fn read_rows(
    kind: &PushKind,
    reading: &tabular::Reading,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Vec<ReadRow>, Problem> {
    let fields = kind.file_fields();
    let mut rows = Vec::new();
    let moment = (now, CityTime { tz: reading.zone });
    let mut sink = |row| {
        rows.push(read_row(kind, row, moment));
        ControlFlow::Continue(())
    };
    let refused = |fault: &tabular::FileFault| {
        let RowError { en, vi, .. } = file_fault(fault);
        Problem::validation("rows", en).in_vietnamese(vi)
    };
    let mut reader = Reader::new(&fields, reading).map_err(|fault| refused(&fault))?;
    match reader.push(body, &mut sink).and_then(|()| reader.finish(&mut sink)) {
        Err(ReadError::File(fault)) => Err(refused(&fault)),
        // The receiver of the rows takes all.
        Ok(_) | Err(ReadError::Stopped) => Ok(rows),
    }
}

/// Stages a row that was read, or says why it cannot be.
fn read_row(kind: &PushKind, row: Row, moment: (DateTime<Utc>, CityTime)) -> ReadRow {
    let raw = serde_json::to_string(&row.raw).unwrap_or_else(|_| "null".to_owned());
    let place = (i64::try_from(row.number).unwrap_or(i64::MAX), i64::try_from(row.line).unwrap_or(i64::MAX));
    let mut errors: Vec<RowError> =
        row.faults.into_iter().map(|fault| RowError::new(fault.path, fault.code, fault.message)).collect();
    let external_id =
        row.values.get(super::kind::EXTERNAL_ID).and_then(|id| id.as_str()).unwrap_or_default().to_owned();
    if row.values.is_empty() && errors.iter().any(|error| error.path.is_empty()) {
        // Of a row that cannot be read nothing else is known.
        return Err(faulty(place, external_id, errors, raw));
    }
    let staged = stage(kind, row.values, place, raw, moment);
    match staged {
        Ok(staged) if errors.is_empty() => Ok(staged),
        Ok(staged) => Err(faulty(place, external_id, errors, staged.raw)),
        Err((more, raw)) => {
            errors.extend(
                more.into_iter()
                    .filter(|error| !errors.iter().any(|known| known.path == error.path))
                    .collect::<Vec<_>>(),
            );
            Err(faulty(place, external_id, errors, raw))
        }
    }
}

fn faulty((row, line): (i64, i64), external_id: String, errors: Vec<RowError>, raw: String) -> Faulty {
    let result = RowResult { row, line, external_id, status: PushStatus::Rejected, key: None, errors };
    Faulty { result, raw }
}

fn file_fault(fault: &tabular::FileFault) -> RowError {
    let at = |words: &Words| match fault.line {
        Some(line) => Words::new(format!("line {line}: {}", words.en), format!("dòng {line}: {}", words.vi)),
        None => words.clone(),
    };
    RowError::new("", fault.code, at(&fault.message))
}

/// How files are read in this installation.
#[derive(Debug, Clone)]
pub struct Intake {
    /// Zone of times without an offset.
    pub zone: chrono_tz::Tz,
    /// Program that reads workbooks.
    pub child: Option<tabular::Child>,
}
