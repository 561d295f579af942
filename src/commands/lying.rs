//! `trueline serve --lie KIND[:CODE]`: the lies of `prove`, told by the reference deployment over the wire.

use std::path::Path;

use super::console::Console;
use super::{prove, session};
use crate::cli::GeneralArgs;
use crate::lie::{self, Lie, Promises, Statement, Truth};
use crate::load::EMBEDDED;
use crate::model::catalogue::{CodeId, Status};
use crate::model::complaint::{At, Complaint, nearest};
use crate::model::exit::Exit;
use crate::model::plan::Expect;
use crate::model::secret::NamedSecret;
use crate::reference::{Distortion, Leaving, Question};

/// What alters the answers, for `KIND[:CODE]`.
pub fn distortion(console: &Console, general: &GeneralArgs, asked: &str) -> Result<Distortion, Exit> {
    let (kind, code) = match asked.split_once(':') {
        Some((kind, code)) => (kind, Some(code)),
        None => (asked, None),
    };
    let lie = kind_of(kind).map_err(|complaint| console.refuse(None, &[complaint]))?;
    let promises = promises(console, general)?;
    let only = code.map(|code| documented(&promises, code)).transpose().map_err(|it| console.refuse(None, &[it]))?;
    let whose = code.map_or_else(|| "every error answer".to_owned(), |code| format!("every answer {code}"));
    console.say(&format!("{whose} of the API is altered where it can be: {}", lie.says));
    Ok(Distortion::new(move |question, leaving| told(lie, &promises, only, question, leaving)))
}

/// The contract of the project at hand; without one, that of the project in the binary.
fn promises(console: &Console, general: &GeneralArgs) -> Result<Promises, Exit> {
    let start = std::env::current_dir().unwrap_or_default();
    let none = general.config.is_none() && crate::load::find(&start, None).is_err();
    let config = if none { Some(Path::new(EMBEDDED)) } else { general.config.as_deref() };
    prove::promises(console, &session::open(console, config)?)
}

fn kind_of(kind: &str) -> Result<&'static Lie, Complaint> {
    let lie = lie::find(kind).ok_or_else(|| {
        let ids = || lie::ALL.iter().filter(|lie| lie.not_over_the_wire.is_none()).map(|lie| lie.id);
        let list = ids().collect::<Vec<_>>().join(", ");
        let near = nearest(kind, ids()).map_or(String::new(), |near| format!("did you mean `{near}`? "));
        Complaint::error("", At::File, format!("--lie: there is no lie `{kind}`"))
            .help(format!("{near}there are {list}"))
    })?;
    match lie.not_over_the_wire {
        None => Ok(lie),
        Some(why) => {
            Err(Complaint::error("", At::File, format!("--lie: `{kind}` cannot be told over the wire: {why}")))
        }
    }
}

fn documented(promises: &Promises, code: &str) -> Result<CodeId, Complaint> {
    let catalogue = promises.catalogue();
    catalogue.find(code).ok_or_else(|| {
        let codes = catalogue.entries().map(|(_, entry)| &*entry.code);
        let text = format!("--lie: `{code}` is not in {}", catalogue.page);
        Complaint::error("", At::File, text).did_you_mean(code, codes)
    })
}

/// The answer altered, as if what it says were exactly what is due; as it is, where the lie does not apply to it.
fn told(lie: &Lie, promises: &Promises, only: Option<CodeId>, question: &Question, leaving: Leaving) -> Leaving {
    let said =
        Statement { status: leaving.status, headers: leaving.headers.clone(), body: leaving.body.clone().into() };
    let mut truth = Truth::new(promises, &said, question.method == "HEAD");
    let code = truth.entry().map(|(id, _)| id);
    if only.is_some_and(|only| Some(only) != code) {
        return leaving;
    }
    let due = Expect { code, pinned: Some(Status::Exact(said.status)), at: None };
    let secrets: Vec<NamedSecret> = question.authorization.as_deref().and_then(secret).into_iter().collect();
    truth.due = Some(&due);
    truth.secrets = &secrets;
    match lie.tell(&truth) {
        None => leaving,
        Some(told) => {
            let Statement { status, headers, body } = told.statement;
            Leaving { status, headers, body: body.into() }
        }
    }
}

/// What a request carries in `Authorization`, without the name of its scheme.
fn secret(authorization: &str) -> Option<NamedSecret> {
    let (_, secret) = authorization.split_once(' ')?;
    Some(NamedSecret::new("authorization", secret.trim()))
}
