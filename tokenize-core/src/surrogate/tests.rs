use std::cell::Cell;
use std::collections::HashSet;

use super::phone::Numbers;
use super::table::Lists;
use super::*;

const KINDS: [Kind; 6] =
    [Kind::City, Kind::Email, Kind::FamilyName, Kind::GivenName, Kind::Person, Kind::Phone];
const LOCALES: [Locale; 3] = [Locale::DeDe, Locale::EnUs, Locale::FrFr];

/// To another value with other names.
const STRIDE: u128 = 1_000_003;

fn each_kind() -> impl Iterator<Item = (Kind, Locale)> {
    KINDS.into_iter().flat_map(|kind| LOCALES.map(|locale| (kind, locale)))
}

/// The stand-in for an empty value, which forbids nothing, at a rank.
fn at(kind: Kind, locale: Locale, rank: u64) -> String {
    let value = if kind == Kind::Person { "\u{b7} \u{b7}" } else { "\u{b7}" };
    StandIns::new(kind, locale)
        .of(value, |_, vain| u128::from(rank) + u128::from(vain) * STRIDE)
        .unwrap()
}

/// Some hundreds of ranks over all that there are, the ends among them.
fn ranks(kind: Kind, locale: Locale) -> impl Iterator<Item = u64> {
    let possible = StandIns::new(kind, locale).possible();
    let step = (possible / 997).max(1);
    (0..possible).step_by(usize::try_from(step).unwrap()).chain([possible - 1])
}

/// Draws the value itself as often as it may be drawn, then something else.
#[test]
fn no_value_stands_in_for_itself() {
    for (kind, locale) in each_kind() {
        let stand_ins = StandIns::new(kind, locale);
        let all = if stand_ins.possible() < 10_000 {
            (0..stand_ins.possible()).collect::<Vec<_>>()
        } else {
            ranks(kind, locale).collect()
        };
        for rank in all {
            let value = at(kind, locale, rank);
            for writing in [value.clone(), value.to_uppercase(), format!(" {value}\t")] {
                let vain = Cell::new(0);
                let other = stand_ins.of(&writing, |_, before| {
                    vain.set(before);
                    u128::from(rank) + u128::from(before / 3) * STRIDE
                });
                let other = other.unwrap().to_lowercase();
                assert!(vain.get() >= 3, "{value} was taken");
                assert_ne!(other, value.to_lowercase());
            }
        }
    }
}

#[test]
fn no_name_of_a_person_is_in_the_stand_in() {
    let stand_ins = StandIns::new(Kind::Person, Locale::EnUs);
    let lists = Lists::of(Locale::EnUs);
    for (given, family) in lists.given.iter().zip(&lists.family) {
        for value in [format!("{given} {family}"), format!("{family}, {given} Q.")] {
            // Every given name with this family name, then every family name with this given name.
            let at = |list: &[&str], name| list.iter().position(|known| *known == name).unwrap();
            let (g, f) = (at(&lists.given, *given) as u128, at(&lists.family, *family) as u128);
            let size = lists.family.len() as u128;
            let stand_in = stand_ins.of(&value, |_, vain| match vain {
                0 => g * size + (f + 1) % size,
                1 => (g + 1) % lists.given.len() as u128 * size + f,
                _ => 7 * size + u128::from(vain) * 11,
            });
            let stand_in = stand_in.unwrap();
            assert!(!stand_in.split([' ', ',']).any(|name| name == *given || name == *family));
        }
    }
}

#[test]
fn a_text_of_all_names_ends_the_draws() {
    let all = Lists::of(Locale::FrFr).family.join(" ");
    for kind in [Kind::FamilyName, Kind::Person] {
        let drawn = Cell::new(0);
        let stand_in = StandIns::new(kind, Locale::FrFr).of(&all, |_, vain| {
            drawn.set(vain);
            u128::from(vain)
        });
        assert_eq!((stand_in, drawn.get()), (None, 999));
    }
}

#[test]
fn stand_ins_are_distinct() {
    for (kind, locale) in each_kind() {
        let drawn: Vec<_> = ranks(kind, locale).collect();
        let ranks: HashSet<_> = drawn.iter().copied().collect();
        let texts: HashSet<_> = drawn.iter().map(|rank| at(kind, locale, *rank)).collect();
        assert_eq!(texts.len(), ranks.len(), "{kind:?} {locale:?}");
    }
}

