"""Schema revisions (Alembic): forward only, each tested from the schema before it."""
