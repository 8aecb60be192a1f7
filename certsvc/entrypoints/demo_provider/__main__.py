"""The provider by hand, beside an office of the test environment: its officials, and holders named on the command line.

`python -m certsvc.entrypoints.demo_provider --holder 李晓明/22050219900101123X`; docs/identity.md says what to set.
"""

from __future__ import annotations

import argparse
import sys

import uvicorn

from certsvc.bootstrap import open_office
from certsvc.domain.regions import REGIONS
from certsvc.entrypoints.demo_provider.application import HOST, create_demo_provider
from certsvc.entrypoints.demo_provider.people import (
    DemoPerson,
    demo_holder,
    holders_client,
    officials_client,
)
from certsvc.entrypoints.demo_provider.protocol import DemoProvider
from certsvc.settings import load_settings


def main() -> None:
    """Serve until interrupted."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8001)
    arguments.add_argument("--holder", action="append", default=[], metavar="NAME/NUMBER")
    given = arguments.parse_args()
    settings = load_settings()
    office = open_office(settings)
    officials = [
        DemoPerson(one.name, one.name, f"{one.role.zh} · {REGIONS[one.region].name}")
        for one in office.actors.actors()
    ]
    office.close()
    holders = [demo_holder(*text.split("/", 1)) for text in given.holder]
    clients = officials_client(settings.public_url, officials), holders_client(settings.public_url, holders)
    provider = DemoProvider(f"http://{HOST}:{given.port}", clients)
    sys.stdout.write(f"issuer {provider.issuer}\n")
    sys.stdout.flush()
    uvicorn.run(
        create_demo_provider(settings, provider), host=HOST, port=given.port, log_level="warning", ws="none"
    )


if __name__ == "__main__":
    main()
