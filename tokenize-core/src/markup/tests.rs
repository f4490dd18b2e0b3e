//! Tests of the room; what serde_json and html5ever say of the same sources was the measure.

mod html;
mod json;

use super::*;

/// The kinds and texts of the pieces of a source.
fn shown(markup: Markup, source: &str) -> Vec<(PieceKind, String)> {
    let pieces = markup.pieces(source).unwrap();
    pieces.pieces.iter().map(|piece| (piece.kind, piece.text.to_string())).collect()
}

/// What must hold of any source: pieces are in order and apart, and their maps are exact.
fn check_maps(pieces: &Pieces<'_>, source: &str) {
    let mut end = 0;
    for piece in &pieces.pieces {
        assert!(piece.raw.start >= end);
        end = piece.raw.end;
        assert!(end <= source.len());
        assert_eq!(piece.source_range(0..piece.text.len()), piece.raw);
        let mut at = piece.raw.start;
        for (i, c) in piece.text.char_indices() {
            let raw = piece.source_range(i..i + c.len_utf8());
            assert!(raw.start <= at && at <= raw.end && raw.start < raw.end, "{source}");
            assert!(source.get(raw.clone()).is_some());
            at = raw.end;
        }
        assert_eq!(at, piece.raw.end);
        let path = pieces.paths.path(piece.path);
        assert_eq!(path.to_string().parse(), Ok(path));
    }
}
