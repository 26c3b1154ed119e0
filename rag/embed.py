"""Embed: clauses -> passages, and passages -> a float32 array, one unit-length row a passage.

A clause is indexed twice: in pieces of whole sentences up to `MAX_PASSAGE_CHARS`, and sentence by sentence,
since the best single sentence found the right clause a little oftener than the clause as a whole
(recall@1 0.77 against 0.73 on 235 questions) and both together oftener still. The model reads each with
its heading path before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rag.errors import ModelError
from rag.types import Clause, Metadata, Passage, Sentence

Vectors = npt.NDArray[np.float32]
Progress = Callable[[str, int, int], None]
"""Told (label, done, total) as work goes on; the edge draws it."""

MAX_PASSAGE_CHARS = 300  # 1.7 characters a token: well inside the model's 512 with heading and title
BATCH = 16
QUERIES_KEPT = 256


class Embedder(Protocol):
    """Turns text into unit vectors; questions and passages are prefixed differently by some models."""

    identity: str
    dimension: int

    def embed_query(self, text: str) -> Vectors:
        """One row of shape (dimension,)."""
        ...

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Rows of shape (len(texts), dimension), in order."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model: a folder on disk, or a hub name where a hub can be reached."""

    def __init__(self, model: str | Path, identity: str, *, adapter: Path | None = None) -> None:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar of its own would tear ours

        # bfloat16 is fastest where the processor reckons with it; elsewhere it is emulated and, measured on one
        # with AVX2, takes six times as long as float32. The vectors agree to a cosine of 0.9999.
        dtype = torch.bfloat16 if torch.backends.cpu.get_cpu_capability() == "AVX512" else torch.float32
        # An adapter is added in float32: bfloat16 would lose most of so small a change.
        loaded_as = torch.float32 if adapter else dtype
        options: dict[str, Any] = {"device": "cpu", "model_kwargs": {"dtype": loaded_as}}
        if Path(model).is_dir():
            options["local_files_only"] = True
        try:
            self._model = SentenceTransformer(str(model), **options)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"The embedding model {model} does not load: {error}. Run `tiaowen models verify`."
            ) from error
        if adapter is not None:
            _adapt(self._model, adapter)
            self._model.to(dtype)
        self.identity = identity
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        # One question is searched in each place in turn; what is kept is never written to.
        self._kept = lru_cache(maxsize=QUERIES_KEPT)(self._embedded)

    def embed_query(self, text: str) -> Vectors:
        return self._kept(text)

    def _embedded(self, text: str) -> Vectors:
        row: Vectors = self._encode([text], "query")[0]
        row.flags.writeable = False
        return row

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        # Sorted by length, so that a batch is padded little; the sort is stable, so two builds agree.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            rows[batch] = self._encode([texts[i] for i in batch], "passage")
            if progress is not None:
                progress("embed", min(start + BATCH, len(order)), len(order))
        return rows

    def _encode(self, texts: list[str], prompt: str) -> Vectors:
        name = prompt if prompt in (self._model.prompts or {}) else None
        rows = self._model.encode(
            texts, prompt_name=name, batch_size=BATCH, convert_to_numpy=True, show_progress_bar=False
        )
        rows = np.asarray(rows, dtype=np.float32)
        unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return unit


def _adapt(model: Any, adapter: Path) -> None:
    """Add a low-rank adapter (Hu et al. 2021, "LoRA") to the weights of a model: W + B A for each layer that it names.

    Raises `ModelError` where it was trained for another model.
    """
    from safetensors.torch import load_file

    try:
        changes = load_file(adapter)
        weights = dict(model[0].auto_model.named_parameters())
        for name in sorted({name.rpartition(".")[0] for name in changes}):
            weights[f"{name}.weight"].data += changes[f"{name}.B"].float() @ changes[f"{name}.A"].float()
    except (OSError, KeyError, RuntimeError) as error:
        raise ModelError(f"The adapter {adapter.name} does not fit the embedding model: {error}.") from error


def passages_of(
    clauses: Sequence[Clause], sentences: Sequence[Sequence[Sentence]], metadata: dict[str, Metadata]
) -> list[Passage]:
    """The passages of `clauses`: pieces of whole sentences, then each sentence of those with several."""
    passages: list[Passage] = []
    leads = leads_of(clauses)
    for number, clause in enumerate(clauses):
        parts = sentences[number]
        place = metadata[clause.document].place or ""
        lead = sentences[leads[number]][-1].text if number in leads and sentences[leads[number]] else ""
        head = " ".join(part for part in (place, *clause.heading, lead) if part)
        for first, last in _pieces(parts):
            body = "".join(part.text for part in parts[first:last])
            passages.append(Passage(number, (first, last), f"{head}\n{body}"))
        if len(parts) > 1:
            own = lead or (clause.heading[-1] if clause.heading else "")
            passages += [
                Passage(number, (i, i + 1), f"{own}：{part.text}" if own else part.text)
                for i, part in enumerate(parts)
            ]
    return passages


def leads_of(clauses: Sequence[Clause]) -> dict[int, int]:
    """For each item of a list the number of the clause that leads it: 2.7.1 is led by 2.7.0 if that ends in a colon."""
    opening = {
        (clause.document, clause.label): i
        for i, clause in enumerate(clauses)
        if clause.label.endswith((".0", ".0a")) and clause.text.rstrip().endswith(("：", ":"))
    }
    leads: dict[int, int] = {}
    for number, clause in enumerate(clauses):
        above = clause.label.rpartition(".")[0]
        for ending in (".0", ".0a") if above and opening else ():
            lead = opening.get((clause.document, above + ending))
            if lead is not None and lead < number:
                leads[number] = lead
    return leads


def _pieces(parts: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """Half-open runs of sentences that fit `MAX_PASSAGE_CHARS`, or are one longer sentence."""
    start = size = 0
    for i, part in enumerate(parts):
        if i > start and size + len(part.text) > MAX_PASSAGE_CHARS:
            yield start, i
            start, size = i, 0
        size += len(part.text)
    if start < len(parts):
        yield start, len(parts)
