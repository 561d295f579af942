//! What is broken at the moment, and for whom: upstream services and the service's own components.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::scope::Scope;

/// Names as the control listener spells them, beside the variants that rules ask for.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant),* }

        impl $name {
            pub const ALL: &[(&str, $name)] = &[$(($text, $name::$variant)),*];

            pub fn named(text: &str) -> Option<Self> {
                Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, it)| *it)
            }

            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }
    };
}

names! {
    /// A service elsewhere that the deployment calls.
    Service {
        Ai = "ai", BotVerifier = "bot_verifier", BugTracker = "bug_tracker", Chat = "chat", Cipp = "cipp",
        CompaniesHouse = "companies_house", Accounting = "accounting", GravityZone = "gravityzone",
        IdentityProvider = "identity_provider", MailGateway = "mail_gateway", MailRelay = "mail_relay",
        Msp360 = "msp360", ObjectStore = "object_store", OneView = "oneview", Sms = "sms", Stripe = "stripe",
        Telecom = "telecom", Whois = "whois",
    }
}

names! {
    /// How an upstream service behaves.
    Mode {
        Working = "working", Erroring = "erroring", Refusing = "refusing", Unreachable = "unreachable",
        RateLimiting = "rate_limiting",
    }
}

names! {
    /// A part of the deployment itself.
    Component {
        AccountingReconciler = "accounting_reconciler", AlertDatabase = "alert_database", AuditStore = "audit_store",
        Bus = "message_bus", Dashboard = "dashboard", Database = "database", DocumentGenerator = "document_generator",
        Escrow = "escrow", ImageEncoder = "image_encoder", InvoiceAllocator = "invoice_allocator",
        KeyDerivation = "key_derivation", MarkdownRenderer = "markdown_renderer", PdfRenderer = "pdf_renderer",
        ReportWorkers = "report_workers", Scheduler = "scheduler", Search = "search",
        TenantDirectory = "tenant_directory",
    }
}

names! {
    /// How a component is broken.
    Breakage {
        Failing = "failing", Down = "down", NeverUp = "never_up", PublishRefused = "publish_refused",
        ReloadRefused = "reload_refused", Saturated = "saturated", Garbled = "garbled",
    }
}

/// What one fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Upstream(Service, Mode),
    Inside(Component, Breakage),
}

/// A fault that somebody put in; it ends by itself.
#[derive(Debug)]
pub struct Fault {
    pub id: Uuid,
    pub effect: Effect,
    pub scope: Scope,
    until: Instant,
}

/// All faults of a deployment.
#[derive(Debug, Default)]
pub struct Faults {
    active: Vec<Fault>,
}

const MOST_FAULTS: usize = 1_000;

impl Faults {
    /// Puts a fault in; `None` when there are too many.
    pub fn add(&mut self, effect: Effect, scope: Scope, ttl: Duration) -> Option<Uuid> {
        self.sweep();
        if self.active.len() >= MOST_FAULTS {
            return None;
        }
        let id = Uuid::new_v4();
        self.active.push(Fault { id, effect, scope, until: Instant::now() + ttl });
        Some(id)
    }

    pub fn remove(&mut self, id: Uuid) {
        self.active.retain(|fault| fault.id != id);
    }

    /// What is broken now.
    pub fn list(&mut self) -> &[Fault] {
        self.sweep();
        &self.active
    }

    /// How a service behaves towards somebody to whom these scopes apply. The newest fault counts.
    pub fn upstream(&self, service: Service, scopes: &[Scope]) -> Mode {
        let mode = |effect| match effect {
            Effect::Upstream(which, mode) if which == service => Some(mode),
            _ => None,
        };
        self.newest(scopes, mode).unwrap_or(Mode::Working)
    }

    /// How a component is broken for somebody to whom these scopes apply, if it is.
    pub fn inside(&self, component: Component, scopes: &[Scope]) -> Option<Breakage> {
        self.newest(scopes, |effect| match effect {
            Effect::Inside(which, breakage) if which == component => Some(breakage),
            _ => None,
        })
    }

    fn newest<T>(&self, scopes: &[Scope], pick: impl Fn(Effect) -> Option<T>) -> Option<T> {
        let now = Instant::now();
        let concerned = |fault: &&Fault| fault.until > now && scopes.contains(&fault.scope);
        self.active.iter().rev().filter(concerned).find_map(|fault| pick(fault.effect))
    }

    fn sweep(&mut self) {
        let now = Instant::now();
        self.active.retain(|fault| fault.until > now);
    }

    pub(super) fn quiet(&self) -> bool {
        self.active.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    #[test]
    fn a_fault_concerns_its_scope_only() {
        let mut faults = Faults::default();
        let tenant = Scope::tenant(Uuid::from_u128(1));
        faults.add(Effect::Upstream(Service::Stripe, Mode::Erroring), tenant.clone(), SOON);
        assert_eq!(faults.upstream(Service::Stripe, &[tenant]), Mode::Erroring);
        assert_eq!(faults.upstream(Service::Stripe, &[Scope::tenant(Uuid::from_u128(2))]), Mode::Working);
    }

    #[test]
    fn a_fault_ends_by_itself() {
        let mut faults = Faults::default();
        faults.add(Effect::Inside(Component::Search, Breakage::Failing), Scope::everywhere(), Duration::ZERO);
        assert_eq!(faults.inside(Component::Search, &[Scope::everywhere()]), None);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn every_name_leads_back_to_its_variant() {
        for (name, service) in Service::ALL {
            assert_eq!((Service::named(name), service.name()), (Some(*service), *name));
        }
    }
}
