"""Benchmarks: how fast a step is, as ratios against a baseline of the same run, for machines are noisy."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rag.errors import InputError
from rag.library import Failure, read_all

DOCUMENT_BYTES = 20_000
BASELINE_DOCUMENTS = 100


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
