//! Calls that only the hub can do, asked by staff.

use super::http::{JSON, Request};
use super::{ClientError, Line};
use crate::enrol::Token;
use serde_json::{Value, json};

impl Line {
    /// One call, answered as JSON. After `bad_token` the caller opens a new session and calls again.
    ///
    /// # Errors
    /// The hub's codes (`not_allowed`, `bad_token`, …; one this build does not know is `server` with it as detail), and those
    /// of the way.
    pub async fn staff(
        &self,
        token: &Token,
        call: &str,
        input: &Value,
    ) -> Result<Value, ClientError> {
        let request = Request {
            path: "/v1/staff",
            kind: JSON,
            token: Some(token),
            body: json!({ "call": call, "input": input })
                .to_string()
                .into_bytes(),
        };
        let answer = self.post(request, &|| false).await?;
        serde_json::from_slice(&answer).map_err(|_| ClientError::with("not_a_hub", "body"))
    }
}
