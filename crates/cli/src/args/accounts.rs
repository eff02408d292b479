//! `ringsidectl account …`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// The kinds of CRM that can be connected, and how.
    Kinds,
    /// The CRMs that a server speaks for, such as an App Connect server.
    Connectors {
        /// Which adapter.
        kind: String,
        /// The server's address.
        #[arg(long)]
        url: String,
    },
    /// Connect a CRM.
    Add {
        /// Which adapter.
        kind: String,
        /// Its address.
        #[arg(long)]
        url: String,
        /// Which of a server's connectors.
        #[arg(long)]
        platform: Option<String>,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        how: SignIn,
    },
    /// Sign an account in again.
    Reconnect {
        /// Its id or name.
        account: String,
        #[command(flatten)]
        how: SignIn,
    },
    /// List the accounts.
    List,
    /// Ask an account who is signed in.
    Check {
        /// Its id or name.
        account: String,
    },
    /// Look a number up in one account, past every cache.
    Try {
        /// Its id or name.
        account: String,
        /// The number.
        number: String,
    },
    /// The settings that the CRM keeps for you; with a value, change one.
    Settings {
        /// The account's id or name.
        account: String,
        /// Which setting.
        setting: Option<String>,
        /// Its new value: true, false, a text, or a JSON list.
        value: Option<String>,
    },
    /// The people to call back, as the CRM keeps them.
    #[command(subcommand)]
    CallBacks(CallBacks),
    /// Sign out, and erase the key and what is kept of the account.
    Remove {
        /// Its id or name.
        account: String,
    },
}

/// How an account is signed in.
#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// Read the key, or a form as one JSON object, from standard input instead of asking for it.
    #[arg(long)]
    pub(crate) key_stdin: bool,
    /// Sign in with the browser.
    #[arg(long)]
    pub(crate) browser: bool,
    /// Your own OAuth app, where the CRM needs one.
    #[arg(long, requires = "browser")]
    pub(crate) client_id: Option<String>,
    /// Your app has a secret: ask for it, or read it from standard input with --key-stdin.
    #[arg(long, requires = "client_id")]
    pub(crate) client_secret: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CallBacks {
    /// List them.
    List {
        /// The account's id or name.
        account: String,
    },
    /// Put somebody on the list.
    Add {
        /// The contact: ACCOUNT/TYPE/ID as listed.
        contact: String,
        /// When, such as 2026-11-24T15:00:00Z.
        #[arg(long)]
        at: Option<String>,
    },
    /// Mark one as called.
    Done {
        /// The account's id or name.
        account: String,
        /// The id of the entry.
        id: String,
    },
    /// Mark one as not called yet.
    Reopen {
        /// The account's id or name.
        account: String,
        /// The id of the entry.
        id: String,
    },
    /// Take one off the list.
    Remove {
        /// The account's id or name.
        account: String,
        /// The id of the entry.
        id: String,
    },
}
