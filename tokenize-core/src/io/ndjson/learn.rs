//! Learning what all lines hold, in blocks of lines side by side.
//!
//! What has been learned so far is held against the next blocks, each by itself. A line that brings nothing new to a shape brings nothing new to
//! any that has grown out of it either, and no error; so blocks are gone through again, in order, from the first line on that does not fit. That gives
//! what one pass over the lines gives, and its error.

use rayon::prelude::*;

use super::block::{Block, Place};
use super::shape::{Shape, Tally};
use super::text_of;
use crate::io::lines::Lines;
use crate::io::{IoError, LineDamage};
use crate::process::in_pool;

/// What is known so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Learned {
    pub(super) shape: Shape,
    tally: Tally,
}

impl Learned {
    /// Learns from all lines, in blocks of about `size` bytes.
    ///
    /// # Errors
    /// [`IoError::System`], [`IoError::Damaged`], [`IoError::NoThreads`].
    pub(super) fn all(lines: Lines, size: usize) -> Result<Shape, IoError> {
        in_pool(|| Self::in_blocks(lines, size))?
    }

    fn in_blocks(mut lines: Lines, size: usize) -> Result<Shape, IoError> {
        let most = BLOCKS_AHEAD * rayon::current_num_threads().max(1);
        let (mut learned, mut blocks) = (Self::default(), Block::some(&mut lines, 1, size));
        while !blocks.is_empty() {
            let (next, doubts) = rayon::join(
                || Block::some(&mut lines, most, size),
                || blocks.par_iter().map(|block| block.doubt(&learned)).collect::<Vec<_>>(),
            );
            for (block, doubt) in blocks.into_iter().zip(doubts) {
                block.teach(&mut learned, doubt, &lines)?;
            }
            blocks = next;
        }
        Ok(learned.shape)
    }

    /// Learns from a line, its end included.
    ///
    /// # Errors
    /// The line is no object, or not as it should be.
    pub(super) fn line(&mut self, line: &[u8], number: u64) -> Result<(), LineDamage> {
        match text_of(line, number)? {
            Some(text) => self.shape.learn_line(text, &mut self.tally),
            None => Ok(()),
        }
    }
}

impl Block {
    /// The first line that does not fit what has been learned.
    fn doubt(&self, learned: &Learned) -> Option<Place> {
        let mut learned = learned.clone();
        learned.tally.has_grown = false;
        let mut lines = self.lines(self.start());
        let fits = |learned: &mut Learned, at: Place, line: &[u8]| {
            learned.line(line, at.number).is_ok() && !learned.tally.has_grown
        };
        lines.find(|(at, line)| !fits(&mut learned, *at, line)).map(|(at, _)| at)
    }

    /// Learns from the lines that are in doubt.
    fn teach(
        self,
        learned: &mut Learned,
        doubt: Option<Place>,
        lines: &Lines,
    ) -> Result<(), IoError> {
        for (at, line) in doubt.into_iter().flat_map(|doubt| self.lines(doubt)) {
            let problem = learned.line(line, at.number);
            problem.map_err(|problem| lines.damaged_at(at.number, problem))?;
        }
        self.failure.map_or(Ok(()), Err)
    }
}

/// Bytes of lines that are looked at by one thread at a time.
pub(super) const BLOCK: usize = 512 * 1024;
/// How many blocks are read ahead for each thread.
const BLOCKS_AHEAD: usize = 4;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::io::lines::LONGEST;

    fn lines(text: &[u8]) -> Lines {
        Lines::new(Box::new(std::io::Cursor::new(text.to_vec())), Path::new("x"))
    }

    /// What one pass gives.
    fn one_by_one(text: &[u8]) -> Result<String, String> {
        let (mut lines, mut learned, mut line) = (lines(text), Learned::default(), Vec::new());
        while lines.append(&mut line, LONGEST).map_err(|error| error.to_string())? {
            let problem = learned.line(&line, lines.number());
            problem.map_err(|problem| lines.damaged(problem).to_string())?;
            line.clear();
        }
        Ok(format!("{:?}", learned.shape.schema()))
    }

    fn check(text: &[u8], size: usize) {
        let found = Learned::all(lines(text), size);
        let found = found.map(|shape| format!("{:?}", shape.schema()));
        assert_eq!(found.map_err(|error| error.to_string()), one_by_one(text), "{size}");
    }

    fn value() -> impl Strategy<Value = String> {
        let rare = [
            "null",
            "true",
            "1",
            "-0",
            "2.5",
            "\"x\"",
            "[]",
            "{}",
            "tru",
            "1]",
            "{\"a\":1,\"a\":2}",
        ];
        let leaf = prop_oneof![
            4 => Just("1".to_owned()),
            2 => Just("\"é\"".to_owned()),
            1 => prop::sample::select(rare.to_vec()).prop_map(str::to_owned),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            let object = prop::collection::btree_map("[abc]", inner.clone(), 0..3);
            let member = |(name, value): (String, String)| format!("\"{name}\":{value}");
            let object = object.prop_map(move |all| {
                format!("{{{}}}", all.into_iter().map(member).collect::<Vec<_>>().join(","))
            });
            let list = prop::collection::vec(inner, 0..3);
            prop_oneof![object, list.prop_map(|all| format!("[{}]", all.join(",")))]
        })
    }

    fn line() -> impl Strategy<Value = Vec<u8>> {
        let members = prop::collection::vec(("[a-d]", value()), 0..4);
        let object = members.prop_map(|all| {
            let mut seen = std::collections::HashSet::new();
            let all = all.into_iter().filter(|(name, _)| seen.insert(name.clone()));
            let all = all.map(|(name, value)| format!("\"{name}\": {value}"));
            format!("{{{}}}", all.collect::<Vec<_>>().join(", ")).into_bytes()
        });
        let odd: [&[u8]; 5] =
            [b"", b" \r", b"[1]", b"{\"a\":1,\"\\u0061\":2}", b"{\"a\":\"\xff\"}"];
        let odd = prop::sample::select(odd.map(<[u8]>::to_vec).to_vec());
        prop_oneof![30 => object, 1 => odd]
    }

    proptest! {
        #[test]
        fn any_blocks_give_what_one_pass_gives(
            all in prop::collection::vec(line(), 0..40),
            size in 1..400_usize,
            is_ended: bool,
            has_mark: bool,
        ) {
            let mut text = if has_mark { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
            text.extend(all.join(&b'\n'));
            text.extend(is_ended.then_some(b'\n'));
            check(&text, size);
        }
    }

    #[test]
    fn too_many_names_are_found_at_the_same_line() {
        let many = |from: usize, to: usize| -> String {
            (from..to).map(|i| format!("{{\"m\":{{\"{i}\":0}}}}\n")).collect()
        };
        // Names that a text makes void have been counted all the same.
        for middle in ["{\"m\":\"text\"}\n", "{}\n"] {
            let text = [many(0, 6_000), middle.to_owned(), many(0, 11_000)].concat();
            for size in [4_000, BLOCK] {
                check(text.as_bytes(), size);
            }
        }
    }
}
