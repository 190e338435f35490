//! Huge pages for large buffers.

use std::mem::MaybeUninit;
use std::ops::Range;

/// The size of a huge page where a page is 4 kB.
const HUGE_PAGE: usize = 2 << 20;

/// Requests huge pages from Linux for the part of `block` that they can cover whole: 20 MB take ten page faults then instead of 5,000,
/// which would be up to half the time that a large document takes. A hint, which changes nothing but that.
pub(crate) fn prefer_huge_pages(block: &mut [MaybeUninit<u8>]) {
    let covered = covered(block.as_ptr().addr(), block.len());
    if !covered.is_empty() {
        hint(&mut block[covered]);
    }
}

/// What huge pages can cover of a block that begins at `address`; empty if it contains none.
fn covered(address: usize, length: usize) -> Range<usize> {
    let before = address.next_multiple_of(HUGE_PAGE) - address;
    let pages = length.saturating_sub(before) / HUGE_PAGE;
    before..before + pages * HUGE_PAGE
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn hint(pages: &mut [MaybeUninit<u8>]) {
    // SAFETY: the pages are the caller's, and their content does not change.
    unsafe { libc::madvise(pages.as_mut_ptr().cast(), pages.len(), libc::MADV_HUGEPAGE) };
}

#[cfg(not(target_os = "linux"))]
fn hint(_: &mut [MaybeUninit<u8>]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_huge_pages_are_covered() {
        const PAGE: usize = HUGE_PAGE;
        for (address, length, expected) in [
            (PAGE, PAGE, 0..PAGE),
            (PAGE, PAGE - 1, 0..0),
            (PAGE, 3 * PAGE + 5, 0..3 * PAGE),
            (PAGE + 16, 3 * PAGE, PAGE - 16..3 * PAGE - 16),
            (PAGE + 16, 2 * PAGE - 17, PAGE - 16..PAGE - 16),
            (PAGE + 16, 100, PAGE - 16..PAGE - 16),
            (PAGE + 16, 0, PAGE - 16..PAGE - 16),
        ] {
            assert_eq!(covered(address, length), expected, "{address} {length}");
        }
    }

    /// The system's flags of the mapping that contains `address`.
    #[cfg(target_os = "linux")]
    fn flags(address: usize) -> String {
        let maps = std::fs::read_to_string("/proc/self/smaps").expect("the mappings");
        let mut here = false;
        for line in maps.lines() {
            let bounds = line.split(' ').next().and_then(|range| range.split_once('-'));
            let number = |text| usize::from_str_radix(text, 16).ok();
            if let Some((Some(first), Some(end))) = bounds.map(|(first, end)| (number(first), number(end))) {
                here = (first..end).contains(&address);
            } else if let Some(flags) = line.strip_prefix("VmFlags:")
                && here
            {
                return flags.to_owned();
            }
        }
        panic!("{address:#x} is in no mapping");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_is_given_the_hint() {
        if !std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            return;
        }
        let mut block = Vec::<u8>::with_capacity(64 << 20);
        let middle = block.as_ptr().addr() + (32 << 20);
        assert!(!flags(middle).contains(" hg"), "set before");
        prefer_huge_pages(block.spare_capacity_mut());
        assert!(flags(middle).contains(" hg"), "{}", flags(middle));
    }
}
