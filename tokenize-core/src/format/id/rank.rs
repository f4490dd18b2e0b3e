//! The numbering of a class: layouts one after the other, in each the indices of elements as digits, the first the most significant.
//!
//! Numbers that have no check characters are passed over by counting: for each remainder of the sums it is known how many ways on
//! end in a number that has some. Exceptions are passed over by a list of their places.

use crate::checksum::check::Sum;
use crate::checksum::class::{Class, Exceptions};
use crate::checksum::element::Element;
use crate::checksum::layout::Layout;

/// A class whose numbers are counted.
#[derive(Debug)]
pub(super) struct Ranked {
    class: &'static Class,
    layouts: Vec<Counted>,
    /// The places of exceptions, ascending.
    skipped: Vec<u128>,
    /// The largest rank.
    last: u128,
}

/// A layout whose numbers are counted.
#[derive(Debug)]
struct Counted {
    layout: &'static Layout,
    size: u128,
    /// Where check characters can be missing.
    gaps: Option<Gaps>,
}

/// How many numbers there are on every way through a layout.
#[derive(Debug)]
struct Gaps {
    /// For each value of the first element, how many numbers begin with a smaller one; then how many there are.
    before: Vec<u64>,
    /// After each element, by [`State`]: how many ways on end in a number that exists.
    ways: Vec<Vec<u64>>,
}

/// The remainders of up to two sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State([u32; 2]);

impl Ranked {
    pub(super) fn new(class: &'static Class) -> Self {
        let layouts: Vec<_> =
            class.layouts.iter().map(|layout| Counted::new(class, layout)).collect();
        let size: u128 = layouts.iter().map(|counted| counted.size).sum();
        let mut ranked = Self { class, layouts, skipped: Vec::new(), last: 0 };
        let mut skipped: Vec<u128> =
            exceptions(class).iter().filter_map(|number| ranked.place(number)).collect();
        skipped.sort_unstable();
        ranked.last = size.saturating_sub(skipped.len() as u128 + 1);
        ranked.skipped = skipped;
        ranked
    }

    pub(super) fn class(&self) -> &'static Class {
        self.class
    }

    pub(super) fn last(&self) -> u128 {
        self.last
    }

    /// What a number keeps: its class, and which places have letters for digits.
    pub(super) fn tweak(&self, compact: &[u8]) -> Vec<u8> {
        let mut tweak = self.class.name.as_bytes().to_vec();
        if let Some(alias) = &self.class.alias {
            let (_, mask) = alias.plain(compact);
            tweak.extend((0..alias.places.len()).map(|bit| b'0' + u8::from(mask >> bit & 1 == 1)));
        }
        tweak
    }

    /// The rank of a number of the class.
    pub(super) fn rank(&self, compact: &[u8]) -> Option<u128> {
        let place = self.place(compact)?;
        let skipped = self.skipped.partition_point(|skipped| *skipped < place);
        Some(place - skipped as u128)
    }

    /// The number of a rank, with letters for digits where `like` has some.
    pub(super) fn unrank(&self, rank: u128, like: &[u8]) -> Option<Vec<u8>> {
        let mut place = self.unskipped(rank);
        let mut text = vec![b'0'; self.class.len()];
        for counted in &self.layouts {
            if place < counted.size {
                counted.write(self.class, place, &mut text)?;
                if let Some(alias) = &self.class.alias {
                    let (_, mask) = alias.plain(like);
                    alias.write(mask, &mut text);
                }
                return self.class.write_check(&mut text).then_some(text);
            }
            place -= counted.size;
        }
        None
    }

    /// The place of a number among all, exceptions included.
    fn place(&self, compact: &[u8]) -> Option<u128> {
        let plain = self.class.plain(compact);
        let plain = plain.get(..compact.len())?;
        let mut before = 0;
        for counted in &self.layouts {
            if counted.layout.fits(plain) {
                return Some(before + counted.place(self.class, plain)?);
            }
            before += counted.size;
        }
        None
    }

    /// The place of a rank: it is farther on by each exception before it.
    fn unskipped(&self, rank: u128) -> u128 {
        let (mut low, mut high) = (0, self.skipped.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.skipped.get(middle) {
                Some(skipped) if *skipped - middle as u128 <= rank => low = middle + 1,
                _ => high = middle,
            }
        }
        rank + low as u128
    }
}

