//! The way to the hub over HTTP, from code that waits: one small runtime inside, one token kept until it ends.

use crate::error::{CallError, Called};
use crate::link::{Caller, Enrolled, Hub, Invited, Link};
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::runtime::{Builder, Runtime};
use toso_sync::client::{self, Access, ClientError, Line};
use toso_sync::enrol::{Code, EnrolState, Token};
use toso_sync::id::{DeviceKey, HubKey};
use toso_sync::key::{Secret, sha256_16};
use toso_sync::ruling::{Body, Ruling};

/// The HTTP way.
pub struct HttpLink {
    runtime: Runtime,
    open: Mutex<Option<Open>>,
    /// A line of their own for files, so that records do not wait for a photo.
    files: Mutex<Option<Open>>,
}

/// A line to one hub with the token of one device.
struct Open {
    device: DeviceKey,
    hub: Hub,
    line: Line,
    token: Option<Token>,
}

impl std::fmt::Debug for HttpLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpLink").finish_non_exhaustive()
    }
}

impl HttpLink {
    /// A way that nothing was asked of yet.
    ///
    /// # Errors
    /// `internal` when the system gives no event queue.
    pub fn new() -> Called<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self {
            runtime: runtime.map_err(|_| CallError::new("internal"))?,
            open: Mutex::new(None),
            files: Mutex::new(None),
        })
    }

    /// Runs `ask` on the line to the caller's hub; one connection and one token are kept between requests.
    fn on_line<T>(
        &self,
        caller: &Caller,
        ask: impl AsyncFnOnce(&Line, &mut Option<Token>) -> Result<T, ClientError>,
    ) -> Called<T> {
        self.on(&self.open, caller, ask)
    }

    fn on<T>(
        &self,
        line: &Mutex<Option<Open>>,
        caller: &Caller,
        ask: impl AsyncFnOnce(&Line, &mut Option<Token>) -> Result<T, ClientError>,
    ) -> Called<T> {
        let device = caller.secret.device();
        let mut open: MutexGuard<'_, Option<Open>> =
            line.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = open
            .take()
            .filter(|open| open.device == device && open.hub == caller.hub);
        let mut fresh = match kept {
            Some(kept) => kept,
            None => Open {
                device,
                hub: caller.hub.clone(),
                line: Line::open(known(&caller.hub))?,
                token: None,
            },
        };
        let answer = self.runtime.block_on(ask(&fresh.line, &mut fresh.token));
        *open = Some(fresh);
        Ok(answer?)
    }
}

impl Link for HttpLink {
    fn enrol(&self, to: &Invited, name: &str, secret: &Secret) -> Called<Enrolled> {
        let code = Code::parse(&to.code).ok_or_else(|| CallError::new("code_wrong"))?;
        let line = Line::open(client::Hub {
            url: to.url.clone(),
            authority: to.authority,
            tls_pin: to.pin,
        })?;
        let done = self
            .runtime
            .block_on(line.enrol(&code, secret, name, nonce(secret)))?;
        let authority = done
            .hub
            .authority
            .ok_or_else(|| CallError::new("not_a_hub"))?;
        Ok(Enrolled {
            hub: Hub {
                url: done.hub.url,
                authority,
                pin: done.hub.tls_pin,
            },
            commune: Some(done.space),
            check_number: done.check_number,
            rulings: done.rulings,
        })
    }

    fn enrol_state(&self, caller: &Caller) -> Called<Vec<Vec<u8>>> {
        let told = self.on_line(caller, async |line, _| {
            line.enrol_state(&caller.secret, nonce(&caller.secret))
                .await
        })?;
        if told.state == EnrolState::Refused {
            return Err(CallError::new("enrol_refused"));
        }
        Ok(told.rulings.into_iter().map(|b| b.0).collect())
    }

    fn successions(&self, caller: &Caller) -> Called<Vec<Vec<u8>>> {
        let trusts = |key: &HubKey| *key == caller.hub.authority;
        self.on_line(caller, async |line, _| line.successions(&trusts).await)
    }

    fn exchange(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>> {
        let certificate = certificate(caller)?;
        let trusts = |key: &HubKey| *key == caller.hub.authority;
        let access = Access {
            secret: &caller.secret,
            certificate: &certificate,
            trusts: &trusts,
        };
        self.on_line(caller, async |line, token| {
            line.send_ask(token, &access, ask, stopped).await
        })
    }

    fn file(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>> {
        let certificate = certificate(caller)?;
        let trusts = |key: &HubKey| *key == caller.hub.authority;
        let access = Access {
            secret: &caller.secret,
            certificate: &certificate,
            trusts: &trusts,
        };
        self.on(&self.files, caller, async |line, token| {
            line.send_file_ask(token, &access, ask, stopped).await
        })
    }

    fn staff(&self, caller: &Caller, call: &str, input: &Value) -> Called<Value> {
        let certificate = certificate(caller)?;
        self.on_line(caller, async |line, token| {
            if let Some(open) = token {
                match line.staff(open, call, input).await {
                    Err(e) if e.code == "bad_token" => {}
                    answer => return answer,
                }
            }
            let open = line.open_session(&caller.secret, &certificate).await?.token;
            let open = token.insert(open);
            line.staff(open, call, input).await
        })
    }
}

/// The nonce of a device's enrolment follows from its key, so that asking again after a lost answer asks the same.
fn nonce(secret: &Secret) -> [u8; 16] {
    sha256_16(&[b"toso-enrol-nonce-v1\0", &secret.to_bytes()])
}

/// Signed bytes of the device's newest certificate.
fn certificate(caller: &Caller) -> Called<Vec<u8>> {
    let device = caller.secret.device();
    let mine = caller
        .rulings
        .iter()
        .filter_map(|bytes| match Ruling::read(bytes).ok()?.body? {
            Body::Certificate(c) if c.device == device => Some((c.issued, bytes)),
            _ => None,
        });
    let newest = mine.max_by_key(|(issued, _)| *issued);
    newest
        .map(|(_, bytes)| bytes.clone())
        .ok_or_else(|| CallError::new("no_cert"))
}

fn known(hub: &Hub) -> client::Hub {
    client::Hub {
        url: hub.url.clone(),
        authority: Some(hub.authority),
        tls_pin: hub.pin,
    }
}

impl From<ClientError> for CallError {
    fn from(failure: ClientError) -> Self {
        let error = CallError::new(failure.code);
        match failure.retry_after {
            Some(seconds) => error.with("wait_s", seconds),
            None => error,
        }
    }
}
