//! An OAuth sign-in that renews itself, once for everybody who waits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;

use super::auth::{KEEP_DEADLINE, bearer};
use super::tokens::{self, TokenError};
use crate::credentials::{Credentials, Keeper, OAuthTokens};
use crate::{Error, OpenError, Unreached};

/// A token with less than this left is renewed before it is used.
const MARGIN: SignedDuration = SignedDuration::from_mins(2);
/// How long a request waits for new tokens while the old ones are still good: a ring is never held
/// up by a slow token endpoint or keyring.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause between attempts to store what could not be stored.
const KEEP_PAUSE: Duration = Duration::from_secs(30);

/// The sign-in of one account. There must be one alone of it: a refresh token is often good once.
pub(super) struct OAuth {
    current: Mutex<Current>,
    under_way: Mutex<Option<Renewal>>,
    keeper: Arc<dyn Keeper>,
}

type Renewal = Shared<BoxFuture<'static, Result<(), TokenError>>>;

struct Current {
    tokens: Arc<OAuthTokens>,
    header: HeaderValue,
    /// Rises with every renewal, so that a late 401 does not renew what is new.
    generation: u64,
    /// From when on to renew ahead of need.
    renew_at: Option<Timestamp>,
    /// When these tokens could not be stored, if so.
    unkept_since: Option<Instant>,
}

impl OAuth {
    pub(super) fn new(tokens: OAuthTokens, keeper: Arc<dyn Keeper>) -> Result<Self, OpenError> {
        crate::url::encrypted(&tokens.token_url)?;
        tokens.revoke_url.as_ref().map_or(Ok(()), crate::url::encrypted)?;
        let current = Current {
            header: bearer(&tokens.access)?,
            renew_at: tokens.expires_at.and_then(|at| at.checked_sub(MARGIN).ok()),
            tokens: Arc::new(tokens),
            generation: 0,
            unkept_since: None,
        };
        Ok(Self { current: Mutex::new(current), under_way: Mutex::default(), keeper })
    }

    pub(super) fn tokens(&self) -> Arc<OAuthTokens> {
        Arc::clone(&self.current().tokens)
    }

    /// The header for a request, of tokens that are renewed before they end, and which generation
    /// it is of.
    ///
    /// # Errors
    /// As [`OAuth::renew`], but only once the tokens have ended.
    pub(super) async fn header(
        self: &Arc<Self>,
        http: &reqwest::Client,
        deadline: Instant,
    ) -> Result<(HeaderValue, u64), Error> {
        self.keep_later();
        let (generation, due, ended) = {
            let current = self.current();
            let now = Timestamp::now();
            let due = current.renew_at.is_some_and(|at| at <= now);
            let ended = current.tokens.expires_at.is_some_and(|at| at <= now);
            (current.generation, due && current.tokens.refresh.is_some(), ended)
        };
        if due && ended {
            self.renew(http, generation, deadline).await?;
        } else if due {
            let patience = deadline.min(Instant::now() + PATIENCE);
            if let Err(error) = self.renew(http, generation, patience).await {
                tracing::debug!(%error, "could not renew a sign-in ahead of need");
            }
        }
        let current = self.current();
        Ok((current.header.clone(), current.generation))
    }

    /// Renews tokens of this generation, unless somebody has; who comes while it is under way waits
    /// for it. It is a task of its own: who gives up waiting must not lose what the server has given.
    ///
    /// # Errors
    /// [`Error::Revoked`] when the server took the sign-in back, [`Error::Unauthorized`] when it cannot
    /// be renewed, [`Error::Unreachable`] when it can be later: nothing is lost then.
    pub(super) async fn renew(
        self: &Arc<Self>,
        http: &reqwest::Client,
        generation: u64,
        deadline: Instant,
    ) -> Result<(), Error> {
        let renewal = {
            let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            let current = self.current();
            if current.generation != generation {
                return Ok(());
            }
            if current.tokens.refresh.is_none() {
                return Err(Error::Unauthorized);
            }
            drop(current);
            match &*under_way {
                Some(renewal) if renewal.peek().is_none() => renewal.clone(),
                _ => under_way.insert(self.start(http)).clone(),
            }
        };
        let late = |_| TokenError::Failed(Unreached::late("the sign-in was not renewed in time"));
        let outcome = tokio::time::timeout_at(deadline.into(), renewal).await;
        outcome.map_err(late).flatten().map_err(|error| match error {
            TokenError::Ended => Error::Revoked,
            TokenError::App(_) => Error::Unauthorized,
            TokenError::Failed(words) => Error::Unreachable(words),
        })
    }

    fn start(self: &Arc<Self>, http: &reqwest::Client) -> Renewal {
        let (this, http) = (Arc::clone(self), http.clone());
        let task = tokio::spawn(async move {
            let old = this.tokens();
            let new = tokens::refresh(&http, &old).await?;
            let unsendable =
                |_| TokenError::Failed("a token that cannot be sent".to_owned().into());
            let header = bearer(&new.access).map_err(unsendable)?;
            // First stored, then used: after a crash in between, the vault has the valid one.
            let kept = this.keep(&new).await;
            this.replace(new, header, kept);
            Ok(())
        });
        async move {
            let stopped = |_| Err(TokenError::Failed("renewal stopped".to_owned().into()));
            task.await.unwrap_or_else(stopped)
        }
        .boxed()
        .shared()
    }

    fn replace(&self, new: OAuthTokens, header: HeaderValue, kept: bool) {
        let now = Timestamp::now();
        let renew_at = new.expires_at.and_then(|at| {
            // Tokens that live for a minute are not renewed with every request.
            let margin = MARGIN.min(at.duration_since(now) / 4);
            at.checked_sub(margin).ok()
        });
        let mut current = self.current();
        *current = Current {
            tokens: Arc::new(new),
            header,
            generation: current.generation + 1,
            renew_at,
            unkept_since: (!kept).then(Instant::now),
        };
    }

    /// Whether the tokens are stored. Not to be is no reason to throw the valid ones away: they
    /// serve as long as we run, and are stored later.
    async fn keep(&self, tokens: &OAuthTokens) -> bool {
        let credentials = Credentials::OAuth(tokens.clone());
        match tokio::time::timeout(KEEP_DEADLINE, self.keeper.keep(&credentials)).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => tracing::warn!(%error, "a renewed sign-in is not stored yet"),
            Err(_) => tracing::warn!("a renewed sign-in is not stored yet: no answer in time"),
        }
        false
    }

    /// Stores what could not be stored before, behind the request that comes by.
    fn keep_later(self: &Arc<Self>) {
        {
            let mut current = self.current();
            match &mut current.unkept_since {
                Some(since) if since.elapsed() >= KEEP_PAUSE => *since = Instant::now(),
                _ => return,
            }
        }
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let (tokens, generation) = {
                let current = this.current();
                (Arc::clone(&current.tokens), current.generation)
            };
            if this.keep(&tokens).await {
                let mut current = this.current();
                if current.generation == generation {
                    current.unkept_since = None;
                }
            }
        });
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
