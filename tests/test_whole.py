"""The whole evaluation as whoever maintains the service runs it: the same figures twice, also after a break."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eval.questions import SETS
from rag.config import Settings

pytestmark = pytest.mark.models
ASKED = 4


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "own.jsonl"
    lines = (SETS.parent / "development.jsonl").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:ASKED]) + "\n", encoding="utf-8")
    return path


def quick(questions: Path, home: Path, out: Path) -> dict[str, Any]:
    """The figures of a quick run."""
    command = [sys.executable, "-m", "eval", "--quick", "--questions", str(questions), "--home", str(home)]
    day = ["--as-of", "2026-11-24", "--out", str(out)]
    subprocess.run([*command, *day], check=True, timeout=280, capture_output=True)
    return dict(json.loads((out / "whole.json").read_text(encoding="utf-8")))


def test_two_runs_agree_and_so_does_one_that_was_broken_off(
    questions: Path, real_settings: Settings, tmp_path: Path
) -> None:
    home = real_settings.home
    first = quick(questions, home, tmp_path / "first")
    assert first["runs"]["own-extractive"]["count"] == ASKED
    assert quick(questions, home, tmp_path / "second") == first
    record = tmp_path / "second" / "own-extractive.jsonl"
    whole = record.read_text(encoding="utf-8")
    record.write_text(whole[: len(whole) // 2], encoding="utf-8")  # in the middle of a line
    assert quick(questions, home, tmp_path / "second") == first
    assert [json.loads(line)["id"] for line in record.read_text(encoding="utf-8").splitlines()] == [
        json.loads(line)["id"] for line in questions.read_text(encoding="utf-8").splitlines()
    ]


def test_the_evaluation_reaches_this_machine_and_no_other() -> None:
    code = (
        "import socket; from eval.__main__ import _go_offline; _go_offline()\n"
        "listening = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(listening.getsockname(), timeout=5).close()\n"
        "for reach in (lambda: socket.create_connection(('192.0.2.1', 9), timeout=5),\n"
        "              lambda: socket.getaddrinfo('example.org', 80),\n"
        "              lambda: socket.socket().connect(('192.0.2.1', 9))):\n"
        "    try:\n"
        "        reach()\n"
        "    except OSError as error:\n"
        "        assert 'another machine' in str(error), error\n"
        "    else:\n"
        "        raise AssertionError('reached')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
