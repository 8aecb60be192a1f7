"""The operator's policy file: what is taken, what is published of it, what is refused at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from certverify.policy import decode_policy
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certsvc.bootstrap.witnesses import load_witness_policy
from certsvc.errors import ConfigurationError
from certsvc.formats.note import COSIGNATURE_V1, encode_vkey
from certsvc.stages.published_log import log_key
from certsvc.stages.witness_policy import UNWITNESSED, read_witness_policy
from tests.ledger.conftest import LOG_KEY, ORIGIN

LOG = encode_vkey(ORIGIN, LOG_KEY.public_key)


def vkey(number: int, name: str = "witness.example/w") -> str:
    key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32).public_key().public_bytes_raw()
    return encode_vkey(f"{name}{number}", key, COSIGNATURE_V1)


def witness(number: int, url: str = "https://w.example.gov.cn/w") -> str:
    return f"witness w{number} {vkey(number)} {url}\n"


def test_without_a_file_no_witness_is_asked_and_the_policy_says_so() -> None:
    assert load_witness_policy(None, ()) is UNWITNESSED
    assert UNWITNESSED.published([LOG]) == f"log {LOG}\nquorum none\n".encode()


def test_the_published_policy_has_every_log_key_the_witnesses_without_address_and_the_quorum() -> None:
    groups = "group x 2 w1 w2 w3\ngroup y all w4\ngroup z any x y\nquorum z\n"
    raw_policy = "# who watches us\n\n" + "".join(map(witness, range(1, 5))) + groups
    policy = read_witness_policy(raw_policy.encode())
    published = policy.published([LOG, encode_vkey(ORIGIN, bytes(31) + b"\1")])
    assert b"w.example.gov.cn" not in published
    read = decode_policy(published)
    assert [key.raw_key for key in read.logs] == [LOG_KEY.public_key, bytes(31) + b"\1"]
    assert (read.witnesses, read.groups, read.quorum) == (
        policy.rule.witnesses,
        policy.rule.groups,
        policy.rule.quorum,
    )


def test_names_are_octets_that_come_back_as_they_are() -> None:
    raw_policy = (
        b"witness \xe8\xa7\x81\xff %b http://w.example/\nquorum \xe8\xa7\x81\xff\n" % vkey(1).encode()
    )
    policy = read_witness_policy(raw_policy)
    assert decode_policy(policy.published([LOG])).quorum == b"\xe8\xa7\x81\xff"
    assert policy.addresses == {b"\xe8\xa7\x81\xff": "http://w.example"}


def test_log_lines_of_the_file_are_not_used() -> None:
    policy = read_witness_policy(f"log {LOG}\nquorum none\n".encode())
    assert policy.published([LOG]).count(b"log ") == 1


REFUSED = {
    "nothing": "",
    "no-quorum": witness(1),
    "an-unknown-word": "watcher w1\nquorum none\n",
    "an-unknown-member": witness(1) + "group g all w1 w2\nquorum g\n",
    "a-threshold-above-the-members": witness(1) + "group g 2 w1\nquorum g\n",
    "no-address": f"witness w1 {vkey(1)}\nquorum w1\n",
    "another-scheme": witness(1, "ftp://w.example") + "quorum w1\n",
    "no-host": witness(1, "https:///w") + "quorum w1\n",
    "a-password-in-the-address": witness(1, "https://user:secret@w.example/") + "quorum w1\n",
    "a-token-in-the-address": witness(1, "https://w.example/?token=secret") + "quorum w1\n",
    "a-fragment-in-the-address": witness(1, "https://w.example/#x") + "quorum w1\n",
    "an-impossible-port": witness(1, "https://w.example:99999/") + "quorum w1\n",
    "an-address-that-is-not-ascii": witness(1, "https://见证.example/") + "quorum w1\n",
    "an-unclosed-bracket": witness(1, "https://[::1/") + "quorum w1\n",
    "a-log-key-as-witness": f"witness w1 {LOG} https://w.example\nquorum w1\n",
    "the-logs-own-key": f"witness w1 {encode_vkey('w', LOG_KEY.public_key, COSIGNATURE_V1)} https://w.example\nquorum w1\n",
    "a-key-of-a-type-that-cannot-be-verified": "witness w1 w.example+0a1b2c3d+BgAA https://w.example\nquorum none\n",
    "too-many": "".join(map(witness, range(1, 34))) + "quorum none\n",
    "cut-off": (witness(1) + "quorum w1\n")[:-1],
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_used_is_a_configuration_error_that_shows_no_secret(case: str) -> None:
    with pytest.raises(ConfigurationError, match="CERTSVC_WITNESS_POLICY") as raised:
        read_witness_policy(REFUSED[case].encode(), [log_key(LOG_KEY)])
    assert "secret" not in str(raised.value)


def test_a_file_that_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    for missing in (tmp_path / "policy", tmp_path):
        with pytest.raises(ConfigurationError, match="CERTSVC_WITNESS_POLICY"):
            load_witness_policy(missing, ())
