//! The token endpoint of OAuth 2 (RFC 6749 §3.2), asked through our own HTTP client.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest,
    HttpResponse, RefreshToken, RequestTokenError, StandardRevocableToken, StandardTokenResponse,
    TokenResponse, TokenUrl, http,
};
use reqwest::StatusCode;
use ringside_domain::text;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::answer::{MESSAGE_MAX, describe, read_body};
use crate::credentials::{OAuthClient, OAuthTokens};
use crate::{Error, Unreached};

/// How long the endpoint may take. Nobody waits for it that long: callers have their own deadline.
const DEADLINE: Duration = Duration::from_secs(20);
/// Longest answer that is read, in bytes: tokens are a few thousand.
const ANSWER_MAX: usize = 64 * 1024;

/// Why there are no tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// The code or refresh token is not valid any more (`invalid_grant`).
    #[error("the sign-in is not valid any more")]
    Ended,
    /// The app itself was refused: its id or secret is wrong, or it was deleted.
    #[error("the app was refused: {0}")]
    App(String),
    /// Anything else; what we hold is as good as before.
    #[error("{0}")]
    Failed(Unreached),
}

/// Where the API is, in the two ways of saying it: Pipedrive and Zoho; Salesforce.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Extra {
    api_domain: Option<String>,
    instance_url: Option<String>,
}

impl ExtraTokenFields for Extra {}

pub(crate) type Response = StandardTokenResponse<Extra, BasicTokenType>;

/// An app whose token endpoint is known.
pub(crate) type App<HasAuthUrl = EndpointNotSet> = oauth2::Client<
    BasicErrorResponse,
    Response,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    HasAuthUrl,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

pub(crate) fn app(client: &OAuthClient, token_url: &Url) -> App {
    let app = oauth2::Client::new(ClientId::new(client.id.clone()))
        .set_token_uri(TokenUrl::from_url(token_url.clone()));
    match &client.secret {
        Some(secret) => app.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned())),
        None => app,
    }
}

/// New tokens for the refresh token, which may be spent by that.
pub(super) async fn refresh(
    http: &reqwest::Client,
    tokens: &OAuthTokens,
) -> Result<OAuthTokens, TokenError> {
    let Some(refresh) = &tokens.refresh else { return Err(TokenError::Ended) };
    let refresh = RefreshToken::new(refresh.expose_secret().to_owned());
    let app = app(&tokens.client, &tokens.token_url);
    let transport = transport(http);
    let answer = app.exchange_refresh_token(&refresh).request_async(&transport).await;
    let answer = answer.map_err(failure)?;
    let mut new = received(&answer, &tokens.client, &tokens.token_url);
    new.revoke_url.clone_from(&tokens.revoke_url);
    // What an answer leaves out stays as it was (RFC 6749 §5.1 and §6).
    new.refresh = new.refresh.or_else(|| tokens.refresh.clone());
    new.api_url = new.api_url.or_else(|| tokens.api_url.clone());
    if new.scopes.is_empty() {
        new.scopes.clone_from(&tokens.scopes);
    }
    Ok(new)
}

/// The tokens of an answer, which came just now.
pub(crate) fn received(answer: &Response, client: &OAuthClient, token_url: &Url) -> OAuthTokens {
    let expires_at = answer.expires_in().and_then(|life| Timestamp::now().checked_add(life).ok());
    let extra = answer.extra_fields();
    let scopes = answer.scopes().into_iter().flatten();
    OAuthTokens {
        client: client.clone(),
        token_url: token_url.clone(),
        revoke_url: None,
        access: answer.access_token().secret().clone().into(),
        refresh: answer.refresh_token().map(|token| token.secret().clone().into()),
        expires_at,
        api_url: extra.api_domain.clone().or_else(|| extra.instance_url.clone()),
        scopes: scopes.map(|scope| scope.as_str().to_owned()).collect(),
    }
}

/// Ends a token at its server (RFC 7009): the refresh token where there is one, since all others fall
/// with it. Written out because the `oauth2` crate refuses a server on loopback.
pub(super) async fn revoke(http: &reqwest::Client, tokens: &OAuthTokens) -> Result<(), Error> {
    let Some(url) = &tokens.revoke_url else { return Ok(()) };
    let (token, hint): (&SecretString, _) = match &tokens.refresh {
        Some(refresh) => (refresh, "refresh_token"),
        None => (&tokens.access, "access_token"),
    };
    let mut form = vec![("token", token.expose_secret()), ("token_type_hint", hint)];
    let mut request = http.post(url.clone()).timeout(DEADLINE);
    match &tokens.client.secret {
        Some(secret) => {
            request = request.basic_auth(&tokens.client.id, Some(secret.expose_secret()));
        }
        None => form.push(("client_id", &tokens.client.id)),
    }
    let unreachable = |error: reqwest::Error| Error::Unreachable(describe(&error));
    let status = request.form(&form).send().await.map_err(unreachable)?.status();
    if status.is_success() {
        return Ok(());
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Error::Unreachable(format!("answered {status}").into()));
    }
    Err(Error::Rejected { message: format!("answered {status}") })
}

/// What the `oauth2` crate sends its requests with: bounded, and never redirected.
pub(crate) fn transport(
    http: &reqwest::Client,
) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, Error>> {
    let http = http.clone();
    move |request| exchange(http.clone(), request).boxed()
}

async fn exchange(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Error> {
    let unreachable = |error: reqwest::Error| Error::Unreachable(describe(&error));
    let mut request = reqwest::Request::try_from(request).map_err(unreachable)?;
    *request.timeout_mut() = Some(DEADLINE);
    let response = http.execute(request).await.map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() && !status.is_client_error() || status == StatusCode::TOO_MANY_REQUESTS
    {
        return Err(Error::Unreachable(format!("answered {status}").into()));
    }
    let mut answer = http::Response::builder().status(status);
    if status.is_success() {
        // The `oauth2` crate takes nothing but 200, and some servers answer 201.
        answer = answer.status(StatusCode::OK);
    }
    if let Some(kind) = response.headers().get(http::header::CONTENT_TYPE) {
        answer = answer.header(http::header::CONTENT_TYPE, kind);
    }
    let body = read_body(response, ANSWER_MAX, false).await?;
    answer.body(body).map_err(|_| Error::BadAnswer("no answer".to_owned()))
}

/// What went wrong, in words that hold nothing of what was sent or received but the server's reason.
pub(crate) fn failure(error: RequestTokenError<Error, BasicErrorResponse>) -> TokenError {
    match error {
        RequestTokenError::ServerResponse(response) => {
            let words = response.error_description().map(String::as_str);
            let words = words.unwrap_or(response.error().as_ref());
            let words = text::clean(words, MESSAGE_MAX);
            match response.error() {
                BasicErrorResponseType::InvalidGrant => TokenError::Ended,
                BasicErrorResponseType::InvalidClient
                | BasicErrorResponseType::UnauthorizedClient => TokenError::App(words),
                _ => TokenError::Failed(words.into()),
            }
        }
        RequestTokenError::Request(error) => TokenError::Failed(match error {
            Error::Unreachable(why) => why,
            Error::BadAnswer(words) => words.into(),
            error => error.to_string().into(),
        }),
        RequestTokenError::Parse(..) => {
            TokenError::Failed("answered something that is no token".to_owned().into())
        }
        RequestTokenError::Other(words) => {
            TokenError::Failed(text::clean(&words, MESSAGE_MAX).into())
        }
    }
}
