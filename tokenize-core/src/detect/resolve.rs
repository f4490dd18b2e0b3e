//! Overlapping hits become one: the surest, then the longest, then the first. Only secrets come before what is surer.

use super::hit::Hit;

/// Removes what overlaps a secret and is none: the URL around it, the address that its password and host look like together, a number
/// in it. They may be surer, but who masks an address and leaves a password has lost more.
pub(super) fn give_way(hits: &mut Vec<Hit>, is_secret: impl Fn(&Hit) -> bool) {
    let secrets: Vec<(usize, usize)> =
        hits.iter().filter(|hit| is_secret(hit)).map(|hit| (hit.start, hit.end)).collect();
    // The furthest end up to each secret: spans may lie inside each other.
    let mut furthest = 0;
    let ends: Vec<usize> = secrets
        .iter()
        .map(|(_, end)| {
            furthest = furthest.max(*end);
            furthest
        })
        .collect();
    hits.retain(|hit| {
        let before = secrets.partition_point(|(start, _)| *start < hit.end);
        let reach = before.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or(0);
        reach <= hit.start || is_secret(hit)
    });
}

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
