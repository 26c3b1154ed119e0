"""Index: equal builds are equal, damage is noticed and mended, and a failing build changes nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEmbedder, write_documents

from rag import config, index
from rag.answer import load_embedder
from rag.embed import MAX_PASSAGE_CHARS, Progress, Vectors, passages_of
from rag.errors import DocumentError, IndexNotUsableError, StorageError
from rag.index import Index, build, is_current, left_out, listing, load
from rag.library import read
from rag.store import writer_lock
from rag.types import Passage

FIRST = "甲县支持创业办法\n一、贷款\n（一）额度。个人最高30万元。期限三年。（县财政局负责）\n（二）利率。不高于4%。\n"
SECOND = "乙县支持就业办法\n一、补贴\n（一）标准。每人5000元。\n（二）程序。到窗口办理。\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "sources", [("甲.txt", FIRST), ("乙.txt", SECOND)])


@pytest.fixture
def home(tmp_path: Path, sources: Path, embedder: FakeEmbedder) -> Path:
    """A library with an index over `sources`."""
    build(tmp_path / "home", sources, embedder)
    embedder.embedded.clear()
    return tmp_path / "home"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def current_folder(home: Path) -> Path:
    return home / "built" / (home / "built" / "current").read_text()


def facts(loaded: Index) -> tuple[object, ...]:
    """What two equal indexes have in common."""
    rows = loaded.vectors.reconstruct_n(0, loaded.vectors.ntotal)
    return (
        loaded.documents,
        loaded.metadata,
        loaded.clauses,
        loaded.sentences,
        loaded.passages.tobytes(),
        loaded.wordings,
        rows.tobytes(),
        loaded.terms.vocabulary,
        loaded.identity,
    )


def made_of(loaded: Index) -> list[Passage]:
    """The passages of an index with their texts, which it does not keep."""
    return passages_of(loaded.clauses, loaded.sentences, loaded.metadata)


# -- build ----------------------------------------------------------------------------------------


def test_two_builds_are_the_same_bytes(tmp_path: Path, seeds: Path, library_home: Path) -> None:
    build(tmp_path, seeds, FakeEmbedder())
    assert contents(tmp_path / "built") == contents(library_home / "built")


def test_build_after_detours_is_the_same_bytes(home: Path, sources: Path, embedder: FakeEmbedder) -> None:
    before = contents(home / "built")
    added = write_documents(home / "documents", [("丙.txt", FIRST.replace("甲", "丙"))]) / "丙.txt"
    build(home, sources, embedder)
    assert contents(home / "built") != before
    added.unlink()
    build(home, sources, embedder)
    assert contents(home / "built") == before


def test_build_tells_what_it_made(tmp_path: Path, sources: Path, embedder: FakeEmbedder) -> None:
    built = build(tmp_path / "home", sources, embedder)
    assert (built.documents, built.clauses, built.failures, built.fresh) == (2, 2 + 2, (), True)
    assert built.folder == current_folder(tmp_path / "home")


def test_build_without_changes_keeps_the_index(home: Path, sources: Path, embedder: FakeEmbedder) -> None:
    assert build(home, sources, embedder).fresh is False
    assert embedder.embedded == []


def test_only_changed_documents_are_read_and_embedded(
    home: Path, sources: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_again: list[str] = []
    whole = index.library.read
    monkeypatch.setattr(index.library, "read", lambda path: read_again.append(path.name) or whole(path))
    (sources / "乙.txt").write_text(SECOND.replace("5000", "6000"), encoding="utf-8")
    build(home, sources, embedder)
    assert read_again == ["乙.txt"]
    loaded = load(home, embedder.identity)
    own = [p.text for p in made_of(loaded) if loaded.clauses[p.clause].document == "乙.txt"]
    assert embedder.embedded == own


def test_index_grown_by_additions_equals_one_built_at_once(
    home: Path, sources: Path, tmp_path: Path, embedder: FakeEmbedder
) -> None:
    write_documents(home / "documents", [("丙.txt", FIRST.replace("甲", "丙"))])
    build(home, sources, embedder)
    write_documents(tmp_path / "once" / "documents", [("丙.txt", FIRST.replace("甲", "丙"))])
    build(tmp_path / "once", sources, FakeEmbedder())
    assert contents(home / "built") == contents(tmp_path / "once" / "built")


@pytest.mark.models
def test_grown_index_equals_one_built_at_once_with_the_real_model(
    seeds: Path, sources: Path, tmp_path: Path
) -> None:
    embedder = load_embedder(config.load())
    third = next(iter(sorted(seeds.glob("*.txt")))).read_text(encoding="utf-8")[:3000]
    build(tmp_path / "grown", sources, embedder)
    for home in ("grown", "once"):
        write_documents(tmp_path / home / "documents", [("丙.txt", third)])
        build(tmp_path / home, sources, embedder)
    assert contents(tmp_path / "grown" / "built") == contents(tmp_path / "once" / "built")


def test_another_model_embeds_everything_anew(home: Path, sources: Path) -> None:
    other = FakeEmbedder("other", 32)
    build(home, sources, other)
    loaded = load(home, "other")
    assert len(other.embedded) == len(loaded.passages) == loaded.vectors.ntotal
    assert loaded.vectors.d == 32


def test_added_documents_are_indexed_with_the_shipped_ones(
    home: Path, sources: Path, embedder: FakeEmbedder
) -> None:
    write_documents(home / "documents", [("丙.txt", FIRST.replace("甲", "丙"))])
    build(home, sources, embedder)
    assert sorted(load(home, embedder.identity).documents) == sorted(["甲.txt", "乙.txt", "丙.txt"])


def test_progress_is_reported_to_the_end(tmp_path: Path, sources: Path, embedder: FakeEmbedder) -> None:
    reports: list[tuple[str, int, int]] = []
    built = build(tmp_path, sources, embedder, progress=lambda *report: reports.append(report))
    assert ("read", 2, 2) in reports
    assert reports[-1] == ("embed", built.passages, built.passages)


def test_nothing_is_left_beside_the_index_in_use(home: Path, sources: Path, embedder: FakeEmbedder) -> None:
    (home / "built" / ".new-crashed").mkdir()
    (home / "built" / "0123456789abcdef").mkdir()
    (sources / "乙.txt").unlink()
    built = build(home, sources, embedder)
    assert {path.name for path in (home / "built").iterdir()} == {"current", built.folder.name}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a text file", id="picture"),
        pytest.param(b" \n", "holds no text", id="blank"),
        pytest.param("甲县支持创业办法\n".encode(), "holds no clause", id="title only"),
    ],
)
def test_file_that_cannot_be_read_is_left_out_and_named(
    sources: Path, tmp_path: Path, embedder: FakeEmbedder, data: bytes, reason: str
) -> None:
    (sources / "坏.txt").write_bytes(data)
    built = build(tmp_path / "home", sources, embedder)
    assert [failure.name for failure in built.failures] == ["坏.txt"]
    assert reason in built.failures[0].reason
    assert sorted(load(tmp_path / "home", embedder.identity).documents) == sorted(["甲.txt", "乙.txt"])


def test_library_without_a_readable_document_is_refused(tmp_path: Path, embedder: FakeEmbedder) -> None:
    folder = write_documents(tmp_path / "sources", [("坏.txt", " ")])
    with pytest.raises(DocumentError, match=r"No readable document in .*sources.*坏\.txt holds no text"):
        build(tmp_path / "home", folder, embedder)
    assert not (tmp_path / "home" / "built").exists()


def test_second_writer_is_refused(home: Path, sources: Path, embedder: FakeEmbedder) -> None:
    before = contents(home / "built")
    (sources / "乙.txt").unlink()
    with writer_lock(home), pytest.raises(StorageError, match=f"Another process is writing to {home}"):
        build(home, sources, embedder)
    assert contents(home / "built") == before


# -- failing builds -------------------------------------------------------------------------------


class _FailingEmbedder(FakeEmbedder):
    """Fails after some passages, as a model does that runs out of memory."""

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        super().embed_passages(texts[:1], progress=progress)
        raise MemoryError("out of memory")


def test_failing_embedder_leaves_the_old_index_whole(home: Path, sources: Path) -> None:
    before, old = contents(home / "built"), facts(load(home, "fake-pairs"))
    (sources / "乙.txt").write_text(SECOND.replace("5000", "6000"), encoding="utf-8")
    with pytest.raises(MemoryError, match="out of memory"):
        build(home, sources, _FailingEmbedder())
    assert contents(home / "built") == before
    assert [path.name for path in (home / "built").iterdir() if path.name.startswith(".")] == []
    assert facts(load(home, "fake-pairs")) == old


@pytest.mark.parametrize("step", ["_dump", "sync_tree", "write_atomically", "os.rename"])
def test_any_failing_step_leaves_the_old_index_loadable(
    home: Path, sources: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    old = facts(load(home, embedder.identity))
    (sources / "乙.txt").write_text(SECOND.replace("5000", "6000"), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(f"rag.index.{step}", fail)
        with pytest.raises(StorageError, match="No space left on device"):
            build(home, sources, embedder)
    assert facts(load(home, embedder.identity)) == old


def test_next_build_after_a_failing_one_succeeds(home: Path, sources: Path, embedder: FakeEmbedder) -> None:
    (sources / "乙.txt").write_text(SECOND.replace("5000", "6000"), encoding="utf-8")
    with pytest.raises(MemoryError, match="out of memory"):
        build(home, sources, _FailingEmbedder())
    assert build(home, sources, embedder).fresh
    assert "6000" in "".join(clause.text for clause in load(home, embedder.identity).clauses)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts a disk of so many KiB; skips the test where this is not allowed."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mount(kib: int) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(disk)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("mounting a small disk takes rights that this user lacks")
        return disk

    yield mount
    subprocess.run(["umount", str(disk)], capture_output=True)


@pytest.mark.parametrize("room", [8, 40, 120, 240, 400, 640, 1_000])
def test_full_disk_leaves_the_old_index_whole(
    small_disk: Callable[[int], Path], sources: Path, seeds: Path, embedder: FakeEmbedder, room: int
) -> None:
    home = small_disk(160 + room)
    build(home, sources, embedder)
    before = contents(home / "built")
    with pytest.raises(StorageError, match=r"cannot be written: .*What was there before is unchanged"):
        build(home, seeds, embedder)
    assert contents(home / "built") == before
    assert load(home, embedder.identity).clauses


# -- load -----------------------------------------------------------------------------------------


def test_loaded_index_holds_what_was_read(library: Index, seeds: Path) -> None:
    readings = [read(path) for path in sorted(seeds.glob("*.txt"))]
    assert list(library.documents.values()) == [reading.document for reading in readings]
    assert list(library.metadata.values()) == [reading.metadata for reading in readings]
    assert library.clauses == tuple(clause for reading in readings for clause in reading.clauses)
    assert library.sentences == tuple(parts for reading in readings for parts in reading.sentences)
    ranges = [[passage.clause, *passage.sentences] for passage in made_of(library)]
    assert library.passages.tolist() == ranges


def test_row_of_the_vectors_is_the_passage_of_that_number(library: Index, embedder: FakeEmbedder) -> None:
    rows = library.vectors.reconstruct_n(0, library.vectors.ntotal)
    assert np.array_equal(rows, embedder.embed_passages([passage.text for passage in made_of(library)]))


def test_loading_twice_gives_equal_indexes(library: Index, library_home: Path) -> None:
    assert facts(load(library_home, library_identity(library_home))) == facts(library)


def library_identity(home: Path) -> str:
    manifest = json.loads((current_folder(home) / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["embedder"]["identity"])


def test_library_without_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexNotUsableError, match=f"No index in {tmp_path}. Run `tiaowen build` first"):
        load(tmp_path, "fake-pairs")


def test_index_of_another_model_is_refused(home: Path) -> None:
    with pytest.raises(
        IndexNotUsableError,
        match=r"built with the model fake-pairs, the settings name other\. Run `tiaowen build`",
    ):
        load(home, "other")


def test_index_of_another_schema_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SCHEMA", index.SCHEMA + 1)
    with pytest.raises(
        IndexNotUsableError, match=rf"has schema {index.SCHEMA - 1}, this version reads {index.SCHEMA}"
    ):
        load(home, "fake-pairs")


FILES = [
    "manifest.json",
    "documents.json",
    "clauses.json",
    "sentences.json",
    "passages.npy",
    "vectors.faiss",
    "terms/vocabulary.json",
    "terms/counts.npy",
]


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", [_remove, _empty, _cut, _flip])
@pytest.mark.parametrize("name", FILES)
def test_damaged_file_is_noticed_and_named(home: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(current_folder(home) / name)
    with pytest.raises(IndexNotUsableError, match=rf"{name} is missing or damaged\. Run `tiaowen build`"):
        load(home, "fake-pairs")


@pytest.mark.parametrize("name", FILES)
def test_damaged_index_is_mended_by_building_again(
    home: Path, sources: Path, embedder: FakeEmbedder, name: str
) -> None:
    before = contents(home / "built")
    _flip(current_folder(home) / name)
    assert build(home, sources, embedder).fresh
    assert contents(home / "built") == before


@pytest.mark.parametrize("content", [b"", b"\xff", "甲".encode()])
def test_unreadable_name_of_the_index_in_use_counts_as_none(home: Path, content: bytes) -> None:
    (home / "built" / "current").write_bytes(content)
    with pytest.raises(IndexNotUsableError, match="No index in"):
        load(home, "fake-pairs")


def test_name_of_an_index_that_is_gone_is_refused(home: Path) -> None:
    (home / "built" / "current").write_bytes(b"0123456789abcdef")
    with pytest.raises(IndexNotUsableError, match=r"manifest\.json is missing or damaged"):
        load(home, "fake-pairs")


# -- is_current -----------------------------------------------------------------------------------


def test_index_of_just_these_documents_is_current(home: Path, sources: Path) -> None:
    assert is_current(home, sources, "fake-pairs")


def _change(home: Path, sources: Path) -> None:
    (sources / "甲.txt").write_text(FIRST + "\n", encoding="utf-8")


def _add(home: Path, sources: Path) -> None:
    write_documents(home / "documents", [("丙.txt", SECOND)])


def _take_away(home: Path, sources: Path) -> None:
    (sources / "甲.txt").unlink()


def _lose(home: Path, sources: Path) -> None:
    (home / "built" / "current").unlink()


def _damage(home: Path, sources: Path) -> None:
    _flip(current_folder(home) / "vectors.faiss")


@pytest.mark.parametrize("alter", [_change, _add, _take_away, _lose, _damage])
def test_index_is_not_current_after(home: Path, sources: Path, alter: Callable[[Path, Path], None]) -> None:
    alter(home, sources)
    assert not is_current(home, sources, "fake-pairs")


def test_index_of_another_model_is_not_current(home: Path, sources: Path) -> None:
    assert not is_current(home, sources, "other")


def test_file_that_was_left_out_keeps_the_index_current_until_it_changes(
    home: Path, sources: Path, embedder: FakeEmbedder
) -> None:
    bad = write_documents(home / "documents", [("坏.txt", "")]) / "坏.txt"
    build(home, sources, embedder)
    assert is_current(home, sources, "fake-pairs")
    assert [failure.name for failure in left_out(home)] == ["坏.txt"]
    bad.write_bytes(b" ")
    assert not is_current(home, sources, "fake-pairs")


def test_listing_tells_shipped_added_left_out_and_not_yet_indexed(
    home: Path, sources: Path, embedder: FakeEmbedder
) -> None:
    write_documents(home / "documents", [("坏.txt", ""), ("丙.txt", FIRST.replace("甲", "丙"))])
    build(home, sources, embedder)
    write_documents(home / "documents", [("丁.txt", SECOND)])
    held = {each.name: each for each in listing(home, sources, "fake-pairs")}
    assert {name: each.added for name, each in held.items()} == {
        "甲.txt": False,
        "乙.txt": False,
        "丙.txt": True,
        "丁.txt": True,
        "坏.txt": True,
    }
    assert held["丙.txt"].metadata is not None
    assert held["丙.txt"].clauses > 0
    assert "holds no text" in held["坏.txt"].reason
    assert (held["丁.txt"].metadata, held["丁.txt"].reason) == (None, "")


# -- what an index tells --------------------------------------------------------------------------


def test_quote_is_the_raw_text(library: Index, seeds: Path) -> None:
    clause = library.clauses[100]
    raw = (seeds / clause.document).read_bytes().decode()
    assert library.quote(clause.document, clause.span) == raw[clause.span.start : clause.span.end]


def test_passages_cover_every_sentence_of_every_clause(library: Index) -> None:
    for number, parts in enumerate(library.sentences):
        pieces = [(first, last) for clause, first, last in library.passages.tolist() if clause == number]
        assert {i for first, last in pieces for i in range(first, last)} == set(range(len(parts)))


def test_passage_of_several_sentences_keeps_to_its_bound(library: Index) -> None:
    for clause, first, last in library.passages.tolist():
        body = "".join(part.text for part in library.sentences[clause][first:last])
        assert last - first == 1 or len(body) <= MAX_PASSAGE_CHARS


def test_every_sentence_of_a_clause_has_a_cosine(library: Index, embedder: FakeEmbedder) -> None:
    vector = embedder.embed_query("创业担保贷款")
    for number, parts in enumerate(library.sentences):
        for sentence in range(len(parts)):
            assert -1.001 <= library.cosine(number, sentence, vector) <= 1.001


def test_no_file_is_a_pickle(home: Path) -> None:
    assert not [name for name, data in contents(home / "built").items() if data.startswith(b"\x80\x04")]


def test_built_folder_can_be_moved(home: Path, tmp_path: Path) -> None:
    old = facts(load(home, "fake-pairs"))
    os.rename(home, tmp_path / "moved")
    assert facts(load(tmp_path / "moved", "fake-pairs")) == old
