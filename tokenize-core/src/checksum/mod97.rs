//! ISO/IEC 7064 MOD 97-10, as IBANs use it (ISO 13616-1).

/// The remainder modulo 97 of `0-9 A-Z`, in parts one behind the other, read as decimal digits, letters being 10 to 35; `None` for
/// other characters.
fn remainder(parts: &[&[u8]]) -> Option<u8> {
    let number = parts.iter().copied().flatten().try_fold(0_u64, |number, character| {
        // Divided only when there is no more room, since that takes longer than all the rest.
        let number = if number > u64::MAX / 128 { number % 97 } else { number };
        match character {
            b'0'..=b'9' => Some(number * 10 + u64::from(character - b'0')),
            b'A'..=b'Z' => Some(number * 100 + u64::from(character - b'A') + 10),
            _ => None,
        }
    })?;
    u8::try_from(number % 97).ok()
}

/// The check digits, 02 to 98, of an account in a country.
pub(crate) fn check_digits(country: [u8; 2], account: &[u8]) -> Option<[u8; 2]> {
    let check = 98 - remainder(&[account, &country, b"00"])?;
    Some([b'0' + check / 10, b'0' + check % 10])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_accounts() {
        for iban in [
            "GB82WEST12345698765432",
            "DE89370400440532013000",
            "NO9386011117947",
            "BE68539007547034",
        ] {
            let bytes = iban.as_bytes();
            let (country, check) = ([bytes[0], bytes[1]], [bytes[2], bytes[3]]);
            assert_eq!(check_digits(country, &bytes[4..]), Some(check), "{iban}");
            assert_eq!(remainder(&[&bytes[4..], &bytes[..4]]), Some(1), "{iban}");
        }
    }

    #[test]
    fn other_characters_have_no_remainder() {
        assert_eq!(remainder(&[b"12a"]), None);
        assert_eq!(check_digits(*b"DE", b"1 2"), None);
    }
}
