//! The whole list of bad input, walked at every level where the bytes can arrive: a real hub on its database over HTTP, the
//! app of a device on real files, and what lies under both. Each gets a stable code with words that say what to do, changes
//! nothing, asks for at most 32 MB, and an honest member's work goes on and is kept.
//!
//! `tests/tests/bad_input.rs` walks the same list through the protocol alone, over shelves in memory and every byte.
//!
//! | item | level | code | test |
//! |---|---|---|---|
//! | forged actor | hub, then device | `actor` | `a_change_under_a_forged_actor_is_refused_as_an_entry` |
//! | another device's signature | hub | `bad_sig` | `a_pack_signed_by_another_device_is_bad_sig` |
//! | another device's signature | device | `bad_sig` | `what_a_hub_with_the_right_key_gives_wrongly_is_not_taken` |
//! | cut pack | hub | `malformed`, `bad_body` | `a_pack_cut_or_flipped_is_refused` |
//! | cut pack | device | `bad_body` | `what_a_hub_with_the_right_key_gives_wrongly_is_not_taken` |
//! | bit-flipped pack | hub | `bad_sig`, `bad_body` | `a_pack_cut_or_flipped_is_refused` |
//! | cut request | hub | `malformed` | `a_request_cut_short_or_that_is_none_is_malformed` |
//! | cut answer | device | `offline`, `not_a_hub` | `an_answer_cut_altered_or_of_another_ask_is_not_the_hubs` |
//! | altered answer | device | `not_a_hub` | `an_answer_cut_altered_or_of_another_ask_is_not_the_hubs` |
//! | replayed pack | hub | `dup` | `a_pack_or_a_whole_request_said_again_changes_nothing` |
//! | replayed answer | device | `not_a_hub` | `an_answer_cut_altered_or_of_another_ask_is_not_the_hubs` |
//! | replayed session | hub | `bad_challenge`, `bad_token` | `a_session_opened_with_what_was_heard_is_refused` |
//! | fork | hub | `fork` | `a_second_pack_at_a_receipted_place_is_a_fork` |
//! | wrong space | hub | `wrong_space`, `not_in_space`, `no_space` | `a_pack_of_another_space_is_refused_where_it_is_offered` |
//! | 113-byte expansion bomb | hub, then device | `bomb` | `a_bomb_of_a_hundred_bytes_is_refused_as_an_entry` |
//! | zstd bomb | hub | `bad_body` | `a_zstd_bomb_is_a_bad_body` |
//! | zstd bomb | device | `bad_body` | `what_a_hub_with_the_right_key_gives_wrongly_is_not_taken` |
//! | a change that panics Automerge | hub, then device | `panic` | `a_change_that_panics_the_library_is_refused_as_an_entry` |
//! | orphan | hub, then device | `dep` | `an_orphan_is_refused_as_an_entry` |
//! | orphan pack | hub | `missing`, `gap` | `a_pack_without_its_past_is_asked_for` |
//! | what only staff write | hub, then device | `role` | `a_member_who_writes_as_staff_is_refused_as_an_entry` |
//! | oversized body | hub | `too_large` | `an_oversized_body_is_too_large` |
//! | millions of empty things | hub | `malformed`, `too_large` | `a_body_of_millions_of_empty_things_is_refused` |
//! | oversized answer | device | `too_large` | `an_oversized_answer_is_too_large` |
//! | slowloris, head | hub | closed unanswered | `slow_heads_are_cut_off_and_others_served` |
//! | slowloris, body | hub | `timeout` | `slow_bodies_are_told_so_and_others_served` |
//! | too much at once | hub | `later` | `what_is_over_the_quota_waits_on_the_device` |
//! | too much set aside | hub | `tray_full` | `what_the_tray_does_not_hold_stays_on_the_device` |
//! | used code | hub, device | `code_used` | `a_code_is_good_once_for_a_while_and_for_few_tries` |
//! | expired code | hub, device | `code_expired` | `a_code_is_good_once_for_a_while_and_for_few_tries` |
//! | wrong code | hub, device | `code_wrong` | `a_code_is_good_once_for_a_while_and_for_few_tries` |
//! | too many codes | hub, device | `too_many` | `a_code_is_good_once_for_a_while_and_for_few_tries` |
//! | wrong PIN | device | `pin_wrong`, `pin_wait` | `a_wrong_pin_opens_nothing_and_is_counted` |
//! | captive portal's HTML | device | `not_a_hub` | `a_captive_portals_page_is_not_a_hub` |
//! | captive portal's HTML | hub | `malformed` | `a_request_cut_short_or_that_is_none_is_malformed` |
//! | wrong hub | device | `wrong_hub` | `another_communes_hub_is_the_wrong_hub` |
//! | anything but a file | device | `not_a_file` | `a_carried_file_brings_in_only_what_is_right` |
//! | another commune's file | device | `wrong_commune` | `a_carried_file_brings_in_only_what_is_right` |
//! | oversized file | device | `too_large` | `a_carried_file_brings_in_only_what_is_right` |
//! | damaged database | hub | `db_damaged` | `a_hub_on_a_damaged_database_says_so` |
//! | damaged database | device | `db_damaged` | `a_damaged_profile_says_so_and_is_left_as_it_is` |
//! | full disk | hub | `disk_full` | `a_hub_on_a_full_disk_says_so_and_goes_on_when_there_is_room` |
//!
//! Elsewhere: a full disk under a device is `disk_full` in `crates/store/src/full.rs`, by the same error; a slow or silent
//! hub is `timeout` and a busy one `later` in `tests/tests/client`. Cannot occur: a PIN never reaches a hub, and a
//! one-time code never a database of a device; a page or a code has no form as a pack. Codes and PIN are exempt from the
//! 32 MB: their cost is the point.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed step is a failed test"
)]

mod frugal;

use frugal::{frugal, frugal_all};

#[path = "door_bad"]
mod door_bad {
    mod bounds;
    pub(crate) mod commune;
    mod device;
    mod disk;
    mod door;
    mod entry;
    mod file;
    mod pack;
    mod request;
    pub(crate) mod state;
    pub(crate) mod thief;
    pub(crate) mod way;
    pub(crate) mod wire;
    mod words;
}

use door_bad::{commune, state, thief, way, wire};
