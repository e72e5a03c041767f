//! Letting devices in: codes, waiting, challenges and tokens.

use crate::core::Core;
use crate::db::{CodeRow, HubDb, PendingRow, TokenRow};
use crate::error::{Done, HubError};
use subtle::ConstantTimeEq;
use toso_domain::planted;
use toso_sync::enrol::{
    Challenge, CodeSecret, EnrolAsk, EnrolState, EnrolTell, StateAsk, StateTell, Token, TokenAsk,
    TokenTell, check_number,
};
use toso_sync::id::DeviceKey;
use toso_sync::key::sha256;
use toso_sync::message::Bytes;
use toso_sync::ruling::{Body, Certificate, Ruling};

/// How long a token is good, milliseconds.
const TOKEN: i64 = 24 * 60 * 60_000;
/// How long a certificate opens sessions, milliseconds.
pub(crate) const CERTIFICATE_LIFE: i64 = 400 * 24 * 60 * 60_000;
/// How long a dead code is remembered, so that a reply which was lost can be given again, milliseconds.
const CODE: i64 = 24 * 60 * 60_000;
/// Wrong proofs after which a code is burnt.
const TRIES: u32 = 5;
/// How long a challenge may be answered, milliseconds.
const CHALLENGE: i64 = 60_000;
/// Challenges open at a time; the oldest gives way.
const CHALLENGES: usize = 10_000;

impl<D: HubDb> Core<D> {
    /// A device shows that it knows a code. `tls` is what it must have seen.
    pub(crate) fn enrol(&mut self, ask: &EnrolAsk, tls: &[u8; 32], now: i64) -> Done<EnrolTell> {
        let live = self.db().code(ask.code_id.as_bytes())?;
        let live = live.is_some_and(|code| code.tries < TRIES);
        let done = self.try_enrol(ask, tls, now);
        let result = done.as_ref().map_or_else(|e| e.code, |_| "ok");
        // Whoever knows no living code could fill the trail, which is never cut.
        if live && !matches!(result, "malformed" | "revoked") {
            let device = ask.device.to_string();
            self.audit(now, &ask.device, "enrol", &device, result)?;
        }
        done
    }

