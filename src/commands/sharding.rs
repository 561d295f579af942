//! `--shard` and `--durations`: which slice of the plan this machine fires.

use super::console::Console;
use super::last;
use super::node;
use super::session::Session;
use crate::cli::ShardArgs;
use crate::model::exit::Exit;
use crate::model::plan::Plan;
use crate::model::project::RunSettings;
use crate::model::report::ShardReport;
use crate::model::shard::{Shard, ShardAsked};
use crate::plan::{Durations, sliced};
use crate::record::digest;

/// The slice that was asked for, if one was.
pub struct Sharding {
    shard: Option<Shard>,
    durations: Option<Durations>,
}

/// What a plan was before it was cut, and which part is left.
#[derive(Debug, Clone)]
pub struct Cut {
    pub shard: Option<ShardReport>,
    /// The digest of the whole plan.
    pub plan: String,
}

impl Cut {
    /// Nothing is cut off.
    pub fn whole(session: &Session, plan: &Plan) -> Cut {
        Cut { shard: None, plan: digest::of_plan(plan, &session.catalogue) }
    }

    /// Whether there is more in other shards, so that this one may be empty.
    pub fn is_part(&self) -> bool {
        self.shard.as_ref().is_some_and(|shard| shard.selected > 0)
    }
}

impl Sharding {
    /// Asks the environment and reads the durations where it is told to.
    pub fn of(console: &Console, session: &Session, args: &ShardArgs) -> Result<Sharding, Exit> {
        let refuse = |complaint| console.refuse(Some(&session.home), &[complaint]);
        let shard = match args.shard {
            None => None,
            Some(ShardAsked::This(shard)) => Some(shard),
            Some(ShardAsked::Auto) => Some(
                node::this(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
                    .map_err(refuse)?,
            ),
        };
        let durations = match &args.durations {
            None => None,
            Some(path) => Some(last::read(path).map_err(refuse)?),
        };
        let durations = durations.map(|run| run.scenarios.into_iter().map(|s| (s.id, s.duration_ms)).collect());
        Ok(Sharding { shard, durations })
    }

    /// Leaves this machine's scenarios in the plan, and its part of the limit of requests.
    pub fn cut(&self, session: &Session, plan: &mut Plan, settings: &mut RunSettings) -> Cut {
        let whole = Cut::whole(session, plan);
        let Some(shard) = self.shard else { return whole };
        let selected = plan.scenarios.len();
        *plan = sliced(std::mem::take(plan), shard, self.durations.as_ref());
        settings.rate = settings.rate.map(|rate| rate.divided(shard.of));
        let durations = self.durations.as_ref().map(digest::of_durations);
        Cut { shard: Some(ShardReport { index: shard.index, of: shard.of, selected, durations }), ..whole }
    }
}
