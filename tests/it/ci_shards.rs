//! `examples/ci/`, the jobs that share the work: what each of the five runs, and the last one after them, is run here.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{Outcome, Project, Server, root, scenario};

const OF: usize = 5;

fn text(name: &str) -> String {
    fs::read_to_string(root().join("examples/ci").join(name)).unwrap()
}

fn yaml(name: &str) -> Vec<Value> {
    let text = text(name);
    let documents = text.split("\n---\n");
    documents.map(|part| serde_saphyr::from_str(part).unwrap_or_else(|error| panic!("{name}: {error}"))).collect()
}

/// A command line of trueline, and the variables that its job sets.
#[derive(Debug, Default, Clone)]
struct Job {
    words: Vec<String>,
    /// What a shell runs, where there is more to it than one command line.
    script: Option<String>,
    variables: Vec<(String, String)>,
}

impl Job {
    /// The only line of trueline among these.
    fn of<'v>(scripts: impl IntoIterator<Item = &'v Value>, variables: Vec<(&str, String)>) -> Job {
        let lines = scripts.into_iter().filter_map(Value::as_str).flat_map(str::lines);
        let lines: Vec<&str> = lines.filter_map(|line| line.trim().strip_prefix("trueline ")).collect();
        let [line] = lines[..] else { panic!("not one line of trueline: {lines:?}") };
        let words = line.split_whitespace().map(str::to_owned).collect();
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Job { words, script: None, variables }
    }

    fn script(script: &str, variables: Vec<(&str, String)>) -> Job {
        let words = script.split_whitespace().map(str::to_owned).collect();
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Job { words, script: Some(script.to_owned()), variables }
    }
}

/// The jobs of one file.
struct Pipeline {
    shards: Vec<Job>,
    /// Where a shard's reports are handed on to, from where it wrote them; none where it wrote them there.
    handed_on: Option<(String, Vec<String>)>,
    merge: Job,
    /// How the job of a shard ends whose scenario fails.
    failing: i32,
}

fn github() -> Pipeline {
    let file = yaml("github-actions-shards.yml").remove(0);
    let (shard, merge) = (&file["jobs"]["shard"], &file["jobs"]["merge"]);
    let matrix = shard["strategy"]["matrix"]["shard"].as_array().unwrap();
    assert_eq!(matrix, &(1..=OF).map(Value::from).collect::<Vec<_>>());
    assert_eq!(shard["strategy"]["fail-fast"], false);
    assert_eq!((&merge["needs"], &merge["if"]), (&"shard".into(), &"${{ !cancelled() }}".into()));
    let step = |job: &Value, action: &str| {
        let steps = job["steps"].as_array().unwrap();
        let uses = |step: &&Value| step["uses"].as_str().is_some_and(|uses| uses.starts_with(action));
        steps.iter().find(uses).unwrap_or_else(|| panic!("no step uses {action}")).clone()
    };
    let up = step(shard, "actions/upload-artifact@");
    let down = step(merge, "actions/download-artifact@");
    assert_eq!(up["if"], "${{ !cancelled() }}");
    let named = |index: usize| up["with"]["name"].as_str().unwrap().replace("${{ matrix.shard }}", &index.to_string());
    let pattern = down["with"]["pattern"].as_str().unwrap().trim_end_matches('*');
    assert!((1..=OF).all(|index| named(index).starts_with(pattern)) && down["with"]["merge-multiple"].is_null());
    let place = |index| format!("{}{}", down["with"]["path"].as_str().unwrap(), named(index));
    let env = |index: usize| {
        let steps = shard["steps"].as_array().unwrap().iter();
        let asked = steps.filter_map(|step| step["env"]["TRUELINE_SHARD"].as_str()).next().unwrap();
        let asked = asked.replace("${{ matrix.shard }}", &index.to_string());
        vec![("TRUELINE_SHARD", asked.replace("${{ strategy.job-total }}", &OF.to_string()))]
    };
    let scripts =
        |job: &Value| job["steps"].as_array().unwrap().iter().map(|step| step["run"].clone()).collect::<Vec<_>>();
    Pipeline {
        shards: (1..=OF).map(|index| Job::of(&scripts(shard), env(index))).collect(),
        handed_on: Some((up["with"]["path"].as_str().unwrap().to_owned(), (1..=OF).map(place).collect())),
        merge: Job::of(&scripts(merge), vec![]),
        failing: 1,
    }
}

