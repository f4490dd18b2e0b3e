use super::*;
use crate::detect::scan::places;
use crate::detect::words::{before, is_free_before, word_end, word_start};

/// Texts of four blocks in which everything stands beside everything.
fn texts() -> impl Iterator<Item = [u8; 4 * BLOCK]> {
    let bytes = *b"aZ019 5-.:/_+@(,7k82";
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    };
    (0..2000).map(move |_| {
        let kinds = 2 + next() % (bytes.len() - 1);
        std::array::from_fn(|_| bytes[next() % kinds.min(bytes.len())])
    })
}

fn sight(text: &[u8]) -> Sight {
    let (blocks, _) = text.as_chunks::<BLOCK>();
    let detail = |block: usize| {
        Detail::of(&blocks[block], places(&blocks[block]).map_or(0, |places| places.digits))
    };
    Sight::new(BLOCK, [detail(0), detail(1), detail(2)])
}

#[test]
fn bits_say_what_bytes_do() {
    for text in texts() {
        let sight = sight(&text);
        for place in BLOCK..2 * BLOCK {
            assert_eq!(sight.at(place), Some(Window::of(&text, place)));
            assert_eq!(sight.at(place - BLOCK), Some(Window::of(&text, place - BLOCK)));
            if !is_word(text[place]) {
                continue;
            }
            let (start, end) = (word_start(&text, place), word_end(&text, place));
            if let Some((back, on)) = sight.word(place) {
                assert_eq!((place - back, place + on), (start, end));
            } else {
                assert!(start < BLOCK || end >= 2 * BLOCK);
            }
            if let Some(is_bound) = sight.is_bound(0, start) {
                let is_joined = !matches!(before(&text, start), b'_' | b'@' | b'$');
                assert_eq!(is_bound, is_joined && !is_free_before(&text, start));
            }
        }
    }
}
