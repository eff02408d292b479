//! View models: what a face shows. Whole snapshots, each with a revision where it can be answered.

mod accounts;
mod calls;
mod contacts;
mod links;
mod messages;
mod pop;
mod settings;

pub use accounts::{
    CallBackView, ConnectorView, CrmKindView, ServerSettingView, SignInFieldView, SignInView,
};
pub use calls::{CallFilter, CallPage, CallRow, ImportView, OutboxRow, SkippedLine};
pub use contacts::{BatchView, ChangeView, ContactPage, ContactView, MatchReport, RefreshView};
pub use links::{
    Ability, CheckView, HookLine, HookTells, HookView, InletLines, InletView, LimitsView, LinkView,
    RefusedView, RefusedWhy, StatusView, VaultView, Verdict,
};
pub use messages::MessageRow;
pub use pop::{
    AccountLookupState, CallView, CreateTarget, FieldView, LastCall, LogPlan, LogView, LookupView,
    MatchView, PopView, RemoteView, WhyView,
};
pub use settings::{FormatPreview, FormatView, SampleView, SettingsView};
