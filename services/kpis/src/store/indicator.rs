//! The table of indicators.

use service_kit::access::Kind;
use service_kit::store::list::Listed;
use service_kit::store::reference::{Column, Reference};

use crate::model::{INDICATORS, Indicator};

/// The code of the indicator, as others name it: also of one that is deleted.
pub const NAMED: Column = Column::ever("code");
/// The code of the indicator.
pub const CODE: Column = Column::shown("code");
/// The code of the indicator that it is a part of.
pub const PARENT: Column = Column::shown("parent_code");

impl Listed for Indicator {
    const KIND: &'static Kind = &INDICATORS;
    const SOURCES: &'static [&'static str] = &[Self::SOURCE];
}

impl Reference for Indicator {
    const TABLE: &'static str = "kpis.indicator";
    const SOURCE: &'static str = "kpis.indicator AS f WHERE f.deleted_at IS NULL";
    const KEY: &'static str = "code";
    const ORDER: &'static str = "f.code";
}
