"""Rewording: what composing may not lose of a plan, and what it may not add."""

from __future__ import annotations

import threading

import numpy as np
from conftest import FakeEmbedder, FakeGenerator

from rag.embed import Vectors
from rag.plan import Plan, claims_of
from rag.reword import reword
from rag.types import Check, Clause, Evidence, Metadata, Span, Status
from rag.understand import understand


def evidence(text: str, label: str) -> Evidence:
    clause = Clause("d.txt", label, "measure", ("资金支持",), Span(0, len(text)), text)
    return Evidence(clause, Metadata("d.txt", place="长春市"), Span(0, len(text)), text, text)


RENT = evidence("对租用场地的毕业生,给予每年5000元的租金补贴。", "1.1")
PERMIT = evidence("毕业生凭毕业证即可办理落户。", "1.2")


def test_a_yes_stands_only_before_what_fits_best_and_that_is_not_lost() -> None:
    query = understand("毕业生可以落户吗？", (), ())
    plan = Plan(Status.ANSWERED, evidence=[RENT, PERMIT], compose=True, best=2)
    plan.lines = claims_of(plan.evidence, "zh-Hans")
    checks: list[Check] = []
    model = FakeGenerator("可以。毕业生租用场地，每年有5000元租金补贴。[1][2]\n")
    list(reword(query, plan, checks, model, FakeEmbedder(), threading.Event()))
    texts = [line.text for line in plan.lines]
    assert "毕业生凭毕业证即可办理落户。" in texts
    assert not any(text.startswith("可以") for text in texts)


class Alike(FakeEmbedder):
    """Takes every text to mean the same."""

    def embed_query(self, text: str) -> Vectors:
        return np.eye(1, self.dimension, dtype=np.float32)[0]


def test_an_english_refusal_is_never_dropped_as_a_repetition() -> None:
    query = understand("Can firms get it, and how do graduates apply?", (), ())
    plan = Plan(Status.ANSWERED, evidence=[evidence("企业不得申请,毕业生在窗口申请。", "1.3")], compose=True)
    plan.lines = claims_of(plan.evidence, "en")
    model = FakeGenerator("Firms cannot get it. Graduates apply at the window.[1]\n")
    checks: list[Check] = []
    list(reword(query, plan, checks, model, Alike(), threading.Event()))
    kept = [check.claim.text for check in checks if check.claim]
    assert kept == ["Firms cannot get it. Graduates apply at the window."]
