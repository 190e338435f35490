//! The macros that define the catalogue's types: enums of the service's names, and options that are omitted unless set.

/// An enum of the service's names.
macro_rules! service_enum {
    ($(#[$about:meta])* $name:ident { $($variant:ident = $wire:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $wire, "`.")]
                #[serde(rename = $wire)]
                $variant,
            )*
        }

        impl $name {
            /// The service's name for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)*
                }
            }
        }
    };
}

/// Options with one setter each, under the service's names.
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
            /// No option set: the service's defaults.
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

pub(super) use {options, service_enum};
