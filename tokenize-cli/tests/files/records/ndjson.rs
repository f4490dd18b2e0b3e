//! NDJSON.

use super::{SEALED, SSN, desk, get, mask, masked, put, refused, unmask};

fn rules() -> String {
    format!("  ssn: {SSN}\n  \"*\": {{ action: keep }}\n")
}

#[test]
fn what_is_kept_stays_as_it_is_spelled() {
    let desk = desk(&rules());
    let lines = [
        "\u{feff}{\"ssn\":\"123-45-6789\",\"n\":1.10,\"big\":123456789012345678901234567890}\n",
        "{ \"e\" : 1e3 , \"ssn\" : \"123-45-6780\", \"n\" : -0 }\r\n",
        "\n",
        "{\"text\":\"caf\\u00e9 \\/ \\\"\",\"ssn\":null,\"list\":[ 1, \"two\", {}, [] ]}\n",
        "  {\"n\":null}  \n",
        "{}\n",
        "{\"ssn\":\"\",\"deep\":{\"b\":1,\"a\":[{\"x\":1},{\"y\":0.10}]},\"mixed\":1}\n",
        "{\"mixed\":{\"x\":\"a\"},\"ssn\":\"987654321\"}",
    ];
    let masked = masked(&desk, "jsonl", &lines.concat());
    let found: Vec<&str> = masked.split_inclusive('\n').collect();
    assert_eq!(found.len(), lines.len());
    let ssns = [Some("123-45-6789"), Some("123-45-6780"), None, None, None, None, None];
    for ((line, found), ssn) in
        lines.iter().zip(found).zip(ssns.into_iter().chain([Some("987654321")]))
    {
        match ssn.map(|ssn| line.split_once(ssn).unwrap()) {
            None => assert_eq!(found, *line),
            Some((before, after)) => {
                assert_ne!(found, *line);
                assert!(found.starts_with(before) && found.ends_with(after), "{found}");
            }
        }
    }
}

#[test]
fn values_are_masked_wherever_they_lie() {
    let desk = desk(&format!(
        "  user.email: {{ action: tokenize, format: email }}
  user.ids[]: {{ action: tokenize, format: integer, domain: id, range: [0, 99999999] }}
  orders[].card: {{ action: tokenize, format: pan }}
  orders[].note: {SEALED}
  orders[].paid: {SEALED}
  orders[].total: {SEALED}
  time: {{ action: keep }}\n"
    ));
    let lines = r#"{"time":1,"user":{"ids":[17,null,4711],"email":"ann.lee@example.com"},"orders":[]}
{"user":{"email":null},"orders":[{"card":"4111111111111111","note":"for \"Ann\"\n"},{},null,{"total":1.5,"paid":true}]}
{"user":null,"orders":[{"total":-12.5,"note":"über"}],"time":2}
"#;
    let masked = masked(&desk, "ndjson", lines);
    for value in
        ["[17,", "4711]", "ann.lee", "4111111111111111", "\"for", ":1.5", ":true", ":-12.5", "über"]
    {
        assert!(!masked.contains(value), "{value} in {masked}");
    }
    assert!(masked.contains("@example.com") && masked.contains("\"ids\":["), "{masked}");
    assert_eq!(masked.lines().count(), 3);
}

