"""Store: files are whole or absent, one process writes, and a full disk is one clear line."""

from __future__ import annotations

import errno
import hashlib
import multiprocessing
import os
from pathlib import Path

import pytest

from rag import store
from rag.errors import StorageError
from rag.store import new_folder, sha256_of, storage_errors, sync_tree, write_atomically, writer_lock


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_is_written_whole(tmp_path: Path) -> None:
    write_atomically(tmp_path / "甲", b"new")
    assert (tmp_path / "甲").read_bytes() == b"new"
    assert names(tmp_path) == ["甲"]


def test_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "甲").write_bytes(b"a longer old content")
    write_atomically(tmp_path / "甲", b"new")
    assert (tmp_path / "甲").read_bytes() == b"new"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_failing_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "甲").write_bytes(b"old")
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(tmp_path / "甲", b"new")
    assert (tmp_path / "甲").read_bytes() == b"old"
    assert names(tmp_path) == ["甲"]


def test_new_folder_is_removed_unless_it_was_renamed(tmp_path: Path) -> None:
    with new_folder(tmp_path / "parent") as folder:
        (folder / "甲").write_bytes(b"1")
    assert names(tmp_path / "parent") == []


def test_new_folder_stays_where_it_was_renamed_to(tmp_path: Path) -> None:
    with new_folder(tmp_path) as folder:
        (folder / "甲").write_bytes(b"1")
        folder.rename(tmp_path / "kept")
    assert names(tmp_path) == ["kept"]
    assert names(tmp_path / "kept") == ["甲"]


def test_new_folder_is_removed_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="boom"), new_folder(tmp_path):
        raise ValueError("boom")
    assert names(tmp_path) == []


def _try_lock(folder: Path, answers: multiprocessing.SimpleQueue[str]) -> None:
    try:
        with writer_lock(folder):
            answers.put("held")
    except StorageError as error:
        answers.put(str(error))


def _hold_lock_and_die(folder: Path) -> None:
    with writer_lock(folder):
        os._exit(1)


def _in_another_process(target: object, *arguments: object) -> None:
    process = multiprocessing.get_context("spawn").Process(target=target, args=arguments)  # type: ignore[arg-type]
    process.start()
    process.join(60)
    assert not process.is_alive()


def test_second_writer_is_refused(tmp_path: Path) -> None:
    answers = multiprocessing.get_context("spawn").SimpleQueue()
    with writer_lock(tmp_path):
        _in_another_process(_try_lock, tmp_path, answers)
    assert f"Another process is writing to {tmp_path}. Wait" in answers.get()


def test_next_writer_is_let_in(tmp_path: Path) -> None:
    with writer_lock(tmp_path):
        pass
    answers = multiprocessing.get_context("spawn").SimpleQueue()
    _in_another_process(_try_lock, tmp_path, answers)
    assert answers.get() == "held"


def test_lock_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    _in_another_process(_hold_lock_and_die, tmp_path)
    with writer_lock(tmp_path), pytest.raises(StorageError, match="Another process"), writer_lock(tmp_path):
        pass  # held, so that a second writer is refused


def test_lock_is_released_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="boom"), writer_lock(tmp_path):
        raise ValueError("boom")
    with writer_lock(tmp_path), pytest.raises(StorageError, match="Another process"), writer_lock(tmp_path):
        pass  # held, so that a second writer is refused


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        PermissionError(errno.EACCES, "Permission denied"),
        OSError(errno.EROFS, "Read-only file system"),
        OSError("42556 requested and 6112 written"),
    ],
)
def test_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path, error: OSError) -> None:
    line = rf"{error.strerror or error} \([\d,]+ MB free\)\. What was there before is unchanged"
    with pytest.raises(StorageError, match=line), storage_errors(tmp_path):
        raise error


def test_other_errors_pass_through(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError, match="boom"), storage_errors(tmp_path):
        raise ConnectionResetError(errno.ECONNRESET, "boom")


def test_hash_is_that_of_the_whole_file(tmp_path: Path) -> None:
    data = bytes(range(256)) * 5_000  # more than one block
    (tmp_path / "甲").write_bytes(data)
    assert sha256_of(tmp_path / "甲") == hashlib.sha256(data).hexdigest()


def test_every_file_and_folder_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"1")
    flushed: list[Path] = []
    monkeypatch.setattr(store, "_sync", flushed.append)
    sync_tree(tmp_path)
    assert set(flushed) == {tmp_path, *tmp_path.rglob("*")}
