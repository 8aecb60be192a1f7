"""Signed notes, verifier keys, checkpoints and policies of C2SP."""

from __future__ import annotations

import pytest
from certverify.checkpoint import decode_checkpoint, open_checkpoint
from certverify.errors import CheckpointError, KeyUnknownError, NoteError, PolicyError, SignatureError
from certverify.note import SignatureType, decode_note, decode_verifier_key
from certverify.policy import decode_policy

from tests.verifier.builders import LOG_KEY, NO_WITNESS_POLICY, ORIGIN, WITNESS_KEY, WITNESS_POLICY, b64, key

ROOT = bytes(range(32))
TEXT = f"{ORIGIN}\n7\n{b64(ROOT)}\n"
LOG = decode_verifier_key(LOG_KEY.vkey())
NO_WITNESSES = decode_policy(NO_WITNESS_POLICY.encode())
ONE_WITNESS = decode_policy(WITNESS_POLICY.encode())

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYN"
    "ZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def signed(text: str, *lines: str) -> bytes:
    return (text + "\n" + "".join(lines)).encode()


def test_the_example_of_the_specification_verifies() -> None:
    assert decode_note(EXAMPLE_NOTE.encode()).signed_by(decode_verifier_key(EXAMPLE_KEY))


@pytest.mark.parametrize(
    "raw_note",
    [
        b"",
        b"text\n",
        b"text\n\n",
        EXAMPLE_NOTE[:-1].encode(),
        EXAMPLE_NOTE.replace("\u2014", "-").encode(),
        EXAMPLE_NOTE.replace("message", "mes\tsage").encode(),
        EXAMPLE_NOTE.encode().replace(b"This", b"\xff\xfe"),
        EXAMPLE_NOTE.replace("foo ", "foo  ").encode(),
        EXAMPLE_NOTE.replace("QM=\n", "QN=\n").encode(),
        EXAMPLE_NOTE.replace("QM=\n", "QM\n").encode(),
        b"text\n\n\xe2\x80\x94 name AAAA\n",
        b"text\n\n\xe2\x80\x94 na+me AAAAAAAA\n",
        b"text\n\n\xe2\x80\x94  AAAAAAAA\n",
        b"text\n\n" + "\u2014 n AAAAAAAA\n".encode() * 65,
        b"x" * (1 << 18) + b"\n\n",
    ],
)
def test_a_malformed_note_is_refused(raw_note: bytes) -> None:
    with pytest.raises(NoteError):
        decode_note(raw_note)


def test_sixteen_signatures_and_more_are_read() -> None:
    lines = [key(f"k{n}", n + 1).sign_note(TEXT) for n in range(40)]
    assert len(decode_note(signed(TEXT, *lines)).signatures) == 40


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        EXAMPLE_KEY.replace("530d", "530D"),
        EXAMPLE_KEY.replace("530d", "530e"),
        EXAMPLE_KEY.replace("Ae", "Be"),
        EXAMPLE_KEY[:-4],
        EXAMPLE_KEY + "\n",
        "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_a_malformed_verifier_key_is_refused(line: str) -> None:
    with pytest.raises(NoteError):
        decode_verifier_key(line)


def test_the_cosignature_key_is_the_log_key_under_another_id() -> None:
    cosigner = LOG.as_type(SignatureType.COSIGNATURE_V1)
    assert cosigner == decode_verifier_key(LOG_KEY.vkey(4))
    assert cosigner.key_id != LOG.key_id


def test_a_checkpoint_of_the_log_is_opened_with_its_newest_cosignature() -> None:
    raw_note = signed(TEXT, LOG_KEY.cosign(TEXT, 100), LOG_KEY.sign_note(TEXT), LOG_KEY.cosign(TEXT, 300))
    opened = open_checkpoint(raw_note, [LOG], NO_WITNESSES)
    assert (opened.checkpoint.size, opened.checkpoint.root, opened.cosigned_at) == (7, ROOT, 300)
    assert opened.quorum_met


def test_a_quorum_needs_the_witness() -> None:
    bare = [LOG_KEY.sign_note(TEXT)]
    assert not open_checkpoint(signed(TEXT, *bare), [LOG], ONE_WITNESS).quorum_met
    witnessed = open_checkpoint(signed(TEXT, *bare, WITNESS_KEY.cosign(TEXT, 5)), [LOG], ONE_WITNESS)
    assert witnessed.quorum_met
    assert witnessed.witnesses == {b"w": 5}
    assert witnessed.cosigned_at is None


OTHER = key(ORIGIN, 9)


def test_signatures_of_unknown_keys_are_ignored() -> None:
    opened = open_checkpoint(
        signed(TEXT, OTHER.sign_note(TEXT), LOG_KEY.sign_note(TEXT)), [LOG], NO_WITNESSES
    )
    assert opened.checkpoint.size == 7


