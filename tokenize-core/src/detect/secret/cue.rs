//! Names that say that a secret follows: `DB_PASSWORD`, `"clientSecret"`, `Mot de passe`.

use crate::detect::words::before;

/// How much a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// Of whatever follows: a word that people thought up, or a number.
    Password,
    /// The same for names that mean other things too, such as `pass`: words and numbers do not count.
    Pass,
    /// Something that a machine made up: tokens and keys.
    Token,
    /// The same for names that mean other things too, such as `auth`.
    Faint,
    /// `value`: whatever the name before it says.
    Deferred,
}

/// Where the name ends that the mark at `at` follows, if its last letters are those of a cue. Most names end here, after a few steps.
#[inline]
pub(super) fn name_end(value: &[u8], at: usize) -> Option<usize> {
    let last = *value.get(at.checked_sub(1)?)?;
    let end = if last.is_ascii_lowercase() { at } else { without_closers(value, at) };
    ends_like_cue(value, end).then_some(end)
}

/// Where the name ends before the quotes, spaces, brackets and the number that stand before the mark at `at`.
fn without_closers(value: &[u8], at: usize) -> usize {
    let mut end = at;
    let is_closer = |byte: u8| {
        matches!(byte, b' ' | b'"' | b'\'' | b'\\' | b']' | b'\t' | b'*' | b'?' | b'`' | b')')
            || (byte == b':' && value.get(at) == Some(&b'='))
    };
    while end > 0 && at - end < CLOSERS && is_closer(before(value, end)) {
        end -= 1;
    }
    // Quotes in HTML.
    if value.get(..end).is_some_and(|name| name.ends_with(b"&quot;")) {
        return end - b"&quot;".len();
    }
    if before(value, end).is_ascii_digit() {
        end -= 1;
        end -= usize::from(before(value, end) == b'_');
    }
    end
}

/// Whether the letters before `end` are the last three of a cue, perhaps.
#[inline]
pub(super) fn ends_like_cue(value: &[u8], end: usize) -> bool {
    let Some(tail) = value.get(..end).and_then(|name| name.last_chunk::<3>()) else {
        return is_short_cue(value, end);
    };
    let place = tail_place(tail_word(*tail));
    TAILS.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 != 0)
}

/// `pw` at the beginning of a value.
fn is_short_cue(value: &[u8], end: usize) -> bool {
    value.get(..end).is_some_and(|name| name.eq_ignore_ascii_case(b"pw"))
}

/// What the name that ends at `end` says, and where it begins.
pub(super) fn of_name(value: &[u8], end: usize) -> Option<(Cue, usize)> {
    let start = name_start(value, end);
    let name = Name::new(value.get(start..end)?);
    let cue = name.cue()?;
    // `sig` is a field of URLs only, and `::` joins names of types.
    let is_field = matches!(before(value, start), b'?' | b'&' | b';');
    if (name.text() == b"sig" && !is_field) || value.get(..start)?.ends_with(b"::") {
        return None;
    }
    if cue == Cue::Deferred {
        let before = previous_name(value, start)?;
        return ends_like_cue(value, before)
            .then(|| {
                Name::new(value.get(name_start(value, before)..before).unwrap_or_default()).cue()
            })?
            .filter(|cue| *cue != Cue::Deferred)
            .map(|cue| (cue, start));
    }
    Some((cue, start))
}

/// Where the name begins that ends at `end`. Words before it, parted by one space, belong to it: `API key`.
fn name_start(value: &[u8], end: usize) -> usize {
    let window = value.get(end.saturating_sub(NAME)..end).unwrap_or_default();
    let mut spaces = 0;
    let len = window
        .iter()
        .rev()
        .take_while(|byte| {
            spaces += usize::from(**byte == b' ');
            (**byte == b' ' && spaces < 3) || is_name(**byte)
        })
        .count();
    end - len
}

/// Where the name ends that stands before the one at `start`: `- name: DB_PASSWORD`, a line break, `value:`.
fn previous_name(value: &[u8], start: usize) -> Option<usize> {
    let from = start.saturating_sub(GAP);
    let gap = value
        .get(from..start)?
        .iter()
        .rev()
        .take_while(|byte| !is_name(**byte) || **byte == b'-')
        .count();
    let end = start - gap;
    (gap < GAP && end > from).then_some(end)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'_' | b'-' | b'.')
}

/// A name in lower case without what parts its words.
struct Name {
    text: [u8; NAME],
    len: usize,
    /// Where words begin, a bit for each place.
    begins: u64,
}

