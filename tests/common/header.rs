//! The declarations of `include/nitro_jobs.h`, parsed from its text, so that no function can be forgotten.

use super::c;

pub struct Function {
    pub name: String,
    /// Its comment, as one line.
    pub doc: String,
    /// What it returns, such as `nitro_code_t` or `const char *`.
    pub returns: String,
    pub params: Vec<Param>,
}

#[derive(PartialEq)]
pub struct Param {
    /// Without spaces before the stars: `const char*`, `nitro_job_t**`, `int64_t`.
    pub kind: String,
    pub name: String,
}

impl Param {
    pub fn is_text(&self) -> bool {
        self.kind == "const char*"
    }

    pub fn is_callback(&self) -> bool {
        self.kind.ends_with("_fn")
    }

    pub fn is_pointer(&self) -> bool {
        self.kind.ends_with('*') || self.is_callback()
    }

    pub fn is_output(&self) -> bool {
        self.is_pointer() && !self.kind.starts_with("const") && self.depth() >= self.output_depth()
    }

    fn depth(&self) -> usize {
        self.kind.chars().filter(|c| *c == '*').count()
    }

    fn output_depth(&self) -> usize {
        let by_value = ["size_t", "uint64_t", "int64_t"]
            .iter()
            .any(|kind| self.kind.starts_with(kind));
        if by_value { 1 } else { 2 }
    }
}

impl Function {
    pub fn is_fallible(&self) -> bool {
        self.returns == "nitro_code_t" && self.params.iter().any(|param| param.kind == "nitro_error_t**")
    }

    /// Whether the comments let this parameter be NULL: the function's own, or the conventions at the top.
    pub fn may_be_null(&self, param: &Param) -> bool {
        let name = &param.name;
        let by_convention = ["cancel", "err", "user_data"].contains(&name.as_str());
        // "`a` may be NULL", "`a` and `b` may be NULL".
        let stated = |words: &str| {
            let before = words.rsplit(['.', ';', ':']).next().unwrap_or_default();
            before.ends_with(&format!("`{name}` ")) || before.contains(&format!("`{name}` and `"))
        };
        let mut sentences = self
            .doc
            .match_indices("may be NULL")
            .map(|(at, _)| &self.doc[..at]);
        by_convention || sentences.any(stated)
    }
}

pub fn text() -> String {
    std::fs::read_to_string(c::root().join("include/nitro_jobs.h")).expect("the header")
}

/// Every function of the header, in order.
pub fn functions() -> Vec<Function> {
    let header = text();
    let parts: Vec<_> = header.split("\nNITRO_API\n").collect();
    let mut found: Vec<_> = parts.windows(2).map(|pair| function(pair[0], pair[1])).collect();
    assert!(
        found.len() > 60,
        "only {} functions were found: is the header laid out anew?",
        found.len()
    );
    // Some comments refer to another function's.
    let docs: Vec<_> = found.iter().map(|f| (f.name.clone(), f.doc.clone())).collect();
    for function in &mut found {
        let own = function.doc.clone();
        for (name, doc) in &docs {
            if own.contains(&format!("as {name}() has it")) || own.contains(&format!("as for {name}()")) {
                function.doc += &format!(" {doc}");
            }
        }
    }
    found
}

fn function(before: &str, after: &str) -> Function {
    let declaration = after.split(';').next().unwrap_or_default();
    let (head, params) = declaration.split_once('(').expect("a parameter list");
    let params = params.trim_end().strip_suffix(')').expect("its end");
    let Param { kind, name } = param(head);
    let params = params
        .split(',')
        .map(param)
        .filter(|param| param.kind != "void" && !param.name.is_empty());
    Function {
        name,
        doc: doc_before(before),
        returns: kind,
        params: params.collect(),
    }
}

/// The comment that `before` ends with, as one line; empty if there is none.
pub fn doc_before(before: &str) -> String {
    let Some(comment) = before.trim_end().strip_suffix("*/") else {
        return String::new();
    };
    let start = comment.rfind("/**").map_or(comment.len(), |start| start + 3);
    let lines = comment[start..]
        .lines()
        .map(|line| line.trim().trim_start_matches('*').trim());
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn param(text: &str) -> Param {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = text
        .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .map_or(0, |at| at + 1);
    let (kind, name) = text.split_at(start);
    match kind.trim() {
        "" => Param {
            kind: name.to_owned(),
            name: String::new(),
        },
        kind => Param {
            kind: kind.replace(" *", "*"),
            name: name.to_owned(),
        },
    }
}

/// Names and numbers of the codes, NITRO_OK among them.
pub fn codes() -> Vec<(String, i32)> {
    let header = text();
    let words = header
        .lines()
        .filter_map(|line| line.strip_prefix("#define ")?.split_once(' '));
    let codes = words.filter(|(name, _)| *name == "NITRO_OK" || name.starts_with("NITRO_E_"));
    codes
        .map(|(name, number)| (name.to_owned(), number.parse().expect("a number")))
        .collect()
}