fn gitlab() -> Pipeline {
    let file = yaml("gitlab-ci-shards.yml").remove(0);
    let (shard, judge) = (&file["error-codes"], &file["judge"]);
    assert_eq!((&shard["parallel"], &shard["artifacts"]["when"]), (&OF.into(), &"always".into()));
    let stage =
        |job: &Value| file["stages"].as_array().unwrap().iter().position(|stage| *stage == job["stage"]).unwrap();
    assert!(stage(judge) > stage(shard));
    assert_eq!((&judge["needs"][0], &judge["when"]), (&"error-codes".into(), &"always".into()));
    assert_eq!(judge["artifacts"]["reports"]["junit"], "reports/junit.xml");
    let env = |index: usize| {
        let reports = shard["variables"]["TRUELINE_REPORTS"].as_str().unwrap();
        let (index, reports) = (index.to_string(), reports.replace("$CI_NODE_INDEX", &index.to_string()));
        assert!(reports.starts_with(shard["artifacts"]["paths"][0].as_str().unwrap()));
        vec![("CI_NODE_INDEX", index), ("CI_NODE_TOTAL", OF.to_string()), ("TRUELINE_REPORTS", reports)]
    };
    let scripts = |job: &Value| job["script"].as_array().unwrap().clone();
    Pipeline {
        shards: (1..=OF).map(|index| Job::of(&scripts(shard), env(index))).collect(),
        handed_on: None,
        merge: Job::of(&scripts(judge), vec![]),
        failing: 1,
    }
}

