//! The vault against the real gnome-keyring, each test in a session of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../../../tests/src/session.rs"]
mod session;

use std::time::{Duration, Instant};

use ringside_vault::{Error, State, Vault};
use secrecy::{ExposeSecret, SecretString};
use session::{KEYRING_PASSWORD, Keyring, Session, SessionOptions, wait_for};

const SERVICE: &str = "ringside-test";
/// Time enough for an answer on a busy machine.
const PATIENT: Duration = Duration::from_secs(20);
/// For calls that are to run into their deadline.
const SHORT: Duration = Duration::from_millis(300);
const SECRETS: &str = "org.freedesktop.secrets";
const PROMPTER: &str = "org.gnome.keyring.SystemPrompter";

fn inside(test: &str, display: bool, keyring: Keyring, body: impl AsyncFnOnce(&mut Session)) {
    let options = SessionOptions { display, keyring, ..SessionOptions::default() };
    let run = |session: &mut Session| {
        tokio::runtime::Runtime::new().unwrap().block_on(body(session));
    };
    Session::inside(options, test, run).unwrap();
}

async fn becomes(vault: &Vault, wanted: State) {
    let mut watch = vault.watch();
    let reached = tokio::time::timeout(PATIENT, watch.wait_for(|state| *state == wanted)).await;
    assert!(reached.is_ok(), "is {:?}, not {wanted:?}", vault.state());
}

async fn read(vault: &Vault, name: &str) -> Option<String> {
    vault.get(name).await.unwrap().map(|secret| secret.expose_secret().to_owned())
}

#[test]
fn keeps_replaces_and_erases_secrets() {
    inside("keeps_replaces_and_erases_secrets", false, Keyring::Unlocked, async |session| {
        let vault = Vault::open(SERVICE, PATIENT);
        becomes(&vault, State::Open).await;
        assert_eq!(read(&vault, "token").await, None);
        for secret in ["first", "zweiter: größer, 🔑, \"quoted\"\n"] {
            vault.set("token", &secret.into()).await.unwrap();
            assert_eq!(read(&vault, "token").await.as_deref(), Some(secret));
            // Another program sees exactly one such item, with a label that a person can read.
            let search = ["search", "--all", "service", SERVICE, "username", "token"];
            let found = session.run("secret-tool", search).unwrap();
            assert!(found.contains("label = Ringside – token"), "{found}");
            assert!(found.contains(&format!("secret = {secret}")), "{found}");
            assert_eq!(found.matches("secret = ").count(), 1, "{found}");
        }
        vault.delete("token").await.unwrap();
        assert_eq!(read(&vault, "token").await, None);
        vault.delete("token").await.unwrap();
        assert!(!format!("{vault:?}").contains("first"));
    });
}

#[test]
fn profiles_do_not_see_each_other() {
    inside("profiles_do_not_see_each_other", false, Keyring::Unlocked, async |_| {
        let (one, two) = (Vault::open("profile-1", PATIENT), Vault::open("profile-2", PATIENT));
        one.set("token", &"of one".into()).await.unwrap();
        assert_eq!(read(&two, "token").await, None);
        two.set("token", &"of two".into()).await.unwrap();
        two.delete("token").await.unwrap();
        assert_eq!(read(&one, "token").await.as_deref(), Some("of one"));
    });
}

#[test]
fn finds_a_keyring_that_appears_later() {
    inside("finds_a_keyring_that_appears_later", false, Keyring::None, async |session| {
        let vault = Vault::open(SERVICE, PATIENT);
        becomes(&vault, State::Absent).await;
        assert_eq!(vault.get("token").await.unwrap_err(), Error::Absent);
        assert_eq!(vault.set("token", &"secret".into()).await.unwrap_err(), Error::Absent);
        assert_eq!(vault.retry(PATIENT).await, State::Absent);
        session.start_keyring().unwrap();
        assert_eq!(vault.retry(PATIENT).await, State::Open);
        vault.set("token", &"secret".into()).await.unwrap();
        assert_eq!(read(&vault, "token").await.as_deref(), Some("secret"));
    });
}

