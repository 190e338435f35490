use super::Reader;

/// How many times each byte is touched, on the average, when `stream` comes in pieces of `size`, and `taken` events
/// are taken after each.
fn touches(stream: &[u8], size: usize, taken: usize) -> f64 {
    let mut reader = Reader::new();
    for piece in stream.chunks(size) {
        reader.feed(piece);
        for _ in 0..taken {
            if reader.next_event().unwrap().is_none() {
                break;
            }
        }
    }
    while reader.next_event().unwrap().is_some() {}
    reader.work as f64 / stream.len() as f64
}

#[test]
fn each_byte_is_touched_a_bounded_number_of_times() {
    let long = format!("data: {}\n\n", "x".repeat(1 << 16));
    let short = "data: x\n\n".repeat(1 << 13);
    for size in [1, 7, 100, 8192] {
        for (name, stream) in [("long", &long), ("short", &short)] {
            for taken in [1, usize::MAX] {
                let touches = touches(stream.as_bytes(), size, taken);
                assert!(
                    touches <= 2.0,
                    "{name} lines in pieces of {size}: {touches} times"
                );
            }
        }
    }
}
