//! The least and the greatest of many texts, as statistics and page indexes have them.

/// The least and the greatest text so far, by their bytes.
#[derive(Debug, Default, Clone)]
pub(super) struct Bounds {
    texts: Option<(Vec<u8>, Vec<u8>)>,
    /// The first bytes of both, which settle nearly every comparison.
    starts: (u64, u64),
}

/// A bound, and whether it is one of the texts.
pub(super) type Bound = (Vec<u8>, bool);

impl Bounds {
    #[inline]
    pub(super) fn add(&mut self, text: &[u8]) {
        let start = start(text);
        if start <= self.starts.0 || start >= self.starts.1 {
            self.widen(text, start);
        }
    }

    fn widen(&mut self, text: &[u8], start: u64) {
        let Some((least, greatest)) = &mut self.texts else {
            self.texts = Some((text.to_vec(), text.to_vec()));
            self.starts = (start, start);
            return;
        };
        if text < least.as_slice() {
            text.clone_into(least);
            self.starts.0 = start;
        }
        if text > greatest.as_slice() {
            text.clone_into(greatest);
            self.starts.1 = start;
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        if let Some((least, greatest)) = &other.texts {
            self.widen(least, other.starts.0);
            self.widen(greatest, other.starts.1);
        }
    }

    /// Both, or what is below and above them where they are long; `None` if there are no texts or nothing short is above them.
    pub(super) fn short(&self, is_text: bool) -> Option<(Bound, Bound)> {
        let (least, greatest) = self.texts.as_ref()?;
        let (below, above) = (cut(least, is_text), cut(greatest, is_text));
        let is_least = below.len() == least.len();
        let below = (below.to_vec(), is_least);
        if above.len() == greatest.len() {
            return Some((below, (above.to_vec(), true)));
        }
        Some((below, (raised(above, is_text)?, false)))
    }
}

fn start(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => {
            let mut bytes = [0; 8];
            bytes[..text.len()].copy_from_slice(text);
            u64::from_be_bytes(bytes)
        }
    }
}

/// The beginning of a text, whole characters of it.
fn cut(text: &[u8], is_text: bool) -> &[u8] {
    let Some(mut beginning) = text.get(..MOST) else { return text };
    if let (true, Err(error)) = (is_text, std::str::from_utf8(beginning)) {
        beginning = &beginning[..error.valid_up_to()];
    }
    beginning
}

/// Something greater than all that begins so, no longer: its last byte that can be raised is, and nothing follows it. In texts that
/// is an ASCII character, so that a text stays one.
fn raised(beginning: &[u8], is_text: bool) -> Option<Vec<u8>> {
    let last = if is_text { 0x7E } else { 0xFE };
    let place = beginning.iter().rposition(|byte| *byte <= last)?;
    let mut raised = beginning[..=place].to_vec();
    raised[place] += 1;
    Some(raised)
}

/// Statistics hold no more bytes of a text.
const MOST: usize = 64;