    fn try_enrol(&mut self, ask: &EnrolAsk, tls: &[u8; 32], now: i64) -> Done<EnrolTell> {
        let name = ask.name.trim();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(HubError::new("malformed"));
        }
        if self.replica.book().is_revoked(&ask.device) {
            return Err(HubError::new("revoked"));
        }
        let code = self.prove(ask, tls, now)?;
        let again = code.used_by == Some(ask.device);
        if code.used_by.is_some() && !again && !planted!("code_used_twice") {
            return Err(HubError::new("code_used"));
        }
        let used = CodeRow {
            used_by: Some(ask.device),
            ..code.clone()
        };
        let certified = self.replica.book().certificate_of(&ask.device).is_some();
        let active = if again && certified {
            true
        } else if code.at_once {
            let body = Body::Certificate(certificate(&used, ask.device, name, now));
            self.state(&body, |db| db.put_code(&used))?;
            true
        } else {
            let row = PendingRow {
                device: ask.device,
                lookup: code.lookup.clone(),
                name: name.to_owned(),
                check_number: check_number(&ask.device, &self.facts.first, &ask.nonce),
                asked_at: now,
                refused: self
                    .db()
                    .pending(&ask.device)?
                    .is_some_and(|r| r.refused && again),
            };
            self.replica.transaction(|hub| {
                hub.shelf.put_code(&used)?;
                Ok(hub.shelf.put_pending(&row)?)
            })?;
            false
        };
        let state = if active {
            EnrolState::Active
        } else {
            EnrolState::Pending
        };
        Ok(EnrolTell::make(
            &CodeSecret(code.secret),
            ask,
            self.facts.first,
            self.facts.commune.into(),
            state,
            self.rulings_for(&ask.device, active),
        ))
    }

    /// The code, if the mac proves it. A wrong proof is counted before it is answered.
    fn prove(&mut self, ask: &EnrolAsk, tls: &[u8; 32], now: i64) -> Done<CodeRow> {
        let mut code = self
            .db()
            .code(ask.code_id.as_bytes())?
            .ok_or(HubError::new("code_wrong"))?;
        if code.tries >= TRIES {
            return Err(HubError::new("too_many"));
        }
        if let Err(bad) = ask.check(&CodeSecret(code.secret), tls) {
            if bad.code == "code_wrong" {
                code.tries += 1;
                self.db().put_code(&code)?;
            }
            let burnt = code.tries >= TRIES;
            return Err(HubError::new(if burnt { "too_many" } else { bad.code }));
        }
        // A reply that was lost may be asked for again, also a little later.
        if code.expires < now && code.used_by != Some(ask.device) {
            return Err(HubError::new("code_expired"));
        }
        Ok(code)
    }

    /// The device's certificates and what makes them trusted.
    fn rulings_for(&self, device: &DeviceKey, active: bool) -> Vec<Bytes> {
        let book = self.replica.book();
        let all = book.ids(None).into_iter().filter_map(|id| book.get(&id));
        all.filter(|r| active && concerns(r, device))
            .map(|r| Bytes(r.bytes.clone()))
            .collect()
    }

    /// Lets a waiting device in: its number was compared by a person.
    pub(crate) fn approve(&mut self, device: &DeviceKey, number: &str, now: i64) -> Done<Ruling> {
        let row = self
            .db()
            .pending(device)?
            .filter(|row| !row.refused)
            .ok_or(HubError::new("not_pending"))?;
        let same = row.check_number.as_bytes().ct_eq(number.trim().as_bytes());
        if !bool::from(same) && !planted!("approved_without_check_number") {
            return Err(HubError::new("check_number"));
        }
        if self.replica.book().is_revoked(device) {
            return Err(HubError::new("revoked"));
        }
        let code = self.db().code(&row.lookup)?;
        let code = code
            .filter(|code| code.used_by == Some(*device) && code.tries < TRIES)
            .ok_or(HubError::new("code_used"))?;
        let body = Body::Certificate(certificate(&code, *device, &row.name, now));
        self.state(&body, |db| db.drop_pending(device))
    }

    /// Random bytes to sign.
    pub(crate) fn challenge(&mut self, now: i64) -> Challenge {
        self.challenges.retain(|_, until| *until >= now);
        if self.challenges.len() >= CHALLENGES {
            let oldest = self.challenges.iter().min_by_key(|(_, until)| **until);
            if let Some(oldest) = oldest.map(|(bytes, _)| *bytes) {
                self.challenges.remove(&oldest);
            }
        }
        let challenge = self.bytes32();
        self.challenges.insert(challenge, now + CHALLENGE);
        Challenge {
            authority: self.facts.hub,
            challenge,
            successions: self.successions(),
        }
    }

    fn successions(&self) -> Vec<Bytes> {
        let all = self.replica.book().successions();
        all.into_iter().map(Bytes).collect()
    }

    /// What became of a device's request.
    pub(crate) fn state_of(&mut self, ask: &StateAsk) -> Done<StateTell> {
        ask.check()?;
        let book = self.replica.book();
        let revoked = book.is_revoked(&ask.device);
        let active = !revoked && book.certificate_of(&ask.device).is_some();
        let waits = self.db().pending(&ask.device)?.is_some_and(|r| !r.refused);
        Ok(StateTell {
            state: match (active, waits) {
                (true, _) => EnrolState::Active,
                (false, true) if !revoked => EnrolState::Pending,
                _ => EnrolState::Refused,
            },
            rulings: self.rulings_for(&ask.device, active),
        })
    }

    /// Opens a session.
    pub(crate) fn token_for(&mut self, ask: &TokenAsk, now: i64) -> Done<TokenTell> {
        let until = self.challenges.remove(&ask.challenge);
        if until.is_none_or(|until| until < now) {
            return Err(HubError::new("bad_challenge"));
        }
        let (ruling, _) = ask.check(&self.facts.hub)?;
        if self.replica.book().get(&ruling.id).is_none() {
            // A hub restored to before this device was let in learns of it from the device itself, if it signed it once.
            self.replica.take_rulings(&[ruling.bytes])?;
            self.log_rulings()?;
        }
        // A revoked device may hand in what it has, and nothing else.
        let revoked = self.replica.book().is_revoked(&ask.device);
        let until = if revoked {
            now + TOKEN
        } else {
            self.standing(&ask.device, now)?.expires.min(now + TOKEN)
        };
        let token = self.bytes32();
        let row = TokenRow {
            hash: sha256(&[&token]),
            device: ask.device,
            expires: until,
        };
        self.replica.transaction(|hub| {
            hub.shelf.drop_expired_tokens(now)?;
            hub.shelf.drop_codes(now - CODE)?;
            Ok(hub.shelf.put_token(&row)?)
        })?;
        self.note_seen(&ask.device, now)?;
        Ok(TokenTell {
            token: Token(token),
            expires: until,
        })
    }

    /// Whose token this is.
    pub(crate) fn bearer(&mut self, token: &Token, now: i64) -> Done<DeviceKey> {
        let row = self.db().token(&sha256(&[&token.0]))?;
        row.filter(|row| row.expires >= now)
            .map(|row| row.device)
            .ok_or(HubError::new("bad_token"))
    }
}

/// The device's own certificates, and what makes their signer trusted.
fn concerns(ruling: &Ruling, device: &DeviceKey) -> bool {
    match &ruling.body {
        Some(Body::Certificate(c)) => c.device == *device,
        Some(Body::Succession(_)) => true,
        Some(Body::Revocation(who, _)) => who == device,
        _ => false,
    }
}

fn certificate(code: &CodeRow, device: DeviceKey, name: &str, now: i64) -> Certificate {
    Certificate {
        device,
        member: code.member,
        roles: code.roles.clone(),
        spaces: code.spaces.clone(),
        all_spaces: code.all_spaces,
        expires: now + CERTIFICATE_LIFE,
        issued: now,
        name: name.to_owned(),
    }
}