@pytest.mark.parametrize("lines", [[OTHER.sign_note(TEXT)], [LOG_KEY.cosign(TEXT, 5)]])
def test_without_the_logs_signature_the_key_is_unknown(lines: list[str]) -> None:
    with pytest.raises(KeyUnknownError):
        open_checkpoint(signed(TEXT, *lines), [LOG], NO_WITNESSES)


def test_the_checkpoint_of_another_origin_is_not_taken() -> None:
    text = TEXT.replace(ORIGIN, "log.example/other")
    with pytest.raises(KeyUnknownError):
        open_checkpoint(signed(text, LOG_KEY.sign_note(text)), [LOG], NO_WITNESSES)


@pytest.mark.parametrize(
    "lines",
    [
        [LOG_KEY.sign_note(TEXT + "x")],
        [LOG_KEY.sign_note(TEXT), LOG_KEY.cosign(TEXT + "x", 5)],
        [LOG_KEY.sign_note(TEXT), WITNESS_KEY.cosign(TEXT + "x", 5)],
        [LOG_KEY.sign_note(TEXT), f"\u2014 {ORIGIN} {b64(LOG_KEY.note_id(4) + bytes(60))}\n"],
        [LOG_KEY.sign_note(TEXT), LOG_KEY.cosign(TEXT, 1 << 63)],
    ],
)
def test_one_wrong_signature_of_a_known_key_spoils_the_note(lines: list[str]) -> None:
    with pytest.raises(SignatureError):
        open_checkpoint(signed(TEXT, *lines), [LOG], ONE_WITNESS)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n7\n",
        f"{ORIGIN}\n07\n{b64(ROOT)}\n",
        f"{ORIGIN}\n-7\n{b64(ROOT)}\n",
        f"{ORIGIN}\n٧\n{b64(ROOT)}\n",
        f"{ORIGIN}\n9999999999999999999\n{b64(ROOT)}\n",
        f"{ORIGIN}\n7\n{b64(ROOT[:31])}\n",
        f"{ORIGIN}\n7\n!!\n",
        f"\n7\n{b64(ROOT)}\n",
        f"{ORIGIN}\n7\n{b64(ROOT)}\n\nmore\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        decode_checkpoint(signed(text, LOG_KEY.sign_note(text)))


W = [f"witness w{n} {key(f'w{n}', 20 + n).vkey(4)}\n" for n in range(4)]
NESTED = "".join(W) + "group a 2 w0 w1 w2\ngroup b any w3\n# both\n\n group \t both all a b \nquorum both\n"


@pytest.mark.parametrize(
    ("cosigned", "met"),
    [("w0 w1 w3", True), ("w0 w1 w2 w3", True), ("w0 w3", False), ("w0 w1 w2", False), ("", False)],
)
def test_nested_groups_make_the_quorum(cosigned: str, met: bool) -> None:
    names = frozenset(name.encode() for name in cosigned.split())
    assert decode_policy(NESTED.encode()).satisfied_by(names) is met


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "quorum none",
        "quorum none\nquorum none\n",
        "quorum w0\n" + W[0],
        W[0] + W[0] + "quorum w0\n",
        W[0] + W[0].replace("w0", "x", 1) + "quorum w0\n",
        W[0] + "group g any w0 w0\nquorum g\n",
        W[0] + "group g any w0\ngroup h any w0\nquorum g\n",
        W[0] + "group g any none\nquorum g\n",
        W[0] + "group g any g\nquorum g\n",
        W[0] + "group g 0 w0\nquorum g\n",
        W[0] + "group g 2 w0\nquorum g\n",
        W[0] + "group g 01 w0\nquorum g\n",
        W[0] + "group g any\nquorum g\n",
        W[0].replace("w0", "none", 1) + "quorum none\n",
        f"log {LOG_KEY.vkey(4)}\nquorum none\n",
        f"log {LOG_KEY.vkey()}\nlog {LOG_KEY.vkey()}\nquorum none\n",
        f"witness w {WITNESS_KEY.vkey(1)}\nquorum w\n",
        "quorum none\r\n",
        "trust me\nquorum none\n",
        "log nonsense\nquorum none\n",
    ],
)
def test_a_malformed_policy_is_refused(policy: str) -> None:
    with pytest.raises(PolicyError):
        decode_policy(policy.encode())


def test_names_in_a_policy_are_opaque_bytes() -> None:
    policy = W[0].encode().replace(b"w0", b"\xff\xfe", 1) + b"quorum \xff\xfe\n"
    assert decode_policy(policy).quorum == b"\xff\xfe"
