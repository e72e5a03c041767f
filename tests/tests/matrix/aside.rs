//! Packs that a revoked device handed in: they lie aside at the hub until staff look.

use crate::phone::{Phone, text};
use crate::state::Hub;
use crate::table::SCOPES;
use crate::world::World;
use serde_json::json;
use toso_domain::id::{RecordId, SpaceId};
use toso_hub::clock::System;
use toso_sync::enrol::Code;
use toso_sync::key::Random;

impl World {
    /// A code for one more device of a place.
    pub fn invites(&self, scope: &str) -> String {
        let (office, place) = (self.office_of(scope), &self.places[scope]);
        let staff = scope == "commune";
        let teams: Vec<SpaceId> = [place.space].into_iter().filter(|_| !staff).collect();
        let role = if staff { "staff" } else { "member" };
        let input = json!({ "member": place.member, "roles": [role], "teams": teams });
        let invite = || text(&office.done("member.invite", input.clone()), "/code");
        if scope == "elsewhere" {
            self.strange(invite)
        } else {
            invite()
        }
    }

    /// Draws codes until one has a name that no code of the commune here has: else a guess at that one would be counted.
    pub fn strange(&self, draw: impl Fn() -> String) -> String {
        let here = Hub::open(&self.here.data);
        loop {
            let code = draw();
            if !here.has_code(Code::parse(&code).unwrap().id()) {
                return code;
            }
        }
    }

    /// The code itself, unless it is from elsewhere and a code of the same name was made here since.
    pub fn strange_from(&self, scope: &str, code: &str) -> String {
        let id = Code::parse(code).unwrap();
        if scope == "elsewhere" && Hub::open(&self.here.data).has_code(id.id()) {
            return self.invites(scope);
        }
        code.to_owned()
    }

    /// A code that nobody made.
    pub fn no_code(&self) -> String {
        self.strange(|| Code::random(&mut System).to_string())
    }

    /// One more device of a place, let in or waiting.
    pub fn device(&self, scope: &str, let_in: bool) -> Phone {
        let (office, code) = (self.office_of(scope), self.invites(scope));
        let town = self.town(if scope == "elsewhere" {
            "stranger"
        } else {
            "admin"
        });
        let phone = Phone::asks(&self.runtime, &town.url, &code, "Máy");
        if let_in {
            phone.is_let_in(office);
        }
        phone
    }

    /// A pack of a device that was revoked before it handed it in, by the name it has at the hub.
    pub fn aside(&self, scope: &str) -> String {
        let (office, place) = (self.office_of(scope), &self.places[scope]);
        let phone = self.device(scope, true);
        let name = phone.name();
        let mut running = phone.begins(&self.runtime, place.space);
        running.syncs(&self.runtime);
        let id = RecordId::from_bytes(System.bytes16());
        let kind = crate::world::kind_of(scope);
        let field = if kind == "member" {
            "full_name"
        } else {
            "head_name"
        };
        let late = format!("{} sau cùng", place.mark);
        let person = &mut running.person;
        person
            .writes_in(place.space, id, kind, &[(field, &late)])
            .unwrap();
        office.done(
            "device.revoke",
            json!({ "device": name, "reason": "mất máy" }),
        );
        running.syncs(&self.runtime);
        let tray = office.done("tray.list", json!({}));
        let id = json!([id]);
        let pack = tray
            .as_array()
            .unwrap()
            .iter()
            .find(|pack| pack["records"] == id);
        text(
            pack.unwrap_or_else(|| panic!("nothing aside: {tray}")),
            "/pack",
        )
    }

    /// One pack set aside in each place, for everybody to ask for.
    pub fn sets_aside(&mut self) {
        for scope in SCOPES {
            let (head, code) = (self.aside(scope), self.invites(scope));
            let place = self.places.get_mut(scope).unwrap();
            (place.aside, place.code) = (head, code);
        }
    }
}
