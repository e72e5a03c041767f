//! Words for roles, as calls and tables spell them.

use toso_sync::ruling::Role;

const WORDS: [(Role, &str); 7] = [
    (Role::Member, "member"),
    (Role::Lead, "lead"),
    (Role::Staff, "staff"),
    (Role::Leader, "leader"),
    (Role::School, "school"),
    (Role::Province, "province"),
    (Role::Admin, "admin"),
];

/// The word of each role.
#[must_use]
pub fn words(roles: &[Role]) -> Vec<&'static str> {
    WORDS
        .iter()
        .filter(|(role, _)| roles.contains(role))
        .map(|(_, word)| *word)
        .collect()
}

/// A role by its word.
#[must_use]
pub fn read(word: &str) -> Option<Role> {
    WORDS
        .iter()
        .find(|(_, w)| *w == word)
        .map(|(role, _)| *role)
}
