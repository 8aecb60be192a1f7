"""The short way for the question that is asked most, `POST /api/v1/verify` by QR text, in front of the public face.

It tells stored answers, and hands on everything else: whatever it is not sure of is answered by verification itself.
"""

from certsvc.entrypoints.hot_path.application import HotPath

__all__ = ["HotPath"]
