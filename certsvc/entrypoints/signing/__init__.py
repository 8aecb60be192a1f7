"""The remote signer: the one process that has the keys, over HTTP (docs/formats/remote-signer.md)."""

from certsvc.entrypoints.signing.application import signer_app
from certsvc.entrypoints.signing.holder import open_signing_holder
from certsvc.entrypoints.signing.server import serve_signer

__all__ = ["open_signing_holder", "serve_signer", "signer_app"]
