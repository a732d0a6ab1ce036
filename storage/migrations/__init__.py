"""The steps from one state of the record's tables to the next, for Alembic to run."""
