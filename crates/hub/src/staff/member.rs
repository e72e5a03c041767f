//! `member.invite`: a one-time code for a member's next device.

use super::{Action, Asked, authorize, is_appointed, named};
use crate::core::Core;
use crate::db::{CodeRow, HubDb};
use crate::error::{Done, HubError};
use serde::Deserialize;
use serde_json::{Value, json};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::enrol::Code;
use toso_sync::invitation::Invitation;
use toso_sync::ruling::{Id16, Role};

/// Who is invited, as what, where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invite {
    member: RecordId,
    roles: Vec<String>,
    #[serde(default)]
    teams: Vec<SpaceId>,
    minutes: Option<i64>,
}

/// What a certificate grants.
pub(super) struct Rights {
    pub(super) roles: Vec<Role>,
    pub(super) spaces: Vec<Id16>,
    pub(super) all_spaces: bool,
}

impl<D: HubDb> Core<D> {
    pub(crate) fn member_invite(&mut self, asked: &Asked<'_>, input: Invite) -> Done<Value> {
        authorize(asked.actor, Action::Invite)?;
        let rights = self.rights(asked, &input.roles, &input.teams)?;
        let commune = self.commune();
        let kind = self.db().kind_of(commune, input.member)?;
        if kind.as_deref() != Some("member") {
            return Err(HubError::new("no_such_member"));
        }
        let minutes = input.minutes.unwrap_or(10).clamp(1, 24 * 60);
        let expires = asked.now + minutes * 60_000;
        let code = self.new_code()?;
        let row = CodeRow {
            lookup: code.id().as_bytes().to_vec(),
            secret: code.secret().0,
            member: input.member.into(),
            roles: rights.roles,
            spaces: rights.spaces,
            all_spaces: rights.all_spaces,
            at_once: false,
            expires,
            tries: 0,
            used_by: None,
        };
        self.db().put_code(&row)?;
        let told = code.to_string();
        let qr = Invitation {
            code,
            authority: self.facts.first,
            tls: (asked.print != [0; 32]).then_some(asked.print),
            url: asked.address.to_owned(),
        };
        Ok(json!({ "code": told, "qr": qr.to_string(), "expires": expires }))
    }

    /// What roles and teams amount to, where the actor may give them.
    pub(super) fn rights(
        &self,
        asked: &Asked<'_>,
        roles: &[String],
        teams: &[SpaceId],
    ) -> Done<Rights> {
        let roles: Vec<Role> = named(roles.iter().map(|w| crate::role::read(w)).collect())?;
        if roles.is_empty() {
            return Err(HubError::with("bad_input", "roles"));
        }
        let all_spaces = is_appointed(&roles);
        if all_spaces {
            authorize(asked.actor, Action::Appoint)?;
        }
        let mut spaces = Vec::new();
        if !all_spaces && roles != [Role::Province] {
            spaces.push(Id16::from(self.commune()));
            for team in teams {
                if !self.is_space(*team)? {
                    return Err(HubError::new("no_space"));
                }
                spaces.push((*team).into());
            }
            spaces.dedup();
        }
        Ok(Rights {
            roles,
            spaces,
            all_spaces,
        })
    }

    /// A code whose first characters name no other.
    pub(crate) fn new_code(&mut self) -> Done<Code> {
        for _ in 0..100 {
            let code = Code::random(&mut self.random);
            if self.db().code(code.id().as_bytes())?.is_none() {
                return Ok(code);
            }
        }
        Err(HubError::new("too_often"))
    }
}
