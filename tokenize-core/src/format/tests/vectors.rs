//! The golden vectors, as far as they can be judged without a key: which values fit, and that a value and its token are of one domain
//! and say each other's payload.

use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
    #[serde(default)]
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Case {
    format: String,
    params: Map<String, Value>,
    value_type: String,
    value: Value,
    #[serde(default)]
    token: Value,
    #[serde(default)]
    direction: String,
}

#[derive(Deserialize)]
struct Refused {
    format: String,
    params: Map<String, Value>,
}

fn built(name: &str, params: &Map<String, Value>) -> Result<Format, Vec<FormatFault>> {
    let mut options = params.clone();
    options.insert("format".to_owned(), name.into());
    build(&Value::Object(options).to_string())
}

impl Case {
    fn scalar(&self, value: &Value) -> Written {
        match self.value_type.as_str() {
            "int" => Written::Int(value.as_i64().unwrap().into()),
            "text" => Written::Text(value.as_str().unwrap().to_owned()),
            "uuid-bytes-hex" => Written::Bytes(
                u128::from_str_radix(value.as_str().unwrap(), 16).unwrap().to_be_bytes(),
            ),
            other => panic!("no value type {other}"),
        }
    }
}

#[test]
fn values_and_tokens_are_of_one_domain() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../../../tests/vectors/tokens.json")).unwrap();
    for case in &vectors.cases {
        let format = built(&case.format, &case.params).unwrap();
        let (value, token) = (case.scalar(&case.value), case.scalar(&case.token));
        let read = format
            .parse(token.scalar(), Side::Token)
            .unwrap_or_else(|_| panic!("{} {token:?}", case.format));
        assert_eq!(
            round_trip(&format, value.scalar(), &read.payload),
            token,
            "{} {value:?}",
            case.format
        );
    }
}

#[test]
fn misfits_do_not_fit() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../../../tests/vectors/misfits.json")).unwrap();
    for case in &vectors.cases {
        let side = if case.direction == "detokenize" { Side::Token } else { Side::Value };
        let format = built(&case.format, &case.params).unwrap();
        let value = case.scalar(&case.value);
        assert_eq!(format.parse(value.scalar(), side), Err(Misfit), "{} {value:?}", case.format);
    }
    for case in &vectors.refused {
        assert!(built(&case.format, &case.params).is_err(), "{} {:?}", case.format, case.params);
    }
}
