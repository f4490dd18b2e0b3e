//! Chinese, Japanese and Korean names: no capitals, and no spaces to part words.
//!
//! A name is believed where one of the commonest surnames begins it and something ends it: an honorific, a label before
//! it, or a space between surname and given name.

use super::scan::Scan;
use super::words;
use super::{NameFinding, NameKind};

/// Longer stretches are read in pieces.
const LONGEST_STRETCH: usize = 48;

/// All of them, for look-up.
pub(super) fn surnames() -> impl Iterator<Item = &'static str> {
    [JAPANESE, CHINESE, KOREAN].into_iter().flat_map(str::split_whitespace)
}

/// Commonest surnames of Japan, of two ideographs or more.
const JAPANESE: &str = "佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡部 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 斉藤 齋藤 清水 山崎 山﨑 阿部 池田 \
     橋本 山下 石川 中島 前田 藤田 後藤 小川 岡田 長谷川 村上 近藤 石井 坂本 遠藤 青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田 中川 中野 原田 小野 田村 竹内 金子 \
     和田 中山 石田 上田 森田 柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 安藤 谷口 大野 丸山 今井 河野 高田 藤本 村田 武田 上野 杉山 増田 小山 大塚 平野 菅原 久保 \
     松井 千葉 岩崎 桜井 野口 木下 菊地 野村 新井 松尾 菊池 佐野 杉本 古川 浜田 市川 小松 島田 水野 山内 高野 西田 西川 川口 北村 五十嵐 福島 安田 中田 吉川 平田 \
     飯田 川崎 本田 久保田 吉村 東 関 森 林 原 南 岡 堀 辻";

/// Commonest surnames of China, of one ideograph, and a few of two.
const CHINESE: &str = "王 李 张 張 刘 劉 陈 陳 杨 楊 黄 黃 赵 趙 吴 吳 周 徐 孙 孫 马 馬 朱 胡 郭 何 高 林 罗 羅 郑 鄭 梁 谢 謝 宋 唐 许 許 韩 韓 冯 馮 邓 鄧 曹 彭 曾 肖 \
     田 董 袁 潘 于 蒋 蔣 蔡 余 杜 叶 葉 程 苏 蘇 魏 吕 呂 丁 任 沈 姚 卢 盧 姜 崔 钟 鍾 谭 譚 陆 陸 汪 范 金 石 廖 贾 賈 夏 韦 韋 傅 方 白 邹 鄒 孟 熊 秦 邱 江 尹 薛 闫 \
     阎 段 雷 侯 龙 龍 史 陶 黎 贺 賀 顾 顧 毛 郝 龚 龔 邵 万 钱 錢 严 覃 武 戴 莫 孔 向 汤 湯 欧阳 司马 上官 诸葛";

/// Commonest surnames of Korea, of one syllable.
const KOREAN: &str = "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 유 전 홍 고 문 양 손 배 백 허 남 심 노 하 곽 성 차 주 우 구 민 진 나 지 엄 변 채 원 천 방 공 현 함 염 여 추 도 소 석 선 설 마 길 연 위 표 명 기 반 라 왕 금 옥 육 인 맹 제 모";

const HONORIFICS: &[&str] = &[
    "さん",
    "様",
    "さま",
    "氏",
    "くん",
    "君",
    "ちゃん",
    "先生",
    "先輩",
    "女士",
    "小姐",
    "教授",
    "博士",
    "医生",
    "经理",
    "老师",
    "同学",
    "님",
    "씨",
];

/// What a name follows; a colon may come between.
const LABELS: &[&str] = &[
    "姓名",
    "名字",
    "名前",
    "お名前",
    "氏名",
    "我叫",
    "我是",
    "叫做",
    "客户",
    "客戶",
    "患者",
    "病人",
    "联系人",
    "聯絡人",
    "收件人",
    "寄件人",
    "担当",
    "担当者",
    "お客様",
    "宛先",
    "私は",
    "名前は",
    "申請人",
    "申请人",
    "签名",
    "이름",
    "이름은",
    "성명",
    "고객",
    "환자",
    "담당자",
    "저는",
    "제이름은",
    "新郎",
    "亲爱的",
    "尊敬的",
    "署名",
];

/// Han, kana, Hangul.
pub(super) fn is_ideograph(char: char) -> bool {
    is_han(char) || is_hangul(char) || is_kana(char)
}

fn is_kana(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}')
}

