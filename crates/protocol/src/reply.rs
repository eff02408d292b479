//! Replies: one for each kind of question.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{
    BatchView, CallBackView, CallPage, CallRow, CheckView, ConnectorView, ContactPage, ContactView,
    CrmKindView, FormatPreview, ImportView, InletLines, LinkView, MatchReport, MessageRow,
    OutboxRow, PopView, RefreshView, ServerSettingView, SettingsView, StatusView,
};

/// The answer to a command.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "reply", content = "value", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "replies are made once and sent once")]
pub enum Reply {
    /// Done.
    Done,
    /// To `status`.
    Status(StatusView),
    /// To `doctor`.
    Doctor(Vec<CheckView>),
    /// To `pops`.
    Pops(Vec<PopView>),
    /// To `calls`.
    Calls(CallPage),
    /// To `call`.
    Call(CallDetail),
    /// To `create_contact`.
    Contact(ContactView),
    /// To `contacts`.
    Contacts(ContactPage),
    /// To `refresh_*`.
    Refresh(RefreshView),
    /// To `match`.
    Match(MatchReport),
    /// To `account_add`, `account_reconnect`, `account_sign_in`, `account_check`, `softphone_add`,
    /// `softphone_sign_in`.
    Link(LinkView),
    /// To `accounts`, `softphones`.
    Links(Vec<LinkView>),
    /// To `crm_kinds`.
    CrmKinds(Vec<CrmKindView>),
    /// To `crm_connectors`.
    Connectors(Vec<ConnectorView>),
    /// To `server_settings`, `server_setting_set`.
    ServerSettings(Vec<ServerSettingView>),
    /// To `messages`.
    Messages(Vec<MessageRow>),
    /// To `call_backs` and all that changes them.
    CallBacks(Vec<CallBackView>),
    /// To `settings`, `settings_set`, `account_edit`.
    Settings(SettingsView),
    /// To `format_preview`.
    Formats(FormatPreview),
    /// To `batch*`.
    Batch(BatchView),
    /// To `calls_import`.
    Import(ImportView),
    /// To `outbox`.
    Outbox(Vec<OutboxRow>),
    /// To `inlet_lines`.
    InletLines(InletLines),
}

/// One call in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CallDetail {
    /// The same snapshot as the pop shows.
    pub pop: PopView,
    /// Its row in the list.
    pub row: CallRow,
}
