//! How the catalogue's types are written down: words of the service, and options that are left out unless they are set.

/// An enum of the service's words.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $word, "`.")]
                #[serde(rename = $word)]
                $variant,
            )*
        }

        impl $name {
            /// The service's word for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

/// Options with a setter each, under the names that the service gives them.
macro_rules! options {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $field:ident = $wire:literal: $type:ty),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Default, serde::Serialize)]
        pub struct $name {
            $(
                #[serde(rename = $wire, skip_serializing_if = "Option::is_none")]
                $field: Option<$type>,
            )*
        }

        impl $name {
            /// Nothing set: the service's defaults.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$what])*
                pub fn $field(mut self, value: impl Into<$type>) -> Self {
                    self.$field = Some(value.into());
                    self
                }
            )*
        }
    };
}

pub(super) use {options, words};
