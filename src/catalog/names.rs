//! Checks the names of parameters, and finds the one that was meant.

use super::rules::{Verdict, items, unquoted, value, violation};
use crate::json::{self, FieldAction, FieldVisitor};

/// Rejects the first member of `object` that has a name neither in the rules `params` nor in `undocumented`.
pub(super) fn check_names(params: &[&str], undocumented: &str, object: &str) -> Verdict {
    let names = params.iter().filter_map(|param| value(param, "name"));
    let aliases = params.iter().filter_map(|param| value(param, "alias"));
    let accepted = names
        .chain(aliases)
        .chain(items(undocumented))
        .map(unquoted)
        .collect();
    let mut unknown = Unknown(accepted, None);
    let _ = json::visit_fields(object, &mut unknown);
    let Unknown(accepted, Some(name)) = unknown else {
        return Ok(());
    };
    let meant = accepted
        .iter()
        .map(|known| (distance(&name, known), *known))
        .min()
        .filter(|(distance, known)| *distance <= (known.len() / 3).max(1));
    let advice = match meant {
        Some((_, known)) => format!("did you mean {known}?"),
        None if accepted.is_empty() => "this operation has none".to_owned(),
        None => format!("known are {}", accepted.join(", ")),
    };
    Err(violation(format!("there is no such parameter; {advice}")).within(&name))
}

/// The accepted names, and the first other one.
struct Unknown<'a>(Vec<&'a str>, Option<String>);

impl<'a> FieldVisitor<'a> for Unknown<'_> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        if self.0.contains(&key) {
            return FieldAction::Skip;
        }
        self.1 = Some(key.chars().take(40).collect());
        FieldAction::Stop
    }
}

/// How many letters must be added, removed or replaced to make one name of the other, whatever their case.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, of_other) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(!letter.eq_ignore_ascii_case(&of_other));
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_of_two_names_is_the_number_of_changed_letters() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "to", 2),
            ("too", "to", 1),
            ("TO", "to", 0),
            ("langauge", "language", 2),
            ("page_indices", "pageIndices", 1),
            ("wurst", "language", 7),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }
}
