"""Read: bytes become exactly the published text, or an error that names the file."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
from pathlib import Path

import pytest
from conftest import write_documents
from hypothesis import given
from hypothesis import strategies as st

from rag import read
from rag.errors import DocumentError
from rag.read import decode, document_paths, read_document

SIMPLIFIED = "一、总体要求\r\n　　对返乡农民工创业的，给予最高30万元的贷款，由市人力资源和社会保障局负责。\n"
TRADITIONAL = "一、總體要求\r\n　　對返鄉農民工創業的，給予最高30萬元的貸款，由市人力資源和社會保障局負責。\n"

SHORT = "一、支持\r\n对返乡的农民工提供贷款。"  # readable bytes in either order

ENCODED = [
    (SHORT, "utf-16-le", b""),
    (SHORT, "utf-16-be", b""),
    (SIMPLIFIED, "utf-8", b""),
    (SIMPLIFIED, "utf-8", codecs.BOM_UTF8),
    (SIMPLIFIED, "utf-16-le", codecs.BOM_UTF16_LE),
    (SIMPLIFIED, "utf-16-be", codecs.BOM_UTF16_BE),
    (SIMPLIFIED, "utf-16-le", b""),
    (SIMPLIFIED, "utf-16-be", b""),
    (SIMPLIFIED, "utf-32-le", codecs.BOM_UTF32_LE),
    (SIMPLIFIED, "utf-32-be", codecs.BOM_UTF32_BE),
    (SIMPLIFIED, "gbk", b""),
    (SIMPLIFIED, "gb18030", b""),
    (TRADITIONAL, "utf-8", b""),
    (TRADITIONAL, "big5", b""),
    (TRADITIONAL, "gb18030", b""),
]


@pytest.mark.parametrize(("text", "encoding", "bom"), ENCODED)
def test_encoding_is_found(text: str, encoding: str, bom: bytes) -> None:
    assert decode(bom + text.encode(encoding), "甲.txt") == text


@given(st.text("一二三、。，的和市县 \r\n1a\u3000\u200b", max_size=60))
def test_utf8_comes_back_character_for_character(text: str) -> None:
    assert decode(text.encode(), "甲.txt") == text


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "not a text file", id="picture"),
        pytest.param(b"PK\x03\x04" + b"\0\x08" * 40, "not a text file", id="archive"),
        pytest.param(bytes(range(1, 32)) * 10, "not a text file", id="control characters"),
        pytest.param(SIMPLIFIED.encode()[:-5], "in no encoding known here", id="cut within a character"),
        pytest.param(b"\xff\xfe\x00", "begins as utf-16-le but byte 0 is not", id="half a character"),
        pytest.param(codecs.BOM_UTF8 + b"\xb2\xb9", "begins as utf-8 but byte 0 is not", id="wrong BOM"),
        pytest.param("Größe für Übung".encode("latin-1"), "in no encoding known here", id="latin-1"),
    ],
)
def test_what_is_no_text_is_refused_by_name(data: bytes, problem: str) -> None:
    with pytest.raises(DocumentError, match=rf"^甲\.txt .*{problem}"):
        decode(data, "甲.txt")


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(DocumentError):
        assert isinstance(decode(data, "甲.txt"), str)


def test_document_has_name_text_and_hash_of_its_file(tmp_path: Path) -> None:
    data = codecs.BOM_UTF8 + SIMPLIFIED.encode()
    (tmp_path / "甲市.txt").write_bytes(data)
    document = read_document(tmp_path / "甲市.txt")
    assert document == read.Document("甲市.txt", SIMPLIFIED, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("data", [b"", b" \r\n\t", "\u3000\n".encode(), codecs.BOM_UTF8])
def test_file_without_text_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "空.txt").write_bytes(data)
    with pytest.raises(DocumentError, match=r"^空\.txt holds no text"):
        read_document(tmp_path / "空.txt")


def test_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 1_000)
    (tmp_path / "大.txt").write_bytes(b"a" * 1_001)
    with pytest.raises(DocumentError, match=r"^大\.txt has 1,001 bytes; at most 1,000"):
        read_document(tmp_path / "大.txt")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"无\.txt cannot be read: No such file"):
        read_document(tmp_path / "无.txt")


def test_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read: Is a directory"):
        read_document(tmp_path)


def test_seeds_are_read_as_annotated(seeds: Path, gold_documents: list[dict[str, object]]) -> None:
    documents = [read_document(seeds / str(gold["file"])) for gold in gold_documents]
    assert [(document.sha256, len(document.raw)) for document in documents] == [
        (gold["sha256"], gold["chars"]) for gold in gold_documents
    ]


def test_documents_of_all_folders_are_listed_by_name(tmp_path: Path) -> None:
    first = write_documents(tmp_path / "a", [("丙.txt", "1"), ("甲.md", "1")])
    second = write_documents(tmp_path / "b", [("乙.TXT", "1")])
    names = [path.name for path in document_paths((first, second))]
    assert names == sorted(["丙.txt", "甲.md", "乙.TXT"])


def test_other_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    write_documents(tmp_path, [("甲.txt", "1"), (".乙.txt", "1"), ("丙.png", "1"), ("丁", "1")])
    (tmp_path / "夹.txt").mkdir()
    assert [path.name for path in document_paths((tmp_path, tmp_path / "missing"))] == ["甲.txt"]


def test_two_documents_of_one_name_are_refused(tmp_path: Path) -> None:
    folders = tuple(write_documents(tmp_path / name, [("甲.txt", "1")]) for name in "ab")
    with pytest.raises(DocumentError, match=r"b.甲\.txt has the name of .*a.甲\.txt\. Rename"):
        document_paths(folders)
