//! Exchanging over the line until both hold the same, one bounded request after the other.

use super::http::Request;
use super::{ClientError, Line};
use crate::enrol::{OPENING_BYTES, Token};
use crate::id::HubKey;
use crate::key::{Random, Secret};
use crate::message::read_tell;
use crate::replica::{Fault, Replica};
use crate::session::{Progress, Session};
use crate::shelf::Shelf;
use crate::wire::encode;
use std::fmt;
use toso_domain::id::SpaceId;

/// What opens a session.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The device's key.
    pub secret: &'a Secret,
    /// Signed bytes of its newest certificate.
    pub certificate: &'a [u8],
    /// Which authorities count: those of the copy's book.
    pub trusts: &'a dyn Fn(&HubKey) -> bool,
}

impl fmt::Debug for Access<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access(…)")
    }
}

/// What the caller gives an exchange beside the copy.
pub struct Run<'a> {
    /// The device's key.
    pub secret: &'a Secret,
    /// Milliseconds since 1970 by the device's clock.
    pub now: &'a dyn Fn() -> i64,
    /// Random bytes.
    pub random: &'a mut dyn Random,
    /// Called after each answer that was taken, with bytes sent and received so far.
    pub on_progress: &'a mut dyn FnMut(&Progress, u64, u64),
    /// True once the person wants to stop; looked at several times a second.
    pub cancelled: &'a dyn Fn() -> bool,
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Run(…)")
    }
}

/// What an exchange did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchanged {
    /// Packs given and taken, what was refused, the hub's time.
    pub progress: Progress,
    /// Bytes of the asks sent.
    pub bytes_up: u64,
    /// Bytes of the answers received.
    pub bytes_down: u64,
}

/// What is asked for with a device's token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Records,
    Files,
}

impl Way {
    fn path(self) -> &'static str {
        match self {
            Self::Records => "/v1/sync",
            Self::Files => "/v1/file",
        }
    }
}

impl Line {
    /// Exchanges these spaces. `token` is kept between calls: it is opened when there is none, and once more when the hub no
    /// longer knows it.
    ///
    /// # Errors
    /// Codes of [`ClientError`]; what earlier answers brought stays.
    pub async fn exchange<S: Shelf>(
        &self,
        token: &mut Option<Token>,
        copy: &mut Replica<S>,
        spaces: &[SpaceId],
        run: &mut Run<'_>,
    ) -> Result<Exchanged, ClientError> {
        let mut session = Session::start(copy, spaces, (run.now)(), run.random)?;
        let mut done = Exchanged::default();
        while !session.is_done() {
            if (run.cancelled)() {
                return Err(ClientError::new("cancelled"));
            }
            let ask = encode(&session.ask(copy)?);
            let certificate = certificate(copy)?;
            let access = Access {
                secret: run.secret,
                certificate: &certificate,
                trusts: &|key| copy.book().trusts(key),
            };
            let answer = self.send_ask(token, &access, &ask, run.cancelled).await?;
            let tell = match read_tell(|key| copy.book().trusts(key), &ask, &answer) {
                Err(bad) if bad.code == "wrong_hub" => {
                    // Perhaps the commune's key changed while this device was away.
                    let led = self.successions(&|key| copy.book().trusts(key)).await?;
                    copy.take_rulings(&led)?;
                    read_tell(|key| copy.book().trusts(key), &ask, &answer)?
                }
                tell => tell?,
            };
            session.take(copy, &tell, (run.now)(), run.random)?;
            done.bytes_up += ask.len() as u64;
            done.bytes_down += answer.len() as u64;
            (run.on_progress)(&session.progress, done.bytes_up, done.bytes_down);
        }
        done.progress = session.progress;
        Ok(done)
    }

    /// One request of an exchange: the bytes of an ask, answered by the bytes of a signed tell, which the caller reads with
    /// [`read_tell`]. For callers that drive the session themselves, so as not to hold their copy while the network is
    /// waited for.
    ///
    /// # Errors
    /// Codes of [`ClientError`].
    pub async fn send_ask(
        &self,
        token: &mut Option<Token>,
        access: &Access<'_>,
        ask: &[u8],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, ClientError> {
        self.send(Way::Records, token, access, ask, cancelled).await
    }

    /// One question about files, answered by the bytes of a signed answer, which the caller reads with
    /// [`read_file_tell`](crate::file::read_file_tell).
    ///
    /// # Errors
    /// Codes of [`ClientError`].
    pub async fn send_file_ask(
        &self,
        token: &mut Option<Token>,
        access: &Access<'_>,
        ask: &[u8],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, ClientError> {
        self.send(Way::Files, token, access, ask, cancelled).await
    }

    async fn send(
        &self,
        way: Way,
        token: &mut Option<Token>,
        access: &Access<'_>,
        ask: &[u8],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, ClientError> {
        let mut fresh = false;
        loop {
            let open = match *token {
                Some(open) => open,
                None if way == Way::Records && ask.len() <= OPENING_BYTES => {
                    match self.open_with(access, ask, cancelled).await {
                        // The hub took it, and the line was cut before its answer came: that challenge is used up.
                        Err(e) if e.detail == "bad_challenge" && !fresh => {
                            fresh = true;
                            continue;
                        }
                        told => {
                            let told = told?;
                            *token = Some(told.token.token);
                            return Ok(told.tell.0);
                        }
                    }
                }
                None => {
                    fresh = true;
                    let opening =
                        self.open_for(access.secret, access.certificate, access.trusts, cancelled);
                    *token.insert(opening.await?.token)
                }
            };
            let request = Request {
                token: Some(&open),
                ..Request::cbor(way.path(), ask.to_vec())
            };
            match self.post(request, cancelled).await {
                Err(e) if e.code == "bad_token" => {
                    *token = None;
                    if fresh {
                        return Err(e);
                    }
                }
                answer => return answer,
            }
        }
    }
}

/// Signed bytes of the copy's newest certificate.
fn certificate<S: Shelf>(copy: &Replica<S>) -> Result<Vec<u8>, Fault> {
    copy.certificate()
        .and_then(|(id, _)| copy.ruling_bytes(&[id]).pop())
        .ok_or(Fault::new("no_cert"))
}
