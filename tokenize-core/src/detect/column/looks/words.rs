//! Values made of words: names, streets, companies, free text.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// How many words of letters a value has, if it has nothing else: 0 if it has.
pub(super) fn count_of_name(value: &str) -> usize {
    let is_name = value
        .chars()
        .all(|c| c.is_alphabetic() || is_mark(c) || " '’-.·,()/&ʼ\u{3000}".contains(c));
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    if is_name && letters > 0 { value.split_whitespace().count() } else { 0 }
}

/// Marks that letters of some scripts carry.
fn is_mark(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

/// Letters, and a number that no sign parts from them in the way of a code.
pub(super) fn is_street(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let has_word = words.iter().any(|word| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        letters >= 2 && word.chars().all(|c| c.is_alphabetic() || "'’-.,ªº°/".contains(c))
    });
    let has_number = words.iter().any(|word| {
        word.len() <= 10 && word.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
    });
    (2..=16).contains(&words.len()) && has_word && has_number
}

/// A word, or the end of one, that says what kind of street it is.
pub(super) fn has_street_word(value: &str) -> bool {
    let value = plain(value);
    let mut words = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.any(|word| {
        STREETS.contains(word)
            || STREET_ENDS.iter().any(|end| word.len() > end.len() + 1 && word.ends_with(end))
    })
}

pub(super) fn has_legal_form(value: &str) -> bool {
    let value = plain(value);
    let words: Vec<&str> = value.split_whitespace().collect();
    let is_form = |word: &&str| {
        let word: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
        LEGAL_FORMS.contains(word.as_str())
    };
    words.len() > 1 && words.iter().rev().take(3).any(is_form)
}

/// Four words or more.
pub(super) fn is_prose(value: &str) -> bool {
    value.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count() >= 4
}

/// Six words or more, most of them of lower-case letters.
pub(super) fn is_sentence(value: &str) -> bool {
    let words = value.split_whitespace().take(SENTENCE_WORDS).count();
    let lower = value.split_whitespace().take(SENTENCE_WORDS).filter(|word| {
        word.trim_matches(|c: char| !c.is_alphanumeric()).chars().all(char::is_lowercase)
    });
    words >= 6 && lower.count() * 2 > words
}

/// One word of letters, digits and few signs that begins with a letter and has one in lower case.
pub(super) fn is_username(value: &str) -> bool {
    (2..=40).contains(&value.len())
        && value.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'@')
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@\\+".contains(&byte))
        && value.bytes().any(|byte| byte.is_ascii_lowercase())
}

pub(super) fn is_random_password(value: &str) -> bool {
    let has = |class: fn(&u8) -> bool| value.bytes().any(|byte| class(&byte));
    (6..=40).contains(&value.len())
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && value.bytes().all(|byte| byte.is_ascii_graphic())
        && value.bytes().any(|byte| b"!#$%^&*?~@<>|".contains(&byte))
}

pub(super) fn is_gender(value: &str) -> bool {
    GENDER_CODES.contains(plain(value).as_str()) || is_gender_word(value)
}

pub(super) fn is_gender_word(value: &str) -> bool {
    GENDER_WORDS.contains(plain(value).as_str())
}

pub(super) fn is_random_token(value: &str) -> bool {
    let count = |class: fn(&u8) -> bool| value.bytes().filter(class).count();
    (20..=128).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte))
        && count(u8::is_ascii_uppercase) >= 4
        && count(u8::is_ascii_lowercase) >= 4
        && count(u8::is_ascii_digit) >= 1
        && longest_run_of_case(value) <= 8
}

/// The longest stretch of letters of one case: words have long ones.
fn longest_run_of_case(value: &str) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for byte in value.bytes() {
        let case = byte.is_ascii_alphabetic().then(|| byte.is_ascii_uppercase());
        run = if case.is_some() && case == last { run + 1 } else { usize::from(case.is_some()) };
        last = case;
        longest = longest.max(run);
    }
    longest
}

