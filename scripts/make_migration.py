"""Writes a new schema revision from the difference between the newest one and the tables in code.

Usage: python scripts/make_migration.py NUMBER MESSAGE   (for example: 0002 "keep suspicions")
The written file is a draft: read it, complete data moves by hand, and add its test.
"""

from __future__ import annotations

import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from certsvc.adapters.database import MIGRATIONS


def main() -> None:
    """Upgrade an empty database in memory to the newest revision, compare, write."""
    number, message = sys.argv[1:3]
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with create_engine("sqlite://").connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main()
