"""Sealing what must be kept but not read at rest."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet


class Vault:
    """Encrypts with a key derived from SAMSPILL_SECRET_KEY. Has no telling repr."""

    def __init__(self, secret: str) -> None:
        """`secret` is the operator's; ValueError when it is too short to protect anything."""
        if len(secret) < 32:
            raise ValueError("the secret key needs at least 32 characters")
        self._secret = secret.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derive("seal")))

    def __repr__(self) -> str:
        return "Vault()"

    def _derive(self, purpose: str) -> bytes:
        return hmac.new(self._secret, purpose.encode(), hashlib.sha256).digest()

    def seal(self, content: bytes) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt; cryptography's InvalidToken when it was sealed with another key."""
        return self._fernet.decrypt(sealed)
