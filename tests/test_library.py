"""Library: files come in whole, are told apart by name and content, and go out again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import write_documents

from rag import library
from rag.errors import InputError, StorageError
from rag.library import Change, Failure, add, check_name, is_added, paths_of, read_all, remove
from rag.types import Reading

LOAN = "甲市创业办法\n\n一、贷款\n（一）额度。个人最高30万元。\n（二）利率。不高于4%。\n"
OTHER = LOAN.replace("30", "20")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "seeds", [("甲.txt", LOAN)])


def given(tmp_path: Path, name: str, text: str) -> Path:
    return write_documents(tmp_path / "given", [(name, text)]) / name


def outcomes(changes: list[Change]) -> list[tuple[str, str]]:
    return [(change.name, change.outcome) for change in changes]


def names(home: Path, shipped: Path) -> list[str]:
    return [path.name for path in paths_of(home, shipped)]


# -- add ------------------------------------------------------------------------------------------


def test_added_file_is_held_byte_for_byte(home: Path, shipped: Path, tmp_path: Path) -> None:
    path = given(tmp_path, "乙.txt", "\ufeff" + OTHER.replace("\n", "\r\n"))
    assert outcomes(add(home, shipped, [path])) == [("乙.txt", "added")]
    assert (home / "documents" / "乙.txt").read_bytes() == path.read_bytes()
    assert names(home, shipped) == sorted(["甲.txt", "乙.txt"])
    assert is_added(home, "乙.txt")
    assert not is_added(home, "甲.txt")


def test_adding_twice_changes_nothing(home: Path, shipped: Path, tmp_path: Path) -> None:
    path = given(tmp_path, "乙.txt", OTHER)
    add(home, shipped, [path])
    assert outcomes(add(home, shipped, [path])) == [("乙.txt", "unchanged")]


def test_content_held_under_another_name_is_told(home: Path, shipped: Path, tmp_path: Path) -> None:
    (change,) = add(home, shipped, [given(tmp_path, "丙.txt", LOAN)])
    assert (change.outcome, change.reason) == ("unchanged", "the same as 甲.txt")
    assert names(home, shipped) == ["甲.txt"]


def test_other_content_under_a_held_name_is_refused(home: Path, shipped: Path, tmp_path: Path) -> None:
    (change,) = add(home, shipped, [given(tmp_path, "甲.txt", OTHER)])
    assert change.outcome == "refused"
    assert "--replace" in change.reason
    assert "--as NAME" in change.reason
    assert not is_added(home, "甲.txt")


def test_replaced_document_stands_for_the_shipped_one(home: Path, shipped: Path, tmp_path: Path) -> None:
    changes = add(home, shipped, [given(tmp_path, "甲.txt", OTHER)], replace=True)
    assert outcomes(changes) == [("甲.txt", "replaced")]
    (path,) = paths_of(home, shipped)
    assert path.read_text(encoding="utf-8") == OTHER
    assert (shipped / "甲.txt").read_text(encoding="utf-8") == LOAN


def test_another_name_keeps_both(home: Path, shipped: Path, tmp_path: Path) -> None:
    changes = add(home, shipped, [given(tmp_path, "甲.txt", OTHER)], name="甲二.txt")
    assert outcomes(changes) == [("甲二.txt", "added")]
    assert names(home, shipped) == sorted(["甲.txt", "甲二.txt"])


def test_one_name_for_several_files_is_refused(home: Path, shipped: Path, tmp_path: Path) -> None:
    write_documents(tmp_path / "given", [("乙.txt", LOAN), ("丙.txt", OTHER)])
    with pytest.raises(InputError, match="--as names one document, but 2 files"):
        add(home, shipped, [tmp_path / "given"], name="丁.txt")


def test_bad_file_leaves_the_others(home: Path, shipped: Path, tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "given", [("乙.txt", OTHER), ("坏.txt", ""), ("图.png", "x")])
    changes = add(home, shipped, [folder, tmp_path / "无.txt"])
    assert sorted(outcomes(changes)) == sorted(
        [("乙.txt", "added"), ("坏.txt", "refused"), ("图.png", "refused"), ("无.txt", "refused")]
    )
    assert all(change.reason for change in changes if change.outcome == "refused")
    assert names(home, shipped) == sorted(["甲.txt", "乙.txt"])


def test_two_new_files_of_one_name_are_not_mixed_up(home: Path, shipped: Path, tmp_path: Path) -> None:
    write_documents(tmp_path / "given" / "a", [("乙.txt", OTHER)])
    write_documents(tmp_path / "given" / "b", [("乙.txt", LOAN.replace("30", "10"))])
    changes = add(home, shipped, [tmp_path / "given"])
    assert outcomes(changes) == [("乙.txt", "added"), ("乙.txt", "refused")]


def test_progress_of_adding_is_reported_to_the_end(home: Path, shipped: Path, tmp_path: Path) -> None:
    reports: list[tuple[str, int, int]] = []
    path = given(tmp_path, "乙.txt", OTHER)
    add(home, shipped, [path], progress=lambda *report: reports.append(report))
    assert reports == [("add", 1, 1)]


# -- remove ---------------------------------------------------------------------------------------


def test_removed_documents_are_gone_and_come_back(home: Path, shipped: Path, tmp_path: Path) -> None:
    add(home, shipped, [given(tmp_path, "乙.txt", OTHER)])
    remove(home, shipped, ["甲.txt", "乙.txt"])
    assert names(home, shipped) == []
    assert (shipped / "甲.txt").exists()
    assert outcomes(add(home, shipped, [shipped / "甲.txt"])) == [("甲.txt", "added")]
    assert names(home, shipped) == ["甲.txt"]
    assert not is_added(home, "甲.txt")


def test_removing_a_replacement_does_not_uncover_the_shipped_one(
    home: Path, shipped: Path, tmp_path: Path
) -> None:
    add(home, shipped, [given(tmp_path, "甲.txt", OTHER)], replace=True)
    remove(home, shipped, ["甲.txt"])
    assert names(home, shipped) == []


def test_unknown_name_removes_nothing(home: Path, shipped: Path) -> None:
    with pytest.raises(InputError, match=r"无\.txt is no document held\. Held: 甲\.txt"):
        remove(home, shipped, ["甲.txt", "无.txt"])
    assert names(home, shipped) == ["甲.txt"]


def test_damaged_list_of_removed_documents_is_named(home: Path, shipped: Path) -> None:
    write_documents(home, [("removed.json", "{")])
    with pytest.raises(StorageError, match=r"removed\.json cannot be read"):
        paths_of(home, shipped)


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["甲.txt", "a b.pdf", "穗府〔2018〕19号.docx", "甲.TXT", "con甲.txt"])
def test_good_names(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".txt",
        "../甲.txt",
        "a/b.txt",
        "a\\b.txt",
        "甲\n.txt",
        "甲\u202e.txt",
        ".甲.txt",
        "甲",
        "甲.exe",
        "CON.txt",
        "甲" * 70 + ".txt",
        "a:b.txt",
        "甲.txt ",
    ],
)
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="Give another with --as NAME"):
        check_name(name)


# -- reading many ---------------------------------------------------------------------------------


def test_many_files_are_read_in_order_on_all_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PARALLEL_FROM", 4)
    folder = write_documents(tmp_path, [(f"{n:02}.txt", LOAN if n != 3 else "") for n in range(10)])
    paths = sorted(folder.iterdir())
    reports: list[tuple[str, int, int]] = []
    results = list(read_all(paths, progress=lambda *report: reports.append(report), workers=2))
    ids = [result.document.id if isinstance(result, Reading) else result.name for result in results]
    assert ids == [path.name for path in paths]
    assert [result.name for result in results if isinstance(result, Failure)] == ["03.txt"]
    assert reports == [("read", n, 10) for n in range(1, 11)]
    assert results == list(read_all(paths, workers=1))


def bring_down(path: Path) -> Reading | Failure:
    """Stands for a reader that dies on one file, as a library in C may."""
    if path.name == "03.txt":
        os._exit(1)
    return Failure(path.name, "read")


def test_file_that_brings_a_reader_down_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PARALLEL_FROM", 4)
    monkeypatch.setattr(library, "_read_or_fail", bring_down)
    paths = [tmp_path / f"{n:02}.txt" for n in range(5)]
    results = [result for result in read_all(paths, workers=2) if isinstance(result, Failure)]
    assert [result.name for result in results] == [path.name for path in paths]
    assert [result.reason == "read" for result in results] == [True, True, True, False, True]
    assert "brings the reader down" in results[3].reason


def test_few_files_need_no_second_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(workers: int) -> Callable[[], None]:
        raise AssertionError("a process was started")

    monkeypatch.setattr(library, "_pool", refuse)
    folder = write_documents(tmp_path, [("甲.txt", LOAN)])
    assert len(list(read_all(sorted(folder.iterdir()), workers=2))) == 1