#[test]
fn a_locked_keyring_is_not_asked_and_opens_by_itself() {
    let test = "a_locked_keyring_is_not_asked_and_opens_by_itself";
    inside(test, true, Keyring::Unlocked, async |session| {
        let vault = Vault::open(SERVICE, PATIENT);
        vault.set("token", &"secret".into()).await.unwrap();
        session.lock_keyring().unwrap();
        assert_eq!(vault.get("token").await.unwrap_err(), Error::Locked);
        // A name that is not there must not look like a missing item while locked.
        assert_eq!(vault.get("other").await.unwrap_err(), Error::Locked);
        assert_eq!(vault.set("token", &"new".into()).await.unwrap_err(), Error::Locked);
        assert_eq!(vault.delete("token").await.unwrap_err(), Error::Locked);
        assert_eq!(vault.state(), State::Locked);
        assert!(session.pid_of(PROMPTER).is_err(), "a prompt came up unasked");
        session.unlock_keyring().unwrap();
        becomes(&vault, State::Open).await;
        assert_eq!(read(&vault, "token").await.as_deref(), Some("secret"));
    });
}

#[test]
fn locked_without_a_display_stays_locked() {
    inside("locked_without_a_display_stays_locked", false, Keyring::Locked, async |_| {
        let vault = Vault::open(SERVICE, PATIENT);
        becomes(&vault, State::Locked).await;
        let before = Instant::now();
        assert_eq!(vault.retry(PATIENT).await, State::Locked);
        assert!(before.elapsed() < PATIENT, "waited for a prompt that cannot come");
    });
}

#[test]
fn a_prompt_on_screen_holds_up_nothing() {
    inside("a_prompt_on_screen_holds_up_nothing", true, Keyring::Locked, async |session| {
        let vault = Vault::open(SERVICE, PATIENT);
        becomes(&vault, State::Locked).await;
        assert_eq!(vault.retry(SHORT).await, State::Locked);
        wait_for("the prompt", || Ok(session.pid_of(PROMPTER).is_ok())).unwrap();
        assert_eq!(vault.get("token").await.unwrap_err(), Error::Locked);
        // The prompt still stands when the keyring is unlocked in another way.
        session.unlock_keyring().unwrap();
        becomes(&vault, State::Open).await;
        vault.set("token", &"secret".into()).await.unwrap();
        assert_eq!(read(&vault, "token").await.as_deref(), Some("secret"));
    });
}

