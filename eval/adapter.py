"""The embedder's adapter: questions beside documents, both written to train on -> low-rank changes of its weights.

    eval/training/<name>_<n>.txt     invented documents of many kinds, none of which is evaluated on
    eval/training/<name>.jsonl       questions on them in everyday words, with the quotes that answer each
    eval/training/pairs_<field>.jsonl    questions, each with an invented sentence that answers it

What citizens say and what clauses print share few words, and the model as published has seen neither beside the
other. The query and value projections of every layer get a change of rank `RANK` (Hu et al. 2021, "LoRA"), trained
with the loss of the model's own pretraining (InfoNCE, van den Oord et al. 2018, over the batch): a question is drawn
to a passage that answers it, and pushed from the closest passages of the same document that do not. A pair has no
document: sentences written to be near to it, but no answer, could be told from answers without the question, and
taught that alone. No question or document of `eval/sets` is trained on.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.embed import Progress, passages_of
from rag.errors import InputError
from rag.fold import to_simplified
from rag.library import Failure, read_all
from rag.store import write_atomically
from rag.types import Reading

if TYPE_CHECKING:
    import torch

TRAINING = Path(__file__).parent / "training"
RANK, SCALE = 8, 2.0
TARGETS = ("query", "value")
EPOCHS = 3
"""How often each question on a document is seen; a pair is seen once."""
BATCH, NEGATIVES, CLOSEST = 16, 3, 24
"""Questions in a batch, passages beside each that do not answer it, and from among how many of the closest."""
RATE, WARM, DECAY = 3e-4, 0.1, 0.01
TEMPERATURE = 0.02
MAX_TOKENS = 256


@dataclass(frozen=True)
class Example:
    """A question with the passages that answer it and the others of its document, none of a pair's."""

    question: str
    answers: tuple[str, ...]
    others: tuple[str, ...]


def examples(folder: Path) -> list[Example]:
    """The questions of a folder of training documents that have an answer there.

    Raises `InputError` for a document that cannot be read and for a quote that its document does not hold.
    """
    paths = sorted(folder.glob("*.txt"))
    read: dict[str, Reading] = {}
    for path, result in zip(paths, read_all(paths), strict=True):
        if isinstance(result, Failure):
            raise InputError(f"{path}: {result.reason}")
        read[path.name] = result
    return [
        _example(question, read[question["doc"]]) if "doc" in question else _pair(question)
        for path in sorted(folder.glob("*.jsonl"))
        for question in map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if question.get("kind") != "miss"
    ]


def _pair(question: dict[str, Any]) -> Example:
    return Example(to_simplified(question["q"]), (question["pos"],), ())


def _example(question: dict[str, Any], read: Reading) -> Example:
    meant: set[tuple[int, int]] = set()
    for quote in question["quotes"]:
        start = read.document.raw.find(quote)
        if start < 0:
            raise InputError(f"{question['id']}: its document does not hold {quote!r}.")
        meant |= {
            (clause, position)
            for clause, sentences in enumerate(read.sentences)
            for position, sentence in enumerate(sentences)
            if sentence.span.start < start + len(quote) and start < sentence.span.end
        }
    clauses = {clause for clause, _ in meant}
    passages = passages_of(read.clauses, read.sentences, {read.document.id: read.metadata})
    return Example(
        to_simplified(question["q"]),
        tuple(p.text for p in passages if any((p.clause, i) in meant for i in range(*p.sentences))),
        tuple(p.text for p in passages if p.clause not in clauses),
    )


