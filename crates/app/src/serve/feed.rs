//! The streams of changes: one a page. A page that does not read is let go and looks again when it comes back.

use crate::changed::Changed;
use axum::response::sse::Event;
use futures_core::Stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Changes that wait for a page at most.
const WAITING: usize = 256;
/// Streams at a time.
const STREAMS: usize = 32;

/// Everyone who listens.
#[derive(Debug, Default)]
pub(super) struct Feed {
    open: Mutex<Listening>,
}

#[derive(Debug, Default)]
struct Listening {
    pages: Vec<Sender<Changed>>,
    closed: bool,
}

impl Feed {
    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells every page; never waits.
    pub(super) fn tell(&self, changed: &Changed) {
        self.listening()
            .pages
            .retain(|page| page.try_send(changed.clone()).is_ok());
    }

    /// A new stream; `None` when there are too many or the server stops.
    pub(super) fn listen(&self) -> Option<Changes> {
        let mut open = self.listening();
        open.pages.retain(|page| !page.is_closed());
        if open.closed || open.pages.len() >= STREAMS {
            return None;
        }
        let (page, changes) = channel(WAITING);
        open.pages.push(page);
        Some(Changes(changes))
    }

    /// Ends every stream.
    pub(super) fn close(&self) {
        let mut open = self.listening();
        open.closed = true;
        open.pages.clear();
    }
}

/// Changes as events.
pub(super) struct Changes(Receiver<Changed>);

impl Stream for Changes {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|changed| {
            let text = serde_json::to_string(&changed?).ok()?;
            Some(Ok(Event::default().event("changed").data(text)))
        })
    }
}