fn is_han(char: char) -> bool {
    matches!(char, '々' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn is_hangul(char: char) -> bool {
    matches!(char, '\u{ac00}'..='\u{d7a3}')
}

/// The names in the stretch that begins at `at`, and where it ends.
pub(super) fn names(scan: &Scan<'_>, at: usize) -> (usize, Vec<NameFinding>) {
    let rest = scan.text.get(at..).unwrap_or_default();
    let length: usize = rest
        .chars()
        .take(LONGEST_STRETCH)
        .take_while(|char| is_ideograph(*char))
        .map(char::len_utf8)
        .sum();
    let stretch = rest.get(..length).unwrap_or_default();
    let mut found = Vec::new();
    let mut from = 0;
    for (index, _) in stretch.char_indices() {
        if index < from {
            continue;
        }
        let Some((end, score, cue)) = name_at(scan, at + index, at + length) else { continue };
        found.push(NameFinding {
            start: at + index,
            end,
            kind: NameKind::Person,
            score,
            cue,
            dictionary: true,
        });
        from = end - at;
    }
    let next = found.last().map_or(0, |name| name.end).max(at + length);
    (next.max(at + 1), found)
}

/// The end, score and cue of a name that begins at `at`, its stretch ending at `stretch_end`.
fn name_at(scan: &Scan<'_>, at: usize, stretch_end: usize) -> Option<(usize, u8, bool)> {
    let text = scan.text;
    let rest = text.get(at..)?;
    let labelled = is_labelled(text, at);
    let Some(surname) = surname(scan, rest) else {
        // After a label any short stretch of its own is a name.
        let count = text
            .get(at..stretch_end)?
            .chars()
            .filter(|char| is_han(*char) || is_hangul(*char))
            .count();
        let whole = count == text.get(at..stretch_end)?.chars().count();
        let parted = words::char_before(text, at)
            .is_some_and(|char| matches!(char, ':' | '：' | ' ' | '=' | '"'));
        return (labelled && parted && whole && (2..=4).contains(&count)).then_some((
            stretch_end,
            65,
            true,
        ));
    };
    let (width, korean) = (surname.chars().count(), surname.chars().all(is_hangul));
    let tail = text.get(at + surname.len()..)?;
    let spaced = tail.strip_prefix([' ', '\u{3000}']).filter(|_| width > 1);
    let given_part = spaced.unwrap_or(tail);
    let given_at = text.len() - given_part.len();
    let japanese = width > 1 && !korean;
    let length: usize = given_part
        .chars()
        .take(4)
        .take_while(|char| {
            if korean {
                is_hangul(*char)
            } else {
                is_han(*char) || spaced.is_some() && is_kana(*char)
            }
        })
        .map(char::len_utf8)
        .sum();
    let given = given_part.get(..length)?;
    let most = if japanese { 4 } else { 2 };
    let ends = std::iter::once(at + surname.len())
        .chain(char_ends(given).take(most).map(|end| given_at + end));
    if let Some(end) = ends.into_iter().find(|end| honours(text, *end)) {
        return Some((end, 75, true));
    }
    let free = words::char_before(text, at).is_none_or(|char| !is_han(char) && !is_hangul(char));
    if !(free || labelled) {
        return None;
    }
    let end = given_at + length;
    let closed = !korean || end >= stretch_end;
    match (given.chars().count(), labelled) {
        (1..=3, _) if spaced.is_some() => Some((end, if labelled { 80 } else { 60 }, labelled)),
        (1..=3, true) if japanese && closed => Some((end, 70, true)),
        (1..=2, true) if closed => Some((end, 70, true)),
        (1..=3, false) if japanese => Some((end, 52, false)),
        (1..=2, false) if closed && end == stretch_end => Some((end, 35, false)),
        _ => None,
    }
}

/// Whether an honorific stands at `at`.
pub(super) fn honours(text: &str, at: usize) -> bool {
    text.get(at..)
        .is_some_and(|after| HONORIFICS.iter().any(|honorific| after.starts_with(honorific)))
}

fn char_ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().map(|(at, char)| at + char.len_utf8())
}

/// The longest surname that `text` begins with.
fn surname<'a>(scan: &Scan<'_>, text: &'a str) -> Option<&'a str> {
    let ends: [Option<usize>; 3] = {
        let mut ends = char_ends(text);
        std::array::from_fn(|_| ends.next())
    };
    ends.into_iter()
        .flatten()
        .rev()
        .find_map(|end| text.get(..end).filter(|head| scan.cues.is_surname(head)))
}

/// Whether a label stands before `at`.
fn is_labelled(text: &str, at: usize) -> bool {
    let head = text.get(..at).unwrap_or_default();
    let head = head.trim_end_matches([':', '：', ' ', '\u{3000}', '=', '"']);
    LABELS.iter().any(|label| head.ends_with(label))
}