impl Counted {
    fn new(class: &Class, layout: &'static Layout) -> Self {
        if !class.check.sums().iter().any(Sum::has_gaps) {
            let counts = layout.elements().iter().map(|element| u128::from(element.count()));
            return Self { layout, size: counts.product(), gaps: None };
        }
        let gaps = Gaps::new(class, layout);
        let size = gaps.before.last().copied().unwrap_or(0).into();
        Self { layout, size, gaps: Some(gaps) }
    }

    fn place(&self, class: &Class, plain: &[u8]) -> Option<u128> {
        match &self.gaps {
            Some(gaps) => gaps.place(class, self.layout, plain).map(u128::from),
            None => parts(self.layout).try_fold(0, |place, (element, from)| {
                let part = plain.get(from..from + element.width())?;
                Some(place * u128::from(element.count()) + u128::from(element.index(part)?))
            }),
        }
    }

    fn write(&self, class: &Class, mut place: u128, text: &mut [u8]) -> Option<()> {
        if let Some(gaps) = &self.gaps {
            return gaps.write(class, self.layout, u64::try_from(place).ok()?, text);
        }
        let mut to = text.len();
        for element in self.layout.elements().iter().rev() {
            let from = to.checked_sub(element.width())?;
            let count = u128::from(element.count());
            element.write(u64::try_from(place % count).ok()?, text.get_mut(from..to)?)?;
            (place, to) = (place / count, from);
        }
        (place == 0).then_some(())
    }
}

impl Gaps {
    fn new(class: &Class, layout: &Layout) -> Self {
        let mut ways = vec![State::all(class).map(|state| state.exists(class).into()).collect()];
        for (element, from) in parts(layout).collect::<Vec<_>>().into_iter().skip(1).rev() {
            let mut times = vec![0_u64; State::count(class)];
            let mut text = vec![b'0'; element.width()];
            for index in 0..element.count() {
                let step = State::of_value(class, element, from, index, &mut text);
                if let Some(times) = times.get_mut(step.at(class)) {
                    *times += 1;
                }
            }
            let after: &[u64] = ways.last().map_or(&[], Vec::as_slice);
            let before = State::all(class).map(|state| {
                let steps = State::all(class).zip(&times);
                steps.map(|(step, times)| times * state.plus(class, step).ways(class, after)).sum()
            });
            let before = before.collect();
            ways.push(before);
        }
        ways.reverse();
        let mut before = vec![0];
        if let (Some(element), Some(after)) = (layout.elements().first(), ways.first()) {
            let mut text = vec![b'0'; element.width()];
            let mut sum = 0;
            for index in 0..element.count() {
                sum += State::of_value(class, element, 0, index, &mut text).ways(class, after);
                before.push(sum);
            }
        }
        Self { before, ways }
    }

    fn place(&self, class: &Class, layout: &Layout, plain: &[u8]) -> Option<u64> {
        let (mut place, mut state) = (0, State([0, 0]));
        for ((at, (element, from)), after) in parts(layout).enumerate().zip(&self.ways) {
            let part = plain.get(from..from + element.width())?;
            let index = element.index(part)?;
            if at == 0 {
                place = *self.before.get(usize::try_from(index).ok()?)?;
            } else {
                let mut text = vec![b'0'; element.width()];
                for lower in 0..index {
                    let step = State::of_value(class, element, from, lower, &mut text);
                    place += state.plus(class, step).ways(class, after);
                }
            }
            state = state.plus(class, State::of_part(class, element, from, part));
        }
        Some(place)
    }

