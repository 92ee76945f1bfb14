//! Scorecards: the measures of every service side by side for one entity, with a composite score and a rank.

mod board;
mod measures;
mod score;

pub use board::{Board, Card, Order, Pair, Ranked, Selection, Subject, arrange, peers, rank};
pub use measures::{DATASETS, Dataset, ScorecardSet, Wanted};
pub use score::{Rules, Score, ScoreComponent};
