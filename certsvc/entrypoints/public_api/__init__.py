"""The public face: the pages of the check, the checker's scripts, the public tree, verification over HTTP.

It has nothing to write with but the log of looks at personal data.
"""

from certsvc.entrypoints.public_api.application import create_app
from certsvc.entrypoints.public_api.joining import open_public_face
from certsvc.entrypoints.public_api.server import serve

__all__ = ["create_app", "open_public_face", "serve"]
