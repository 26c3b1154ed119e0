"""Read: bytes become exactly the published text, or an error that names the file."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import random
import zipfile
from pathlib import Path

import pytest
from conftest import write_documents
from hypothesis import given
from hypothesis import strategies as st

from rag import extract, read
from rag.errors import DocumentError
from rag.fold import to_traditional
from rag.read import decode, read_document, sources

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


def test_no_snippet_is_read_in_the_wrong_encoding(seeds: Path) -> None:
    """Of 300 snippets of forty characters none is taken for the other script's encoding; a few may be refused."""
    chance = random.Random(1)
    texts = [path.read_text(encoding="utf-8") for path in sorted(seeds.glob("00[0-3]*.txt"))]
    for _ in range(300):
        text = chance.choice(texts)
        start = chance.randrange(len(text) - 40)
        snippet = text[start : start + 40]
        if sum(ord(char) > 127 for char in snippet) < 24:
            continue
        for encoding, shown in (("gb18030", snippet), ("big5hkscs", to_traditional(snippet))):
            with contextlib.suppress(DocumentError, UnicodeEncodeError):
                assert decode(shown.encode(encoding), "甲.txt") == shown


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
    monkeypatch.setitem(read.MAX_BYTES, ".txt", 1_000)
    (tmp_path / "大.txt").write_bytes(b"a" * 1_001)
    with pytest.raises(DocumentError, match=r"^大\.txt has 1,001 bytes; at most 1,000"):
        read_document(tmp_path / "大.txt")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"无\.txt cannot be read: No such file"):
        read_document(tmp_path / "无.txt")


def test_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "夹.txt"
    folder.mkdir()
    with pytest.raises(DocumentError, match="cannot be read: Is a directory"):
        read_document(folder)


@pytest.mark.parametrize(
    ("name", "hint"), [("甲.doc", "Save it as .docx"), ("甲.png", "in one of these"), ("甲", "one")]
)
def test_other_kind_of_file_is_refused(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / name).write_bytes(b"1")
    with pytest.raises(DocumentError, match=rf"^{name} is of a kind that is not read.*{hint}"):
        read_document(tmp_path / name)


def test_seeds_are_read_as_annotated(seeds: Path, gold_documents: list[dict[str, object]]) -> None:
    documents = [read_document(seeds / str(gold["file"])) for gold in gold_documents]
    assert [(document.sha256, len(document.raw)) for document in documents] == [
        (gold["sha256"], gold["chars"]) for gold in gold_documents
    ]


# -- folders and archives -------------------------------------------------------------------------


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def found(path: Path) -> list[tuple[str, bytes]]:
    return [(source.name, source.data) for source in sources(path)]


def test_a_file_is_its_own_source(tmp_path: Path) -> None:
    write_documents(tmp_path, [("甲.txt", "1")])
    assert found(tmp_path / "甲.txt") == [("甲.txt", b"1")]


def test_folders_are_searched_by_name_without_litter(tmp_path: Path) -> None:
    write_documents(tmp_path / "a" / "b", [("乙.txt", "2"), (".DS_Store", "x")])
    write_documents(tmp_path / "a", [("甲.txt", "1"), ("Thumbs.db", "x"), ("~$甲.docx", "x")])
    assert found(tmp_path) == [("乙.txt", b"2"), ("甲.txt", b"1")]


def test_folders_too_deep_are_named(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*"abcdef")
    write_documents(deep, [("甲.txt", "1")])
    (refused,) = sources(tmp_path)
    assert "folders deep. Give that folder itself." in str(refused.error)


def test_members_of_archives_are_found_without_litter(tmp_path: Path) -> None:
    members = {"夹/甲.txt": b"1", "__MACOSX/夹/._甲.txt": b"x", "../../乙.txt": b"2", "夹/": b""}
    assert found(zipped(tmp_path / "包.zip", members)) == [("乙.txt", b"2"), ("甲.txt", b"1")]


def test_archive_within_an_archive_is_opened_once(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "丙.zip", {"甲.txt": b"1"}).read_bytes()
    middle = zipped(tmp_path / "乙.zip", {"丙.zip": inner}).read_bytes()
    assert found(zipped(tmp_path / "外.zip", {"丙.zip": inner})) == [("甲.txt", b"1")]
    (refused,) = sources(zipped(tmp_path / "最外.zip", {"乙.zip": middle}))
    assert "丙.zip is an archive inside" in str(refused.error)


def test_member_name_in_the_archivers_own_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    legacy = lambda member: (member.filename.encode("gb18030"), member.flag_bits & ~0x800)  # noqa: E731
    monkeypatch.setattr(zipfile.ZipInfo, "_encodeFilenameFlags", legacy)
    assert found(zipped(tmp_path / "旧.zip", {"甲乙.txt": b"1"})) == [("甲乙.txt", b"1")]


def test_damaged_or_oversized_members_leave_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(read.MAX_BYTES, ".txt", 100)
    path = zipped(tmp_path / "包.zip", {"大.txt": b"a" * 101, "小.txt": b"a", "图.png": b"x"})
    outcome = {source.name: str(source.error) for source in sources(path)}
    assert outcome["小.txt"] == "None"
    assert "大.txt has 101 bytes" in outcome["大.txt"]
    assert "图.png is of a kind that is not read" in outcome["图.png"]


def test_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_UNPACKED_BYTES", 1_000)
    (refused,) = sources(zipped(tmp_path / "弹.zip", {"甲.txt": b"a" * 2_000}))
    assert "弹.zip would unpack to 2,000 bytes" in str(refused.error)


def test_encrypted_member_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "密.zip", {"甲.txt": b"1"})
    packed = bytearray(path.read_bytes())
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(packed)
    (refused,) = sources(path)
    assert "甲.txt in 密.zip is encrypted" in str(refused.error)


def test_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "假.zip").write_bytes(b"1")
    (refused,) = sources(tmp_path / "假.zip")
    assert "假.zip is damaged or no zip file" in str(refused.error)


def test_nothing_at_a_path(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="does not exist"):
        list(sources(tmp_path / "无"))
