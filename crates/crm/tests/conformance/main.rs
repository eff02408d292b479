//! One suite for all adapters: what the contract promises, held against a real server of each CRM.
//!
//! A new adapter adds a file with its [`world::World`] and a line at the end of this one. A case is
//! left out only where the adapter's `Capabilities` say that the CRM cannot do it, and then the case
//! holds the adapter to that: it answers `Unsupported`, and sends nothing. Where CRMs differ in more than
//! what they can, a constant of the world says how, and the case holds the adapter to that too.

// Clippy lets test functions unwrap, but not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

mod contacts;
#[path = "worlds/gateway.rs"]
mod gateway;
#[path = "../app_connect/install.rs"]
mod install;
mod logs;
mod lookup;
mod material;
mod messages;
#[path = "../app_connect/process.rs"]
mod process;
#[path = "../sample/mod.rs"]
mod sample;
mod session;
mod trouble;
mod world;

/// Makes tests of all cases for one world, in a module of the given name: with `cases` one of each
/// case, and with `rooms` one of each file here, for a world whose server is slow to start.
macro_rules! adapter {
    ($name:ident, $world:ty, $tests:ident) => {
        mod $name {
            use super::*;

            $tests! { $world;
                lookup: one_match_arrives_in_every_field,
                    several_on_one_number_are_all_there,
                    no_match_offers_only_to_create,
                    an_anonymous_caller_is_never_asked_for,
                    an_extension_is_asked_as_one_and_never_as_a_number,
                    five_hundred_matches_are_the_most,
                    a_contact_that_several_formats_find_is_one_match,
                    formats_are_tried_in_order_until_one_finds,
                    the_remaining_formats_make_the_answer_complete,
                    formats_of_a_request_override_those_of_the_account,
                    a_foreign_number_is_not_pressed_into_the_formats,
                    the_region_of_the_account_wins,
                    a_refresh_sees_what_changed,
                    a_message_of_the_crm_arrives_at_every_level;
                contacts: a_name_is_found_by_its_words,
                    a_contact_of_every_type_is_made_in_every_field,
                    a_contact_without_what_the_crm_needs_is_refused,
                    a_contact_whose_making_was_not_answered_is_made_once,
                    a_contact_that_is_gone_is_not_found,
                    a_bulk_pull_sees_every_contact_once,
                    a_later_pull_sees_only_what_changed,
                    a_later_pull_is_told_what_is_gone;
                logs: a_log_arrives_in_every_field_and_reads_back,
                    an_outbound_call_goes_the_other_way,
                    every_result_and_any_text_arrives,
                    an_update_changes_what_changed_and_nothing_else,
                    two_calls_of_one_contact_are_two_logs,
                    a_log_that_was_not_answered_is_found_by_its_key_and_there_once,
                    a_log_that_the_crm_refuses_says_why,
                    a_log_that_is_gone_says_so,
                    every_outcome_arrives_and_can_change,
                    a_note_is_left_while_the_call_lasts;
                messages: a_conversation_is_one_record_that_grows,
                    a_conversation_that_was_not_answered_is_there_once;
                session: every_way_to_sign_in_leads_to_the_user,
                    who_refuses_in_the_browser_is_not_signed_in,
                    the_user_is_told,
                    a_sign_in_that_was_never_valid_is_told_apart,
                    a_sign_in_that_was_taken_back_is_told_apart,
                    a_sign_in_that_may_only_read_cannot_write,
                    signing_out_ends_the_session,
                    pages_for_people_are_on_the_accounts_own_host,
                    what_is_left_of_the_rate_is_told;
                trouble: nonsense_is_a_bad_answer_and_after_a_write_an_unknown_outcome,
                    a_slow_crm_is_given_up_in_time,
                    a_read_waits_as_long_as_the_crm_asks_if_that_is_in_time,
                    a_longer_wait_is_said_and_kept_by_everybody,
                    a_short_failure_is_not_noticed_and_a_long_one_is_said,
                    a_crm_that_is_down_gets_nothing_and_is_found_again,
                    a_redirect_to_another_host_is_not_followed,
                    an_error_never_names_the_caller_or_the_key;
            }
        }
    };
}

macro_rules! cases {
    ($world:ty; $($room:ident: $($case:ident),+;)+) => {
        $($(
            #[tokio::test]
            async fn $case() {
                $room::$case::<$world>().await;
            }
        )+)+
    };
}

macro_rules! rooms {
    ($world:ty; $($room:ident: $($case:ident),+;)+) => {
        $(
            #[tokio::test]
            async fn $room() {
                let mut failed = Vec::new();
                $(
                    let case = AssertUnwindSafe($room::$case::<$world>());
                    if case.catch_unwind().await.is_err() {
                        failed.push(stringify!($case));
                    }
                )+
                assert!(failed.is_empty(), "failed: {failed:?}");
            }
        )+
    };
}

#[path = "worlds/app_connect.rs"]
mod app_connect_world;

#[path = "worlds/example.rs"]
mod example_world;

#[path = "worlds/pipedrive.rs"]
mod pipedrive_world;

adapter!(app_connect, app_connect_world::AppConnectWorld, rooms);
adapter!(example, example_world::ExampleWorld, cases);
adapter!(pipedrive, pipedrive_world::PipedriveWorld, cases);