/// In lower case and without accents.
fn plain(value: &str) -> String {
    let bare = value.nfd().filter(|c| !is_mark(*c));
    bare.flat_map(char::to_lowercase).map(|c| if c == 'ł' { 'l' } else { c }).collect()
}

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split('|').collect()
}

/// Codes for a gender.
static GENDER_CODES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "m|f|x|d|w|h|k|v|u|o|n|nb|mr|mrs|ms|other|diverse|divers|autre|otro|outro|altro|anders|inne|non-binary|nonbinary|non binary|\
    prefer not to say",
    )
});

/// Words for one.
static GENDER_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "male|female|man|woman|mannlich|weiblich|mann|frau|masculin|feminin|homme|femme|hombre|mujer|masculino|femenino|feminino|maschio|\
    femmina|maschile|femminile|vrouw|mannelijk|vrouwelijk|mezczyzna|kobieta|kvinna|kvinne|mand|kvinde",
    )
});

/// Kinds of streets: English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Scandinavian.
static STREETS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|way|circle|highway|hwy|parkway|\
    pkwy|crescent|close|grove|groves|mews|row|alley|trail|suite|apt|apartment|box|tunnel|turnpike|plaza|canyon|bypass|branch|camp|\
    common|corner|corners|course|cove|crossing|estate|estates|expressway|extension|fork|forks|freeway|gardens|gateway|glen|glens|\
    harbor|heights|hollow|isle|junction|junctions|knoll|knolls|landing|light|lights|loop|manor|manors|meadow|meadows|mill|mills|\
    motorway|mount|mountain|neck|orchard|oval|overpass|parkways|pass|passage|path|pike|pine|pines|plain|plains|point|points|port|\
    ports|prairie|radial|ramp|ranch|rapid|rapids|rest|ridge|ridges|river|route|rue|run|shoal|shoals|shore|shores|skyway|spring|\
    springs|spur|spurs|station|stravenue|stream|streets|summit|throughway|trace|track|trafficway|trailer|underpass|union|unions|\
    valley|valleys|via|viaduct|view|views|village|ville|vista|walk|walks|wall|wells|flat|studio|strasse|straße|str|platz|weg|allee|\
    gasse|ring|ufer|chaussee|damm|chemin|impasse|quai|cours|faubourg|bd|calle|c|avenida|avda|av|paseo|camino|carretera|ronda|rambla|\
    alameda|glorieta|urbanizacion|pasadizo|callejon|cuesta|pasaje|acceso|vial|canada|rua|r|travessa|praca|largo|estrada|rodovia|\
    esplanada|vila|jardim|viela|recanto|parque|viale|piazza|corso|vicolo|strada|contrada|borgo|rotonda|canale|stretto|incrocio|\
    piazzale|straat|laan|plein|gracht|kade|dreef|hof|singel|ul|ulica|aleja|al|plac|osiedle|os|rondo|skwer|gata|vag|vagen|gatan|vej|\
    gade|vei|veien|grand|torget",
    )
});

/// Ends of words that are the street's name and kind in one.
static STREET_ENDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "strasse|straße|str|platz|weg|allee|gasse|ring|ufer|damm|straat|laan|plein|gracht|kade|dreef|singel|gatan|vagen|gata|gade|vej|\
    veien|baan|steeg|pad",
    )
});

/// Legal forms of companies, without points.
static LEGAL_FORMS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "inc|incorporated|llc|ltd|limited|corp|corporation|co|company|plc|llp|lp|group|holdings|sons|partners|associates|gmbh|ag|kg|ohg|ug|\
    mbh|gbr|kgaa|ev|eg|stiftung|sa|sarl|sas|sasu|eurl|snc|sl|slu|slne|sll|sau|scoop|coop|scl|scp|scom|cb|srl|spa|sapa|ss|ltda|me|\
    eireli|bv|nv|vof|zoo|spzoo|sp|sj|spk|ab|as|asa|oy|oyj|aps|hb|pty|kk|fils|freres|hijos|asociados|figli",
    )
});

const SENTENCE_WORDS: usize = 60;
