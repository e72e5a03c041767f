//! The OpenAPI description: what each route is for, said beside the one list of routes that the server runs from.

use axum::handler::Handler;
use axum::routing::on;
use toso_sync::enrol::CBOR;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Paths};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Required,
    ResponseBuilder,
};
use utoipa_axum::PathItemExt;
use utoipa_axum::router::UtoipaMethodRouter;

pub(super) const JSON: &str = "application/json";
pub(super) const TEXT: &str = "text/plain";

/// What is said of a route.
pub(super) struct Told {
    pub(super) method: HttpMethod,
    pub(super) path: &'static str,
    pub(super) summary: &'static str,
    /// Media type of the request's body, and where its shape is told.
    pub(super) body: Option<(&'static str, &'static str)>,
    /// Media type of a good answer, and what it says.
    pub(super) answer: (&'static str, &'static str),
    /// Who is let in: the name of a security scheme, or anybody.
    pub(super) bears: Option<&'static str>,
    /// Statuses of a refusal.
    pub(super) refusals: &'static [u16],
}

/// Token of a device, got at `/v1/token` or `/v1/sync/open`.
pub(super) const DEVICE: &str = "device";
/// Token out of the operator's settings.
pub(super) const OPERATOR: &str = "operator";

pub(super) const LIVEZ: Told = Told {
    method: HttpMethod::Get,
    path: "/livez",
    summary: "Says `ok` while the process runs.",
    body: None,
    answer: (TEXT, "`ok`"),
    bears: None,
    refusals: &[],
};

pub(super) const READYZ: Told = Told {
    method: HttpMethod::Get,
    path: "/readyz",
    summary: "Says `ok` while requests are taken and the database answers.",
    body: None,
    answer: (TEXT, "`ok`"),
    bears: None,
    refusals: &[503],
};

pub(super) const METRICS: Told = Told {
    method: HttpMethod::Get,
    path: "/metrics",
    summary: "Figures for Prometheus: from this machine itself, or for who bears the token of `[metrics]` in hub.toml. \
              To everybody else there is no such page. They name no person, no device and no space.",
    body: None,
    answer: (TEXT, "Prometheus text format 0.0.4"),
    bears: Some(OPERATOR),
    refusals: &[404, 429, 503],
};

pub(super) const OPENAPI: Told = Told {
    method: HttpMethod::Get,
    path: "/v1/openapi.json",
    summary: "This description.",
    body: None,
    answer: (JSON, "OpenAPI 3.1"),
    bears: None,
    refusals: &[429],
};

pub(super) const ENROL: Told = Told {
    method: HttpMethod::Post,
    path: "/v1/enrol",
    summary: "A device shows that it knows a one-time code, and asks to be let in. Asking again with the same code and \
              key answers the same.",
    body: Some((CBOR, "`EnrolAsk`: docs/protocol.md 3.5")),
    answer: (CBOR, "`EnrolTell`: docs/protocol.md 3.5"),
    bears: None,
    refusals: &[400, 403, 408, 413, 429, 500, 503],
};

pub(super) const STATE: Told = Told {
    method: HttpMethod::Post,
    path: "/v1/enrol/state",
    summary: "A device asks whether staff let it in.",
    body: Some((CBOR, "`StateAsk`: docs/protocol.md 3.5")),
    answer: (CBOR, "`StateTell`: docs/protocol.md 3.5"),
    bears: None,
    refusals: &[400, 401, 403, 408, 413, 429, 500, 503],
};

pub(super) const CHALLENGE: Told = Told {
    method: HttpMethod::Post,
    path: "/v1/challenge",
    summary: "32 random bytes to sign within a minute, and what leads to the authority of today.",
    body: None,
    answer: (CBOR, "`Challenge`: docs/protocol.md 3.5"),
    bears: None,
    refusals: &[408, 413, 429, 500, 503],
};

pub(super) const TOKEN: Told = Told {
    method: HttpMethod::Post,
    path: "/v1/token",
    summary: "Opens a session of at most a day with a signed challenge.",
    body: Some((CBOR, "`TokenAsk`: docs/protocol.md 3.5")),
    answer: (CBOR, "`TokenTell`: docs/protocol.md 3.5"),
    bears: None,
    refusals: &[400, 401, 403, 408, 413, 429, 500, 503],
};

pub(super) const OPEN: Told = Told {
    method: HttpMethod::Post,
    path: "/v1/sync/open",
    summary: "`/v1/token` and the first `/v1/sync` of the session in one, for asks of at most 16 KiB.",
    body: Some((CBOR, "`OpenAsk`: docs/protocol.md 3.5")),
    answer: (CBOR, "`OpenTell`: docs/protocol.md 3.5"),
    bears: None,
    refusals: &[400, 401, 403, 408, 413, 429, 500, 503],
};

