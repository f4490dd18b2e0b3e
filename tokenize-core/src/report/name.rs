//! Names of columns, policies and files as a page can show them: nothing in them that cannot be seen, and not too long.

/// A name with what cannot be seen spelled out, such as `⟨U+202E⟩`, which turns the writing around. Of a long one the middle is left out.
pub(super) fn visible(name: &str) -> String {
    let count = name.chars().count();
    let half = LONGEST / 2;
    let mut text = String::new();
    for (i, character) in name.chars().enumerate() {
        if count > LONGEST && i == half {
            text += &format!("…⟨{} more characters⟩…", count - 2 * half);
        }
        if count > LONGEST && (half..count - half).contains(&i) {
            continue;
        }
        if is_hidden(character) {
            text += &format!("⟨U+{:04X}⟩", u32::from(character));
        } else {
            text.push(character);
        }
    }
    text
}

/// Controls, marks of direction, joiners, and blanks that are none: most of Unicode's category Cf, and line ends.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{3164}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{115f}'..='\u{1160}' | '\u{fff0}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

/// The longest name that is shown whole, in characters.
const LONGEST: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        for (name, shown) in [
            ("e-mail <b>", "e-mail <b>"),
            ("الاسم", "الاسم"),
            ("a\nb\u{202e}c", "a⟨U+000A⟩b⟨U+202E⟩c"),
            ("\u{2066}x\u{200b}\u{e0041}", "⟨U+2066⟩x⟨U+200B⟩⟨U+E0041⟩"),
            ("", ""),
        ] {
            assert_eq!(visible(name), shown);
        }
    }

    #[test]
    fn long_names_lose_their_middle() {
        let name = "ä".repeat(120);
        assert_eq!(visible(&name), name);
        let shown = visible(&format!("{}{}", "a".repeat(5_000), "b".repeat(5_000)));
        let expected = format!("{}…⟨9880 more characters⟩…{}", "a".repeat(60), "b".repeat(60));
        assert_eq!(shown, expected);
    }
}
