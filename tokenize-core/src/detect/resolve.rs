//! Overlapping hits become one: the surest, then the longest, then the first.

use super::hit::Hit;

/// Leaves of hits that overlap the best; the others go. Hits come and stay in the order of their places.
pub(super) fn resolve(hits: &mut Vec<Hit>) {
    if hits.windows(2).all(|pair| matches!(pair, [a, b] if a.end <= b.start)) {
        return;
    }
    let mut order: Vec<usize> = (0..hits.len()).collect();
    let rank =
        |hit: &Hit| (u8::MAX - hit.score, usize::MAX - (hit.end - hit.start), hit.start, hit.rule);
    order.sort_unstable_by_key(|i| hits.get(*i).map(rank));
    // What is kept so far, by where it begins: no two overlap, so neighbours are enough.
    let mut kept: std::collections::BTreeMap<usize, Hit> = std::collections::BTreeMap::new();
    for hit in order.into_iter().filter_map(|i| hits.get(i).copied()) {
        let is_before_free =
            kept.range(..=hit.start).next_back().is_none_or(|(_, other)| other.end <= hit.start);
        let is_behind_free =
            kept.range(hit.start..).next().is_none_or(|(start, _)| *start >= hit.end);
        if is_before_free && is_behind_free {
            kept.insert(hit.start, hit);
        }
    }
    hits.clear();
    hits.extend(kept.into_values());
}
