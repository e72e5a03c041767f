//! Characters that people read out, write down and type again without mistaking one for another.

use crate::key::Random;

/// Crockford's digits: no I, L, O, U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// That many random characters, five bits each.
#[must_use]
pub fn random(random: &mut dyn Random, len: usize) -> String {
    let mut bytes = vec![0; len];
    random.fill(&mut bytes);
    let digit = |b: &u8| DIGITS.get(usize::from(b & 31)).copied().map(char::from);
    bytes.iter().filter_map(digit).collect()
}

/// What a person typed: any case, O for 0, I and L for 1, dashes and spaces anywhere. `None` unless it is `len` characters.
#[must_use]
pub fn read(typed: &str, len: usize) -> Option<String> {
    let mut code = String::new();
    for c in typed.chars() {
        let c = match c.to_ascii_uppercase() {
            '-' | '–' | '—' | '.' => continue,
            c if c.is_whitespace() => continue,
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        if !DIGITS.iter().any(|d| char::from(*d) == c) || code.len() == len {
            return None;
        }
        code.push(c);
    }
    (code.len() == len).then_some(code)
}
