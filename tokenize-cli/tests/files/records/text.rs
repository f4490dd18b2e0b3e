//! Plain text.

use super::{SEALED, desk, mask, masked, put, refused, unmask};

#[test]
fn lines_come_back_as_they_were() {
    let desk = desk(&format!("  text: {SEALED}\n"));
    let text = "\u{feff}first\r\n\r\n\n  over the caf\u{e9} \t\r\r\nlast, without an end";
    for kind in ["txt", "log", "md"] {
        let masked = masked(&desk, kind, text);
        assert!(masked.starts_with('\u{feff}') && !masked.contains("first"), "{masked}");
        let ends = |text: &str| {
            text.split_inclusive('\n').map(|line| line.ends_with("\r\n")).collect::<Vec<_>>()
        };
        assert_eq!(ends(&masked), ends(text));
        desk.done(&format!("{} --force", mask(&format!("in.{kind}"), "masked.txt.gz")));
        desk.done(&format!("{} --force", unmask("masked.txt.gz", "clear.txt.zst")));
    }
    masked(&desk, "text", "\n\n");
    let desk = super::desk(&format!("  text: {SEALED}\n"));
    assert_eq!(masked(&desk, "text", ""), "");
}

#[test]
fn what_is_not_text_is_refused() {
    let desk = desk(&format!("  text: {SEALED}\n"));
    refused(&desk, "log", b"good\nbad \xff\n", "line 2: is not UTF-8");
    put(&desk, "in.log", "good\n");
    desk.policy("  other: { action: keep }\n");
    let said = desk.run(&mask("in.log", "masked.log"));
    assert_eq!(said.code, Some(2), "{}", said.stderr);
}
