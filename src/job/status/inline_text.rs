//! The text of a status: inside the status itself if it is as short as that of most events, else on the heap.

use crate::c_text::{TERMINATOR_LEN, copy_terminated};

/// Most events are shorter than this, even with a long job id.
const INLINE_CAPACITY: usize = 126;

/// A text and a NUL behind it.
#[derive(Clone)]
pub(super) struct InlineText(Storage);

#[derive(Clone)]
enum Storage {
    /// One allocation less for each event.
    Inline {
        bytes: [u8; INLINE_CAPACITY],
        length: u8,
    },
    Heap(String),
}

impl InlineText {
    /// No text yet.
    pub(super) const EMPTY: Self = Self(Storage::Inline {
        bytes: [0; INLINE_CAPACITY],
        length: 0,
    });

    /// Stores `text`, and a NUL behind it.
    #[inline(always)]
    pub(super) fn set(&mut self, text: &str) {
        match &mut self.0 {
            Storage::Inline { bytes, length } if text.len() <= INLINE_CAPACITY - TERMINATOR_LEN => {
                *length = copy_terminated(bytes, text) as u8;
            }
            _ => *self = Self::on_heap(text),
        }
    }

    #[cold]
    fn on_heap(text: &str) -> Self {
        let mut heap = String::with_capacity(text.len() + TERMINATOR_LEN);
        heap.push_str(text);
        heap.push('\0');
        heap.into()
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) fn as_str(&self) -> &str {
        match &self.0 {
            // SAFETY: only `set` fills it, with a whole text and a NUL. Checking that for each event would be one more scan.
            Storage::Inline { bytes, length } => unsafe {
                std::str::from_utf8_unchecked(&bytes[..usize::from(*length)])
            },
            Storage::Heap(text) => text,
        }
    }
}

/// From a text that has its NUL already.
impl From<String> for InlineText {
    fn from(text: String) -> Self {
        Self(Storage::Heap(text))
    }
}
