//! Postal codes.

/// `12345` or `12345-6789`.
pub(super) fn is_us(value: &str) -> bool {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match value.split_once('-') {
        Some((zip, plus)) => zip.len() == 5 && plus.len() == 4 && is_digits(zip) && is_digits(plus),
        None => value.len() == 5 && is_digits(value),
    }
}

/// Three to nine digits with at most one space or hyphen among them; `31-316`, `1234-567`, `12345-678`, `114 55`.
pub(super) fn is_digits(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (3..=9).contains(&digits)
        && value.len() <= digits + 1
        && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b' ')
        && value.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        && value.bytes().last().is_some_and(|byte| byte.is_ascii_digit())
}

/// Great Britain (`SW1A 1AA`), Canada (`K1A 0B1`), the Netherlands (`1234 AB`), Ireland (`D02 AF30`).
pub(super) fn has_letters(value: &str) -> bool {
    let Some((pattern, has_space)) = pattern(value) else { return false };
    match pattern.as_str() {
        "A9A9A9" => has_letters_of_canada(value),
        // Without its space a British code looks like many another code.
        "A99AA" | "A999AA" | "AA99AA" | "AA999AA" | "A9A9AA" | "AA9A9AA" => has_space,
        "9999AA" => true,
        "A99AAAA" | "A99AA99" | "A99A999" | "A99A9A9" | "A99AA9A" | "A999999" => {
            has_space && value.len() == 8
        }
        _ => false,
    }
}

/// The classes of letters and digits, and whether one space parts them.
fn pattern(value: &str) -> Option<(String, bool)> {
    let mut pattern = String::new();
    let mut spaces = 0;
    for byte in value.bytes() {
        match byte {
            b'0'..=b'9' => pattern.push('9'),
            b'A'..=b'Z' | b'a'..=b'z' => pattern.push('A'),
            b' ' => spaces += 1,
            _ => return None,
        }
    }
    (spaces <= 1 && pattern.len() <= 7).then_some((pattern, spaces == 1))
}

fn has_letters_of_canada(value: &str) -> bool {
    let mut letters = value.bytes().filter(u8::is_ascii_alphabetic).map(|b| b.to_ascii_uppercase());
    let first = letters.next().is_some_and(|letter| !b"DFIOQUWZ".contains(&letter));
    first && letters.all(|letter| !b"DFIOQU".contains(&letter))
}
