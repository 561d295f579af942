//! A run made ready: nothing is left to look up, what is embedded listens.

use std::sync::Arc;

use super::console::Console;
use super::embedded::{self, Embedded};
use super::secrets;
use super::session::Session;
use crate::cli::{NetworkArgs, TargetArgs};
use crate::fire::Firing;
use crate::judge::Judge;
use crate::load;
use crate::model::catalogue::Catalogue;
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::known_secrets::KnownSecrets;
use crate::model::plan::Plan;
use crate::model::project::RunSettings;
use crate::model::report::ScenarioReport;
use crate::model::secret::Redactor;
use crate::record::baseline::Ledger;
use crate::record::{Keep, Recorder};

pub struct Ready {
    pub plan: Arc<Plan>,
    pub catalogue: Arc<Catalogue>,
    pub judge: Judge,
    pub firing: Firing,
    /// Finds what was secret before anything was sent.
    pub redactor: Redactor,
    /// All that is secret by now.
    pub known: KnownSecrets,
    /// What a reader should know about how the run was made ready.
    pub notices: Vec<String>,
    /// What is known and accepted.
    pub ledger: Option<Ledger>,
    /// Stops when the run is over.
    _embedded: Option<Embedded>,
}

impl Ready {
    pub fn recorder(&self, keep: Keep) -> Recorder<'_> {
        Recorder { plan: &self.plan, catalogue: &self.catalogue, redactor: &self.redactor, keep }
    }

    /// Marks what the baseline knows.
    pub fn mark(&self, scenario: &mut ScenarioReport) {
        if let Some(ledger) = &self.ledger {
            ledger.mark(scenario);
        }
    }
}

/// Reads the environment that the plan uses, starts what is embedded, and binds all of it.
pub fn prepare(
    console: &Console,
    session: &Session,
    mut plan: Plan,
    settings: &RunSettings,
    target: &TargetArgs,
    network: &NetworkArgs,
) -> Result<Ready, Exit> {
    let refuse = |complaints: Vec<Complaint>| console.refuse(Some(&session.home), &complaints);
    // The contract is looked at before anything is started: a schema that does not compile is an input error.
    let judge = session.judge(console)?;
    let environment = load::environment(&plan.environment, target.env_file.as_deref()).map_err(refuse)?;
    let network = super::asked::network(network).map_err(refuse)?;
    if let Some(url) = &target.url {
        embedded::follow(&mut plan, url);
    }
    let embedded = embedded::start_for(&mut plan).map_err(|error| {
        let text = format!("the embedded reference deployment could not be started: {error}");
        refuse(vec![Complaint::error("", At::File, text)])
    })?;
    let plan = Arc::new(plan);
    let firing = Firing::new(plan.clone(), settings, &network, &environment, session.root())
        .map_err(|error| refuse(vec![Complaint::error("", At::File, error.to_string())]))?;
    let secrets = firing.secrets();
    let redactor = Redactor::new(&secrets);
    let known = console.secrets().clone();
    known.learn(secrets.iter().cloned());
    let firing = firing.telling(known.clone());
    let named_after_one = secrets::in_names(&plan, &redactor);
    if !named_after_one.is_empty() {
        return Err(refuse(named_after_one));
    }
    let notices = secrets::too_short(&secrets);
    let judge = judge.knowing(secrets, known.clone());
    let catalogue = session.catalogue.clone();
    Ok(Ready { plan, catalogue, judge, firing, redactor, known, notices, ledger: None, _embedded: embedded })
}