impl Name {
    fn new(name: &[u8]) -> Self {
        let mut this = Self { text: [0; NAME], len: 0, begins: 0 };
        let mut last = b' ';
        for byte in name {
            let is_hump = byte.is_ascii_uppercase() && last.is_ascii_lowercase();
            let is_first = matches!(last, b' ' | b'_' | b'-' | b'.') || last.is_ascii_digit();
            if !matches!(*byte, b' ' | b'_' | b'-' | b'.') {
                let Some(to) = this.text.get_mut(this.len) else { break };
                *to = byte.to_ascii_lowercase();
                this.begins |= u64::from(is_hump || is_first) << this.len;
                this.len += 1;
            }
            last = *byte;
        }
        this
    }

    fn text(&self) -> &[u8] {
        self.text.get(..self.len).unwrap_or_default()
    }

    /// Whether a word begins at a place.
    const fn begins(&self, at: usize) -> bool {
        at < NAME && self.begins >> at & 1 != 0
    }

    fn cue(&self) -> Option<Cue> {
        let text = self.text();
        // `variable "db_password" { default = "..." }`
        if text == b"default" {
            return Some(Cue::Deferred);
        }
        if text.ends_with(b"value") && self.begins(self.len - 5) {
            let rest = text.strip_suffix(b"value")?;
            return if rest.is_empty() { Some(Cue::Deferred) } else { self.cue_of(rest) };
        }
        self.cue_of(text).or_else(|| {
            // `SECRET_KEY_BASE`, `DB_PASSWORD_PROD`, `passwords`.
            let (tail, is_word) =
                TAIL_WORDS.iter().find(|(tail, _)| text.ends_with(tail.as_bytes()))?;
            let rest = text.strip_suffix(tail.as_bytes())?;
            if *is_word && !self.begins(rest.len()) { None } else { self.cue_of(rest) }
        })
    }

    fn cue_of(&self, text: &[u8]) -> Option<Cue> {
        let (word, cue, _) = CUES.iter().find(|(word, _, is_whole)| {
            text.last() == word.as_bytes().last()
                && text.ends_with(word.as_bytes())
                && (!is_whole || self.begins(text.len() - word.len()))
        })?;
        let rest = text.strip_suffix(word.as_bytes())?;
        let is_other = OTHERS
            .iter()
            .any(|other| rest.ends_with(other.as_bytes()) && self.begins(rest.len() - other.len()));
        (!is_other).then_some(*cue)
    }
}

/// Three letters in lower case.
const fn tail_word(tail: [u8; 3]) -> u32 {
    u32::from_le_bytes([tail[0] | 0x20, tail[1] | 0x20, tail[2] | 0x20, 0])
}

const fn tail_place(tail: u32) -> usize {
    (tail.wrapping_mul(SPREAD) >> 20) as usize
}

/// A bit for each three last letters that a name with a cue may have.
static TAILS: [u64; 64] = {
    let mut bits = [0_u64; 64];
    let mut i = 0;
    while i < ENDINGS.len() {
        let text = ENDINGS[i].as_bytes();
        let n = text.len();
        let place = tail_place(tail_word([text[n - 3], text[n - 2], text[n - 1]]));
        bits[place / 64] |= 1 << (place % 64);
        i += 1;
    }
    bits
};

/// Words whose last three bytes are those of names with a cue.
const ENDINGS: &[&str] = &[
    "lautet",
    "password",
    "passwd",
    "pwd",
    "_pw",
    " pw",
    "-pw",
    "bpw",
    "pass",
    "passphrase",
    "passwort",
    "passcode",
    "passe",
    "mdp",
    "contraseña",
    "contrasena",
    "clave",
    "senha",
    "parola",
    "hasło",
    "haslo",
    "heslo",
    "lösenord",
    "adgangskode",
    "salasana",
    "şifre",
    "sifre",
    "пароль",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "jelszó",
    "jelszo",
    "secret",
    "secrets",
    "token",
    "tokens",
    "key",
    "keys",
    "auth",
    "credential",
    "credentials",
    "creds",
    "authorization",
    "bearer",
    "jwt",
    "_pat",
    "psk",
    "sig",
    "value",
    "default",
    "_prod",
    "_dev",
    "passwords",
    "confirmation",
    "authentication",
    "\"pw",
];

