use super::*;

#[track_caller]
fn check(look: Look, values: &[&str], expected: bool) {
    for value in values {
        let is = Looks::of(value, None).numbers().any(|number| number == look as usize);
        assert_eq!(is, expected, "{look:?} of {value}");
    }
}

#[test]
fn dates() {
    let iso = ["1980-05-03", "2001-12-31T10:00:00Z"];
    check(Look::IsoDate, &iso, true);
    check(Look::Date, &iso, true);
    check(Look::Date, &["03.05.1980", "5/3/80", "19800503", "3 May 1980", "May 3, 1980"], true);
    check(Look::Date, &["3 de mayo de 1980", "3. März 1980", "3 maja 1980"], true);
    check(
        Look::Date,
        &["1980-13-03", "32.01.1980", "12345678", "1.2.3", "3.14", "1717171717"],
        false,
    );
    check(Look::IsoDate, &["03.05.1980", "1780-01-01"], false);
    check(Look::Year, &["1980", "2025"], true);
    check(Look::Year, &["1280", "80", "19800"], false);
}

#[test]
fn numbers_of_people() {
    check(Look::Age, &["0", "7", "120"], true);
    check(Look::Age, &["121", "-1", "3.5", "0007"], false);
    check(Look::Gender, &["F", "m", "male", "Weiblich", "1"], true);
    check(Look::Gender, &["3", "A", "yes"], false);
    check(Look::GenderWord, &["F", "1", "other"], false);
}

#[test]
fn postal_codes() {
    check(Look::ZipUs, &["12345", "12345-6789"], true);
    check(Look::ZipUs, &["1234", "123456"], false);
    check(Look::ZipDigits, &["1234", "31-316", "114 55", "04538-133"], true);
    check(Look::ZipDigits, &["12", "1-2-345", "12.34"], false);
    check(Look::PostalCode, &["SW1A 1AA", "M1H1J5", "K1A 0B1", "1138 NT", "6807BQ"], true);
    check(Look::PostalCode, &["J047", "AB-1234", "D1F 2G3", "M11AA"], false);
}

#[test]
fn words() {
    check(
        Look::Name,
        &["Jane", "jean-luc", "O'Neill", "María José", "山田 太郎", "Halle (Saale)"],
        true,
    );
    check(Look::Name, &["Jane7", "a_b", "a@b", "-"], false);
    check(
        Look::Street,
        &["6180 Allison Street", "Biggenstraße 41/91", "Rambla de Nazario Rico 5"],
        true,
    );
    check(
        Look::StreetWord,
        &["6180 Allison Street", "Biggenstraße 41/91", "Rambla de Nazario Rico 5"],
        true,
    );
    check(Look::StreetWord, &["desk lamp 2", "Paper Roll A4 0"], false);
    check(Look::Street, &["PO-123456", "Jane", "5 6"], false);
    check(
        Look::LegalForm,
        &["Duncan LLC", "Banco X & Asociados S.Com.", "Müller GmbH & Co. KG"],
        true,
    );
    check(Look::LegalForm, &["Jane Doe", "AG"], false);
    check(Look::Sentence, &["Her year of his high time measured often."], true);
    check(Look::Sentence, &["Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101"], false);
    check(Look::Username, &["nicole_474", "felicia.j"], true);
    check(Look::Username, &["1jane", "Jane Doe", "JANE"], false);
    check(Look::RandomPassword, &["ZE$F6UosE*qDO"], true);
    check(Look::RandomPassword, &["Jane-Doe-1", "abc", "uJ7b5NiygQRFuUqqEdOddoIT"], false);
}
