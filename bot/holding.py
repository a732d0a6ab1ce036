"""Events that are held for a moment, sealed: a thread message whose question may be on its way."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from dialogs.events import Actor, Deleted, Edited, Said, Where
from storage.secrets import Vault

Held = Said | Edited | Deleted
_KINDS: dict[str, type[Held]] = {"Said": Said, "Edited": Edited, "Deleted": Deleted}


def seal(event: Held, vault: Vault) -> bytes:
    """The event, encrypted."""
    data = {"is": type(event).__name__, **asdict(event)}
    return vault.seal(json.dumps(data, default=lambda value: value.isoformat()).encode())


def unseal(sealed: bytes, vault: Vault) -> Held:
    """The event again; cryptography's InvalidToken when it was sealed with another key."""
    data = json.loads(vault.open(sealed))
    kind = _KINDS[data.pop("is")]
    data["actor"] = Actor(**data["actor"] | {"also": tuple(data["actor"].get("also", ()))})
    data["where"] = Where(**data["where"])
    for name in ("at", "said_at"):
        if name in data:
            data[name] = datetime.fromisoformat(data[name])
    return kind(**data)