def train(model: Path, out: Path, taught: Sequence[Example], *, progress: Progress, seed: int = 0) -> None:
    """Train on `taught` and write the adapter of the model in the folder `model` to `out`.

    About a quarter of an hour on two cores with AVX-512 and half precision. The same seed on the same machine
    gives the same adapter but for rounding.
    """
    import torch
    from safetensors.torch import save
    from torch.nn.functional import cross_entropy
    from transformers import AutoModel, AutoTokenizer

    chance = random.Random(seed)
    torch.manual_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(model)
    network = AutoModel.from_pretrained(model, dtype=torch.float32)
    network.requires_grad_(False)
    added = _with_changes(network)
    encode = _Encoder(network, tokenizer)
    hard = _closest(encode, taught, progress)
    plan = _plan(taught, chance)
    weights = [each for change in added.values() for each in (change.down, change.up)]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY)
    warm = max(1, int(WARM * len(plan)))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, max(0.05, 1 - (step - warm) / max(1, len(plan) - warm))),
    )
    network.train()
    for done, batch in enumerate(plan, 1):
        answers = [chance.choice(taught[i].answers) for i in batch]
        others = [text for i in batch for text in chance.sample(hard[i], min(NEGATIVES, len(hard[i])))]
        texts = [*answers, *others]
        also = torch.tensor(
            [
                [at != row and text in taught[i].answers for at, text in enumerate(texts)]
                for row, i in enumerate(batch)
            ]
        )
        rows = encode(
            [*(f"query: {taught[i].question}" for i in batch), *(f"passage: {text}" for text in texts)]
        )
        alike = rows[: len(batch)] @ rows[len(batch) :].T / TEMPERATURE
        loss = cross_entropy(alike.masked_fill(also, -1e4), torch.arange(len(batch)))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        rate.step()
        progress("train", done, len(plan))
    tensors = {
        f"{name}.{side}": weight.detach().half().contiguous()
        for name, change in added.items()
        for side, weight in (("A", change.down), ("B", SCALE * change.up))
    }
    write_atomically(out, save(tensors))


def _plan(taught: Sequence[Example], chance: random.Random) -> list[list[int]]:
    """Batches of numbers of `taught`, in the order of training; pairs and others are never in one batch."""
    own = [i for i, example in enumerate(taught) if example.others]
    pairs = [i for i, example in enumerate(taught) if not example.others]
    plan: list[list[int]] = []
    for some in (*[own] * EPOCHS, pairs):
        order = chance.sample(some, len(some))
        plan += [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    chance.shuffle(plan)
    return plan


def _with_changes(network: Any) -> dict[str, Any]:
    """Put a change of no effect yet beside each layer of `TARGETS`; returns them by the layer's name."""
    import torch

    class Changed(torch.nn.Module):
        """A frozen linear layer W and its change: W x + B A x."""

        def __init__(self, layer: torch.nn.Linear) -> None:
            super().__init__()
            self.layer = layer
            self.down = torch.nn.Parameter(
                torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features)
            )
            self.up = torch.nn.Parameter(torch.zeros(layer.out_features, RANK))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            changed: torch.Tensor = self.layer(x) + SCALE * (x @ self.down.T) @ self.up.T
            return changed

    added = {}
    for name, layer in list(network.named_modules()):
        above, _, own = name.rpartition(".")
        if own in TARGETS and isinstance(layer, torch.nn.Linear):
            added[name] = Changed(layer)
            setattr(network.get_submodule(above), own, added[name])
    return added


class _Encoder:
    """Texts -> unit vectors, as sentence-transformers makes them of this model: the mean over the tokens."""

    def __init__(self, network: Any, tokenizer: Any) -> None:
        self._network, self._tokenizer = network, tokenizer

    def __call__(self, texts: Sequence[str]) -> torch.Tensor:
        import torch

        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        half = len(order) // 2  # short texts apart from long ones, so that little is padded
        parts = [self._rows([texts[i] for i in some]) for some in (order[:half], order[half:]) if some]
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[back]

    def _rows(self, texts: Sequence[str]) -> torch.Tensor:
        import torch

        batch = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        )
        # As in `rag.embed`: where the processor does not reckon with bfloat16, it is emulated, and slow.
        fast = torch.backends.cpu.get_cpu_capability() == "AVX512"
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
            states = self._network(**batch).last_hidden_state.float()
        real = batch["attention_mask"].unsqueeze(-1).float()
        return torch.nn.functional.normalize((states * real).sum(1) / real.sum(1), dim=-1)


def _closest(encode: _Encoder, taught: Sequence[Example], progress: Progress) -> list[list[str]]:
    """Of each question the `CLOSEST` passages of its document that do not answer it, by the model as it is."""
    import torch

    texts = list(dict.fromkeys(text for example in taught for text in example.others))
    number = {text: i for i, text in enumerate(texts)}
    with torch.no_grad():
        rows = []
        for start in range(0, len(texts), BATCH):
            rows.append(encode([f"passage: {text}" for text in texts[start : start + BATCH]]))
            progress("embed", min(start + BATCH, len(texts)), len(texts))
        passages = torch.cat(rows)
        found: list[list[str]] = []
        for example in taught:
            if not example.others:
                found.append([])
                continue
            asked = encode([f"query: {example.question}"])[0]
            alike = passages[[number[text] for text in example.others]] @ asked
            best = alike.argsort(descending=True)[:CLOSEST].tolist()
            found.append([example.others[i] for i in best])
    return found
