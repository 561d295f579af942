//! A bounded collection: what scenarios leave behind for days must not fill the memory.

use std::collections::{HashMap, VecDeque};

use uuid::Uuid;

const MOST: usize = 2_000;

/// Things by identifier, oldest first. Over its capacity the oldest unpinned one goes.
#[derive(Debug)]
pub struct Shelf<T> {
    items: HashMap<Uuid, T>,
    order: VecDeque<Uuid>,
    pinned: HashMap<Uuid, ()>,
    capacity: usize,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf::with_capacity(MOST)
    }
}

impl<T> Shelf<T> {
    pub fn with_capacity(capacity: usize) -> Self {
        Shelf { items: HashMap::new(), order: VecDeque::new(), pinned: HashMap::new(), capacity }
    }

    /// Keeps a thing under its identifier.
    pub fn insert(&mut self, id: Uuid, item: T) -> &mut T {
        if !self.items.contains_key(&id) {
            self.order.push_back(id);
            self.drop_oldest();
        }
        self.items.insert(id, item);
        self.items.get_mut(&id).expect("it was inserted on the line before")
    }

    /// Keeps a thing for good: seeds are never dropped for want of room.
    pub fn pin(&mut self, id: Uuid, item: T) -> &mut T {
        self.order.retain(|other| *other != id);
        self.order.push_back(id);
        self.pinned.insert(id, ());
        self.items.insert(id, item);
        self.items.get_mut(&id).expect("it was inserted on the line before")
    }

    fn drop_oldest(&mut self) {
        let loose = self.order.len() - self.pinned.len();
        if loose > self.capacity
            && let Some(at) = self.order.iter().position(|id| !self.pinned.contains_key(id))
            && let Some(id) = self.order.remove(at)
        {
            self.items.remove(&id);
        }
    }

    pub fn get(&self, id: Uuid) -> Option<&T> {
        self.items.get(&id)
    }

    pub fn get_mut(&mut self, id: Uuid) -> Option<&mut T> {
        self.items.get_mut(&id)
    }

    pub fn contains(&self, id: Uuid) -> bool {
        self.items.contains_key(&id)
    }

    pub fn remove(&mut self, id: Uuid) -> Option<T> {
        let item = self.items.remove(&id)?;
        self.order.retain(|other| *other != id);
        self.pinned.remove(&id);
        Some(item)
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Uuid, &T)> {
        self.order.iter().filter_map(|id| Some((*id, self.items.get(id)?)))
    }

    /// All of them without their identifiers, oldest first.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.iter().map(|(_, item)| item)
    }

    /// All of them to be changed, in no order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.values_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_unpinned_thing_goes_first() {
        let mut shelf = Shelf::with_capacity(2);
        let ids: Vec<Uuid> = (1..=4).map(Uuid::from_u128).collect();
        shelf.pin(ids[0], 0);
        for id in &ids[1..] {
            shelf.insert(*id, 1);
        }
        assert!(shelf.contains(ids[0]) && !shelf.contains(ids[1]));
        assert_eq!(shelf.len(), 3);
    }
}
