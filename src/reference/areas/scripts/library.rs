//! The script library, and snippets to paste into scripts.

use crate::reference::prelude::*;

use super::{Scripts, invalid, script};

const LANGUAGES: &[&str] = &["powershell", "batch", "bash", "python"];

pub struct Script {
    pub name: String,
    pub language: String,
    pub body: String,
    pub signature: Option<Uuid>,
}

impl Script {
    pub fn new(name: &str, language: &str, body: &str) -> Self {
        Script { name: name.to_owned(), language: language.to_owned(), body: body.to_owned(), signature: None }
    }

    pub fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "name": self.name,
            "language": self.language,
            "body": self.body,
            "signature": self.signature,
        })
    }
}

pub struct Snippet {
    name: String,
    language: String,
    body: String,
}

impl Snippet {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "name": self.name, "language": self.language, "body": self.body })
    }
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let scripts: Vec<Value> = call.state::<Scripts>()?.all.iter().map(|(id, script)| script.shown(id)).collect();
    ok(json!({ "scripts": scripts }))
}

pub fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(script(call, id)?.shown(id))
}

/// Name, language and body of what is to be kept.
fn texts(body: &Fields) -> Result<[String; 3], Refusal> {
    let [name, language, text] = [body.text("name")?, body.text("language")?, body.text("body")?];
    match LANGUAGES.contains(&language.as_str()) {
        true => Ok([name, language, text]),
        false => Err(body.refusal(format!("there are no scripts in {language}"))),
    }
}

pub fn create(call: &mut Call<'_>) -> Answer {
    let [name, language, body] = texts(&call.json(invalid)?)?;
    let id = Uuid::new_v4();
    let script = Script { name, language, body, signature: None };
    created(call.state::<Scripts>()?.all.insert(id, script).shown(id))
}

pub fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    script(call, id)?;
    call.state::<Scripts>()?.all.remove(id);
    done()
}

pub fn list_snippets(call: &mut Call<'_>) -> Answer {
    let snippets = call.state::<Scripts>()?.snippets.iter().map(|(id, snippet)| snippet.shown(id));
    ok(json!({ "snippets": snippets.collect::<Vec<Value>>() }))
}

pub fn create_snippet(call: &mut Call<'_>) -> Answer {
    let [name, language, body] = texts(&call.json(|why| refuse(400, "SNIPPET_ERROR", why))?)?;
    let id = Uuid::new_v4();
    created(call.state::<Scripts>()?.snippets.insert(id, Snippet { name, language, body }).shown(id))
}
