//! Checks the names of parameters, and finds the one that was meant.

use super::rules::{Verdict, items, stray, unquoted, value, violation};

/// Rejects the first member of `object` that has a name neither in the rules `params` nor in `undocumented`.
pub(super) fn check_names(params: &[&str], undocumented: &str, object: &str) -> Verdict {
    let mut accepted = items(undocumented);
    for param in params {
        accepted.extend(value(param, "name"));
        accepted.extend(value(param, "alias"));
    }
    for name in &mut accepted {
        *name = unquoted(name);
    }
    let Some(name) = stray(object, &accepted) else {
        return Ok(());
    };
    let mut advice = match accepted.is_empty() {
        true => "this operation has none".to_owned(),
        false => format!("known are {}", accepted.join(", ")),
    };
    let mut least = usize::MAX;
    for known in accepted {
        let distance = distance(&name, known);
        if distance < least && distance <= (known.len() / 3).max(1) {
            least = distance;
            advice = format!("did you mean {known}?");
        }
    }
    Err(violation(format!("there is no such parameter; {advice}")).within(&name))
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