/// The lists are frozen: another entry would move every stand-in.
#[test]
fn the_lists_are_those_of_table_1() {
    let sizes = |locale| KINDS.map(|kind| StandIns::new(kind, locale).possible());
    assert_eq!(sizes(Locale::DeDe), [709, 44_319_240_000, 3_114, 532, 1_656_648, 5_212]);
    assert_eq!(sizes(Locale::EnUs), [1_410, 135_000_000_000, 3_000, 1_500, 4_500_000, 35_900]);
    assert_eq!(sizes(Locale::FrFr), [1_000, 75_139_680_000, 3_000, 993, 2_979_000, 60_000]);
    for locale in LOCALES {
        let lists = Lists::of(locale);
        for list in [&lists.given, &lists.family, &lists.city] {
            assert!(list.is_sorted() && list.windows(2).all(|pair| pair[0] != pair[1]));
            assert!(list.iter().all(|entry| entry.trim() == *entry && entry.chars().count() > 1));
        }
        for list in [&lists.given, &lists.family] {
            assert!(list.iter().all(|name| !name.contains([' ', ','])), "names are one word");
        }
    }
}

#[test]
fn the_form_of_a_value_is_kept() {
    let at = |kind, value: &str| {
        StandIns::new(kind, Locale::DeDe).of(value, |_, vain| 1_000_000 + u128::from(vain)).unwrap()
    };
    for (value, expected) in [
        ("Jane Doe", "Margit Dietmeier"),
        ("JANE DOE", "MARGIT DIETMEIER"),
        ("jane doe", "margit dietmeier"),
        ("  Doe ,  Jane", "Dietmeier, Margit"),
        ("DOE, JANE", "DIETMEIER, MARGIT"),
        ("Doe", "Dietmeier"),
        ("J", "Dietmeier"),
        ("Doe, Jane, Dr.", "Margit Dietmeier"),
        ("Doe,", "Margit Dietmeier"),
        ("山田 太郎", "Margit Dietmeier"),
    ] {
        assert_eq!(at(Kind::Person, value), expected, "{value}");
    }
    for (value, expected) in [
        ("+1 212 555", "+49 89 99998296"),
        ("+1212555", "+498999998296"),
        ("0212 555", "089 99998296"),
        ("0212555", "08999998296"),
        ("(0212)555", "089 99998296"),
        ("none", "089 99998296"),
    ] {
        assert_eq!(at(Kind::Phone, value), expected, "{value}");
    }
}

#[test]
fn writings_of_one_value_are_drawn_alike() {
    let canonical = |kind, value: &str| {
        let seen = std::cell::RefCell::new(String::new());
        StandIns::new(kind, Locale::FrFr).of(value, |text, vain| {
            seen.replace(text.to_owned());
            u128::from(vain)
        });
        seen.into_inner()
    };
    for (kind, values, expected) in [
        (Kind::Person, ["Zoe\u{308} Doe", "DOE, ZO\u{cb}", " zoë\u{a0} doe"], "zoë doe"),
        (Kind::City, ["New York", "NEW  YORK", "new york "], "new york"),
        (Kind::Email, ["a@b.example", "A@B.EXAMPLE", " a@b.example"], "a@b.example"),
        (Kind::Phone, ["+1 (212) 555-0123", "+12125550123", "+1-212 555 0123"], "+12125550123"),
    ] {
        assert_eq!(values.map(|value| canonical(kind, value)), [expected; 3]);
    }
    assert_ne!(canonical(Kind::Phone, "2125550123"), canonical(Kind::Phone, "+2125550123"));
}

#[test]
fn sharing_is_what_is_expected() {
    for (values, possible, low, high) in [
        (1, 1_000, 0.0, 0.0),
        (1_000, 1_000_000_000_000, 0.99e-6, 1.0e-6),
        (1_000, 1_000_000, 0.998, 1.0),
        (1_000_000, 1_000_000, 632_000.0, 632_200.0),
        (1_000_000, 700, 999_999.0, 1_000_000.1),
    ] {
        let found = expected_sharing(values, possible);
        assert!((low..=high).contains(&found), "{values} {possible}: {found}");
    }
}

#[test]
fn a_line_of_numbers_has_two_writings_with_as_many_open_digits() {
    assert_eq!(Numbers::read("+1 555 01??\t555-01??").map(|line| line.count), Some(100));
    assert!(Numbers::read("+1 555 01??\t555-01?").is_none());
    assert!(Numbers::read("+1 555 01??").is_none());
}
