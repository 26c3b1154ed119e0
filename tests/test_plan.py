"""Plans: the order of their lines."""

from __future__ import annotations

from rag.plan import best_first
from rag.types import Claim


def test_the_best_claim_stands_first_and_claims_of_years_by_their_years() -> None:
    one, two = Claim("按月发放。", (1,)), Claim("最高20万元。", (2,))
    assert best_first([one, two], 2) == [two, one]
    last, first = Claim("2023年安排30万元。", (1,)), Claim("2022年安排20万元。", (2,))
    assert best_first([last, first], 1) == [first, last]