    fn write(&self, class: &Class, layout: &Layout, mut place: u64, text: &mut [u8]) -> Option<()> {
        let mut state = State([0, 0]);
        for ((at, (element, from)), after) in parts(layout).enumerate().zip(&self.ways) {
            let part = text.get_mut(from..from + element.width())?;
            if at == 0 {
                let index =
                    self.before.partition_point(|before| *before <= place).checked_sub(1)?;
                place -= self.before.get(index)?;
                state = State::of_value(class, element, from, index as u64, part);
                continue;
            }
            let mut next = None;
            for index in 0..element.count() {
                let step = state.plus(class, State::of_value(class, element, from, index, part));
                let ways = step.ways(class, after);
                if place < ways {
                    next = Some(step);
                    break;
                }
                place -= ways;
            }
            state = next?;
        }
        Some(())
    }
}

impl State {
    /// The moduli of the sums; 1 where there is none.
    fn moduli(class: &Class) -> [u32; 2] {
        let sums = class.check.sums();
        [0, 1].map(|at| sums.get(at).map_or(1, Sum::modulus))
    }

    fn count(class: &Class) -> usize {
        Self::moduli(class).iter().product::<u32>() as usize
    }

    /// All states, in the order of [`State::at`].
    fn all(class: &Class) -> impl Iterator<Item = Self> {
        let [first, second] = Self::moduli(class);
        (0..first).flat_map(move |a| (0..second).map(move |b| Self([a, b])))
    }

    fn at(self, class: &Class) -> usize {
        let [_, second] = Self::moduli(class);
        (self.0[0] * second + self.0[1]) as usize
    }

    fn plus(self, class: &Class, step: Self) -> Self {
        let [first, second] = Self::moduli(class);
        Self([(self.0[0] + step.0[0]) % first, (self.0[1] + step.0[1]) % second])
    }

    fn ways(self, class: &Class, after: &[u64]) -> u64 {
        after.get(self.at(class)).copied().unwrap_or(0)
    }

    /// What a value of an element adds; `text` receives it.
    fn of_value(
        class: &Class,
        element: &Element,
        from: usize,
        index: u64,
        text: &mut [u8],
    ) -> Self {
        // An index below the count is always written.
        let _ = element.write(index, text);
        Self::of_part(class, element, from, text)
    }

    /// What the characters of an element add. Check characters follow from the rest and add nothing.
    fn of_part(class: &Class, element: &Element, from: usize, part: &[u8]) -> Self {
        if matches!(element, Element::Check(_)) {
            return Self([0, 0]);
        }
        let sums = class.check.sums();
        Self([0, 1].map(|at| {
            sums.get(at).map_or(0, |sum| {
                let terms = (from..).zip(part).map(|(place, symbol)| sum.term(place, *symbol));
                terms.sum::<u32>() % sum.modulus()
            })
        }))
    }

    /// Whether check characters exist for these remainders.
    fn exists(self, class: &Class) -> bool {
        class.check.characters_of(self.0, class.check_place().0).is_some()
    }
}

/// The elements of a layout with their first places.
fn parts(layout: &Layout) -> impl Iterator<Item = (&Element, usize)> {
    layout.elements().iter().scan(0, |from, element| {
        let first = *from;
        *from += element.width();
        Some((element, first))
    })
}

/// The numbers that are exceptions although layout and check characters would allow them.
fn exceptions(class: &Class) -> Vec<Vec<u8>> {
    let len = class.len();
    let candidates: Vec<Vec<u8>> = match &class.exceptions {
        Exceptions::Equal => (b'0'..=b'Z').map(|symbol| vec![symbol; len]).collect(),
        Exceptions::List(numbers) => numbers.iter().map(|number| number.to_vec()).collect(),
        Exceptions::Palindromes => palindromes(class),
    };
    candidates.into_iter().filter(|number| class.is_built(number)).collect()
}

/// The palindromes of digits that fit a class, whatever their check.
fn palindromes(class: &Class) -> Vec<Vec<u8>> {
    let len = class.len();
    let half = len.div_ceil(2);
    let halves = (0..10_u64.pow(u32::try_from(half).unwrap_or(0))).map(|half_number| {
        let mut number = format!("{half_number:0half$}").into_bytes();
        let mirrored: Vec<u8> = number.iter().take(len - half).rev().copied().collect();
        number.extend(mirrored);
        number
    });
    halves.filter(|number| class.layouts.iter().any(|layout| layout.fits(number))).collect()
}
