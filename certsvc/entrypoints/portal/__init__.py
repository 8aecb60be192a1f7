"""The face for holders 持证人 who are signed in through the provincial identity platform (docs/identity.md)."""

from certsvc.entrypoints.portal.application import PATH, create_portal

__all__ = ["PATH", "create_portal"]
