//! Japanese street addresses, from the prefecture to the house and its rooms: `東京都千代田区丸の内1丁目2番3号 ハイツ丸の内405`.

use super::scan::Scan;
use super::{NameFinding, NameKind};

/// The address that begins with the prefecture at `at`.
pub(super) fn address(scan: &Scan<'_>, at: usize) -> Option<NameFinding> {
    let rest = scan.text.get(at..)?;
    let prefecture = PREFECTURES.split(' ').find(|name| rest.starts_with(name))?;
    let lot = lot_end(rest.get(prefecture.len()..)?)?;
    let end = at + prefecture.len() + lot;
    let end = end + building(scan.text.get(end..).unwrap_or_default());
    let start =
        postal_code(scan.text.get(scan.floor()..at)?).map_or(at, |code| scan.floor() + code);
    Some(NameFinding {
        start,
        end,
        kind: NameKind::Address,
        score: 80,
        cue: true,
        dictionary: true,
    })
}

/// Where the last of `1丁目2番3号` or `1-2-3` ends, behind the names of town and district.
fn lot_end(text: &str) -> Option<usize> {
    let (mut end, mut has_digit, mut names) = (None, false, 0);
    for (at, char) in text.char_indices().take(LONGEST) {
        let after = at + char.len_utf8();
        match char {
            _ if char.is_numeric() && !is_counted(char) => {
                has_digit = true;
                end = Some(after);
            }
            '丁' | '目' | '番' | '地' | '号' if has_digit => end = Some(after),
            '-' | '－' | '−' | '‐' | 'の' | 'ー' if has_digit => {}
            _ if has_digit => break,
            _ if is_name(char) => names += 1,
            _ => return None,
        }
    }
    end.filter(|_| names >= 2)
}

/// Whether a character is a number and a part of names: `三島`.
fn is_counted(char: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&char)
}

/// A character of Japanese names: ideographs, syllables, letters in full width.
fn is_name(char: char) -> bool {
    matches!(char, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff21}'..='\u{ff5a}')
}

/// How long ` ハイツ丸の内405` is; nothing where no number of a room ends it.
fn building(text: &str) -> usize {
    let Some(rest) = text.strip_prefix([' ', '\u{3000}']) else { return 0 };
    let space = text.len() - rest.len();
    let mut chars = rest.char_indices().take(LONGEST).skip_while(|(_, char)| is_name(*char));
    let Some((from, _)) = chars.next().filter(|(at, char)| *at > 0 && char.is_numeric()) else {
        return 0;
    };
    let digits = rest.get(from..).unwrap_or_default();
    let len =
        digits.chars().take_while(|char| char.is_numeric()).map(char::len_utf8).sum::<usize>();
    space + from + len
}

/// Where `〒100-0005 ` begins that ends a text.
fn postal_code(head: &str) -> Option<usize> {
    let code = head.trim_end_matches([' ', ',', '、', '\n']);
    let at = code.rfind('〒')?;
    let digits = code.get(at + '〒'.len_utf8()..)?;
    let is_code = |char: char| char.is_numeric() || char == '-' || char == '－';
    (head.len() - code.len() <= 4 && digits.chars().count() <= 8 && digits.chars().all(is_code))
        .then_some(at)
}

/// In characters.
const LONGEST: usize = 40;

const PREFECTURES: &str = "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 \
    山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 \
    福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県";
