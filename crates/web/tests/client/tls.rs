//! Certificates that do not serve, and those of a company's own authority.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use ringside_domain::LinkFault;
use ringside_web::client::{Auth, Client};
use ringside_web::{Error, OpenError};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use url::Url;

use crate::support::{exchange, options, read, response, write};

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
    _folder: TempDir,
}

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("ca.pem");
    fs::write(&file, certificate.pem()).unwrap();
    Authority { issuer: Issuer::new(params, key), file, _folder: folder }
}

/// A server whose certificate is for this name, until the end of this year.
async fn server(authority: &Authority, name: &str, until: i32) -> Url {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(until, 12, 31);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority.issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            if let Ok(socket) = acceptor.accept(socket).await {
                let answer = |_: &str| response("200 OK", &[], b"{\"ok\":true}");
                exchange(socket, &answer, &Mutex::default()).await;
            }
        }
    });
    url
}

fn client(url: Url, ca_file: Option<PathBuf>) -> Result<Client, OpenError> {
    let auth = Auth::bearer(&"full-key".into()).unwrap();
    let mut options = options();
    options.ca_file = ca_file;
    Client::new(url, auth, &options)
}

#[tokio::test]
async fn a_companys_own_authority_is_trusted_where_its_file_is_named() {
    let authority = authority();
    let url = server(&authority, "127.0.0.1", 2200).await;
    let trusting = client(url.clone(), Some(authority.file.clone())).unwrap();
    assert_eq!(read(&trusting).await.unwrap()["ok"], true);
    let other = client(url, None).unwrap();
    for refused in [read(&other).await.map(|_| ()), write(&other).await.map(|_| ())] {
        match refused {
            Err(Error::Unreachable(why)) => {
                assert_eq!(why.fault, Some(LinkFault::Certificate));
                assert_eq!(
                    why.words,
                    "TLS: the certificate's issuer is not trusted on this computer"
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_certificate_that_does_not_serve_says_why() {
    let authority = authority();
    for (name, until, reason) in [
        ("crm.example", 2200, "TLS: the certificate is for another name"),
        ("127.0.0.1", 2020, "TLS: the certificate has expired, or this computer's clock is ahead"),
    ] {
        let url = server(&authority, name, until).await;
        match write(&client(url, Some(authority.file.clone())).unwrap()).await {
            Err(Error::Unreachable(why)) => assert_eq!(why.words, reason),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_file_that_holds_no_certificates_is_told_before_anything_is_sent() {
    let folder = TempDir::new().unwrap();
    let bad = folder.path().join("bad.pem");
    fs::write(&bad, "no certificate").unwrap();
    let url: Url = "https://crm.example".parse().unwrap();
    for file in [folder.path().join("missing.pem"), bad] {
        let refused = client(url.clone(), Some(file.clone())).err();
        assert!(
            matches!(&refused, Some(OpenError::CaFile { path, .. })
            if *path == file.display().to_string()),
            "{refused:?}"
        );
    }
}
