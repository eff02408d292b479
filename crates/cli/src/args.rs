//! The command line.

use std::path::PathBuf;

mod accounts;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use accounts::{Account, CallBacks, SignIn};

/// Everything Ringside's window can do, the headless engine, and the ring hook.
#[derive(Debug, Parser)]
#[command(name = "ringsidectl", version, about, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Answer as one JSON value.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused, or something failed
  2  the command line cannot be read
  3  nobody runs this profile, or another process holds it
  4  the keyring is locked, absent or does not answer
  5  the CRM cannot be reached, or signed you out
  6  no such call, contact, account or softphone
  7  a setting or file has a mistake

Environment:
  RINGSIDE_HOME  one folder for everything of a profile of its own
  RINGSIDE_KEY   the key for `account add` when it is not read from standard input
  RINGSIDE_LOG   what to tell on standard error, such as `debug`";

/// Read by `ringside_softphone::inlet`, the same for every way in.
const RING: &str = "\
Options of a ring:
  --number NUMBER    the remote number; without a value: withheld (also --from)
  --name NAME        display name
  --id ID            the softphone's id of the call
  --line LINE        the agent's line (also --to)
  --phase PHASE      ringing, answered or ended; ringing if absent
  --direction WAY    inbound or outbound; inbound if absent
  --queue QUEUE      the queue through which it came
  --softphone NAME   which softphone speaks, where there are several

Variables that the softphone did not fill in are dropped, such as [Name] or %CallerNumber%.
Percent-encoding is undone; so is base64 in values that begin with `base64:`.";

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run the engine here: one JSON object a line tells what happens.
    Run {
        /// Show the pop as text instead, with choices by key.
        #[arg(long)]
        text: bool,
    },
    /// Check what is configured, reachable and broken, link by link.
    Doctor,
    /// The whole state at a glance.
    Status,
    /// Connected CRMs.
    #[command(subcommand)]
    Account(Account),
    /// Softphones to listen to.
    #[command(subcommand)]
    Softphone(Softphone),
    /// Text messages that softphones told of. They are kept, and not logged yet.
    #[command(subcommand)]
    Messages(Messages),
    /// Look a number up, as a ring would.
    Match {
        /// Any caller text.
        number: String,
        /// Past every cache.
        #[arg(long)]
        refresh: bool,
    },
    /// Contacts.
    #[command(subcommand)]
    Contacts(Contacts),
    /// Calls.
    #[command(subcommand)]
    Calls(Calls),
    /// Logs on their way to a CRM.
    #[command(subcommand)]
    Outbox(Outbox),
    /// Settings, by dotted key.
    #[command(subcommand)]
    Settings(Settings),
    /// Match the recent calls with contacts.
    #[command(subcommand)]
    Batch(Batch),
    /// Play a scenario on the simulated softphone.
    Simulate {
        /// answered, missed, rejected, two-callers, unknown, anonymous, extension, shared-number,
        /// hold, transfer, transferred, consult, queue, queue-again, devices, outbound, names or
        /// history; or a file with a scenario of your own (docs/simulate.md).
        scenario: String,
    },
    /// What Ringside's own hook in a softphone calls. Returns at once.
    #[command(hide = true)]
    Hook {
        /// Which softphone.
        softphone: HookOf,
    },
    /// What a script or a softphone's hook says of a call. Returns at once.
    #[command(override_usage = "ringsidectl ring [OPTIONS] [NUMBER]", after_help = RING)]
    Ring {
        /// The remote number, a SIP address or tel:, and the options below. Words that were not
        /// quoted are joined: a number, then a name.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        words: Vec<String>,
    },
    /// Hold pops back.
    Pause,
    /// Let pops through again.
    Resume,
    /// Try the keyring again; the system may ask for its password.
    Unlock,
    /// Keep secrets in a file locked with a passphrase, where there is no keyring.
    UsePassphrase,
    /// Show the main window of the running app.
    Show,
    /// End the engine that runs this profile.
    Quit,
}

