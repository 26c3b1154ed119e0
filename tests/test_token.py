"""The token for staff actions: only its hash is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import token
from rag.errors import StorageError


def test_only_the_hash_is_kept_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    made = token.make(tmp_path)
    path = tmp_path / token.FILE
    assert made not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert token.is_right(tmp_path, made)


def test_a_new_token_replaces_the_old(tmp_path: Path) -> None:
    old, new = token.make(tmp_path), token.make(tmp_path)
    assert not token.is_right(tmp_path, old)
    assert token.is_right(tmp_path, new)


@pytest.mark.parametrize("wrong", ["", "x", "令牌"])
def test_a_wrong_token_is_wrong(tmp_path: Path, wrong: str) -> None:
    token.make(tmp_path)
    assert not token.is_right(tmp_path, wrong)


def test_no_token_is_right_once_revoked(tmp_path: Path) -> None:
    made = token.make(tmp_path)
    assert token.revoke(tmp_path)
    assert not token.exists(tmp_path)
    assert not token.is_right(tmp_path, made)
    assert not token.revoke(tmp_path)


def test_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / token.FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(StorageError, match="tiaowen token"):
        token.is_right(tmp_path, "x")
