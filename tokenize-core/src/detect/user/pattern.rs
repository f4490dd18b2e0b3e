//! Patterns of users, read so that they can be searched in time linear in the text.
//!
//! They have the syntax of Rust's regular expressions, which knows neither look-around nor back references. `\d`, `\s`, `\w` and
//! `\b` mean ASCII unless `(?u)` is said: Unicode's classes make automata of thousands of states, and its word boundaries have none.

use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_syntax::ast::{
    Ast, ClassAscii, ClassAsciiKind, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet,
    ClassSetItem, Flag, Flags, FlagsItem, FlagsItemKind, Group, GroupKind, Span, parse,
};
use regex_syntax::hir::{Hir, translate};

use super::super::fault::PatternFault;

/// The longest match, in bytes.
pub(in super::super) const MATCH_LIMIT: usize = 1024;

/// Reads a pattern.
pub(in super::super) fn read(pattern: &str) -> Result<Hir, PatternFault> {
    if pattern.len() > PATTERN_LIMIT {
        return Err(PatternFault::TooLarge);
    }
    let fault = |problem: String, span: &Span| PatternFault::Syntax {
        problem,
        at: pattern.get(..span.start.offset).map_or(0, |before| before.chars().count()) + 1,
    };
    let mut ast = parse::ParserBuilder::new()
        .nest_limit(NEST_LIMIT)
        .build()
        .parse(pattern)
        .map_err(|error| fault(error.kind().to_string(), error.span()))?;
    Ascii { is_unicode: false }.rewrite(&mut ast)?;
    let hir = translate::TranslatorBuilder::new()
        .build()
        .translate(pattern, &ast)
        .map_err(|error| fault(error.kind().to_string(), error.span()))?;
    match hir.properties().minimum_len() {
        Some(0) => return Err(PatternFault::EmptyMatch),
        Some(1..=MATCH_LIMIT) => {}
        _ => return Err(PatternFault::NoMatch { limit: MATCH_LIMIT }),
    }
    compile(std::slice::from_ref(&hir), false, SIZE_LIMIT).ok_or(PatternFault::TooLarge)?;
    Ok(hir)
}

/// Compiles patterns together, to be read forwards or backwards; `None` if they are too large.
pub(super) fn compile(patterns: &[Hir], reverse: bool, size_limit: usize) -> Option<NFA> {
    thompson::Compiler::new()
        .configure(
            thompson::Config::new()
                .reverse(reverse)
                .utf8(false)
                .nfa_size_limit(Some(size_limit))
                .which_captures(WhichCaptures::None),
        )
        .build_many_from_hir(patterns)
        .ok()
}

/// Rewrites what depends on Unicode, where `(?u)` is not said.
struct Ascii {
    is_unicode: bool,
}

impl Ascii {
    fn rewrite(&mut self, ast: &mut Ast) -> Result<(), PatternFault> {
        match ast {
            Ast::Flags(set) => self.set(&set.flags),
            Ast::Assertion(assertion) => {
                use regex_syntax::ast::AssertionKind::{EndLine, EndText, StartLine, StartText};
                if !matches!(assertion.kind, EndLine | EndText | StartLine | StartText) {
                    if self.is_unicode {
                        return Err(PatternFault::UnicodeBoundary);
                    }
                    let span = assertion.span;
                    *ast = without_unicode(span, ast.clone());
                }
            }
            Ast::ClassPerl(class) if !self.is_unicode => {
                *ast = Ast::class_bracketed(ClassBracketed {
                    span: class.span,
                    negated: false,
                    kind: ClassSet::Item(ClassSetItem::Ascii(ascii(class))),
                });
            }
            Ast::ClassBracketed(class) if !self.is_unicode => rewrite_set(&mut class.kind),
            Ast::Repetition(repetition) => self.rewrite(&mut repetition.ast)?,
            Ast::Group(group) => {
                let before = self.is_unicode;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.set(flags);
                }
                self.rewrite(&mut group.ast)?;
                self.is_unicode = before;
            }
            Ast::Alternation(alternation) => {
                alternation.asts.iter_mut().try_for_each(|ast| self.rewrite(ast))?;
            }
            Ast::Concat(concat) => {
                concat.asts.iter_mut().try_for_each(|ast| self.rewrite(ast))?;
            }
            Ast::ClassBracketed(_)
            | Ast::ClassPerl(_)
            | Ast::ClassUnicode(_)
            | Ast::Dot(_)
            | Ast::Empty(_)
            | Ast::Literal(_) => {}
        }
        Ok(())
    }

    fn set(&mut self, flags: &Flags) {
        if let Some(is_unicode) = flags.flag_state(Flag::Unicode) {
            self.is_unicode = is_unicode;
        }
    }
}

fn rewrite_set(set: &mut ClassSet) {
    match set {
        ClassSet::Item(item) => rewrite_item(item),
        ClassSet::BinaryOp(operation) => {
            rewrite_set(&mut operation.lhs);
            rewrite_set(&mut operation.rhs);
        }
    }
}

fn rewrite_item(item: &mut ClassSetItem) {
    match item {
        ClassSetItem::Perl(class) => *item = ClassSetItem::Ascii(ascii(class)),
        ClassSetItem::Bracketed(class) => rewrite_set(&mut class.kind),
        ClassSetItem::Union(union) => union.items.iter_mut().for_each(rewrite_item),
        ClassSetItem::Ascii(_)
        | ClassSetItem::Empty(_)
        | ClassSetItem::Literal(_)
        | ClassSetItem::Range(_)
        | ClassSetItem::Unicode(_) => {}
    }
}

/// The same class of ASCII; negated it is all other characters, not all other bytes.
fn ascii(class: &ClassPerl) -> ClassAscii {
    let kind = match class.kind {
        ClassPerlKind::Digit => ClassAsciiKind::Digit,
        ClassPerlKind::Space => ClassAsciiKind::Space,
        ClassPerlKind::Word => ClassAsciiKind::Word,
    };
    ClassAscii { span: class.span, kind, negated: class.negated }
}

/// `(?-u:…)`.
fn without_unicode(span: Span, ast: Ast) -> Ast {
    let item = |kind| FlagsItem { span, kind };
    let items = vec![item(FlagsItemKind::Negation), item(FlagsItemKind::Flag(Flag::Unicode))];
    Ast::group(Group {
        span,
        kind: GroupKind::NonCapturing(Flags { span, items }),
        ast: Box::new(ast),
    })
}

/// The longest pattern, in bytes.
const PATTERN_LIMIT: usize = 16 << 10;
/// The deepest nesting of groups.
const NEST_LIMIT: u32 = 100;
/// What one pattern may compile to, in bytes.
const SIZE_LIMIT: usize = 1 << 20;
