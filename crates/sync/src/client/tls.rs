//! Which TLS certificate counts: exactly the one that was shown, whoever signed it and whatever name it bears.

use super::ClientError;
use crate::key::sha256;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use subtle::ConstantTimeEq;

/// Holds a line to one certificate: the pinned one, or without a pin the first it sees, which the enrolment then proves.
#[derive(Debug)]
pub(super) struct Pin {
    provider: Arc<CryptoProvider>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    accept: Option<[u8; 32]>,
    seen: Option<[u8; 32]>,
    mismatch: bool,
}

impl Pin {
    pub(super) fn new(accept: Option<[u8; 32]>) -> Self {
        Self {
            provider: Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
            state: Mutex::new(State {
                accept,
                seen: None,
                mismatch: false,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The certificate this line talked to.
    pub(super) fn seen(&self) -> Option<[u8; 32]> {
        self.state().seen
    }

    /// True once another certificate was shown since the last call.
    pub(super) fn take_mismatch(&self) -> bool {
        std::mem::take(&mut self.state().mismatch)
    }
}

/// TLS as a line speaks it.
pub(super) fn config(pin: &Arc<Pin>) -> Result<ClientConfig, ClientError> {
    let verifier: Arc<dyn ServerCertVerifier> = pin.clone();
    let config = ClientConfig::builder_with_provider(Arc::clone(&pin.provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| ClientError::new("internal"))?;
    Ok(config
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = sha256(&[end_entity.as_ref()]);
        let mut state = self.state();
        let accept = *state.accept.get_or_insert(shown);
        if bool::from(accept.ct_eq(&shown)) {
            state.seen = Some(shown);
            Ok(ServerCertVerified::assertion())
        } else {
            state.mismatch = true;
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    // The certificate is public: only these show that the server has its key.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// True when a failed connection failed in TLS: something answers there, and it is not a hub.
pub(super) fn is_fault(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(at) = next {
        if at.is::<Error>() {
            return true;
        }
        // An IO error names what it wraps by `get_ref`; its `source` would step over that.
        next = match at.downcast_ref::<std::io::Error>() {
            Some(io) => io
                .get_ref()
                .map(|e| e as &(dyn std::error::Error + 'static)),
            None => at.source(),
        };
    }
    false
}
