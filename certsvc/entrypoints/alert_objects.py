"""An alert that certificates are tried out, as command line and HTTP tell it."""

from __future__ import annotations

from certsvc.ports.look_ups import EnumerationAlert


def alert_object(alert: EnumerationAlert) -> dict[str, str | int | None]:
    """As JSON; `asker` is a pseudonym of the alert's day, null where the pattern has no one asker."""
    return {
        "at": alert.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "pattern": alert.pattern.value,
        "asker": alert.asker or None,
        "count": alert.count,
    }
