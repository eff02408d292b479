//! The program itself, as the demo starts it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{KEY, call, client};

/// The program; killed when the test ends.
struct Program {
    child: Child,
    url: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(data: &TempDir) -> Program {
    let mut child = Command::new(env!("CARGO_BIN_EXE_example-crm"))
        .args(["--listen", "127.0.0.1:0", "--seed", "demo", "--data"])
        .arg(data.path())
        .env("EXAMPLE_CRM_API_KEY", KEY)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let url = ready["listening"].as_str().unwrap().to_owned();
    assert!(url.starts_with("http://127.0.0.1:"));
    Program { child, url }
}

#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let data = TempDir::new().unwrap();
    let http = client();
    let mut program = start(&data);
    let post = http.post(format!("{}/v1/activities", program.url)).bearer_auth(KEY).json(&call(1));
    assert_eq!(post.send().await.unwrap().status(), 201);
    program.child.kill().unwrap();
    program.child.wait().unwrap();
    let program = start(&data);
    let url = format!("{}/v1/activities?external_key=key-1", program.url);
    let list: Value = http.get(url).bearer_auth(KEY).send().await.unwrap().json().await.unwrap();
    assert_eq!(list["activities"][0]["subject"], json!("Call"));
}

#[test]
fn without_a_key_it_says_what_to_do() {
    let data = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_example-crm"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .env_remove("EXAMPLE_CRM_API_KEY")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("set EXAMPLE_CRM_API_KEY"));
}
