"""How Alembic runs here: on the connection that `storage.schema` hands over, in its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from storage import tables
from storage.schema import VERSION_TABLE


def _plain(kind: str, item: Any, _: object) -> str | Literal[False]:
    """SQLModel's types as those of SQLAlchemy that they stand for: a revision outlives names."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Person.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    render_item=_plain,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
