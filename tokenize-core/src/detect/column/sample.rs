//! A uniform sample of unknown many values, the same for the same values in the same order (Vitter 1985, algorithm R).

/// At most so many of the values offered, each as likely as any other.
#[derive(Debug)]
pub(super) struct Reservoir {
    size: usize,
    offered: u64,
    random: Random,
    kept: Vec<String>,
}

impl Reservoir {
    pub(super) fn new(size: usize, seed: u64) -> Self {
        Self { size, offered: 0, random: Random(seed), kept: Vec::new() }
    }

    /// Counts one more value; the place that it takes, if it is drawn. [`Self::put`] must follow then.
    pub(super) fn draw(&mut self) -> Option<usize> {
        self.offered += 1;
        if self.kept.len() < self.size {
            return Some(self.kept.len());
        }
        let place = usize::try_from(self.random.below(self.offered)).ok()?;
        (place < self.size).then_some(place)
    }

    /// Puts a value where [`Self::draw`] said. Of a long one only the beginning is kept, so that memory is bounded.
    pub(super) fn put(&mut self, place: usize, text: &str) {
        let text = beginning(text).to_owned();
        match self.kept.get_mut(place) {
            Some(kept) => *kept = text,
            None => self.kept.push(text),
        }
    }

    pub(super) fn kept(&self) -> &[String] {
        &self.kept
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for drawing, and the same everywhere.
#[derive(Debug, Clone)]
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`, by the high half of a product (Lemire 2019); its bias, `limit / 2^64`, is nothing here.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or(0)
    }
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// How much of a value is kept, in bytes.
const LONGEST: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(size: usize, seed: u64, values: std::ops::Range<usize>) -> Vec<usize> {
        let mut reservoir = Reservoir::new(size, seed);
        for value in values {
            if let Some(place) = reservoir.draw() {
                reservoir.put(place, &value.to_string());
            }
        }
        reservoir.kept().iter().map(|kept| kept.parse().unwrap()).collect()
    }

    #[test]
    fn every_value_is_as_likely_as_any_other() {
        let mut drawn = [0_u32; 100];
        for seed in 0..2_000 {
            sample(10, seed, 0..100).into_iter().for_each(|value| drawn[value] += 1);
        }
        // 200 each, with a standard deviation of 13.4.
        assert!(drawn.iter().all(|count| (133..267).contains(count)), "{drawn:?}");
    }

    #[test]
    fn samples_are_repeatable_and_small_sets_whole() {
        assert_eq!(sample(10, 7, 0..1_000), sample(10, 7, 0..1_000));
        assert_ne!(sample(10, 7, 0..1_000), sample(10, 8, 0..1_000));
        assert_eq!(sample(10, 7, 0..10), (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let mut reservoir = Reservoir::new(1, 0);
        let place = reservoir.draw().unwrap();
        reservoir.put(place, &"ä€".repeat(2_000));
        assert!((LONGEST - 4..=LONGEST).contains(&reservoir.kept()[0].len()));
    }
}
