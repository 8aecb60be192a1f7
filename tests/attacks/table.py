"""The attack table: who does what, what must catch it, and the tests that play it.

`tests/attacks/test_table.py` holds every line against the tests; docs/attacks.md is written from it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attack:
    """One line. `tests`: file below tests/, and after `::` the function."""

    who: str
    does: str
    caught_by: str
    tests: tuple[str, ...]


ATTACKS = (
    Attack(
        "operator",
        "rewrites or deletes a past event",
        "consistency proofs of witnesses and monitors; proofs handed out before stop matching",
        (
            "attacks/test_operator.py::test_a_bent_past_is_convicted_by_a_monitor_and_refused_by_a_witness",
            "attacks/test_operator.py::test_a_proof_handed_out_before_the_past_was_bent_no_longer_holds",
            "monitor/test_monitor.py::test_a_rewritten_past_is_a_fork_with_both_notes",
            "monitor/test_replay_follow.py::test_a_kept_root_of_another_history_is_a_fork",
            "witnesses/test_second_histories.py::test_a_second_history_that_has_grown_past_the_witness_is_stopped_by_its_proof",
        ),
    ),
    Attack(
        "operator",
        "shows two views",
        "the quorum of witnesses; monitors that compare copies",
        (
            "attacks/test_operator.py::test_two_views_are_found_when_copies_are_compared",
            "attacks/test_operator.py::test_a_second_view_never_gets_the_quorum",
            "monitor/test_evidence.py::test_a_larger_fork_without_its_tiles_is_kept_and_convicts_when_the_tree_has_grown",
            "monitor/test_evidence.py::test_evidence_is_reported_and_keeps_the_auditor_from_cosigning_until_it_is_acknowledged",
            "monitor/test_monitor.py::test_a_copy_of_another_history_is_a_fork",
            "monitor/test_audit.py::test_a_running_witness_is_a_copy_to_compare_with",
            "verifier/test_witness_refusals.py::test_both_notes_of_a_fork_are_kept_and_shown",
        ),
    ),
    Attack(
        "operator",
        "serves an old, genuine state",
        "the age of the witnesses' cosignatures, which no log key renews; the seal must be the last leaf; monitors remember",
        (
            "attacks/test_operator.py::test_an_old_genuine_state_stays_old_though_the_log_key_dates_it_anew",
            "attacks/test_operator.py::test_an_old_genuine_state_is_older_than_kept_for_a_monitor_and_old_for_everybody",
            "attacks/test_operator.py::test_a_state_that_hides_its_last_batch_has_no_seal_at_its_end",
            "monitor/test_monitor.py::test_a_log_that_stands_still_becomes_stale",
            "monitor/test_evidence.py::test_a_tree_that_stays_behind_its_copy_is_withheld",
            "verifier/test_tree.py::test_the_last_leaf_must_be_the_seal_of_its_place",
        ),
    ),
    Attack(
        "operator",
        "seals a wrong status array",
        "the replay of auditors and monitors; anybody can show it from public bytes",
        (
            "attacks/test_operator.py::test_a_wrong_array_passes_a_witness_and_is_found_by_every_replay",
            "monitor/test_monitor.py::test_a_log_that_broke_a_rule_is_named_with_evidence",
            "monitor/test_audit.py::test_a_log_that_breaks_a_rule_is_refused_whenever_it_asks",
        ),
    ),
    Attack(
        "operator",
        "invents a revocation or a reinstatement",
        "no manifest of the authority covers it: replay",
        (
            "attacks/test_operator.py::test_an_invented_event_has_no_manifest_of_the_authority",
            "attacks/test_operator.py::test_an_event_under_a_manifest_of_the_operators_own_is_taken_by_nobody",
            "past/test_attacks.py::test_an_event_without_a_manifest_of_the_authority_is_not_its_own",
        ),
    ),
    Attack(
        "operator",
        "never logs a submitted event",
        "the log receipt with its due time; reconciliation",
        (
            "ledger/test_log_receipts.py::test_an_operator_who_never_logs_a_submitted_event_is_convicted_after_the_due_time",
            "ledger/test_log_receipts.py::test_a_record_whose_event_was_taken_out_of_the_outbox_is_named",
        ),
    ),
    Attack(
        "operator",
        "reuses a slot",
        "replay: `seq` 0 a second time on one slot",
        (
            "attacks/test_operator.py::test_a_slot_that_is_used_a_second_time_is_found_even_under_the_authoritys_manifest",
            "monitor/test_replay.py::test_a_rule_that_signed_leaves_break_is_named",
            "ledger/test_two_at_once.py::test_a_slot_is_opened_once",
        ),
    ),
    Attack(
        "key thief",
        "signs a fork",
        "witnesses refuse it; the trust list retires the key",
        (
            "attacks/test_operator.py::test_a_fork_signed_by_a_thief_of_the_log_key_is_refused_by_the_witness_and_kept_by_the_monitor",
            "attacks/test_operator.py::test_a_stolen_key_signs_nothing_more_once_the_trust_list_has_retired_it",
            "attacks/test_operator.py::test_the_log_of_somebody_else_under_the_same_name_is_not_taken",
            "verifier/test_witness.py::test_a_retired_log_key_is_believed_no_more",
            "verifier/test_witness_refusals.py::test_a_thief_of_the_log_key_cannot_fill_the_disk",
        ),
    ),
    Attack(
        "honest authority",
        "replaces the record key by the documented steps",
        "an unknown key accuses nobody; monitors and auditors follow the signed trust list",
        (
            "attacks/test_network.py::test_an_honest_rotation_that_the_reader_has_not_heard_of_accuses_nobody",
            "monitor/test_trust_follow.py::test_a_list_of_before_the_rotation_cannot_tell_and_accuses_nobody",
            "monitor/test_trust_follow.py::test_with_the_anchor_the_signed_chain_is_followed",
            "monitor/test_audit.py::test_a_record_key_that_the_list_does_not_name_yet_is_no_refusal",
        ),
    ),
    Attack(
        "database administrator",
        "edits rows",
        "self-check before signing; `certsvc ledger fsck`",
        (
            "ledger/test_stops_the_line.py::test_one_flipped_bit_under_the_head_stops_the_line",
            "ledger/test_stops_the_line.py::test_one_flipped_bit_in_the_status_array_stops_the_line",
            "ledger/test_stops_the_line.py::test_one_flipped_bit_in_what_was_committed_is_never_shown",
            "ledger/test_stops_the_line.py::test_one_flipped_bit_in_a_status_chunk_is_never_shown",
            "ledger/test_fsck.py::test_what_an_administrator_changes_in_the_tables_is_found",
            "attacks/test_administrator.py::test_an_array_that_was_changed_with_all_its_roots_is_never_sealed",
            "attacks/test_administrator.py::test_what_an_outsider_sees_does_not_depend_on_the_database",
        ),
    ),
    Attack(
        "database administrator",
        "adds leaves",
        "the head must be what the log has signed",
        ("attacks/test_administrator.py::test_a_leaf_that_was_written_into_the_tables_is_never_signed",),
    ),
    Attack(
        "database administrator",
        "queues an event that nobody decided",
        "reconciliation: it belongs to no record, and no salt opens it",
        (
            "attacks/test_administrator.py::test_an_event_that_nobody_decided_is_named_before_and_after_it_is_logged",
        ),
    ),
    Attack(
        "database administrator",
        "moves the head",
        "the signed head, compare-and-swap, the start-up guard",
        (
            "attacks/test_administrator.py::test_a_head_whose_size_was_changed_signs_nothing",
            "attacks/test_administrator.py::test_a_head_that_was_taken_back_to_an_earlier_batch_signs_nothing",
            "attacks/test_administrator.py::test_a_head_with_its_genuine_note_that_was_taken_back_meets_the_published_log",
            "ledger/test_stops_the_line.py::test_a_head_that_was_moved_meanwhile_is_not_overwritten",
        ),
    ),
    Attack(
        "database administrator",
        "restores a backup",
        "the start-up guard, by the published log and by witnesses",
        (
            "ledger/test_stops_the_line.py::test_a_restored_backup_signs_nothing",
            "ledger/test_stops_the_line.py::test_an_empty_database_beside_a_published_log_begins_no_second_one",
            "operations/test_backup.py::test_beside_a_newer_public_tree_the_restored_office_refuses_to_sign",
            "witnesses/test_second_histories.py::test_an_older_database_with_its_older_tree_signs_nothing",
            "witnesses/test_second_histories.py::test_a_lost_home_does_not_begin_its_log_a_second_time",
        ),
    ),
    Attack(
        "network attacker",
        "alters what is read",
        "hashes and signatures: at worst nothing can be told, and nobody is accused",
        (
            "attacks/test_network.py::test_no_altered_byte_makes_a_monitor_accuse_the_log_or_a_reader_believe_a_status",
            "attacks/test_network.py::test_files_that_are_kept_back_are_missed",
            "attacks/test_network.py::test_what_is_kept_back_or_made_up_on_the_way_accuses_nobody",
            "attacks/test_network.py::test_a_copy_that_answers_with_anything_accuses_nobody",
            "monitor/test_monitor.py::test_what_anyone_could_have_altered_is_at_worst_undetermined",
            "verifier/test_tree.py::test_one_flipped_bit_in_any_file_is_never_believed",
            "conformance/test_flipped_bits.py::test_an_outsider_accepts_no_flipped_bit_but_in_the_name_of_the_cosigner",
        ),
    ),
    Attack(
        "network attacker",
        "replays answers of another time, or sends the reader elsewhere",
        "the age of the cosignature; monitors remember; no redirection to another host",
        (
            "attacks/test_network.py::test_a_replayed_checkpoint_is_told_by_its_age_and_by_what_was_seen_before",
            "attacks/test_network.py::test_answers_of_two_times_mixed_in_any_way_accuse_nobody",
            "monitor/test_sources.py::test_redirections_are_followed_on_the_same_host_alone",
            "monitor/test_monitor.py::test_an_older_trust_list_than_before_is_not_believed",
        ),
    ),
    Attack(
        "guesser",
        "hashes known people and compares",
        "32 random bytes of salt an event; slots at random",
        (
            "privacy/test_public_bytes.py::test_no_public_byte_is_an_unsalted_digest_of_a_person",
            "privacy/test_public_bytes.py::test_two_events_about_one_person_have_nothing_in_common",
            "ledger/test_status_array.py::test_allotted_slots_are_distinct_and_spread_over_the_array",
        ),
    ),
    Attack(
        "crash",
        "before or after the commit, in the middle of a tile",
        "nothing is left, or the next publisher finishes; temporary names, checkpoint last",
        (
            "ledger/test_stops_the_line.py::test_a_batch_that_dies_before_the_commit_leaves_nothing",
            "ledger/test_stops_the_line.py::test_a_publisher_killed_at_any_write_is_repaired_by_publishing_again",
            "faults/test_three_writers.py::test_writers_killed_at_random_lose_nothing_double_nothing_and_show_one_history",
            "faults/test_failing_folder.py::test_a_publication_that_fails_anywhere_leaves_a_whole_tree_and_the_next_one_finishes_it",
            "monitor/test_monitor_command.py::test_a_monitor_killed_in_its_replay_goes_on_where_it_was",
            "verifier/test_witness_command.py::test_a_witness_killed_while_it_answers_remembers_at_least_what_it_has_answered",
        ),
    ),
    Attack(
        "two sequencers",
        "give out the same index",
        "the lock on the head row, compare-and-swap, primary keys",
        (
            "ledger/test_stops_the_line.py::test_writers_in_several_threads_never_share_an_index",
            "ledger/test_two_at_once.py::test_the_log_begins_once",
            "ledger/test_two_at_once.py::test_one_event_queued_by_all_is_one_event",
        ),
    ),
    Attack(
        "clock",
        "steps back",
        "no time before the last signed one is signed",
        (
            "ledger/test_append_and_publish.py::test_a_clock_gone_back_signs_nothing",
            "verifier/test_witness_refusals.py::test_with_a_clock_that_stepped_back_nothing_is_signed",
            "monitor/test_monitor.py::test_an_auditor_does_not_cosign_with_a_clock_that_went_back",
            "monitor/test_replay.py::test_a_rule_that_signed_leaves_break_is_named",
        ),
    ),
    Attack(
        "anybody",
        "sends a malformed note, proof or leaf",
        "strict decoders, limits before work",
        (
            "verifier/test_notes.py::test_a_malformed_note_is_refused",
            "verifier/test_merkle.py::test_stored_consistency_proofs_hold_or_fail_as_written",
            "verifier/test_decoders_are_total.py::test_any_bytes_are_a_value_or_the_declared_error",
            "verifier/test_witness_protocol.py::test_any_bytes_are_a_request_or_refused",
            "monitor/test_replay_leaf.py::test_the_short_way_refuses_altered_bytes_as_the_strict_decoder_does",
        ),
    ),
    Attack(
        "anybody",
        "floods",
        "bounded bodies, times and connections; idempotency keys; push-back",
        (
            "verifier/test_witness_command.py::test_too_many_connections_are_turned_away_and_room_is_made_again",
            "verifier/test_witness_command.py::test_who_sends_slowly_is_not_waited_for",
            "access/test_bounds.py::test_what_is_too_large_or_from_nobody_known_is_not_read",
            "ledger/test_append_and_publish.py::test_the_same_events_are_logged_once",
            "monitor/test_sources.py::test_a_file_is_read_up_to_its_limit",
            "monitor/test_sources.py::test_a_server_that_fails_or_drips_is_unreachable",
        ),
    ),
)
