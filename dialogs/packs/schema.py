"""JSON Schemas of the files of a pack, from the models, so that editors complete and check.

`python -m dialogs.packs.schema` writes the copies that ship in `schema/`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dialogs.packs.library import FILES

SCHEMA_FOLDER = Path(__file__).parent / "schema"


def schemas() -> dict[str, dict[str, Any]]:
    """One schema a file, by the file's name without its ending."""
    made = {}
    for name, model in FILES.items():
        schema = model.model_json_schema(by_alias=True)
        made[name] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return made


def as_text(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write(folder: Path = SCHEMA_FOLDER) -> None:
    """Write all schemas as `NAME.json`."""
    folder.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (folder / f"{name}.json").write_text(as_text(schema), encoding="utf-8")


if __name__ == "__main__":
    write()
