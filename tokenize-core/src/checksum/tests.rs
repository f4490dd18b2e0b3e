//! Every scheme on numbers that authorities publish, and on those that python-stdnum judges.

use super::*;
use serde_json::Value;

/// What a number is to a scheme.
fn check(name: &str, number: &str, valid: bool) {
    let compact: Vec<u8> =
        number.bytes().filter(|byte| !matches!(byte, b' ' | b'.' | b'/')).collect();
    let scheme = scheme(name).unwrap_or_else(|| panic!("no scheme {name}"));
    assert_eq!(scheme.is_valid(&compact), valid, "{name}: {number}");
}

/// The sources are named where they are not the authority's own text about the number.
#[test]
fn published_examples_are_valid() {
    let examples = [
        // IRS, publication 1915 (a sample card) and the ranges of the Internal Revenue Manual, 3.21.263.
        ("us_itin", "900700000"),
        ("us_itin", "999506789"),
        // CMS, "Requirements for National Provider Identifier check digit".
        ("us_npi", "1234567893"),
        // CMS, "Understanding the Medicare Beneficiary Identifier format".
        ("us_mbi", "1EG4TE5MK73"),
        // American Bankers Association, key to routing numbers; the Federal Reserve Bank of Boston.
        ("aba_routing_number", "011000015"),
        ("aba_routing_number", "111000025"),
        // DEA diversion manual, appendix D, by its rule.
        ("medical_license", "AB1234563"),
        ("medical_license", "F91234563"),
        // NHS data dictionary.
        ("uk_nhs", "9434765919"),
        ("uk_nhs", "9434765870"),
        // HMRC, National Insurance manual, NIM39110.
        ("uk_nino", "AB123456C"),
        ("uk_nino", "JG123456A"),
        ("in_aadhaar", "234123412346"),
        ("in_pan", "AFZPK7190K"),
        ("br_cpf", "11144477735"),
        ("br_cnpj", "11222333000181"),
        // Receita Federal and Serpro, "Cálculo dos dígitos verificadores de CNPJ alfanumérico".
        ("br_cnpj", "12ABC34501DE35"),
        // Service Canada, by way of python-stdnum; 046 454 286 is the well-known example that begins with 0.
        ("ca_sin", "123456782"),
        ("fr_nir", "295109912611193"),
        ("fr_nir", "253072B07300470"),
        ("fr_nir", "253072A07300443"),
        ("it_fiscal_code", "MRTMTT91D08F205J"),
        ("it_fiscal_code", "RCCMNL83S18D969H"),
        ("nl_bsn", "111222333"),
        ("pl_pesel", "44051401359"),
        ("pl_pesel", "02070803628"),
        // Bundeszentralamt für Steuern, by way of ITZBund's test numbers without leading zero.
        ("de_tax_id", "86095742719"),
        ("de_tax_id", "47036892816"),
        ("de_tax_id", "65929970489"),
        ("es_nif", "54362315K"),
        ("es_nif", "12345678Z"),
        ("es_nie", "X2482300W"),
        ("bic", "DEUTDEFF"),
        ("bic", "DEUTDEFF500"),
        ("au_tfn", "123456782"),
        ("au_abn", "51824753556"),
        ("au_acn", "004085616"),
        ("au_medicare", "2123456701"),
        ("au_medicare", "21234567011"),
        ("sg_nric_fin", "S0000001I"),
        ("sg_nric_fin", "T0000001E"),
        ("sg_nric_fin", "F0000001U"),
        ("sg_nric_fin", "G0000001P"),
        ("se_personnummer", "8803200016"),
        ("se_personnummer", "198803200016"),
        ("se_personnummer", "7010632391"),
        ("fi_personal_identity_code", "131052-308T"),
        ("fi_personal_identity_code", "131052+308T"),
        ("no_fodselsnummer", "15108695088"),
        ("ch_ahv", "7569217076985"),
        ("mx_curp", "BOXW310820HNERXN09"),
        ("cl_rut", "125319092"),
        ("za_id", "7503305044089"),
        ("il_id", "039337423"),
        ("kr_rrn", "9710139019902"),
        ("jp_my_number", "123456789018"),
        ("tr_tckn", "17291716060"),
        ("ro_cnp", "1630615123457"),
        ("bg_egn", "7523169263"),
        ("imei", "490154203237518"),
        ("vin", "1M8GDM9AXKP042788"),
        ("vin", "11111111111111111"),
        ("uuid", "F81D4FAE7DEC11D0A76500A0C91E6BF6"),
        ("credit_card", "4111111111111111"),
        ("iban", "GB82WEST12345698765432"),
    ];
    for (name, number) in examples {
        check(name, number, true);
    }
}

