//! The text of a status, kept inside of the status itself where it is as short as that of most events.

/// What most events are shorter than, even if a job's id is a long one.
const SHORT: usize = 126;

/// A text that was kept.
#[derive(Clone)]
pub(super) struct Kept(Form);

#[derive(Clone)]
enum Form {
    /// One allocation less for each event.
    Short {
        bytes: [u8; SHORT],
        length: u8,
    },
    Long(String),
}

impl Kept {
    /// Nothing yet.
    pub(super) const EMPTY: Self = Self(Form::Short {
        bytes: [0; SHORT],
        length: 0,
    });

    /// Keeps `text`, and a NUL behind it.
    #[inline(always)]
    pub(super) fn set(&mut self, text: &str) {
        match &mut self.0 {
            Form::Short { bytes, length } if text.len() < SHORT => {
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                bytes[text.len()] = 0;
                *length = text.len() as u8 + 1;
            }
            _ => *self = Self::long(text),
        }
    }

    #[cold]
    fn long(text: &str) -> Self {
        let mut long = String::with_capacity(text.len() + 1);
        long.push_str(text);
        long.push('\0');
        long.into()
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) fn as_str(&self) -> &str {
        match &self.0 {
            // SAFETY: `set` alone fills it, with a whole text and a NUL. To check that for each event would be a search more.
            Form::Short { bytes, length } => unsafe {
                std::str::from_utf8_unchecked(&bytes[..usize::from(*length)])
            },
            Form::Long(text) => text,
        }
    }
}

/// A text that has its NUL already.
impl From<String> for Kept {
    fn from(text: String) -> Self {
        Self(Form::Long(text))
    }
}
