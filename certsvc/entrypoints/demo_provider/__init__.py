"""An OpenID provider with made-up people, for the demo and the tests: real protocol, no passwords, never in production."""

from certsvc.entrypoints.demo_provider.application import create_demo_provider, demo_provider_beside
from certsvc.entrypoints.demo_provider.people import (
    DemoClient,
    DemoLevel,
    DemoPerson,
    holders_client,
    officials_client,
)
from certsvc.entrypoints.demo_provider.protocol import DemoProvider

__all__ = [
    "DemoClient",
    "DemoLevel",
    "DemoPerson",
    "DemoProvider",
    "create_demo_provider",
    "demo_provider_beside",
    "holders_client",
    "officials_client",
]
