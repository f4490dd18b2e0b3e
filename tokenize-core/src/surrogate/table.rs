//! Reads the lists, `data/surrogate-1/`.

use std::sync::LazyLock;

use super::Locale;
use super::phone::Numbers;

/// The lists of one locale, each in ascending order of bytes.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) given: Vec<&'static str>,
    pub(super) family: Vec<&'static str>,
    pub(super) city: Vec<&'static str>,
    pub(super) phone: Vec<Numbers>,
    /// Those names that are ASCII letters throughout.
    pub(super) mail_given: Vec<&'static str>,
    pub(super) mail_family: Vec<&'static str>,
}

impl Lists {
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::DeDe => &DE_DE,
            Locale::EnUs => &EN_US,
            Locale::FrFr => &FR_FR,
        }
    }

    fn read(text: &'static str) -> Self {
        let mut lists = Self::default();
        let mut section = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match section {
                _ if line.starts_with('[') => section = line,
                "[given]" => lists.given.push(line),
                "[family]" => lists.family.push(line),
                "[city]" => lists.city.push(line),
                _ => lists.phone.extend(Numbers::read(line)),
            }
        }
        let in_mail = |names: &[&'static str]| {
            let is_plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphabetic());
            names.iter().copied().filter(is_plain).collect()
        };
        lists.mail_given = in_mail(&lists.given);
        lists.mail_family = in_mail(&lists.family);
        lists
    }
}

static DE_DE: LazyLock<Lists> =
    LazyLock::new(|| Lists::read(include_str!("../../data/surrogate-1/de_DE.txt")));
static EN_US: LazyLock<Lists> =
    LazyLock::new(|| Lists::read(include_str!("../../data/surrogate-1/en_US.txt")));
static FR_FR: LazyLock<Lists> =
    LazyLock::new(|| Lists::read(include_str!("../../data/surrogate-1/fr_FR.txt")));
