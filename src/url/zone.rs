//! The zone of a link-local IPv6 address: which network interface of this machine leads to it (RFC 4007 11).

use std::borrow::Cow;
use std::sync::Arc;

/// A URL without the zone of its IPv6 address (`[fe80::1%25eth0]`, RFC 6874, or as people write it, `[fe80::1%eth0]`), and the
/// zone.
pub(crate) fn split_zone(text: &str) -> (Cow<'_, str>, Option<Arc<str>>) {
    let split = || {
        let (scheme, _) = text
            .split_once("//")
            .filter(|(before, _)| !before.contains(['/', '?', '#']))?;
        let start = scheme.len() + 2;
        let length = text[start..].find(['/', '?', '#']).unwrap_or(text.len() - start);
        let address = &text[start..start + length];
        let (percent, end) = (address.find('%')?, address.find(']')?);
        let named = address.get(percent + 1..end).filter(|_| address.contains('['))?;
        let zone = named
            .strip_prefix("25")
            .filter(|zone| !zone.is_empty())
            .unwrap_or(named);
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let without = [&text[..start + percent], &text[start + end..]].concat();
        (!zone.is_empty() && zone.bytes().all(is_unreserved)).then(|| (without, Arc::from(zone)))
    };
    match split() {
        Some((without, zone)) => (without.into(), Some(zone)),
        None => (text.into(), None),
    }
}

/// The host in lower case, with the zone of its address.
pub(crate) fn with_zone(host: &str, zone: Option<&str>) -> String {
    let host = host.to_ascii_lowercase();
    match (zone, host.strip_suffix(']')) {
        (Some(zone), Some(address)) => format!("{address}%{zone}]"),
        _ => host,
    }
}

/// A host without the brackets of an IPv6 address, and without its zone.
pub(crate) fn bare_host(host: &str) -> &str {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.split('%').next().unwrap_or(bare)
}
