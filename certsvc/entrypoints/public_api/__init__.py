"""The public face: the pages of the check, the checker's scripts, and the public tree. It has nothing to write with."""

from certsvc.entrypoints.public_api.application import create_app
from certsvc.entrypoints.public_api.server import serve

__all__ = ["create_app", "serve"]
