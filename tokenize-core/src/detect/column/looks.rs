//! What a single value could be, by its looks: a date, an age, a street. Weak alone; a column's name and the share of its values decide.

mod date;
mod postal;
mod words;

use crate::detect::names::Names;

/// Something that a value may look like. Closed: reports name them, rules ask for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Look {
    /// A whole number of 0 to 120.
    Age,
    /// A number, with or without separators, as long as one of an account.
    Account,
    /// A town of the dictionary.
    City,
    /// A day of 1900 to 2100, in any of the usual writings.
    Date,
    /// Letters and digits, as on a document.
    Document,
    /// A word or code for a gender.
    Gender,
    /// A word that means a gender and nothing else.
    GenderWord,
    /// A given name of the dictionary.
    Given,
    /// A day in ISO 8601.
    IsoDate,
    /// A company with its legal form.
    LegalForm,
    /// Twelve characters or more with letters and digits, without white space.
    LongToken,
    /// One to six words of letters.
    Name,
    /// Starts with `+`, as telephone numbers of the world do.
    Plus,
    /// Letters and digits in the way of one country's postal codes.
    PostalCode,
    /// Several words.
    Prose,
    /// What keys and tokens look like: long, letters of both cases and digits without order.
    RandomToken,
    /// What random passwords look like: letters of both cases, digits and signs.
    RandomPassword,
    /// Many words, most of them in lower case.
    Sentence,
    /// Words and a house number.
    Street,
    /// The same with a word for a kind of street.
    StreetWord,
    /// A surname of the dictionary.
    Surname,
    /// No white space.
    Token,
    /// One word of letters.
    Word,
    /// A year of 1900 to 2100.
    Year,
    /// Digits as in postal codes.
    ZipDigits,
    /// Five digits, or five and four.
    ZipUs,
    /// A user's name in a system.
    Username,
}

/// How many there are.
pub(super) const LOOKS: usize = Look::Username as usize + 1;

/// All that a value looks like.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Looks(u32);

impl Looks {
    /// Looks at a value without white space around it.
    pub(super) fn of(value: &str, names: Option<&Names>) -> Self {
        let mut looks = Self::default();
        if value.len() > LONGEST {
            // Nothing but free text is as long.
            looks.set(Look::Prose, value.contains(' '));
            looks.set(Look::Sentence, words::is_sentence(value));
            return looks;
        }
        let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
        if has_digit {
            looks.with_digits(value);
        } else {
            looks.without_digits(value, names);
        }
        looks.set(Look::LegalForm, words::has_legal_form(value));
        looks.set(Look::Prose, words::is_prose(value));
        looks.set(Look::Sentence, words::is_sentence(value));
        looks.set(Look::Token, !value.contains(char::is_whitespace));
        looks.set(Look::Username, words::is_username(value));
        looks.set(Look::RandomToken, words::is_random_token(value));
        looks.set(Look::RandomPassword, words::is_random_password(value));
        looks
    }

    fn with_digits(&mut self, value: &str) {
        let iso = date::is_iso(value);
        self.set(Look::IsoDate, iso);
        self.set(Look::Date, iso || date::is_date(value));
        self.set(Look::Year, date::is_year(value));
        self.set(Look::Age, is_age(value));
        self.set(Look::Gender, matches!(value, "0" | "1" | "2" | "9"));
        self.set(Look::ZipUs, postal::is_us(value));
        self.set(Look::ZipDigits, postal::is_digits(value));
        self.set(Look::PostalCode, postal::has_letters(value));
        self.set(Look::Account, is_account(value));
        self.set(Look::Document, is_document(value));
        let has_letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
        let is_token = !value.contains(char::is_whitespace);
        self.set(Look::LongToken, value.len() >= 12 && has_letter && is_token);
        self.set(Look::Plus, value.starts_with('+'));
        let is_street = words::is_street(value);
        self.set(Look::Street, is_street);
        self.set(Look::StreetWord, is_street && words::has_street_word(value));
    }

    fn without_digits(&mut self, value: &str, names: Option<&Names>) {
        let count = words::count_of_name(value);
        self.set(Look::Name, (1..=MOST_NAME_WORDS).contains(&count));
        self.set(Look::Word, count == 1);
        self.set(Look::Date, date::is_date(value));
        self.set(Look::Gender, words::is_gender(value));
        self.set(Look::GenderWord, words::is_gender_word(value));
        self.set(Look::StreetWord, count > 1 && words::has_street_word(value));
        // Codes of two or three letters are somebody's name, too.
        let is_code = value.len() <= 3 && value.bytes().all(|byte| byte.is_ascii_uppercase());
        if let Some(names) = names.filter(|_| count > 0 && !is_code) {
            self.set(Look::Given, names.given(value));
            self.set(Look::Surname, names.surname(value));
            self.set(Look::City, names.city(value));
        }
    }

    fn set(&mut self, look: Look, is: bool) {
        self.0 |= u32::from(is) << look as u32;
    }

    /// The numbers of the looks that the value has.
    pub(super) fn numbers(self) -> impl Iterator<Item = usize> {
        (0..LOOKS).filter(move |number| self.0 >> number & 1 != 0)
    }
}

fn is_age(value: &str) -> bool {
    value.len() <= 3 && value.parse::<u8>().is_ok_and(|age| age <= 120)
}

fn is_account(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (6..=20).contains(&digits)
        && value.bytes().all(|byte| byte.is_ascii_digit() || b" -/.".contains(&byte))
}

fn is_document(value: &str) -> bool {
    let len = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    (5..=20).contains(&len)
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -/.".contains(&byte))
}

/// Longer values are free text or none of these, in bytes.
const LONGEST: usize = 200;
const MOST_NAME_WORDS: usize = 6;

const _: () = assert!(LOOKS <= 32);

#[cfg(test)]
mod tests;
