//! Unix sockets: a folder of 0700 and a check of the peer's user.

use tokio::net::{UnixListener, UnixStream};

use crate::Home;

pub(super) type Stream = UnixStream;

pub(super) fn listen(home: &Home) -> std::io::Result<UnixListener> {
    let file = home.socket_file();
    // The profile's lock is held: whoever made this file is gone.
    match std::fs::remove_file(&file) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(&file)?;
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// The next client of the same user; `None` for one of another user, who is turned away.
pub(super) async fn accept(listener: &UnixListener) -> std::io::Result<Option<UnixStream>> {
    let (stream, _) = listener.accept().await?;
    let own = std::fs::metadata("/proc/self").map(|meta| {
        use std::os::unix::fs::MetadataExt;
        meta.uid()
    });
    let same = match (stream.peer_cred(), own) {
        (Ok(peer), Ok(own)) => peer.uid() == own,
        // Without /proc (macOS) the folder's 0700 stands alone.
        (Ok(_), Err(_)) => true,
        (Err(_), _) => false,
    };
    Ok(same.then_some(stream))
}

pub(super) async fn connect(home: &Home) -> std::io::Result<UnixStream> {
    UnixStream::connect(home.socket_file()).await
}

/// The same without a runtime; waits.
pub(super) fn connect_now(
    file: &std::path::Path,
) -> std::io::Result<std::os::unix::net::UnixStream> {
    std::os::unix::net::UnixStream::connect(file)
}