/// A softphone with a hook of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HookOf {
    /// Its environment says what happened.
    Twinkle,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Softphone {
    /// Add one.
    #[command(subcommand)]
    Add(SoftphoneKind),
    /// List them.
    List,
    /// What to put into softphones with hooks: addresses with the key of the inlet.
    Lines {
        /// Make a new key. Lines with the old one stop working.
        #[arg(long)]
        new_key: bool,
    },
    /// Sign in to one that needs it, with the browser.
    SignIn {
        /// Its id or name.
        softphone: String,
        /// Its app has a secret: ask for it, or read it from standard input with --key-stdin.
        #[arg(long)]
        client_secret: bool,
        /// Read the secret from standard input instead of asking for it.
        #[arg(long, requires = "client_secret")]
        key_stdin: bool,
    },
    /// Write down what one says, message by message as it comes, until interrupted.
    Record {
        /// Its id or name.
        softphone: String,
    },
    /// Bring the window of RingCentral Embeddable.
    Open,
    /// Stop listening to one.
    Remove {
        /// Its id or name.
        softphone: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SoftphoneKind {
    /// baresip, through its ctrl_tcp module.
    Baresip {
        /// HOST:PORT of ctrl_tcp_listen.
        #[arg(long)]
        address: String,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
    },
    /// Softphones that can run a program or open a web address: HTTP and WebSocket on this
    /// computer. `ringsidectl ring` works without.
    Inlet {
        /// The port to listen on.
        #[arg(long)]
        port: Option<u16>,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
    },
    /// RingCentral Embeddable, in a window of the desktop app.
    Embeddable {
        /// The address of its page, if it is not RingCentral's own.
        #[arg(long)]
        url: Option<String>,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
    },
    /// RingCentral in the cloud. Sign in afterwards with `softphone sign-in`.
    Ringcentral {
        /// The id of the app that you or your admin registered at RingCentral.
        client_id: String,
        /// Its platform's address.
        #[arg(long, default_value = "https://platform.ringcentral.com")]
        server: String,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
    },
    /// Twinkle: puts a hook into its profile, which starts `ringsidectl` for each call.
    Twinkle {
        /// The file of the profile, such as ~/.twinkle/NAME.cfg.
        #[arg(long)]
        profile: PathBuf,
    },
    /// The simulated softphone.
    Simulated,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Contacts {
    /// Find contacts by name or number.
    Search {
        /// Words; all contacts without any.
        query: Vec<String>,
        /// Ask the CRMs too.
        #[arg(long)]
        remote: bool,
    },
    /// Make a contact.
    Create {
        /// Their name.
        name: String,
        /// The account; the only one if absent.
        #[arg(long)]
        account: Option<String>,
        /// Kind, one of the account's.
        #[arg(long = "type")]
        kind: Option<String>,
        /// Number.
        #[arg(long)]
        phone: Option<String>,
        /// Employer.
        #[arg(long)]
        company: Option<String>,
        /// E-mail address.
        #[arg(long)]
        email: Option<String>,
        /// For this call, which then belongs to the contact.
        #[arg(long)]
        call: Option<String>,
    },
    /// Ask the CRM afresh and show what changed.
    Refresh {
        /// The contact: ACCOUNT/TYPE/ID as listed.
        contact: String,
    },
    /// Open the contact's page in the browser, where the engine has a desktop.
    Open {
        /// The contact: ACCOUNT/TYPE/ID as listed.
        contact: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Messages {
    /// List them, newest first.
    List {
        /// At most so many.
        #[arg(long)]
        limit: Option<u32>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Calls {
    /// List calls, newest first.
    List {
        /// Only those with something left to decide or to send.
        #[arg(long, conflicts_with = "missed")]
        unlogged: bool,
        /// Only missed ones.
        #[arg(long)]
        missed: bool,
        /// Name, number or note contains this.
        #[arg(long, default_value = "")]
        query: String,
        /// At most so many.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// One call in full.
    Show {
        /// Its id; `last` for the newest.
        call: String,
    },
    /// Say whom a call belongs to.
    Choose {
        /// Its id; `last` for the newest.
        call: String,
        /// The contact: ACCOUNT/TYPE/ID as listed, or an id among the matches; `none` forgets.
        contact: String,
    },
    /// Write the note of a call; `-` reads it from standard input.
    Note {
        /// Its id; `last` for the newest.
        call: String,
        /// The whole text.
        text: String,
    },
    /// Log a call.
    Log {
        /// Its id; `last` for the newest.
        call: String,
        /// Attach it to this deal, by id.
        #[arg(long)]
        deal: Option<String>,
        /// Outcome.
        #[arg(long)]
        disposition: Option<String>,
        /// A field of the CRM's own log form, as NAME=VALUE; may be given again.
        #[arg(long = "field", value_parser = name_and_value)]
        fields: Vec<(String, String)>,
        /// Do not log it.
        #[arg(long, conflicts_with_all = ["deal", "disposition", "undo"])]
        no: bool,
        /// Take "log" or "do not log" back.
        #[arg(long)]
        undo: bool,
    },
    /// Ask the CRM afresh who a call is from, and show what changed.
    Refresh {
        /// Its id; `last` for the newest.
        call: String,
    },
    /// Open the page of a log in the browser, where the engine has a desktop.
    Open {
        /// The call's id; `last` for the newest.
        call: String,
        /// The account that it is logged to, by id or name.
        account: String,
    },
    /// Hide the pop of a call; the call is still followed.
    Hide {
        /// Its id; `last` for the newest.
        call: String,
    },
    /// Show the pop of a call again.
    Pop {
        /// Its id; `last` for the newest.
        call: String,
    },
    /// Ask the softphone to answer a ringing call.
    Answer {
        /// Its id; `last` for the newest.
        call: String,
    },
    /// Ask the softphone to end or decline a call.
    HangUp {
        /// Its id; `last` for the newest.
        call: String,
    },
    /// Say that a call is over whose softphone does not say so.
    End {
        /// Its id; `last` for the newest.
        call: String,
    },
    /// Take calls in from a CSV file with a header line.
    Import {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Outbox {
    /// Entries that are not done yet.
    List,
    /// Send a parked or waiting entry again now; all without a call.
    Retry {
        /// The call.
        call: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Settings {
    /// Show all, or one by its dotted key.
    Get {
        /// Such as log.policy.
        key: Option<String>,
    },
    /// Change one.
    Set {
        /// Such as log.policy.
        key: String,
        /// The value: JSON, or plain text.
        value: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Batch {
    /// Start, and wait for the end.
    Start {
        /// At most so many distinct numbers.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// How it is doing.
    Show,
    /// Stop it; what was found stays.
    Cancel,
}

fn name_and_value(given: &str) -> Result<(String, String), String> {
    let (name, value) = given.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
