//! Categories of tickets, one below another.

use crate::reference::prelude::*;

use super::{Tickets, invalid};

const DEEPEST: usize = 3;

/// The categories of an organisation.
#[derive(Default)]
pub struct Categories(Shelf<Category>);

struct Category {
    name: String,
    parent: Option<Uuid>,
}

impl Categories {
    pub fn contains(&self, id: Uuid) -> bool {
        self.0.contains(id)
    }

    /// A category and all above it, up to the depth that there can be.
    fn line(&self, id: Uuid) -> Vec<Uuid> {
        let above = |id: &Uuid| self.0.get(*id).and_then(|category| category.parent);
        std::iter::successors(Some(id), above).take(DEEPEST).collect()
    }
}

fn shown(id: Uuid, category: &Category) -> Value {
    json!({ "id": id, "name": category.name, "parent_id": category.parent })
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let all = call.state::<Categories>()?.0.iter();
    let categories: Vec<Value> = all.map(|(id, category)| shown(id, category)).collect();
    ok(json!({ "categories": categories }))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (name, parent) = (body.text("name")?, body.opt_id("parent_id")?);
    let categories = call.state::<Categories>()?;
    if parent.is_some_and(|parent| !categories.contains(parent)) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such category to put it under."));
    }
    if parent.is_some_and(|parent| categories.line(parent).len() >= DEEPEST) {
        return Err(refuse(409, "DEPTH_EXCEEDED", "Categories nest three levels deep at most."));
    }
    let alike = |it: &Category| it.parent == parent && it.name.to_lowercase() == name.to_lowercase();
    if categories.0.values().any(alike) {
        return Err(refuse(409, "CATEGORY_NAME_COLLISION", "There is a category of this name on this level."));
    }
    let id = Uuid::new_v4();
    created(shown(id, categories.0.insert(id, Category { name, parent })))
}

/// Removes a category with all below it.
pub(super) fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let categories = call.state::<Categories>()?;
    if !categories.contains(id) {
        return Err(refuse(404, "NOT_FOUND", "There is no such category."));
    }
    let ids = categories.0.iter().map(|(id, _)| id);
    let going: Vec<Uuid> = ids.filter(|other| categories.line(*other).contains(&id)).collect();
    let used = |category: Option<Uuid>| category.is_some_and(|category| going.contains(&category));
    if call.state::<Tickets>()?.all.values().any(|ticket| used(ticket.category)) {
        return Err(refuse(409, "CATEGORY_IN_USE", "Tickets are filed under this category."));
    }
    for id in going {
        call.state::<Categories>()?.0.remove(id);
    }
    done()
}
