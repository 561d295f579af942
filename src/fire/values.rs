//! The values that templates are filled with, within one scenario.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::capture::Taken;
use crate::model::secret::NamedSecret;
use crate::model::template::{Source, Unset, Values, plain};

/// A variable of the target with its value.
#[derive(Debug)]
pub(super) struct BoundValue {
    pub(super) value: Value,
    /// The same as a secret, if it is one.
    pub(super) secret: Option<NamedSecret>,
}

/// Why a request cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unready {
    /// A variable without a value.
    Unset(Unset),
    Because(String),
}

impl From<Unset> for Unready {
    fn from(unset: Unset) -> Self {
        Unready::Unset(unset)
    }
}

/// Gives each scenario its own `unique`: a random beginning for the run, and a counter.
#[derive(Debug)]
pub(super) struct Dice {
    start: u32,
    count: AtomicU32,
}

impl Dice {
    pub(super) fn new() -> Self {
        Dice { start: random(), count: AtomicU32::new(0) }
    }

    fn unique(&self) -> u32 {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // An odd factor makes neighbours look different and still never repeats a number within a run.
        self.start.wrapping_add(count.wrapping_mul(0x9E37_79B1))
    }
}

fn random() -> u32 {
    // Without a source of randomness the clock still tells runs apart.
    getrandom::u32().unwrap_or_else(|_| {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.subsec_nanos() ^ now.as_secs() as u32)
    })
}

/// A random UUID, version 4.
pub(super) fn uuid() -> String {
    let mut bytes = [0; 16];
    for part in bytes.chunks_exact_mut(4) {
        part.copy_from_slice(&random().to_le_bytes());
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The variables of one scenario, or of one login.
#[derive(Debug)]
pub(super) struct Variables<'f> {
    target: &'f [BoundValue],
    names: &'f [Box<str>],
    slots: Vec<Slot>,
    unique: Value,
    started: SystemTime,
    uuid: OnceCell<Value>,
    now: OnceCell<Value>,
    today: OnceCell<Value>,
    /// Secrets that went into what was filled since the last look.
    carried: RefCell<Vec<NamedSecret>>,
}

#[derive(Debug, Default)]
struct Slot {
    value: Option<Value>,
    /// Whether the value is the digits of a number.
    is_digits: bool,
    secret: bool,
}

impl<'f> Variables<'f> {
    pub(super) fn new(target: &'f [BoundValue], names: &'f [Box<str>], dice: &Dice) -> Self {
        Variables {
            target,
            names,
            slots: names.iter().map(|_| Slot::default()).collect(),
            unique: Value::String(format!("{:08x}", dice.unique())),
            started: SystemTime::now(),
            uuid: OnceCell::new(),
            now: OnceCell::new(),
            today: OnceCell::new(),
            carried: RefCell::new(Vec::new()),
        }
    }

    /// Keeps a captured value; gives it back as a secret if it is one.
    pub(super) fn keep(&mut self, slot: u16, taken: Taken, secret: bool) -> Option<NamedSecret> {
        let Taken { value, is_digits } = taken;
        let named = secret.then(|| self.named(slot, &value));
        if let Some(kept) = self.slots.get_mut(usize::from(slot)) {
            *kept = Slot { value: Some(value), is_digits, secret };
        }
        named
    }

    /// The secrets that went into what was filled since the last call.
    pub(super) fn take_carried(&self) -> Vec<NamedSecret> {
        self.carried.take()
    }

    /// The captured values, by slot.
    pub(super) fn into_captured(self) -> Vec<Option<Value>> {
        self.slots.into_iter().map(|slot| slot.value).collect()
    }

    /// The name of a source, as the author wrote it.
    pub(super) fn describe(&self, source: &Source) -> String {
        match source {
            Source::Slot(slot) => format!("the variable `{}` has no value", self.name(*slot)),
            Source::Totp(inner) if self.value(inner).is_some() => "the secret of `totp` is not base32".to_owned(),
            Source::Totp(inner) => self.describe(inner),
            _ => "a variable of the target has no value".to_owned(),
        }
    }

    fn name(&self, slot: u16) -> &str {
        self.names.get(usize::from(slot)).map_or("?", |name| name)
    }

    fn named(&self, slot: u16, value: &Value) -> NamedSecret {
        NamedSecret::new(self.name(slot), plain(value))
    }

    fn carry(&self, secret: NamedSecret) {
        let mut carried = self.carried.borrow_mut();
        if !carried.contains(&secret) {
            carried.push(secret);
        }
    }

    fn moment(&self) -> DateTime<Utc> {
        DateTime::<Utc>::from(self.started)
    }
}

impl Values for Variables<'_> {
    fn is_digits(&self, source: &Source) -> bool {
        matches!(source, Source::Slot(slot) if self.slots.get(usize::from(*slot)).is_some_and(|slot| slot.is_digits))
    }

    fn value(&self, source: &Source) -> Option<Cow<'_, Value>> {
        let text = |text: String| Value::String(text);
        Some(Cow::Borrowed(match source {
            Source::Slot(slot) => {
                let kept = self.slots.get(usize::from(*slot))?;
                let value = kept.value.as_ref()?;
                if kept.secret {
                    self.carry(self.named(*slot, value));
                }
                value
            }
            Source::Target(index) => {
                let bound = self.target.get(usize::from(*index))?;
                if let Some(secret) = &bound.secret {
                    self.carry(secret.clone());
                }
                &bound.value
            }
            Source::Unique => &self.unique,
            Source::Uuid => self.uuid.get_or_init(|| text(uuid())),
            Source::Now => self.now.get_or_init(|| text(self.moment().to_rfc3339_opts(SecondsFormat::Secs, true))),
            Source::Today => self.today.get_or_init(|| text(self.moment().format("%Y-%m-%d").to_string())),
            Source::Totp(inner) => {
                let secret = self.value(inner)?;
                return Some(Cow::Owned(text(one_time_password(&plain(&secret), SystemTime::now())?)));
            }
        }))
    }
}

