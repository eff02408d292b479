//! How a command reaches the engine: over the socket of whoever runs the profile, else by running
//! it here for the length of the command.

use std::time::Duration;

use ringside_engine::lock::LockError;
use ringside_engine::socket::{Client, ConnectError};
use ringside_engine::{Home, Host, OpenError};
use ringside_protocol::{Command, ErrorCode, Fault, Reply};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine said so.
    Fault(Fault),
    /// Before there was an engine.
    Other(String),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}

/// The engine, near or far.
pub(crate) enum Engine {
    Far(Box<Client>),
    Near(Box<Host>),
}

/// How long a short-lived owner waits for keyring and databases.
const READY: Duration = Duration::from_secs(15);

impl Engine {
    /// Whoever runs the profile, else this process for the length of one command.
    pub(crate) async fn reach() -> Result<Self, Failure> {
        let home = home()?;
        match Client::connect(&home).await {
            Ok(client) => Ok(Self::Far(Box::new(client))),
            Err(ConnectError::NotRunning) => Self::here(home).await,
            Err(error) => Err(connect_failure(error)),
        }
    }

    /// Only whoever runs the profile: for what makes no sense without.
    pub(crate) async fn running() -> Result<Self, Failure> {
        let client = Client::connect(&home()?).await.map_err(connect_failure)?;
        Ok(Self::Far(Box::new(client)))
    }

    async fn here(home: Home) -> Result<Self, Failure> {
        let host = Host::open_briefly(home).map_err(open_failure)?;
        let handle = host.handle();
        let ready = async {
            while let Ok(Reply::Status(status)) = handle.send(Command::Status).await {
                if status.ready {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // A keyring that shows a prompt may take long; the command then says so itself.
        let _ = tokio::time::timeout(READY, ready).await;
        Ok(Self::Near(Box::new(host)))
    }

    pub(crate) async fn send(&mut self, command: Command) -> Result<Reply, Failure> {
        let result = match self {
            Self::Far(client) => client.send(command).await,
            Self::Near(host) => host.handle().send(command).await,
        };
        result.map_err(Failure::Fault)
    }

    /// Ends a short-lived owner, so that everything is on disk.
    pub(crate) async fn leave(self) {
        if let Self::Near(host) = self {
            let _ = host.handle().send(Command::Quit).await;
            host.ended().await;
        }
    }
}

pub(crate) fn home() -> Result<Home, Failure> {
    Home::from_environment().map_err(|error| Failure::Other(error.to_string()))
}

pub(crate) fn open_failure(error: OpenError) -> Failure {
    match error {
        OpenError::Lock(LockError::Held(pid)) => {
            Failure::Fault(Fault::new(ErrorCode::ProfileInUse).with("pid", pid))
        }
        other => Failure::Other(other.to_string()),
    }
}

pub(crate) fn connect_failure(error: ConnectError) -> Failure {
    match error {
        ConnectError::NotRunning => Failure::Fault(Fault::new(ErrorCode::NotRunning)),
        ConnectError::Version { theirs } => Failure::Fault(
            Fault::new(ErrorCode::VersionMismatch)
                .with("theirs", theirs.to_string())
                .with("ours", ringside_protocol::VERSION.to_string()),
        ),
        ConnectError::Io(error) => Failure::Other(error.to_string()),
    }
}
