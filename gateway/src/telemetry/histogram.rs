//! A histogram of durations with atomic buckets: recording a duration needs no lock and no allocation.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::{MetricType, TypedMetric},
};

/// Upper bounds of the buckets, in microseconds: from a cached answer to the default timeout.
const BOUNDS_US: [u64; 15] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000, 30_000_000,
];

/// Counts durations by bucket. Clones share their counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct DurationHistogram {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    sum_ns: AtomicU64,
    /// One for each bound, and one for longer durations.
    counts: [AtomicU64; BOUNDS_US.len() + 1],
}

impl DurationHistogram {
    /// Counts one duration.
    pub(crate) fn observe(&self, duration: Duration) {
        let elapsed_ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.partition_point(|&bound| bound.saturating_mul(1_000) < elapsed_ns);
        self.inner.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.inner.sum_ns.fetch_add(elapsed_ns, Ordering::Relaxed);
    }
}

impl TypedMetric for DurationHistogram {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for DurationHistogram {
    fn encode(&self, mut encoder: MetricEncoder) -> Result<(), std::fmt::Error> {
        let bounds = BOUNDS_US.iter().map(|&bound| Duration::from_micros(bound).as_secs_f64()).chain([f64::INFINITY]);
        let counts = self.inner.counts.iter().map(|count| count.load(Ordering::Relaxed));
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        // The count is the sum of the buckets that were just read, so that the text is consistent.
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = Duration::from_nanos(self.inner.sum_ns.load(Ordering::Relaxed)).as_secs_f64();
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::{encoding::text::encode, registry::Registry};

    use super::*;

    #[test]
    fn a_duration_falls_into_the_bucket_that_ends_at_or_above_it() {
        let histogram = DurationHistogram::default();
        for elapsed in
            [Duration::ZERO, Duration::from_micros(500), Duration::from_nanos(500_001), Duration::from_secs(31)]
        {
            histogram.observe(elapsed);
        }
        let mut registry = Registry::default();
        registry.register("h", "help", histogram);
        let mut text = String::new();
        encode(&mut text, &registry).expect("a String takes everything");
        for line in [
            "h_bucket{le=\"0.0005\"} 2",
            "h_bucket{le=\"0.001\"} 3",
            "h_bucket{le=\"30.0\"} 3",
            "h_bucket{le=\"+Inf\"} 4",
            "h_count 4",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
