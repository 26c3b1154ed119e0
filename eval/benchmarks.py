"""Benchmarks: how fast a step is, as ratios against a baseline of the same run, for machines are noisy.

- `reading`: many documents on all cores, against one core.
- `retrieval`: one question over 200, 10,000 and 100,000 passages, against the smallest; loading and adding too.
"""

from __future__ import annotations

import dataclasses
import os
import platform
import resource
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eval import distractors
from eval.metrics import percentile
from rag import config
from rag.answer import Answerer
from rag.embed import Embedder, Progress, Vectors
from rag.errors import InputError
from rag.index import build, load
from rag.library import Failure, read_all
from rag.understand import understand

DOCUMENT_BYTES = 20_000
BASELINE_DOCUMENTS = 100


def machine() -> list[str]:
    """What the figures were measured on."""
    cpu = next(
        (line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = len(os.sched_getaffinity(0))
    return [
        f"{cores} cores, {cpu}, {memory:.0f} GB, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    ]


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


class Reading(NamedTuple):
    """What reading many documents took; `peak_bytes` is the largest process's memory."""

    documents: int
    megabytes: float
    workers: int
    seconds: float
    documents_a_second_alone: float
    peak_bytes: int

    def lines(self) -> list[str]:
        rate = self.documents / self.seconds
        return [
            f"{self.documents} documents of {DOCUMENT_BYTES / 1000:.0f} KB on {self.workers} cores: {self.seconds:.1f} s",
            f"{rate:.1f} documents/s, {self.megabytes / self.seconds:.2f} MB/s",
            f"{rate / self.documents_a_second_alone:.2f} times one core ({self.documents_a_second_alone:.1f} documents/s)",
            f"peak memory of a process {self.peak_bytes / 1e6:.0f} MB",
        ]


def reading(seeds: Path, count: int, report: Callable[[str, int, int], None]) -> Reading:
    """Read `count` documents of 20 KB, made of the paragraphs of `seeds`, on all cores and a part of them on one."""
    sources = [
        path.read_text(encoding="utf-8-sig").splitlines(keepends=True) for path in sorted(seeds.glob("*.txt"))
    ]
    if not sources or count < 1:
        raise InputError(f"No .txt documents in {seeds} to make {count} documents of.")
    with tempfile.TemporaryDirectory(prefix="tiaowen-bench-") as folder:
        paths = [_write(Path(folder), sources, number) for number in range(count)]
        workers = len(os.sched_getaffinity(0))
        sample = paths[:BASELINE_DOCUMENTS]
        alone = len(sample) / _seconds(sample, 1, report)
        seconds = _seconds(paths, workers, report)
        megabytes = sum(path.stat().st_size for path in paths) / 1e6
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Reading(count, megabytes, workers, seconds, alone, peak * 1024)


def _seconds(paths: list[Path], workers: int, report: Callable[[str, int, int], None]) -> float:
    started = time.perf_counter()
    failed = [
        result for result in read_all(paths, progress=report, workers=workers) if isinstance(result, Failure)
    ]
    if failed:
        raise InputError(f"{failed[0].name} could not be read: {failed[0].reason}")
    return time.perf_counter() - started


def _write(folder: Path, sources: list[list[str]], number: int) -> Path:
    """A document of its own: the paragraphs of one source, from its top, the rest of it turned by `number`."""
    lines = sources[number % len(sources)]
    head, body = lines[:8], lines[8:]
    turn = number // len(sources) % max(len(body), 1)
    text = "".join([*head, *body[turn:], *body[:turn]])
    data = text.encode()
    while len(data) < DOCUMENT_BYTES:
        data += text.encode()
    path = folder / f"{number:05}.txt"
    path.write_bytes(data[:DOCUMENT_BYTES].decode("utf-8", "ignore").encode())
    return path


# -- retrieval --------------------------------------------------------------------------------------

PASSAGES = (200, 10_000, 100_000)
QUESTIONS_ASKED = 60


class Recombined:
    """Passage vectors drawn from real ones: unit mixtures of two of them plus noise, seeded by the text.

    Questions are embedded by the real model, so that its time counts.
    """

    def __init__(self, real: Embedder, rows: Vectors) -> None:
        self._real = real
        self._rows = rows
        self.identity = f"{real.identity}, recombined"
        self.dimension = real.dimension

    def embed_query(self, text: str) -> Vectors:
        return self._real.embed_query(text)

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        chance = np.random.default_rng(zlib.crc32("".join(texts).encode()))
        one, two = (self._rows[chance.integers(len(self._rows), size=len(texts))] for _ in range(2))
        share = chance.uniform(0.2, 0.8, size=(len(texts), 1))
        rows = share * one + (1 - share) * two + 0.02 * chance.standard_normal(one.shape)
        unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return unit


class Retrieval(NamedTuple):
    """What searching an index of a size takes, in seconds and bytes."""

    passages: int
    documents: int
    build_s: float
    load_s: float
    add_s: float
    p50_s: float
    p95_s: float
    p95_anywhere_s: float
    peak_bytes: int


def retrieval(
    answerer: Answerer, questions: Sequence[str], report: Callable[[str, int, int], None]
) -> list[Retrieval]:
    """Search indexes of three sizes with the same questions; `peak_bytes` is the process's so far."""
    rows = answerer.index.vectors.reconstruct_n(0, answerer.index.vectors.ntotal)
    embedder = Recombined(answerer.embedder, rows)
    results = []
    for done, size in enumerate(PASSAGES, 1):
        with tempfile.TemporaryDirectory(prefix="tiaowen-bench-") as folder:
            results.append(_searched(Path(folder), size, answerer, embedder, questions))
        report("questions", done, len(PASSAGES))
    return results


def _searched(
    folder: Path, size: int, answerer: Answerer, embedder: Recombined, questions: Sequence[str]
) -> Retrieval:
    seeds, home = folder / "seeds", folder / "home"
    distractors.write(seeds, answerer.index, max(1, size // len(answerer.index.clauses)))
    for path in config.SHIPPED_SEEDS.glob("*.txt"):
        shutil.copy(path, seeds / path.name)
    if size <= len(answerer.index.clauses) * 2:
        for path in seeds.glob("distractor-*"):
            path.unlink()
    built, build_s = _timed(lambda: build(home, seeds, embedder))
    (seeds / "added.txt").write_text("\n".join(_document_lines(answerer)), encoding="utf-8")
    _, add_s = _timed(lambda: build(home, seeds, embedder))
    index, load_s = _timed(lambda: load(home, embedder.identity))
    asker = Answerer(index, embedder)
    held = tuple(index.metadata.values())
    scoped, anywhere = [], []
    for question in questions[:QUESTIONS_ASKED]:
        query = understand(question, (), held)
        _, seconds = _timed(lambda query=query: asker.search(query))  # type: ignore[misc]
        scoped.append(seconds)
        everywhere = dataclasses.replace(query, places=(), documents=tuple(index.documents))
        _, seconds = _timed(lambda query=everywhere: asker.search(query))  # type: ignore[misc]
        anywhere.append(seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Retrieval(
        len(index.passages), built.documents, build_s, load_s, add_s,
        percentile(scoped, 0.5), percentile(scoped, 0.95), percentile(anywhere, 0.95), peak,
    )  # fmt: skip


def _document_lines(answerer: Answerer) -> list[str]:
    return [
        "某某市支持创业实施办法",
        "",
        *(f"{i}. {c.text[:60]}" for i, c in enumerate(answerer.index.clauses[:20], 1)),
    ]


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def retrieval_lines(results: Sequence[Retrieval]) -> list[str]:
    """The table as a terminal shows it; the last column is against the smallest index."""
    head = f"{'passages':>9}{'documents':>10}{'build s':>9}{'load s':>8}{'add s':>8}{'p50 ms':>8}{'p95 ms':>8}{'p95 all ms':>11}{'peak MB':>9}{'ratio':>7}"
    first = results[0]
    return [
        head,
        *(
            f"{r.passages:9,}{r.documents:10,}{r.build_s:9.1f}{r.load_s:8.2f}{r.add_s:8.2f}{r.p50_s * 1000:8.1f}"
            f"{r.p95_s * 1000:8.1f}{r.p95_anywhere_s * 1000:11.1f}{r.peak_bytes / 1e6:9.0f}{r.p50_s / first.p50_s:7.2f}"
            for r in results
        ),
    ]