#[test]
fn what_is_dropped_goes_with_its_comma() {
    let desk = desk(
        "  a: { action: drop }\n  c: { action: drop }\n  d.x: { action: drop }\n  \"*\": { action: keep }\n  d.y: { action: keep }\n",
    );
    let cases = [
        (r#"{"a":1,"b":2,"c":3,"d":{"x":1,"y":2}}"#, r#"{"b":2,"d":{"y":2}}"#),
        (r#"{"b":2 , "a" : [1,{"z":2}] , "c":3}"#, r#"{"b":2}"#),
        (r#"{ "a":1, "c":3, "b":2 }"#, r#"{ "b":2 }"#),
        (r#"{ "a":1, "c":3 }"#, "{  }"),
        (r#"{"d":{"y":1,"x":2},"b":1,"a":"}"}"#, r#"{"d":{"y":1},"b":1}"#),
        (r#"{"d":{"x":2}}"#, r#"{"d":{}}"#),
        (r#"{"d":null}"#, r#"{"d":null}"#),
    ];
    let lines = |side: fn(&(&str, &str)) -> String| cases.iter().map(side).collect::<String>();
    put(&desk, "in.ndjson", lines(|case| format!("{}\n", case.0)));
    desk.done(&mask("in.ndjson", "masked.ndjson"));
    assert_eq!(get(&desk, "masked.ndjson"), lines(|case| format!("{}\n", case.1)));
}

#[test]
fn a_line_that_is_not_as_it_should_be_is_named() {
    let desk = desk(&rules());
    let good = "{\"ssn\":\"123-45-6789\"}\n";
    let cases: [(&[u8], &str); 7] = [
        (b"{\"ssn\":\"123-45-6789\"", "line 2: is no valid JSON"),
        (b"{\"ssn\":\"123-45-6789\",\"ssn\":null}", "line 2: a name stands twice"),
        (b"[\"123-45-6789\"]", "line 2: is no JSON object"),
        (b"{\"a\":\"\xff\"}", "line 2: is not UTF-8"),
        (b"{\"a\":\"\\ud800\"}", "line 2: a string holds half of a surrogate pair"),
        (b"{\"a\":1}{\"a\":2}", "line 2: is no valid JSON"),
        (b"{\"a\":01}", "line 2: is no valid JSON"),
    ];
    for (line, reason) in cases {
        refused(&desk, "ndjson", [good.as_bytes(), line].concat(), reason);
    }
    let deep = format!("{good}{{\"a\":{}{}}}", "[".repeat(99_999), "]".repeat(99_999));
    refused(&desk, "ndjson", deep, "line 2: is nested too deep");
}

#[test]
fn no_field_passes_unnoticed() {
    let desk = desk(&format!("  ssn: {SSN}\n"));
    put(
        &desk,
        "in.ndjson",
        "{\"ssn\":\"123-45-6789\"}\n{\"ssn\":null,\"late\":{\"name\":\"x\"}}\n",
    );
    let said = desk.run(&mask("in.ndjson", "masked.ndjson"));
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("late.name"), "{}", said.stderr);
    // Values of several types can only be kept or dropped as a whole.
    put(&desk, "in.ndjson", "{\"ssn\":\"123-45-6789\"}\n{\"ssn\":[\"123-45-6789\"]}\n");
    let said = desk.run(&mask("in.ndjson", "masked.ndjson"));
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(!desk.path("masked.ndjson").exists());
}

#[test]
fn a_scan_looks_into_mixed_values_too() {
    let desk = desk(&rules());
    put(&desk, "in.ndjson", "{\"value\":17}\n{\"value\":{\"mail\":\"ann.lee@example.com\"}}\n");
    let said = desk.run("scan in.ndjson --fail-on EMAIL_ADDRESS");
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("EMAIL_ADDRESS in value"), "{}", said.stderr);
}

#[test]
fn numbers_that_would_not_come_back_are_refused() {
    let desk = desk(&format!("  n: {SEALED}\n"));
    let reason = "line 2: a number in n has more digits than can be masked; keep the column, or write it as a string";
    refused(&desk, "ndjson", "{\"n\":1.5}\n{\"n\":0.1234567890123456789}\n", reason);
    refused(&desk, "ndjson", "{\"n\":1}\n{\"n\":18446744073709551615}\n", reason);
    let whole = masked(&desk, "ndjson", "{\"n\":9223372036854775807}\n{\"n\":-1}\n");
    assert!(!whole.contains(":-1"), "{whole}");
    // The same number, in its shortest spelling.
    put(&desk, "in.ndjson", "{\"n\":1.50}\n{\"n\":2E+3}\n{\"n\":7}\n");
    desk.done(&format!("{} --force", mask("in.ndjson", "masked.ndjson")));
    desk.done(&format!("{} --force", unmask("masked.ndjson", "clear.ndjson")));
    assert_eq!(get(&desk, "clear.ndjson"), "{\"n\":1.5}\n{\"n\":2000.0}\n{\"n\":7.0}\n");
}

#[test]
fn bytes_have_no_place_in_text() {
    let desk = desk("  n: { action: encrypt }\n");
    put(&desk, "in.ndjson", "{\"n\":\"x\"}\n");
    desk.fails(
        &mask("in.ndjson", "masked.ndjson"),
        2,
        "error: masked.ndjson: NDJSON cannot hold the binary values of column n\nhint: give the column's rule output: string",
    );
}
