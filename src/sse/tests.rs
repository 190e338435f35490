use super::Reader;

/// How often each byte is processed on average if `stream` is fed in chunks of `size` bytes and up to `max_events` events are
/// read after each.
fn work_per_byte(stream: &[u8], size: usize, max_events: usize) -> f64 {
    let mut reader = Reader::new();
    for chunk in stream.chunks(size) {
        reader.feed(chunk);
        for _ in 0..max_events {
            if reader.next_event().unwrap().is_none() {
                break;
            }
        }
    }
    while reader.next_event().unwrap().is_some() {}
    reader.work as f64 / stream.len() as f64
}

#[test]
fn each_byte_is_processed_a_bounded_number_of_times() {
    let long = format!("data: {}\n\n", "x".repeat(1 << 16));
    let short = "data: x\n\n".repeat(1 << 13);
    for size in [1, 7, 100, 8192] {
        for (name, stream) in [("long", &long), ("short", &short)] {
            for max_events in [1, usize::MAX] {
                let work = work_per_byte(stream.as_bytes(), size, max_events);
                assert!(work <= 2.0, "{name} lines in chunks of {size}: {work} times");
            }
        }
    }
}
