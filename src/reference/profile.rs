//! How a deployment as a whole is set up: what its operator configured, and what not.

/// Which of the three deployments this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Full,
    Bare,
    Miskeyed,
}

/// A key that the operator gave the server for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKey {
    Good,
    /// There, but refused where it is used, or of the wrong form.
    Wrong,
    Absent,
}

/// What the operator of a deployment configured.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    pub name: Name,
    pub outgoing_mail: bool,
    pub mail_gateway: bool,
    pub document_storage: bool,
    pub attachment_storage: bool,
    pub companies_house_key: ServerKey,
    /// Google EMM credentials for Android enrolment.
    pub emm: bool,
    pub bug_tracker: bool,
    /// Price identifiers of the plans at the payment provider.
    pub prices: bool,
    /// `RMM_SIGNING_MASTER_KEY`.
    pub signing_master_key: ServerKey,
    /// The master key under which tenants' secrets were stored has been replaced.
    pub master_key_rotated: bool,
    pub installer_stub: bool,
    pub freeagent_worker: bool,
    pub updates_paused: bool,
    pub closed_beta: bool,
    pub ingest_host: bool,
}

impl Profile {
    /// Everything configured.
    pub const FULL: Profile = Profile {
        name: Name::Full,
        outgoing_mail: true,
        mail_gateway: true,
        document_storage: true,
        attachment_storage: true,
        companies_house_key: ServerKey::Good,
        emm: true,
        bug_tracker: true,
        prices: true,
        signing_master_key: ServerKey::Good,
        master_key_rotated: false,
        installer_stub: true,
        freeagent_worker: true,
        updates_paused: false,
        closed_beta: false,
        ingest_host: true,
    };

    /// Nothing optional configured.
    pub const BARE: Profile = Profile {
        name: Name::Bare,
        outgoing_mail: false,
        mail_gateway: false,
        document_storage: false,
        attachment_storage: false,
        companies_house_key: ServerKey::Absent,
        emm: false,
        bug_tracker: false,
        prices: false,
        signing_master_key: ServerKey::Absent,
        master_key_rotated: false,
        installer_stub: false,
        freeagent_worker: false,
        updates_paused: true,
        closed_beta: true,
        ingest_host: true,
    };

    /// Configured, with keys that are wrong.
    pub const MISKEYED: Profile = Profile {
        name: Name::Miskeyed,
        companies_house_key: ServerKey::Wrong,
        signing_master_key: ServerKey::Wrong,
        master_key_rotated: true,
        ingest_host: false,
        ..Profile::FULL
    };

    /// The name as targets and control paths spell it.
    pub fn text(&self) -> &'static str {
        match self.name {
            Name::Full => "full",
            Name::Bare => "bare",
            Name::Miskeyed => "miskeyed",
        }
    }
}