fn kubernetes(volume: &str) -> Pipeline {
    let documents = yaml("kubernetes-job.yaml");
    let named = |kind: &str, name: &str| {
        let found = documents.iter().find(|part| part["kind"] == kind && part["metadata"]["name"] == name);
        found.unwrap_or_else(|| panic!("no {kind} {name}"))["spec"].clone()
    };
    let claim = named("PersistentVolumeClaim", "trueline-reports");
    assert_eq!(claim["accessModes"][0], "ReadWriteMany");
    let (shards, judge) = (named("Job", "trueline-shards"), named("Job", "trueline-judge"));
    assert_eq!((&shards["completionMode"], &shards["completions"]), (&"Indexed".into(), &OF.into()));
    assert_eq!(shards["backoffLimitPerIndex"], 0);
    assert!(judge["activeDeadlineSeconds"].as_u64() > shards["activeDeadlineSeconds"].as_u64());
    let wait = judge["template"]["spec"]["initContainers"][0]["args"][0].as_str().unwrap();
    assert!(wait.contains(&format!("-ge {OF} ")) && wait.contains("/reports/*/run.json"), "{wait}");
    let container = |job: &Value| {
        let pod = &job["template"]["spec"];
        assert_eq!(pod["volumes"][0]["persistentVolumeClaim"]["claimName"], "trueline-reports");
        assert_eq!(pod["containers"][0]["volumeMounts"][0]["mountPath"], "/reports");
        assert_eq!(pod["containers"][0]["command"][0], "trueline");
        pod["containers"][0].clone()
    };
    let (shard, merge) = (container(&shards), container(&judge));
    let total = shard["env"].as_array().unwrap().iter().find(|env| env["name"] == "TRUELINE_SHARDS").unwrap();
    let words = |container: &Value, index: usize| -> Vec<String> {
        let args = container["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        args.map(|word| word.replace("$(JOB_COMPLETION_INDEX)", &index.to_string()).replace("/reports", volume))
            .collect()
    };
    let env = |index: usize| {
        let total = total["value"].as_str().unwrap().to_owned();
        vec![("JOB_COMPLETION_INDEX".to_owned(), index.to_string()), ("TRUELINE_SHARDS".to_owned(), total)]
    };
    Pipeline {
        shards: (0..OF).map(|index| Job { words: words(&shard, index), script: None, variables: env(index) }).collect(),
        handed_on: None,
        merge: Job { words: words(&merge, 0), script: None, variables: vec![] },
        failing: 1,
    }
}

fn circleci() -> Pipeline {
    let file = yaml("circleci-shards.yml").remove(0);
    assert_eq!(file["version"], 2.1);
    let (shard, judge) = (&file["jobs"]["shard"], &file["jobs"]["judge"]);
    assert_eq!(shard["parallelism"], OF);
    let jobs = file["workflows"]["error-codes"]["jobs"].as_array().unwrap();
    assert_eq!((&jobs[0], &jobs[1]["judge"]["requires"][0]), (&"shard".into(), &"shard".into()));
    // What a job does after it has run trueline is not done when that has failed, but for these two.
    let steps = |job: &Value| job["steps"].as_array().unwrap().clone();
    let name = |step: &Value| match step {
        Value::String(name) => name.clone(),
        step => step.as_object().unwrap().keys().next().unwrap().clone(),
    };
    let names = |job: &Value| steps(job).iter().map(name).collect::<Vec<_>>();
    assert_eq!(names(shard), ["checkout", "install", "run", "persist_to_workspace"]);
    assert_eq!(
        names(judge),
        ["checkout", "install", "attach_workspace", "run", "store_test_results", "store_artifacts"]
    );
    assert_eq!(steps(shard)[3]["persist_to_workspace"]["paths"][0], "shards");
    assert_eq!(
        (&steps(judge)[2]["attach_workspace"]["at"], &steps(judge)[4]["store_test_results"]["path"]),
        (&".".into(), &"reports".into())
    );
    let run =
        |job: &Value| steps(job).iter().find_map(|step| Some(step["run"]["command"].as_str()?.to_owned())).unwrap();
    let env = |index: usize| vec![("CIRCLE_NODE_INDEX", index.to_string()), ("CIRCLE_NODE_TOTAL", OF.to_string())];
    Pipeline {
        shards: (0..OF).map(|index| Job::script(&run(shard), env(index))).collect(),
        handed_on: None,
        merge: Job::script(&run(judge), vec![]),
        failing: 0,
    }
}

fn buildkite() -> Pipeline {
    let file = yaml("buildkite-shards.yml").remove(0);
    let [shard, judge] = file["steps"].as_array().unwrap().as_slice() else { panic!("not two steps") };
    assert_eq!(shard["parallelism"], OF);
    assert_eq!((&judge["depends_on"], &judge["allow_dependency_failure"]), (&shard["key"], &true.into()));
    assert_eq!((&shard["artifact_paths"], &judge["artifact_paths"]), (&"shards/**/*".into(), &"reports/**/*".into()));
    // The step that uploads the file puts its own variables in; what it leaves for the job has two signs.
    let uploaded = |text: &str| {
        assert!(!text.replace("$$", "").contains('$'), "{text}");
        text.replace("$$", "$")
    };
    let env = |index: usize| {
        vec![("BUILDKITE_PARALLEL_JOB", index.to_string()), ("BUILDKITE_PARALLEL_JOB_COUNT", OF.to_string())]
    };
    let commands: Vec<String> =
        judge["commands"].as_array().unwrap().iter().map(|line| uploaded(line.as_str().unwrap())).collect();
    assert_eq!(commands[0], r#"buildkite-agent artifact download "shards/**/run.json" ."#);
    Pipeline {
        shards: (0..OF).map(|index| Job::script(&uploaded(shard["command"].as_str().unwrap()), env(index))).collect(),
        handed_on: None,
        merge: Job::script(&commands[1], vec![]),
        failing: 1,
    }
}

/// A project with the target that the jobs name; one of its scenarios fails.
fn project(server: &Server) -> Project {
    let key = "technician = { bearer = { env = \"STAGING_TECHNICIAN_KEY\" } }";
    let target = format!(
        "[targets.staging]\nurl = \"{}\"\neffects = \"none\"\n[targets.staging.credentials]\n{key}\n",
        server.url
    );
    let mut twenty: Vec<String> =
        (0..20).map(|n| scenario(&format!("number {n}"), "NOT_FOUND", "GET /404/NOT_FOUND")).collect();
    twenty.push("  - name: with the key\n    expect: NOT_FOUND\n    as: technician\n    when: { request: GET /409/ALREADY_CLOSED }\n".into());
    Project::new(&target).area("shop", &twenty)
}

fn done(project: &Project, job: &Job) -> Outcome {
    let words: Vec<&str> = job.words.iter().map(String::as_str).collect();
    let mut command = match &job.script {
        None => project.command(&words),
        Some(script) => in_a_shell(project, script),
    };
    command
        .env("STAGING_TECHNICIAN_KEY", "a key of staging")
        .envs(job.variables.iter().map(|(name, value)| (name, value)));
    Outcome::of(&command.output().unwrap())
}

/// The shell of a CI job, which finds trueline on its path.
fn in_a_shell(project: &Project, script: &str) -> Command {
    let like = project.command(&[]);
    let mut command = Command::new("sh");
    command.args(["-e", "-c", script]).current_dir(project.root()).env_clear();
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let folder = Path::new(like.get_program()).parent().unwrap();
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    command
}

fn goes_through(pipeline: impl FnOnce(&Project) -> Pipeline, merged_into: &str) {
    let server = Server::shop();
    let project = project(&server);
    let pipeline = pipeline(&project);
    let mut codes = Vec::new();
    for (at, job) in pipeline.shards.iter().enumerate() {
        let ended = done(&project, job);
        assert!([0, 1].contains(&ended.code), "{}", ended.said());
        codes.push(ended.code);
        if let Some((from, to)) = &pipeline.handed_on {
            fs::create_dir_all(project.path(&to[at]).parent().unwrap()).unwrap();
            fs::rename(project.path(from), project.path(&to[at])).unwrap();
        }
    }
    assert_eq!(codes.iter().sum::<i32>(), pipeline.failing, "the failing scenario is in one shard: {codes:?}");
    done(&project, &pipeline.merge).exits(1).says(&["21 scenarios: 20 conform, 1 violates"]);
    assert!(project.has(&format!("{merged_into}/run.json")) && project.has(&format!("{merged_into}/junit.xml")));
    let of_third = pipeline.merge.words.iter().filter(|word| word.ends_with("/run.json")).nth(2).unwrap();
    fs::remove_file(project.path(of_third)).unwrap();
    done(&project, &pipeline.merge).exits(2).complains(&[of_third, "cannot be read"]);
}

#[test]
fn the_matrix_of_github_is_one_run() {
    goes_through(|_| github(), "reports");
}

#[test]
fn the_parallel_job_of_gitlab_is_one_run() {
    goes_through(|_| gitlab(), "reports");
}

#[test]
fn the_indexed_job_of_kubernetes_is_one_run() {
    goes_through(|project| kubernetes(project.path("volume").to_str().unwrap()), "volume/whole");
}

#[test]
fn the_containers_of_circleci_are_one_run() {
    goes_through(|_| circleci(), "reports");
}

#[test]
fn the_jobs_of_buildkite_are_one_run() {
    goes_through(|_| buildkite(), "reports");
}

#[test]
fn a_container_of_circleci_that_leaves_no_results_fails() {
    let project = project(&Server::shop()).file("scenarios/shop.yaml", "area: shop\nscenarios: [ { nmae: x } ]\n");
    let mut job = circleci().shards.remove(0);
    // What an earlier run has left is none of this one's.
    project.write("shards/0/run.json", "{}");
    let ended = done(&project, &job);
    assert_ne!(ended.code, 0, "{}", ended.said());
    job.script = job.script.map(|script| script.split("||").next().unwrap().to_owned());
    done(&project, &job).exits(2);
}

#[test]
fn every_shard_has_the_key_and_installs_trueline_as_the_whole_run_does() {
    let all = ["github-actions-shards.yml", "gitlab-ci-shards.yml", "kubernetes-job.yaml"];
    for name in all.into_iter().chain(["circleci-shards.yml", "buildkite-shards.yml"]) {
        assert!(text(name).contains("STAGING_TECHNICIAN_KEY"), "{name}");
    }
    for (shards, whole) in
        [("github-actions-shards.yml", "github-actions.yml"), ("gitlab-ci-shards.yml", "gitlab-ci.yml")]
    {
        let (shards, whole) = (text(shards), text(whole));
        let install = whole.lines().find(|line| line.contains("cargo install")).unwrap().trim();
        assert!(shards.lines().any(|line| line.trim() == install), "{install}");
    }
}
