"""Files that are whole or absent: atomic writes, folders switched in by one rename, and a writer's lock."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import filelock

from rag.errors import StorageError


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader sees the old content or the new, never a part."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, content: object) -> None:
    """Write `content` atomically as JSON that a person can read; its folder is made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def sync_tree(folder: Path) -> None:
    """Have all files below `folder` written to the disk itself, so that a power cut cannot empty them."""
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def new_folder(parent: Path) -> Iterator[Path]:
    """A fresh folder under `parent` that is removed again unless the block renamed it away."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=".new-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Held by the one process that writes to `folder`; the system releases it when that process dies."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise StorageError(
            f"Another process is writing to {folder}. Wait for it to end and try again."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk or a folder without rights into one clear line."""
    try:
        yield
    except OSError as error:
        # numpy tells of a file that it could write only in part without an error number.
        if error.errno not in (None, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        free = shutil.disk_usage(folder).free if folder.exists() else 0
        raise StorageError(
            f"{folder} cannot be written: {error.strerror or error} ({free / 1e6:,.0f} MB free). "
            "What was there before is unchanged. Free some space or choose another folder with --home."
        ) from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
