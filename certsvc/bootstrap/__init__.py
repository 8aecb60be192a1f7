"""The one place where ports meet adapters.

`prepare_home` makes what an office needs once; `open_office` joins everything.
"""

from certsvc.bootstrap.home import TEST_ACTORS, open_office, prepare_home
from certsvc.bootstrap.office import Office

__all__ = ["TEST_ACTORS", "Office", "open_office", "prepare_home"]
