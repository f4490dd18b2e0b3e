//! HTTP/1.1 and base64, as far as the stand-in needs them.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, Write};

/// A request without its first line: KMS names what is asked for in a header.
pub(super) struct Message {
    /// By names in lower case.
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// The next request of a connection; nothing where it was closed.
pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok(Some(Message { headers, body }))
}

/// Writes an answer; the connection stays open.
pub(super) fn write(mut stream: impl Write, status: u16, body: &str) -> io::Result<()> {
    let (a, b) = (random(), random());
    let (id, length) = (format!("{a:016x}{b:016x}"), body.len());
    // In one piece: the other side may hold back its receipt of the first of two.
    let answer = format!(
        "HTTP/1.1 {status} Stand-in\r\nx-amzn-RequestId: {id}\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes())?;
    stream.flush()
}

/// RFC 4648, section 4, padded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let part = |i: usize| u32::from(*group.get(i).unwrap_or(&0));
        let bits = part(0) << 16 | part(1) << 8 | part(2);
        for i in 0..4 {
            let digit = bits >> (18 - 6 * i) & 63;
            text.push(if i > group.len() { '=' } else { char::from(DIGITS[digit as usize]) });
        }
    }
    text
}

/// Reverses [`encode`]; nothing where it is not that.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let mut bits = 0;
        for i in 0..4 {
            let digit = match group.get(i) {
                Some(byte) => DIGITS.iter().position(|digit| digit == byte)?,
                None => 0,
            };
            bits = bits << 6 | digit;
        }
        let [_, .., a, b, c] = bits.to_be_bytes();
        bytes.extend_from_slice(&[a, b, c][..group.len().checked_sub(1)?]);
    }
    Some(bytes)
}

/// Bytes that no other call gives.
pub(super) fn random_bytes(count: usize) -> Vec<u8> {
    (0..count.div_ceil(8)).flat_map(|_| random().to_be_bytes()).take(count).collect()
}

/// The standard library's own source, meant for hash tables: good enough for a stand-in.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
