"""Small real fakes of the two models, and what many tests read: the seeds, the gold, an index over the seeds."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag import config, index
from rag.config import SHIPPED_SEEDS, Settings
from rag.embed import Progress, Vectors
from rag.fold import fold
from rag.generate import Prompt
from rag.index import Index

GOLD = Path(__file__).parent / "gold"


class FakeEmbedder:
    """Hashes the character pairs of a folded text to a unit vector: texts that share pairs are close."""

    def __init__(self, identity: str = "fake-pairs", dimension: int = 64) -> None:
        self.identity = identity
        self.dimension = dimension
        self.embedded: list[str] = []
        """Every passage that was embedded, in order."""

    def embed_query(self, text: str) -> Vectors:
        row = np.zeros(self.dimension, dtype=np.float32)
        folded = fold(text)
        for i in range(max(len(folded) - 1, 1)):
            digest = hashlib.blake2b(folded[i : i + 2].encode(), digest_size=4).digest()
            row[int.from_bytes(digest, "big") % self.dimension] += 1
        unit: Vectors = row / np.linalg.norm(row)
        return unit

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.embedded += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            rows[i] = self.embed_query(text)
            if progress is not None:
                progress("embed", i + 1, len(texts))
        return rows


class FakeGenerator:
    """Replies from a queue: each reply is a text, streamed in pieces of a few characters, or an error raised.

    An empty queue writes nothing. Remembers every prompt it was given, and the number of marks with it.
    """

    def __init__(self, *replies: str | Exception, piece: int = 3) -> None:
        self.replies = deque(replies)
        self.piece = piece
        self.warmed: list[str] = []
        self.prompts: list[Prompt] = []
        self.marks: list[int | None] = []

    def warm(self, prompt_system: str) -> None:
        self.warmed.append(prompt_system)

    def stream(self, prompt: Prompt, *, marks: int | None, cancel: threading.Event) -> Iterator[str]:
        self.prompts.append(prompt)
        self.marks.append(marks)
        reply = self.replies.popleft() if self.replies else ""
        if isinstance(reply, Exception):
            raise reply
        for start in range(0, len(reply), self.piece):
            if cancel.is_set():
                return
            yield reply[start : start + self.piece]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The objects of a file with one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def write_documents(folder: Path, texts: Iterable[tuple[str, str]]) -> Path:
    """`folder`, made if need be, with a file for each (name, text)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts:
        (folder / name).write_bytes(text.encode())
    return folder


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five documents that ship with the product."""
    return SHIPPED_SEEDS


@pytest.fixture(scope="session")
def gold_clauses() -> list[dict[str, Any]]:
    """The hand-made clauses of the seeds, in document order."""
    return read_jsonl(GOLD / "clauses.jsonl")


@pytest.fixture(scope="session")
def gold_documents() -> list[dict[str, Any]]:
    """The hand-made metadata of the seeds."""
    return read_jsonl(GOLD / "documents.jsonl")


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture(scope="session")
def library_home(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """A library folder with an index over the seeds by the fake embedder; for reading only."""
    home = tmp_path_factory.mktemp("library")
    index.build(home, seeds, FakeEmbedder())
    return home


@pytest.fixture(scope="session")
def library(library_home: Path) -> Index:
    """The index of `library_home`, loaded."""
    return index.load(library_home, FakeEmbedder().identity)


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a library with the shipped documents, indexed with the real embedder; for reading only."""
    from rag.answer import load_embedder

    settings = config.load(flags={"home": tmp_path_factory.mktemp("real")})
    index.build(settings.home, settings.seeds, load_embedder(settings))
    return settings
