"""What an English line has to be like to stand for the Chinese one that it cites."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from conftest import FakeEmbedder

from rag.embed import Vectors
from rag.evidence import of_sentence
from rag.index import Index
from rag.translate import is_unlike
from rag.types import Claim


class Meaning(FakeEmbedder):
    """Takes whatever speaks of dogs to mean one thing, and everything else another."""

    def embed_query(self, text: str) -> Vectors:
        row = np.zeros(self.dimension, dtype=np.float32)
        row[0 if "犬" in text or "dog" in text else 1] = 1
        return row


@pytest.mark.parametrize(
    ("line", "stands"),
    [
        ("Whoever keeps a dog has to register it at the office of the district.", True),
        ("Whoever keeps a boat has to register it at the office of the district.", False),
        ("Boats are free of it.", True),  # so short a line leans on the question
    ],
)
def test_an_english_line_that_means_something_else_is_dropped(
    line: str, stands: bool, library: Index
) -> None:
    item = dataclasses.replace(of_sentence(library, 0, library.sentences[0][0]), text="养犬人应当办理登记。")
    assert is_unlike(Claim(line, (1,)), [item], Meaning()) is not stands