/// What a name ends with, what that says, and whether it must be a word of its own there. The first that fits counts.
static CUES: &[(&str, Cue, bool)] = &[
    ("password", Cue::Password, false),
    ("passwd", Cue::Password, false),
    ("passwort", Cue::Password, false),
    ("kennwort", Cue::Password, false),
    ("passphrase", Cue::Password, false),
    ("passcode", Cue::Password, false),
    ("motdepasse", Cue::Password, false),
    ("contraseña", Cue::Password, false),
    ("contrasena", Cue::Password, false),
    ("wachtwoord", Cue::Password, false),
    ("lösenord", Cue::Password, false),
    ("losenord", Cue::Password, false),
    ("passord", Cue::Password, false),
    ("adgangskode", Cue::Password, false),
    ("salasana", Cue::Password, false),
    ("пароль", Cue::Password, false),
    ("Пароль", Cue::Password, false),
    ("密码", Cue::Password, false),
    ("密碼", Cue::Password, false),
    ("パスワード", Cue::Password, false),
    ("비밀번호", Cue::Password, false),
    ("jelszó", Cue::Password, false),
    ("jelszo", Cue::Password, false),
    ("senha", Cue::Password, true),
    ("hasło", Cue::Password, true),
    ("haslo", Cue::Password, true),
    ("heslo", Cue::Password, true),
    ("şifre", Cue::Password, true),
    ("sifre", Cue::Password, true),
    ("pwd", Cue::Password, false),
    ("userpass", Cue::Password, false),
    ("dbpass", Cue::Password, false),
    ("mdp", Cue::Password, true),
    ("paroladordine", Cue::Password, false),
    ("parola", Cue::Pass, true),
    ("clave", Cue::Pass, true),
    ("pass", Cue::Pass, true),
    ("pw", Cue::Pass, true),
    ("secret", Cue::Token, false),
    ("apikey", Cue::Token, false),
    ("accesskey", Cue::Token, false),
    ("privatekey", Cue::Token, false),
    ("secretkey", Cue::Token, false),
    ("authkey", Cue::Token, false),
    ("signingkey", Cue::Token, false),
    ("encryptionkey", Cue::Token, false),
    ("masterkey", Cue::Token, false),
    ("sharedkey", Cue::Token, false),
    ("accountkey", Cue::Token, false),
    ("servicekey", Cue::Token, false),
    ("subscriptionkey", Cue::Token, false),
    ("storagekey", Cue::Token, false),
    ("appkey", Cue::Token, true),
    ("applicationkey", Cue::Token, false),
    ("consumerkey", Cue::Token, false),
    ("licensekey", Cue::Token, false),
    ("webhookkey", Cue::Token, false),
    ("hmackey", Cue::Token, false),
    ("aeskey", Cue::Token, false),
    ("sessionkey", Cue::Token, false),
    ("rootkey", Cue::Token, false),
    ("adminkey", Cue::Token, false),
    ("serverkey", Cue::Token, false),
    ("functionkey", Cue::Token, false),
    ("deploykey", Cue::Token, false),
    ("token", Cue::Token, false),
    ("jwt", Cue::Token, true),
    ("psk", Cue::Token, true),
    ("pat", Cue::Faint, true),
    ("sig", Cue::Faint, true),
    ("bearer", Cue::Token, true),
    ("credential", Cue::Faint, false),
    ("creds", Cue::Faint, false),
    ("auth", Cue::Faint, true),
    ("authorization", Cue::Faint, false),
    ("authentication", Cue::Faint, false),
];

/// What may follow a cue, and whether it must be a word of its own.
static TAIL_WORDS: &[(&str, bool)] = &[
    ("base", true),
    ("prod", true),
    ("dev", true),
    ("confirmation", true),
    ("lautet", true),
    ("s", false),
];

/// What stands before a cue that then means something else: pages of results, parts of texts, counts.
static OTHERS: &[&str] = &[
    "next",
    "page",
    "continuation",
    "pagination",
    "cursor",
    "sync",
    "cancel",
    "cancellation",
    "public",
    "mask",
    "pad",
    "eos",
    "bos",
    "unk",
    "sep",
    "cls",
    "max",
    "min",
    "num",
    "total",
    "prompt",
    "completion",
    "input",
    "output",
    "stop",
    "invalid",
    "special",
    "maxnew",
    "show",
    "hide",
    "has",
    "is",
];

/// Chosen so that hardly any of the commonest endings of words shares its place with one of [`ENDINGS`].
const SPREAD: u32 = 0x952D_99F7;
/// The longest name, in bytes.
const NAME: usize = 48;
/// How much may stand between the end of a name and the mark.
const CLOSERS: usize = 4;
/// How much may stand between the name of a setting and its `value`.
const GAP: usize = 40;