/// The one-time password of this base32 secret at this moment: RFC 6238 with SHA-1, 6 digits, 30 seconds.
fn one_time_password(secret: &str, at: SystemTime) -> Option<String> {
    // People copy secrets in groups and in lower case.
    let secret: String = secret.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '=')).collect();
    let secret = totp_rs::Secret::try_from_base32(secret.to_ascii_uppercase()).ok()?;
    if AsRef::<[u8]>::as_ref(&secret).is_empty() {
        return None;
    }
    let seconds = at.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let totp = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(secret)
        // A service under test may use a secret shorter than the RFC asks for.
        .build_noncompliant();
    Some(totp.generate(seconds).to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_time_passwords_follow_rfc_6238() {
        // Appendix B, SHA-1, the last six of eight digits; the secret is the ASCII text 12345678901234567890.
        let secret = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let at = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(one_time_password(secret, at).as_deref(), Some(code));
        }
        assert_eq!(one_time_password("not base32!", UNIX_EPOCH), None);
        assert_eq!(one_time_password("", UNIX_EPOCH), None);
    }

    #[test]
    fn unique_differs_in_every_scenario_and_stays_within_one() {
        let dice = Dice::new();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..10_000 {
            let variables = Variables::new(&[], &[], &dice);
            let value = variables.value(&Source::Unique).unwrap().as_str().unwrap().to_owned();
            assert!(value.len() == 8 && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{value}");
            assert_eq!(variables.value(&Source::Unique).unwrap().as_str(), Some(&*value));
            assert!(seen.insert(value));
        }
        let variables = Variables::new(&[], &[], &dice);
        let uuid = variables.value(&Source::Uuid).unwrap().into_owned();
        assert_eq!(*variables.value(&Source::Uuid).unwrap(), uuid);
        assert_eq!(uuid.as_str().unwrap().parse::<uuid::Uuid>().unwrap().get_version_num(), 4);
    }

    #[test]
    fn a_secret_that_went_into_a_request_is_told() {
        let secret = NamedSecret::new("KEY", "hunter2hunter2");
        let bound = [
            BoundValue { value: "hunter2hunter2".into(), secret: Some(secret.clone()) },
            BoundValue { value: "acme".into(), secret: None },
        ];
        let names = ["session".into()];
        let mut variables = Variables::new(&bound, &names, &Dice::new());
        assert!(variables.keep(0, Value::from("0123456789").into(), true).is_some());
        for source in [Source::Target(0), Source::Target(1), Source::Target(0), Source::Slot(0)] {
            variables.value(&source);
        }
        assert_eq!(variables.take_carried(), [secret, NamedSecret::new("session", "0123456789")]);
        assert!(variables.take_carried().is_empty());
    }
}
