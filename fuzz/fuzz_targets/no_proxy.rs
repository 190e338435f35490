//! Matching of `NO_PROXY`. The input is the list, a line break, and the host.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nitro_jobs::fuzzing::covers;

fuzz_target!(|input: &str| {
    let (list, host) = input.split_once('\n').unwrap_or((input, "api.example"));
    let covered = covers(list, host, 443);
    assert!(covers(&format!("*,{list}"), host, 443));
    assert!(!covers("", host, 443));
    // The order of entries, letter case and surrounding whitespace do not matter.
    let entries: Vec<&str> = list.split(',').rev().collect();
    assert_eq!(covers(&entries.join(" ,\t"), host, 443), covered);
    assert_eq!(
        covers(&list.to_ascii_uppercase(), &host.to_ascii_uppercase(), 443),
        covered
    );
    // Further entries never remove a host from the list.
    assert!(!covered || covers(&format!("{list},other.example"), host, 443));
    // A plain name covers itself and its subdomains, and no other name with the same ending.
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !host.is_empty() && host.chars().all(plain) && host.parse::<std::net::IpAddr>().is_err() {
        assert!(covers(host, host, 443) && covers(host, &format!("www.{host}"), 443));
        assert!(!covers(host, &format!("evil{host}"), 443));
    }
});
