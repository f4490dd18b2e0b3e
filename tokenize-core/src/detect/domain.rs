//! Domain names (RFC 1035, section 2.3.1) and what is known of their ends.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::words::is_word;

/// A domain name in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Domain {
    pub(super) end: usize,
    /// Whether its top-level domain is in the list.
    pub(super) is_known: bool,
}

/// The longest name of at least two labels that begins at `start`.
pub(super) fn parse(value: &[u8], start: usize) -> Option<Domain> {
    let rest = value.get(start..value.len().min(start + NAME_LIMIT))?;
    let mut found: Option<Domain> = None;
    // Where a known name ends and a sentence may begin whose space is missing: `example.org.Please`.
    let mut sentence = None;
    let (mut label, mut labels) = (0, 0);
    loop {
        let text = rest.get(label..)?;
        let len = text.iter().take_while(|byte| is_word(**byte) || **byte == b'-').count();
        let (text, at) = (text.get(..len)?, label + len);
        let byte = rest.get(at).copied().unwrap_or(b' ');
        if !is_label(text) {
            break;
        }
        labels += 1;
        if found.is_some_and(|name| name.is_known) && is_capitalized(text) {
            sentence = sentence.or(found);
        }
        if labels > 1 && is_top(text) {
            found = Some(Domain { end: start + at, is_known: is_known(text) });
        }
        if byte != b'.' {
            break;
        }
        label = at + 1;
    }
    match found {
        Some(Domain { is_known: false, .. }) => sentence.or(found),
        found => found,
    }
}

/// Whether a word is written as one that begins a sentence.
fn is_capitalized(word: &[u8]) -> bool {
    word.first().is_some_and(u8::is_ascii_uppercase)
        && word.get(1..).is_some_and(|rest| rest.iter().all(u8::is_ascii_lowercase))
}

/// Names set apart for documentation and tests (RFC 2606, RFC 6761).
pub(super) fn is_reserved(name: &[u8]) -> bool {
    let mut labels = name.rsplit(|byte| *byte == b'.');
    let top = labels.next().unwrap_or_default();
    let is = |label: &[u8], all: &[&[u8]]| all.iter().any(|one| one.eq_ignore_ascii_case(label));
    is(top, &[b"example", b"test", b"invalid", b"localhost"])
        || is(top, &[b"com", b"net", b"org"])
            && is(labels.next().unwrap_or_default(), &[b"example"])
}

/// Whether a label is a top-level domain of the list, in any case.
pub(super) fn is_known(label: &[u8]) -> bool {
    match key(label) {
        Some(key) if TOP.contains(&key) => true,
        _ => label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--")),
    }
}

fn is_label(text: &[u8]) -> bool {
    (1..=63).contains(&text.len()) && text.first() != Some(&b'-') && text.last() != Some(&b'-')
}

fn is_top(text: &[u8]) -> bool {
    text.len() >= 2 && (text.iter().all(u8::is_ascii_alphabetic) || is_known(text))
}

/// Longest name (RFC 1035, section 2.3.4).
const NAME_LIMIT: usize = 255;

static TOP: LazyLock<HashSet<u128, BuildHasherDefault<Mixed>>> = LazyLock::new(|| {
    let all = GENERIC.split_whitespace().chain(COUNTRIES.split_whitespace());
    all.filter_map(|name| key(name.as_bytes())).collect()
});

/// A label in lower case as a number, if it is short enough to be in the list.
fn key(label: &[u8]) -> Option<u128> {
    (label.len() <= 14)
        .then(|| label.iter().fold(1, |key, byte| key << 8 | u128::from(byte.to_ascii_lowercase())))
}

/// Mixes a number; the list is ours, so nobody picks its collisions.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn write_u128(&mut self, number: u128) {
        let folded = number as u64 ^ (number >> 64) as u64;
        self.0 = folded.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32);
    }
}

/// The generic top-level domains that most mail and most sites use, and the reserved ones.
const GENERIC: &str = "
    com org net edu gov mil int info biz name pro aero coop museum jobs mobi travel tel cat asia post xxx arpa
    app dev page blog shop store online site website web xyz top club vip live life world today news media digital agency
    cloud tech software systems network solutions services company business group team global international foundation
    email mail chat social space zone work works tools support studio design art photo photos gallery music video
    health care clinic dental doctor hospital healthcare bank finance financial insurance money cash credit loans fund
    capital investments tax legal law lawyer attorney academy school university education institute college training
    restaurant cafe bar pizza food kitchen wine beer hotel holiday tours vacations flights city town place house homes
    rent property estate land garden farm fit fitness yoga run bike golf football hockey games game play fun party
    dating wedding family baby kids pet dog horse fish green eco energy solar bio science engineering build builders
    construction contractors plumbing repair parts supply equipment industries limited ltd llc inc gmbh sarl srl
    london paris berlin hamburg koeln wien amsterdam nyc tokyo moscow
    google amazon apple microsoft ibm bmw
    example test invalid localhost local internal lan home corp onion";

/// ISO 3166-1 country codes and the others in the root zone of two letters.
const COUNTRIES: &str = "
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz
    ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr
    ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp
    ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu
    mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw
    sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz
    ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";
