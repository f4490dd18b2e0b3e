//! The paths of the pieces of one source: each kept once, as a tree, since written out they could be quadratic in the source.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::field::FieldPath;

/// A path of [`Paths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PathId(pub(crate) usize);

/// Paths of a source, numbered from 0 without gaps, containers before what is in them.
///
/// They are written as those of nested columns are: `messages[].content`, with [`ROOT`] for what has no name above it: `$` is a
/// scalar that is all of its source, `$[].content` is in the objects of an array that is.
pub(crate) struct Paths<'a> {
    nodes: Vec<Node<'a>>,
}

struct Node<'a> {
    parent: PathId,
    step: Step<'a>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Step<'a> {
    Element,
    Name(Cow<'a, str>),
    Root,
}

impl Paths<'_> {
    /// How many paths there are, those of containers included.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The path as rules name it. Made anew with each call, in the time its length takes.
    pub(crate) fn path(&self, id: PathId) -> FieldPath {
        let mut steps = Vec::new();
        let mut at = id;
        while let Some(Node { parent, step }) = self.nodes.get(at.0)
            && *step != Step::Root
        {
            steps.push(step);
            at = *parent;
        }
        steps.reverse();
        written(&steps).parse().expect("every name is in back-ticks, and the first step is one")
    }
}

fn written(steps: &[&Step<'_>]) -> String {
    let mut out = String::new();
    if !matches!(steps.first(), Some(Step::Name(_))) {
        out.push_str(ROOT);
    }
    for step in steps {
        match step {
            Step::Name(name) => {
                let dot = if out.is_empty() { "" } else { "." };
                out.extend([dot, "`", &name.replace('`', "``"), "`"]);
            }
            Step::Element | Step::Root => out.push_str("[]"),
        }
    }
    out
}

/// Numbers the paths of one source.
pub(super) struct PathTree<'a> {
    nodes: Vec<Node<'a>>,
    ids: HashMap<(PathId, Step<'a>), PathId>,
}

impl<'a> PathTree<'a> {
    pub(super) fn new() -> Self {
        let root = Node { parent: PathId(0), step: Step::Root };
        Self { nodes: vec![root], ids: HashMap::new() }
    }

    /// The path of the whole source.
    pub(super) fn root() -> PathId {
        PathId(0)
    }

    /// The path of the elements of the array at `parent`.
    pub(super) fn element(&mut self, parent: PathId) -> PathId {
        self.child(parent, Step::Element)
    }

    /// The path of the member `name` of the object at `parent`.
    pub(super) fn member(&mut self, parent: PathId, name: Cow<'a, str>) -> PathId {
        self.child(parent, Step::Name(name))
    }

    fn child(&mut self, parent: PathId, step: Step<'a>) -> PathId {
        let next = PathId(self.nodes.len());
        let id = *self.ids.entry((parent, step.clone())).or_insert(next);
        if id == next {
            self.nodes.push(Node { parent, step });
        }
        id
    }

    pub(super) fn finish(self) -> Paths<'a> {
        Paths { nodes: self.nodes }
    }
}

/// What stands for the source itself where a path would begin without a name.
const ROOT: &str = "$";
