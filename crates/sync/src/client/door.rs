//! Coming in: an enrolment by one-time code, and the session of a device that has its certificate.

use super::exchange::Access;
use super::{ClientError, Hub, Line};
use crate::enrol::{
    Challenge, Code, EnrolAsk, EnrolState, EnrolTell, OpenAsk, OpenTell, StateAsk, StateTell,
    TokenAsk, TokenTell, check_number,
};
use crate::id::HubKey;
use crate::key::Secret;
use crate::message::Bytes;
use crate::ruling::Ruling;
use crate::wire::encode;
use toso_domain::id::SpaceId;

/// What an enrolment answered; the code proved whose answer it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// The hub with its authority and, over TLS, the certificate to hold to from now on.
    pub hub: Hub,
    /// The commune's own space.
    pub space: SpaceId,
    /// How far it is.
    pub state: EnrolState,
    /// Six digits that staff compare before they approve.
    pub check_number: String,
    /// To be kept for [`Line::enrol_state`].
    pub nonce: [u8; 16],
    /// Rulings to begin with, signed bytes; empty while pending.
    pub rulings: Vec<Vec<u8>>,
}

impl Line {
    /// Asks to be let in with a one-time code. `nonce` is random; asking again after a lost answer needs the same key.
    ///
    /// # Errors
    /// `code_wrong`, `code_used`, `code_expired`, `too_many`, `revoked`; `wrong_hub` when whoever answers does not know the
    /// code, is not the authority the QR named, or shows another certificate; those of the way.
    pub async fn enrol(
        &self,
        code: &Code,
        secret: &Secret,
        name: &str,
        nonce: [u8; 16],
    ) -> Result<Enrolled, ClientError> {
        // Asked first, to see the certificate that the proofs are then bound to: this line accepts no other after it.
        let greeting = self.challenge(&|| false).await?;
        if let Some(expected) = self.hub.authority
            && !greeting.is_of(&|key| *key == expected)
        {
            return Err(ClientError::with("wrong_hub", "authority"));
        }
        let tls = self.seen();
        // Over plain HTTP nothing was compared yet: a certificate that was promised is not shown there.
        if self.hub.tls_pin.is_some() && tls != self.hub.tls_pin {
            return Err(ClientError::with("wrong_hub", "tls"));
        }
        let ask = EnrolAsk::make(code, secret, name, nonce, tls.unwrap_or_default());
        let tell: EnrolTell = self.ask("/v1/enrol", encode(&ask), &|| false).await?;
        tell.check(&code.secret(), &ask, self.hub.authority.as_ref())?;
        Ok(Enrolled {
            hub: Hub {
                url: self.hub.url.clone(),
                authority: Some(tell.authority),
                tls_pin: tls,
            },
            space: tell.space.into(),
            state: tell.state,
            check_number: check_number(&ask.device, &tell.authority, &nonce),
            nonce,
            rulings: tell.rulings.into_iter().map(|b| b.0).collect(),
        })
    }

    /// Asks how far the enrolment with this nonce is.
    ///
    /// # Errors
    /// Those of the way, and the hub's.
    pub async fn enrol_state(
        &self,
        secret: &Secret,
        nonce: [u8; 16],
    ) -> Result<StateTell, ClientError> {
        let ask = StateAsk::make(secret, nonce);
        self.ask("/v1/enrol/state", encode(&ask), &|| false).await
    }

    /// Opens a session for the device of this certificate (signed bytes of its ruling).
    ///
    /// # Errors
    /// `revoked`, `cert_expired`, `no_cert`, `wrong_hub`; those of the way.
    pub async fn open_session(
        &self,
        secret: &Secret,
        certificate: &[u8],
    ) -> Result<TokenTell, ClientError> {
        let signer = Ruling::read(certificate)?.by;
        let expected = self.hub.authority.unwrap_or(signer);
        let trusts = |key: &HubKey| *key == expected;
        self.open_for(secret, certificate, &trusts, &|| false).await
    }

    /// Asks by which successions whoever trusts these keys comes to trust this hub: signed bytes, to be taken before its
    /// answers are read. For a device that was away while the commune's key changed.
    ///
    /// # Errors
    /// `wrong_hub` when none lead there; those of the way.
    pub async fn successions(
        &self,
        trusts: &dyn Fn(&HubKey) -> bool,
    ) -> Result<Vec<Vec<u8>>, ClientError> {
        let greeting = self.challenge(&|| false).await?;
        if !greeting.is_of(trusts) {
            return Err(ClientError::with("wrong_hub", "authority"));
        }
        Ok(greeting.successions.into_iter().map(|b| b.0).collect())
    }

    pub(super) async fn open_for(
        &self,
        secret: &Secret,
        certificate: &[u8],
        trusts: &dyn Fn(&HubKey) -> bool,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<TokenTell, ClientError> {
        let ask = self.opening(secret, certificate, trusts, cancelled).await?;
        self.ask("/v1/token", encode(&ask), cancelled).await
    }

    /// Opens a session with the first request of its exchange: one request less than one after the other.
    pub(super) async fn open_with(
        &self,
        access: &Access<'_>,
        ask: &[u8],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<OpenTell, ClientError> {
        let token = self
            .opening(access.secret, access.certificate, access.trusts, cancelled)
            .await?;
        let ask = Bytes(ask.to_vec());
        let both = encode(&OpenAsk { token, ask });
        self.ask("/v1/sync/open", both, cancelled).await
    }

    async fn opening(
        &self,
        secret: &Secret,
        certificate: &[u8],
        trusts: &dyn Fn(&HubKey) -> bool,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<TokenAsk, ClientError> {
        let greeting = self.challenge(cancelled).await?;
        if !greeting.is_of(trusts) {
            return Err(ClientError::with("wrong_hub", "authority"));
        }
        let (authority, challenge) = (&greeting.authority, greeting.challenge);
        Ok(TokenAsk::make(secret, certificate, authority, challenge))
    }

    async fn challenge(&self, cancelled: &dyn Fn() -> bool) -> Result<Challenge, ClientError> {
        self.ask("/v1/challenge", Vec::new(), cancelled).await
    }
}
