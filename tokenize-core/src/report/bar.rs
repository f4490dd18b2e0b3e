//! The bar of a column: its entries, by what was found in them.

use super::column::Found;
use crate::detect::ColumnReport;

/// Parts of one whole, from left to right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bar {
    pub(super) parts: Vec<Part>,
}

/// A part of a bar, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) class: &'static str,
    pub(super) from: u32,
    pub(super) width: u32,
}

impl Bar {
    /// Nulls and what stands for nothing are exact; the rest is divided as the values that were looked at. Where a value counts for two
    /// entities, the second one gets what is left.
    pub(super) fn of(report: &ColumnReport, found: &[Found]) -> Self {
        if report.rows == 0 {
            return Self::default();
        }
        let nulls = ratio(report.nulls, report.rows);
        let missing = ratio(report.missing, report.rows);
        let values = ratio(report.values, report.rows);
        let mut parts = Vec::new();
        let mut free = 1.0 - nulls - missing;
        for (entity, class) in found.iter().zip(FOUND) {
            let width = (entity.share * values).min(free);
            parts.push((class, width));
            free -= width;
        }
        parts.extend([("rest", free), ("missing", missing), ("null", nulls)]);
        Self { parts: in_thousandths(&parts) }
    }
}

/// Parts at whole thousandths. What is there can be seen, however little it is: the widest part gives way.
fn in_thousandths(parts: &[(&'static str, f64)]) -> Vec<Part> {
    let there = parts.iter().filter(|(_, share)| *share > 0.0);
    let mut all: Vec<Part> = there
        .map(|(class, share)| {
            let least = if *class == "rest" { 0 } else { SEEN };
            Part { class, from: 0, width: thousandths(*share).max(least) }
        })
        .collect();
    let total: u32 = all.iter().map(|part| part.width).sum();
    if let Some(widest) = all.iter_mut().max_by_key(|part| part.width) {
        widest.width = (widest.width + 1_000).saturating_sub(total);
    }
    all.retain(|part| part.width > 0);
    let mut from = 0;
    for part in &mut all {
        part.from = from;
        from += part.width;
    }
    all
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
fn thousandths(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 1_000.0).round() as u32
}

#[expect(clippy::cast_precision_loss, reason = "drawn in thousandths")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// How the first entities found are drawn; more would not be told apart.
const FOUND: [&str; 3] = ["f1", "f2", "f3"];
/// The least width of a part that is not nothing.
const SEEN: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(parts: &[(&'static str, f64)]) -> Vec<(&'static str, u32, u32)> {
        in_thousandths(parts).into_iter().map(|part| (part.class, part.from, part.width)).collect()
    }

    #[test]
    fn parts_lie_side_by_side_and_small_ones_are_seen() {
        assert_eq!(
            parts(&[("f1", 0.25), ("rest", 0.5), ("null", 0.25)]),
            [("f1", 0, 250), ("rest", 250, 500), ("null", 750, 250)]
        );
        assert_eq!(
            parts(&[("f1", 0.000_1), ("f2", 0.0), ("rest", 0.999_9)]),
            [("f1", 0, 8), ("rest", 8, 992)]
        );
        assert_eq!(
            parts(&[("f1", 0.999_9), ("null", 0.000_1)]),
            [("f1", 0, 992), ("null", 992, 8)]
        );
        assert_eq!(parts(&[("f1", 1.0), ("null", 0.0)]), [("f1", 0, 1_000)]);
        assert_eq!(parts(&[]), []);
    }
}
