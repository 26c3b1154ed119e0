"""Token: what staff actions on the page need; of it only the hash is kept, in home/token.json.

A token has 256 random bits, so that one round of SHA-256 keeps it as well as a slow hash would: there is no
list of likely tokens to try.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from pathlib import Path

from rag.errors import StorageError
from rag.store import storage_errors, write_json

FILE = "token.json"
BYTES = 32


def make(home: Path) -> str:
    """A new token, which takes the place of the one before; it cannot be shown again."""
    token = secrets.token_urlsafe(BYTES)
    with storage_errors(home):
        write_json(home / FILE, {"sha256": _digest(token)})
        (home / FILE).chmod(0o600)
    return token


def revoke(home: Path) -> bool:
    """Turn staff actions off; returns whether they were on."""
    existed = (home / FILE).is_file()
    with storage_errors(home):
        (home / FILE).unlink(missing_ok=True)
    return existed


def exists(home: Path) -> bool:
    """Whether staff actions are on."""
    return (home / FILE).is_file()


def is_right(home: Path, token: str) -> bool:
    """Whether `token` is the one that was made; raises `StorageError` if the file is damaged."""
    path = home / FILE
    if not path.is_file():
        return False
    try:
        kept = str(json.loads(path.read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"{path} cannot be read ({error}). Make a new one with `tiaowen token`."
        ) from error
    return hmac.compare_digest(kept, _digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
