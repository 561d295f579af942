//! The bare loop: the same requests with the same client library and concurrency; each body is read, parsed as JSON, and
//! its code and status compared. What a run costs beyond this is trueline's own.

use std::cell::Cell;
use std::process::Command;

use serde_json::Value;

use super::project::{self, CLIENT, TOKEN};

/// The loop as a process of its own.
pub fn command(port: u16, count: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.args(["bare", &port.to_string(), &count.to_string()]);
    command
}

/// The loop itself.
pub fn run(port: u16, count: usize) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().map_err(|e| e.to_string())?;
        let (codes, next) = (project::codes(), Cell::new(0));
        let workers = (0..super::JOBS).map(|_| async {
            loop {
                let number = next.replace(next.get() + 1);
                if number >= count {
                    return Ok::<(), String>(());
                }
                ask(&client, port, &codes, number).await?;
            }
        });
        futures_util::future::try_join_all(workers).await.map(drop)
    })
}

async fn ask(client: &reqwest::Client, port: u16, codes: &[(String, u16)], number: usize) -> Result<(), String> {
    let (posts, path) = project::request(codes, number);
    let url = format!("http://127.0.0.1:{port}{path}");
    let request = if posts {
        let body = format!("{{\"client_id\":\"{CLIENT}\",\"subject\":\"Printer {number:08x}\"}}");
        client.post(url).header("content-type", "application/json").body(body)
    } else {
        client.get(url)
    };
    let answer = request.bearer_auth(TOKEN).send().await.map_err(|e| e.to_string())?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await.map_err(|e| e.to_string())?;
    let json: Value = serde_json::from_slice(&body).map_err(|e| e.to_string())?;
    let (code, due) = &codes[number % codes.len()];
    let seen = json.pointer("/error/code").and_then(Value::as_str);
    if status != *due || seen != Some(code) { Err(format!("{path} was answered {status} {seen:?}")) } else { Ok(()) }
}