#[test]
fn the_password_typed_into_the_prompt_opens() {
    inside("the_password_typed_into_the_prompt_opens", true, Keyring::Locked, async |session| {
        let vault = Vault::open(SERVICE, PATIENT);
        becomes(&vault, State::Locked).await;
        let retry = tokio::spawn({
            let vault = vault.clone();
            async move { vault.retry(Duration::from_secs(90)).await }
        });
        // The window takes the focus some time after it is there: type until it was heard, and leave
        // it the time to hear.
        wait_for("the keyring to open", || {
            let search = ["search", "--onlyvisible", "--class", "gcr-prompter"];
            if let Ok(window) = session.xdotool(search) {
                let _ = session.xdotool(["windowfocus", window.trim()]);
                let _ = session.xdotool(["key", "ctrl+a"]);
                let _ = session.xdotool(["type", KEYRING_PASSWORD]);
                let _ = session.xdotool(["key", "Return"]);
                for _ in 0..30 {
                    if vault.state() == State::Open {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
            Ok(vault.state() == State::Open)
        })
        .unwrap();
        assert_eq!(retry.await.unwrap(), State::Open);
    });
}

#[test]
fn a_profile_without_a_keyring_says_so() {
    inside("a_profile_without_a_keyring_says_so", false, Keyring::Fresh, async |_| {
        let vault = Vault::open(SERVICE, PATIENT);
        becomes(&vault, State::Failed).await;
        let Err(Error::Failed(reason)) = vault.set("token", &"secret".into()).await else {
            panic!("kept a secret without a keyring");
        };
        assert!(reason.contains("no default collection"), "{reason}");
        // Without a display nobody can be asked for a password for a new one.
        assert_eq!(vault.retry(PATIENT).await, State::Failed);
    });
}

#[test]
fn a_hung_service_costs_a_deadline() {
    inside("a_hung_service_costs_a_deadline", false, Keyring::Unlocked, async |session| {
        let vault = Vault::open(SERVICE, Duration::from_secs(2));
        vault.set("token", &"secret".into()).await.unwrap();
        let daemon = session.pid_of(SECRETS).unwrap();
        session.signal(daemon, "STOP").unwrap();
        let opened_late = Vault::open(SERVICE, SHORT);
        assert_eq!(vault.get("token").await.unwrap_err(), Error::Timeout);
        assert_eq!(vault.state(), State::Failed);
        becomes(&opened_late, State::Failed).await;
        // More callers than the queue holds: each gets an answer.
        let calls = (0..100).map(|_| {
            let vault = vault.clone();
            tokio::spawn(async move { vault.get("token").await.unwrap_err() })
        });
        for call in calls.collect::<Vec<_>>() {
            assert_eq!(call.await.unwrap(), Error::Timeout);
        }
        session.signal(daemon, "CONT").unwrap();
        becomes(&vault, State::Open).await;
        becomes(&opened_late, State::Open).await;
        assert_eq!(read(&vault, "token").await.as_deref(), Some("secret"));
    });
}

#[test]
fn a_restarted_service_is_found_again() {
    inside("a_restarted_service_is_found_again", false, Keyring::Unlocked, async |session| {
        let vault = Vault::open(SERVICE, PATIENT);
        vault.set("token", &"secret".into()).await.unwrap();
        let daemon = session.pid_of(SECRETS).unwrap();
        session.signal(daemon, "KILL").unwrap();
        wait_for("its end", || Ok(session.pid_of(SECRETS).is_err())).unwrap();
        session.start_keyring().unwrap();
        assert_eq!(read(&vault, "token").await.as_deref(), Some("secret"));
    });
}

#[test]
fn a_passphrase_file_stands_in() {
    inside("a_passphrase_file_stands_in", false, Keyring::None, async |session| {
        use std::os::unix::fs::PermissionsExt;
        let file = session.dir().join("secrets.age");
        let right = || SecretString::from("open sesame");
        let vault = Vault::open(SERVICE, PATIENT);
        vault.use_passphrase_file(&file, right()).await.unwrap();
        assert_eq!(vault.state(), State::Passphrase);
        vault.set("token", &"größer secret".into()).await.unwrap();
        vault.set("other", &"gone soon".into()).await.unwrap();
        vault.delete("other").await.unwrap();
        let bytes = std::fs::read(&file).unwrap();
        for plain in ["token", "secret", "open sesame"] {
            assert!(!bytes.windows(plain.len()).any(|window| window == plain.as_bytes()));
        }
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        let again = Vault::open(SERVICE, PATIENT);
        let wrong = again.use_passphrase_file(&file, "open barley".into()).await;
        assert_eq!(wrong.unwrap_err(), Error::WrongPassphrase);
        becomes(&again, State::Absent).await;
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "a wrong passphrase changed the file");
        again.use_passphrase_file(&file, right()).await.unwrap();
        assert_eq!(read(&again, "token").await.as_deref(), Some("größer secret"));
        assert_eq!(read(&again, "other").await, None);
        assert_eq!(again.retry(SHORT).await, State::Passphrase);
    });
}

#[test]
fn a_damaged_passphrase_file_is_left_alone() {
    inside("a_damaged_passphrase_file_is_left_alone", false, Keyring::None, async |session| {
        let file = session.dir().join("secrets.age");
        let vault = Vault::open(SERVICE, PATIENT);
        for content in [&b"not an age file"[..], b"", &[0xff; 4096], &vec![b'x'; 2 << 20]] {
            std::fs::write(&file, content).unwrap();
            let opened = vault.use_passphrase_file(&file, "open sesame".into()).await;
            assert!(matches!(opened, Err(Error::Failed(_))), "{opened:?}");
            assert_eq!(std::fs::read(&file).unwrap(), content);
        }
    });
}
