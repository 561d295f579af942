//! The flags that a further run needs to reach the same target in the same way.

use crate::cli::{GateArgs, GeneralArgs, NetworkArgs, RunArgs, TargetArgs};
use crate::model::secret::Redactor;
use crate::render::words::argument;

/// As one pastes them; a secret among them is only named.
pub fn flags(general: &GeneralArgs, args: &RunArgs, redactor: &Redactor) -> String {
    let mut flags = Flags { words: Vec::new(), redactor };
    flags.path("--config", general.config.as_deref());
    flags.target(&args.target);
    flags.network(&args.network);
    flags.gates(&args.gates);
    flags.words.join(" ")
}

struct Flags<'a> {
    words: Vec<String>,
    redactor: &'a Redactor,
}

impl Flags<'_> {
    fn target(&mut self, args: &TargetArgs) {
        self.text("--target", args.target.as_deref());
        self.text("--url", args.url.as_deref());
        for (name, value) in &args.headers {
            self.text("--header", Some(&format!("{name}: {value}")));
        }
        for (name, value) in &args.vars {
            self.text("--var", Some(&format!("{name}={value}")));
        }
        self.path("--env-file", args.env_file.as_deref());
    }

    fn network(&mut self, args: &NetworkArgs) {
        if args.insecure {
            self.words.push("--insecure".to_owned());
        }
        self.path("--cacert", args.cacert.as_deref());
        self.path("--cert", args.cert.as_deref());
        self.path("--key", args.key.as_deref());
        self.text("--proxy", args.proxy.as_deref());
        for (host, address) in &args.resolve {
            self.text("--resolve", Some(&format!("{host}:{}", address.ip())));
        }
    }

    /// What decides whether a finding is an error.
    fn gates(&mut self, args: &GateArgs) {
        let rules: Vec<&str> = args.fail_on.iter().map(|rule| rule.id()).collect();
        self.text("--fail-on", (!rules.is_empty()).then(|| rules.join(",")).as_deref());
        self.path("--baseline", args.baseline.as_deref());
    }

    fn path(&mut self, flag: &str, value: Option<&std::path::Path>) {
        self.text(flag, value.map(|path| path.to_string_lossy()).as_deref());
    }

    fn text(&mut self, flag: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.words.push(format!("{flag} {}", argument(&self.redactor.redact(value))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use crate::model::secret::NamedSecret;
    use clap::Parser;

    fn again(line: &[&str]) -> String {
        let cli = Cli::parse_from([&["trueline", "run"], line].concat());
        let Command::Run(args) = &cli.command else { panic!("not a run") };
        flags(&cli.general, args, &Redactor::new(&[NamedSecret::new("X-Key", "key-of-the-clerk")]))
    }

    #[test]
    fn what_reaches_the_target_is_kept_and_what_narrows_the_run_is_not() {
        assert_eq!(again(&["--code", "A*", "-j", "3"]), "");
        assert_eq!(
            again(&["-t", "a b", "-u", "https://x", "-k", "--config", "t.toml", "--var", "a=b c"]),
            "--config t.toml --target 'a b' --url https://x --var 'a=b c' --insecure"
        );
        assert_eq!(again(&["--resolve", "shop.test:443:127.0.0.1"]), "--resolve shop.test:443:127.0.0.1");
    }

    #[test]
    fn what_makes_an_error_of_a_finding_is_kept() {
        assert_eq!(
            again(&["--fail-on", "flaky,extra-fields", "--baseline", "known.toml", "--min-coverage", "90"]),
            "--fail-on flaky,extra-fields --baseline known.toml"
        );
    }

    #[test]
    fn a_secret_is_only_named() {
        assert_eq!(again(&["-H", "X-Key: key-of-the-clerk"]), "--header 'X-Key: [secret:X-Key]'");
    }
}