#[test]
fn impossible_numbers_are_not_valid() {
    let cases = [
        ("us_ssn", "000121234"),
        ("us_ssn", "666121234"),
        ("us_ssn", "900121234"),
        ("us_ssn", "123001234"),
        ("us_ssn", "123450000"),
        ("us_itin", "900660000"),
        ("us_itin", "900890000"),
        ("us_itin", "900930000"),
        ("us_itin", "800700000"),
        ("us_ein", "070000000"),
        ("us_npi", "3234567893"),
        ("us_mbi", "1SG4TE5MK73"),
        ("us_mbi", "0EG4TE5MK73"),
        ("aba_routing_number", "000000000"),
        ("uk_nhs", "9434765918"),
        ("uk_nino", "QQ123456C"),
        ("uk_nino", "BG123456C"),
        ("uk_nino", "AO123456C"),
        ("uk_nino", "AB123456E"),
        ("in_aadhaar", "134123412346"),
        ("br_cpf", "11111111111"),
        ("br_cpf", "00000000000"),
        ("ca_sin", "046454286"),
        ("fr_nir", "253132A07300443"),
        ("it_fiscal_code", "RCCMNL83S18D969I"),
        ("nl_bsn", "000000000"),
        ("pl_pesel", "44053201359"),
        ("de_tax_id", "01234567890"),
        ("se_personnummer", "8802300016"),
        ("no_fodselsnummer", "00000000000"),
        ("uuid", "F81D4FAE7DECA1D0A76500A0C91E6BF6"),
        ("uuid", "F81D4FAE7DEC11D0C76500A0C91E6BF6"),
    ];
    for (name, number) in cases {
        check(name, number, false);
    }
}

/// What python-stdnum and the rules of authorities say of thousands of numbers; `tests/oracle/make_identifier_vectors.py`
/// writes them.
#[test]
fn numbers_are_judged_as_the_vectors_say() {
    let text = include_str!("../../../tests/vectors/identifiers.json");
    let document: Value = serde_json::from_str(text).unwrap();
    let mut failures = Vec::new();
    for (name, numbers) in document["schemes"].as_object().unwrap() {
        let scheme = scheme(name).unwrap_or_else(|| panic!("no scheme {name}"));
        for (list, valid) in [("valid", true), ("invalid", false)] {
            let numbers = numbers[list].as_array().unwrap();
            assert!(numbers.len() >= 200, "{name}: {list}");
            let strange = numbers
                .iter()
                .filter_map(Value::as_str)
                .filter(|number| scheme.is_valid(number.as_bytes()) != valid);
            failures.extend(strange.map(|number| format!("{name}: {number} is {list}")));
        }
        for number in numbers["differs"].as_array().unwrap() {
            let text = number["number"].as_str().unwrap();
            if scheme.is_valid(text.as_bytes()) != number["valid"].as_bool().unwrap() {
                failures.push(format!("{name}: {text}, where {}", number["reason"]));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn no_bytes_make_a_scheme_panic() {
    let bytes: Vec<u8> = (0..=255).collect();
    for scheme in schemes() {
        for len in 0..40 {
            for start in (0..200).step_by(7) {
                let text = bytes.get(start..start + len).unwrap_or(&[]);
                scheme.is_valid(text);
                scheme.is_reserved(text);
            }
            for byte in [0, b'+', b'-', b'0', b'9', b'A', b'Z', b'z', 0xff] {
                scheme.is_valid(&vec![byte; len]);
            }
        }
    }
}

#[test]
fn names_are_found() {
    for scheme in schemes() {
        assert!(std::ptr::eq(super::scheme(scheme.name()).unwrap(), scheme));
    }
    assert!(scheme("").is_none());
    assert!(scheme("us_ssn_").is_none());
}

/// No number is in two classes of a scheme, and none fits two layouts, else it would have two ranks.
#[test]
fn classes_are_apart() {
    for scheme in schemes() {
        let classes = scheme.classes();
        let mut names: Vec<_> = classes.iter().map(|class| class.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), classes.len(), "{}", scheme.name());
        assert!(classes.len() == 1 || !names.contains(&""), "{}", scheme.name());
    }
}
