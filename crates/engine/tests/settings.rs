//! `config.toml`: edited by people, by commands, and fixed by an admin's policy.

#![allow(clippy::unwrap_used, reason = "a test")]

use ringside_domain::log::LogPolicy;
use ringside_engine::Home;
use ringside_engine::config::Config;
use ringside_protocol::ErrorCode;
use serde_json::json;

struct Profile {
    _dir: tempfile::TempDir,
    home: Home,
}

fn profile(config: &str) -> Profile {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::at(dir.path());
    home.create().unwrap();
    std::fs::write(home.config_file(), config).unwrap();
    Profile { _dir: dir, home }
}

#[test]
fn a_change_keeps_the_comments_and_the_order_of_the_file() {
    let profile =
        profile("# our office\n[log]\npolicy = \"ask\" # for now\n\n[numbers]\nregion = \"GB\"\n");
    let mut config = Config::load(&profile.home);
    config.set("log.policy", &json!("auto")).unwrap();
    assert_eq!(config.settings().log.policy, LogPolicy::Auto);
    let text = std::fs::read_to_string(profile.home.config_file()).unwrap();
    assert!(text.starts_with("# our office\n[log]\npolicy = \"auto\""), "{text}");
    assert!(text.contains("region = \"GB\""));
    assert_eq!(Config::load(&profile.home).settings().log.policy, LogPolicy::Auto);
}

#[test]
fn a_typo_is_named_with_its_line_and_the_settings_before_it_stay() {
    let profile = profile("[log]\npolicy = \"never\"\n");
    assert_eq!(Config::load(&profile.home).settings().log.policy, LogPolicy::Never);

    std::fs::write(profile.home.config_file(), "[log]\npolicy = \"never\"\nundo_sec = 3\n")
        .unwrap();
    let config = Config::load(&profile.home);
    let problem = config.problem().unwrap();
    assert_eq!(problem.code, ErrorCode::BadConfig);
    assert_eq!(problem.params["line"], "3");
    assert!(problem.params["reason"].contains("undo_sec"), "{problem:?}");
    assert_eq!(config.settings().log.policy, LogPolicy::Never, "as before the typo");
}

#[test]
fn a_file_with_a_mistake_is_never_written_over() {
    let broken = "[log\npolicy = \"ask\"\n";
    let profile = profile(broken);
    let mut config = Config::load(&profile.home);
    assert_eq!(config.set("log.policy", &json!("auto")).unwrap_err().code, ErrorCode::BadSetting);
    assert_eq!(std::fs::read_to_string(profile.home.config_file()).unwrap(), broken);
}

#[test]
fn a_value_that_cannot_be_changes_nothing() {
    let profile = profile("");
    let mut config = Config::load(&profile.home);
    for (key, value) in [
        ("log.policy", json!("sometimes")),
        ("numbers.region", json!("Utopia")),
        ("numbers.extension_digits", json!(40)),
        ("no.such.key", json!(1)),
        ("log", json!(true)),
        ("log.policy", json!({"a": 1})),
    ] {
        let fault = config.set(key, &value).unwrap_err();
        assert_eq!(fault.code, ErrorCode::BadSetting, "{key}");
        assert_eq!(fault.params["key"], key);
    }
    assert_eq!(config.settings(), Config::load(&profile.home).settings());
}

#[test]
fn the_policy_wins_and_locks_what_it_names() {
    let profile = profile("[log]\npolicy = \"auto\"\nundo_s = 9\n");
    std::fs::write(profile.home.policy_file(), "[log]\npolicy = \"never\"\n").unwrap();
    let mut config = Config::load(&profile.home);
    assert_eq!(config.settings().log.policy, LogPolicy::Never);
    assert_eq!(config.settings().log.undo_s, 9, "what the policy does not name stays the agent's");
    assert_eq!(config.view().locked, ["log.policy"]);
    let fault = config.set("log.policy", &json!("ask")).unwrap_err();
    assert_eq!(fault.code, ErrorCode::LockedByPolicy);
    config.set("log.undo_s", &json!(3)).unwrap();
    let text = std::fs::read_to_string(profile.home.config_file()).unwrap();
    assert!(text.contains("policy = \"auto\""), "the agent's own value is not overwritten: {text}");
}

#[test]
fn an_edit_by_hand_is_noticed() {
    let profile = profile("");
    let mut config = Config::load(&profile.home);
    assert!(!config.reload_if_edited());
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    std::fs::write(profile.home.config_file(), "[numbers]\nregion = \"DE\"\n").unwrap();
    let file = std::fs::File::options().write(true).open(profile.home.config_file()).unwrap();
    file.set_modified(later).unwrap();
    assert!(config.reload_if_edited());
    assert_eq!(config.settings().numbers.region, "DE");
}

#[test]
fn the_softphones_region_is_the_default_until_somebody_sets_one() {
    let profile = profile("[log]\npolicy = \"ask\"\n");
    let region = |text: &str| ringside_domain::Region::parse(text).unwrap();
    let mut config = Config::load(&profile.home);
    assert_eq!(config.settings().numbers.region, "US");
    assert!(config.suggest_region(&region("GB")));
    assert!(!config.suggest_region(&region("GB")), "nothing new");
    assert_eq!(config.settings().numbers.region, "GB");
    config.set("log.policy", &json!("auto")).unwrap();
    assert_eq!(Config::load(&profile.home).settings().numbers.region, "GB", "at the next start");
    let text = std::fs::read_to_string(profile.home.config_file()).unwrap();
    assert!(!text.contains("region"), "the file is the user's: {text}");

    config.set("numbers.region", &json!("DE")).unwrap();
    assert!(!config.suggest_region(&region("FR")));
    assert_eq!(config.settings().numbers.region, "DE");

    std::fs::write(profile.home.config_file(), "").unwrap();
    std::fs::write(profile.home.policy_file(), "[numbers]\nregion = \"SE\"\n").unwrap();
    let mut config = Config::load(&profile.home);
    assert!(!config.suggest_region(&region("GB")));
    assert_eq!(config.settings().numbers.region, "SE", "the admin wins");
}
