//! Room for the state of areas that the frame knows nothing about.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;

/// One value of each type.
#[derive(Default)]
pub struct Slots(HashMap<TypeId, Box<dyn Any + Send>>);

impl Slots {
    /// The value of this type; made from its default when it is asked for first.
    pub fn of<T: Default + Send + 'static>(&mut self) -> &mut T {
        self.0
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Box::<T>::default())
            .downcast_mut()
            .expect("a slot is only ever filled under its own type")
    }
}

impl fmt::Debug for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slots({})", self.0.len())
    }
}