pub(super) const STAFF: Told = Told {
    method: HttpMethod::Post,
    path: "/v1/staff",
    summary: "What staff ask: `member.invite`, `device.list`, `device.approve`, `device.rights`, `device.revoke`, \
              `hand_over`, `record.purge`, `tray.list`, `tray.pack`, `tray.approve`.",
    body: Some((
        JSON,
        "`{\"call\": name, \"input\": {…}}`; docs/cli.md shows the inputs",
    )),
    answer: (JSON, "What the call answers; docs/cli.md"),
    bears: Some(DEVICE),
    refusals: &[400, 401, 403, 404, 408, 409, 413, 429, 500, 503],
};

pub(super) const SYNC: Told = Told {
    method: HttpMethod::Post,
    path: "/v1/sync",
    summary: "One step of an exchange: rulings and packs of both sides, in numbered CBOR fields, compressed packs inside. \
              It is binary and stated in docs/protocol.md 3.3 and 4, with test vectors (11); each step may be repeated, \
              and what was given twice is held once.",
    body: Some((CBOR, "`Ask`: docs/protocol.md 3.3")),
    answer: (
        CBOR,
        "`Tell`, signed over the bytes of the ask: docs/protocol.md 3.3",
    ),
    bears: Some(DEVICE),
    refusals: &[400, 401, 403, 408, 413, 429, 500, 503],
};

pub(super) const FILE: Told = Told {
    method: HttpMethod::Post,
    path: "/v1/file",
    summary: "One question about files (photos, papers) of a space the device holds: how much of them the hub has, a range \
              given, a range wanted. A range may begin at any byte, and one given twice is held once.",
    body: Some((CBOR, "`FileAsk`: docs/protocol.md 3.6")),
    answer: (
        CBOR,
        "`FileTell`, signed over the bytes of the ask: docs/protocol.md 3.6",
    ),
    bears: Some(DEVICE),
    refusals: &[400, 401, 403, 408, 409, 413, 429, 500, 503],
};

/// A route with what is said of it.
pub(super) fn told<S, T, H>(what: &Told, handler: H) -> UtoipaMethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    T: 'static,
    H: Handler<T, S>,
{
    let route = on(what.method.to_method_filter(), handler);
    let mut paths = Paths::new();
    paths.add_path_operation(what.path, vec![what.method.clone()], operation(what));
    (Vec::new(), paths, route)
}

fn operation(what: &Told) -> OperationBuilder {
    let any = || ContentBuilder::new().build();
    let (media, says) = what.answer;
    let good = ResponseBuilder::new()
        .description(says)
        .content(media, any());
    let name = what.path.trim_start_matches('/').replace(['/', '.'], "_");
    let mut said = OperationBuilder::new()
        .operation_id(Some(name))
        .summary(Some(what.summary))
        .response("200", good);
    if let Some((media, shape)) = what.body {
        let body = RequestBodyBuilder::new()
            .description(Some(shape))
            .content(media, any())
            .required(Some(Required::True));
        said = said.request_body(Some(body.build()));
    }
    for status in what.refusals {
        // Pages of the operator are refused in plain text, requests of a device in CBOR.
        let plain = media == TEXT && *status != 429;
        said = said.response(status.to_string(), refusal(*status, plain));
    }
    match what.bears {
        Some(scheme) => said.security(SecurityRequirement::new(scheme, Vec::<String>::new())),
        None => said,
    }
}

fn refusal(status: u16, plain: bool) -> ResponseBuilder {
    let says = match status {
        400 => "Not understood, or refused for what it says",
        401 => "The token, signature or challenge is not good",
        403 => "Not allowed: rights, revocation, or a code that is wrong, used up or run out",
        404 => "There is no such thing",
        408 => "It took too long",
        409 => "It does not fit what stands",
        413 => "Larger than allowed",
        429 => "Too often; `Retry-After` says when to come back",
        503 => "The disk's or the database's trouble: it may be asked again as it is",
        _ => "A fault of the hub",
    };
    let (media, says) = if plain {
        (TEXT, says.to_owned())
    } else {
        let told = format!("{says}. [0 stable code, 1 seconds to wait or null]");
        (CBOR, told)
    };
    ResponseBuilder::new()
        .description(says)
        .content(media, ContentBuilder::new().build())
}

/// What stands above the routes.
pub(super) fn head() -> OpenApi {
    let bearer = |says: &str| {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.description = Some(says.to_owned());
        SecurityScheme::Http(scheme)
    };
    let mut parts = Components::new();
    parts.add_security_scheme(
        DEVICE,
        bearer("64 hex digits, got at /v1/token or /v1/sync/open; good for a day at most"),
    );
    parts.add_security_scheme(OPERATOR, bearer("`token` of `[metrics]` in hub.toml"));
    let info = InfoBuilder::new()
        .title("Tổ Số: máy chủ của xã / the commune's hub")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Where the devices of a commune meet. Requests and answers of devices are CBOR with numbered fields; \
             docs/protocol.md is the specification, and this file says which routes there are.",
        ))
        .license(Some(License::new("Apache-2.0 OR MIT")));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(parts))
        .build()
}
