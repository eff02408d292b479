//! Where a profile lives: its files, and the names derived from them.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Under which name the keyring keeps the secrets of the profile that was not moved.
const SERVICE: &str = "Ringside";

/// The folders of one profile. `RINGSIDE_HOME` moves everything, and with it the names of keyring
/// items and socket, so that a second profile or a test never touches a real one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    config: PathBuf,
    data: PathBuf,
    runtime: PathBuf,
    service: String,
}

impl Home {
    /// The profile that the environment names: `RINGSIDE_HOME`, else the platform's folders.
    ///
    /// # Errors
    /// When there is no home folder at all.
    pub fn from_environment() -> Result<Self, NoHome> {
        if let Some(path) = std::env::var_os("RINGSIDE_HOME").filter(|path| !path.is_empty()) {
            let path = std::path::absolute(PathBuf::from(path)).map_err(|_| NoHome)?;
            return Ok(Self::at(&path));
        }
        let dirs = directories::ProjectDirs::from("", "", "ringside").ok_or(NoHome)?;
        let runtime = dirs.runtime_dir().unwrap_or(dirs.data_local_dir()).to_path_buf();
        Ok(Self {
            config: dirs.config_dir().to_path_buf(),
            data: dirs.data_local_dir().to_path_buf(),
            runtime,
            service: SERVICE.to_owned(),
        })
    }

    /// A profile of its own below one folder.
    pub fn at(path: &Path) -> Self {
        let tag = hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..6]);
        // A socket's path may have 107 bytes at most: a deep home gets its socket elsewhere.
        let own = path.join("run");
        let runtime = if own.as_os_str().len() + "/ringside.sock".len() <= SOCKET_PATH_MAX {
            own
        } else {
            std::env::temp_dir().join(format!("ringside-{tag}"))
        };
        Self {
            config: path.to_path_buf(),
            data: path.join("data"),
            runtime,
            service: format!("Ringside ({tag})"),
        }
    }

    /// The settings, for people to edit.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The admin's policy: machine-wide, or beside the settings of a moved profile.
    pub fn policy_file(&self) -> PathBuf {
        let beside = self.config.join("policy.toml");
        if self.service == SERVICE && cfg!(target_os = "linux") {
            PathBuf::from("/etc/ringside/policy.toml")
        } else {
            beside
        }
    }

    /// The folder of databases, spool and the like.
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// The journal.
    pub fn journal_file(&self) -> PathBuf {
        self.data.join("journal.db")
    }

    /// The directory.
    pub fn directory_file(&self) -> PathBuf {
        self.data.join("directory.db")
    }

    /// The sealed spool.
    pub fn spool_file(&self) -> PathBuf {
        self.data.join("spool.sealed")
    }

    /// The spool's public key.
    pub fn spool_key_file(&self) -> PathBuf {
        self.data.join("spool.pub")
    }

    /// The file that stands in for a keyring.
    pub fn passphrase_file(&self) -> PathBuf {
        self.data.join("secrets.age")
    }

    /// What is kept of the inlet's key: nothing that the key could be made from.
    pub fn inlet_key_file(&self) -> PathBuf {
        self.data.join("inlet.sha256")
    }

    /// What Twinkle starts for each call.
    pub fn twinkle_script(&self) -> PathBuf {
        self.data.join("hooks").join("twinkle.sh")
    }

    /// The folder of a profile that was moved: a program outside has to be told of it.
    pub fn moved_to(&self) -> Option<&Path> {
        (self.service != SERVICE).then_some(self.config.as_path())
    }

    /// The lock that says who owns the profile.
    pub fn lock_file(&self) -> PathBuf {
        self.data.join("lock")
    }

    /// The local socket.
    pub fn socket_file(&self) -> PathBuf {
        self.runtime.join("ringside.sock")
    }

    /// The folder of the local socket; 0700.
    pub fn runtime_dir(&self) -> &Path {
        &self.runtime
    }

    /// Under which name the keyring keeps this profile's secrets.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Makes the folders, open to nobody else.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn create(&self) -> std::io::Result<()> {
        for folder in [&self.config, &self.data, &self.runtime] {
            make_private(folder)?;
        }
        Ok(())
    }
}

/// Longest path of a Unix socket that every system takes, in bytes.
const SOCKET_PATH_MAX: usize = 107;

/// There is no home folder.
#[derive(Debug, thiserror::Error)]
#[error("there is no home folder; set RINGSIDE_HOME")]
pub struct NoHome;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_never_share_names_or_sockets() {
        let (a, b) = (Home::at(Path::new("/tmp/a")), Home::at(Path::new("/tmp/b")));
        assert_ne!(a.service(), b.service());
        assert_ne!(a.socket_file(), b.socket_file());
    }

    #[test]
    fn a_deep_home_keeps_its_socket_short() {
        let deep = Home::at(Path::new(&format!("/tmp/{}", "x".repeat(200))));
        assert!(deep.socket_file().as_os_str().len() <= SOCKET_PATH_MAX);
        assert_ne!(
            deep.socket_file(),
            Home::at(Path::new(&format!("/tmp/{}", "y".repeat(200)))).socket_file()
        );
    }
}
