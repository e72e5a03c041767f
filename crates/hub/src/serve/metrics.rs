//! Figures for Prometheus. Labels are routes, statuses and codes: no person, device, space or address is in them.

use super::answer::Refused;
use crate::census::Census;
use crate::error::{Done, HubError};
use crate::exchange::Taken;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use metrics::{
    Counter, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    with_local_recorder,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use serde::Deserialize;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;
use subtle::ConstantTimeEq;

/// Media type of the figures.
pub(super) const PROMETHEUS: &str = "text/plain; version=0.0.4";
/// Upper bounds of the seconds a request took.
const SECONDS: &[f64] = &[0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0];
/// Requests after which what was timed is summed up, so that it takes no room where nobody reads it.
const SUM_UP: u32 = 1_024;
/// Characters of the operator's token at least.
const TOKEN_MIN: usize = 32;

/// What lets a reader in from elsewhere. Never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MetricsToken(String);

impl TryFrom<String> for MetricsToken {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plain = text.bytes().all(|b| b.is_ascii_graphic());
        if text.len() < TOKEN_MIN || !plain {
            return Err("32 letters, digits and signs or more");
        }
        Ok(Self(text))
    }
}

impl std::fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MetricsToken(…)")
    }
}

/// The counters of one hub.
pub(super) struct Metrics {
    recorder: PrometheusRecorder,
    token: Option<MetricsToken>,
    requests: AtomicU32,
}

impl Metrics {
    /// Counters at nothing.
    ///
    /// # Errors
    /// None that a hub could be made to meet: the bounds above are not empty.
    pub(super) fn new(token: Option<MetricsToken>) -> Done<Self> {
        let builder = PrometheusBuilder::new().set_buckets(SECONDS);
        let recorder = builder
            .map_err(|e| HubError::with("internal", e))?
            .build_recorder();
        with_local_recorder(&recorder, || {
            describe_counter!("toso_requests_total", "Requests by route and status");
            describe_counter!("toso_refused_total", "Requests refused, by code");
            describe_histogram!("toso_request_seconds", "Seconds a request took, by route");
            describe_counter!(
                "toso_received_bytes_total",
                "Bytes of request bodies, by route"
            );
            describe_counter!("toso_sent_bytes_total", "Bytes of answers, by route");
            describe_counter!("toso_sessions_total", "Sessions opened by devices");
            describe_counter!("toso_packs_taken_total", "Packs taken that were not held");
            describe_counter!("toso_changes_taken_total", "Changes in those packs");
            describe_counter!("toso_packs_refused_total", "Packs not taken, by code");
            describe_gauge!(
                "toso_devices",
                "Devices that may open a session, or wait for staff"
            );
            describe_gauge!("toso_spaces", "Spaces that hold packs");
            describe_gauge!("toso_database_bytes", "Bytes of the database");
            describe_gauge!(
                "toso_backup_age_seconds",
                "Seconds since the last backup; absent before the first"
            );
        });
        Ok(Self {
            recorder,
            token,
            requests: AtomicU32::new(0),
        })
    }

    /// Whoever asks from this machine itself, or bears the token. Behind a proxy everybody seems to ask from this machine.
    pub(super) fn lets_in(&self, peer: IpAddr, proxied: bool, head: &HeaderMap) -> bool {
        let carried = ["x-forwarded-for", "forwarded", "via"];
        let by_proxy = proxied || carried.iter().any(|name| head.contains_key(*name));
        if peer.to_canonical().is_loopback() && !by_proxy {
            return true;
        }
        let borne = head
            .get(header::AUTHORIZATION)
            .map(|value| value.as_bytes());
        let borne = borne.and_then(|value| value.strip_prefix(b"Bearer "));
        match (&self.token, borne) {
            (Some(token), Some(borne)) => token.0.as_bytes().ct_eq(borne).into(),
            _ => false,
        }
    }

    /// A session was opened.
    pub(super) fn opened(&self) {
        with_local_recorder(&self.recorder, || {
            counter!("toso_sessions_total").increment(1)
        });
    }

    /// A step of an exchange brought this.
    pub(super) fn took(&self, taken: &Taken) {
        with_local_recorder(&self.recorder, || {
            counter!("toso_packs_taken_total").increment(taken.packs);
            counter!("toso_changes_taken_total").increment(taken.changes);
            for (code, packs) in &taken.refused {
                counter!("toso_packs_refused_total", "code" => code.clone()).increment(*packs);
            }
        });
    }

    fn received(&self, route: &str) -> Counter {
        with_local_recorder(
            &self.recorder,
            || counter!("toso_received_bytes_total", "route" => route.to_owned()),
        )
    }

    fn answered(&self, route: String, seconds: f64, answer: &Response) {
        with_local_recorder(&self.recorder, || {
            if let Some(Refused(code)) = answer.extensions().get::<Refused>() {
                counter!("toso_refused_total", "code" => *code).increment(1);
            }
            let bytes = answer.body().size_hint().exact().unwrap_or(0);
            counter!("toso_sent_bytes_total", "route" => route.clone()).increment(bytes);
            let status = answer.status().as_str().to_owned();
            counter!("toso_requests_total", "route" => route.clone(), "status" => status)
                .increment(1);
            histogram!("toso_request_seconds", "route" => route).record(seconds);
        });
        if self.requests.fetch_add(1, Ordering::Relaxed) % SUM_UP == SUM_UP - 1 {
            self.recorder.handle().run_upkeep();
        }
    }

    /// All figures of this moment as text.
    #[expect(
        clippy::cast_precision_loss,
        reason = "Prometheus knows no other numbers"
    )]
    pub(super) fn render(&self, census: &Census, backup_age: Option<i64>) -> String {
        with_local_recorder(&self.recorder, || {
            gauge!("toso_devices", "state" => "active").set(census.active as f64);
            gauge!("toso_devices", "state" => "pending").set(census.pending as f64);
            gauge!("toso_spaces").set(census.spaces as f64);
            gauge!("toso_database_bytes").set(census.database as f64);
            if let Some(age) = backup_age {
                gauge!("toso_backup_age_seconds").set((age / 1_000) as f64);
            }
        });
        self.recorder.handle().render()
    }
}

/// Counts a request and its answer. The route is the one of the list, never the path that was asked for.
pub(super) async fn counted(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let received = metrics.received(&route);
    let request = request.map(|body| Body::new(Received { body, received }));
    let began = Instant::now();
    let answer = next.run(request).await;
    let seconds = began.elapsed().as_secs_f64();
    metrics.answered(route, seconds, &answer);
    answer
}

/// A body whose bytes are counted as they come.
struct Received {
    body: Body,
    received: Counter,
}

impl HttpBody for Received {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.received
                .increment(u64::try_from(data.len()).unwrap_or(0));
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
