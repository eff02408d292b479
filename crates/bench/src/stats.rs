//! Order statistics of what was measured.

use std::time::Duration;

/// Durations of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that this part of them does not exceed (nearest rank), in milliseconds; none if
    /// nothing was measured.
    pub(crate) fn quantile_ms(&self, part: f64) -> Option<f64> {
        let mut sorted: Vec<f64> = self.0.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        quantile(&mut sorted, part)
    }
}

/// The value that this part of them does not exceed (nearest rank).
pub(crate) fn quantile(values: &mut [f64], part: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank of a list is small and not negative"
    )]
    let rank = (part * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1).min(values.len().saturating_sub(1))).copied()
}

/// The middle one.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    quantile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let mut times = Times::default();
        assert_eq!(times.quantile_ms(0.5), None);
        for ms in [5, 1, 4, 2, 3] {
            times.add(Duration::from_millis(ms));
        }
        assert_eq!(times.quantile_ms(0.5), Some(3.0));
        assert_eq!(times.quantile_ms(0.99), Some(5.0));
        assert_eq!(times.quantile_ms(0.0), Some(1.0));
        assert_eq!(median(&mut [2.0, 1.0]), Some(1.0));
    }
}
