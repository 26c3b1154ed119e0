"""README's figures: a table made of the last full run, so that nobody copies numbers by hand.

`eval/figures.json` holds the figures of that run; a test sees that the README shows what it says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rag.errors import InputError
from rag.store import write_atomically, write_json

ROOT = Path(__file__).resolve().parent
FIGURES = ROOT / "figures.json"
README = ROOT.parent / "README.md"
OPENS, CLOSES = "<!-- figures of the last full run: python -m eval readme -->", "<!-- end of figures -->"
COLUMNS = (
    ("correct", "correct"), ("facts", "facts"), ("cites_required", "required clauses cited"),
    ("citation_precision", "citation precision"), ("unsupported_numbers", "numbers without support"),
    ("wrong_file", "other place cited"), ("hit_at_1", "hit@1"), ("recall_at_5", "recall@5"),
)  # fmt: skip


def update(whole: Path) -> None:
    """Make `figures.json` and the README's table of a whole run; raises `InputError` if it is none."""
    figures = figures_of(whole)
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(OPENS)
    after = rest.split(CLOSES)[1]
    write_json(FIGURES, figures)
    write_atomically(README, f"{before}{OPENS}\n{table(figures)}\n{CLOSES}{after}".encode())


def figures_of(whole: Path) -> dict[str, Any]:
    """The figures of a whole run that the README shows; raises `InputError` for a quick run or another file."""
    try:
        content = json.loads(whole.read_text(encoding="utf-8"))
        runs = {
            name: {
                "count": run["count"],
                "day": run["identity"]["as_of"],
                "figures": {
                    key: _rounded(run["figures"][key]) for key, _ in COLUMNS if key in run["figures"]
                },
                "refusals": {key: _rounded(value) for key, value in run["refusals"].items()},
                "lengths": run["lengths"],
            }
            for name, run in content["runs"].items()
        }
        return {
            "runs": runs,
            "ablations": {name: _rounded(row) for name, row in content["ablations"].items()},
            "robustness": {row["rule"]: _rounded(row["share"]) for row in content["robustness"]},
            "verification": {row["rule"]: _rounded(row["share"]) for row in content["verification"]},
            "sufficiency": _rounded(
                {k: content["sufficiency"][k] for k in ("area_under_curve", "brier", "calibration_error")}
            ),
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{whole} is no full run ({error!r}). Run `python -m eval` first.") from error


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(v, 4) if isinstance(v, float) else v for key, v in values.items()}


def table(figures: Mapping[str, Any]) -> str:
    """The README's tables, as Markdown."""
    days = sorted({run["day"] for run in figures["runs"].values()})
    lines = [
        f"`python -m eval`, asked as of {' and '.join(days)}; means, with the 95 % interval of the first column.",
        "",
        f"| run | n | {' | '.join(words for _, words in COLUMNS)} | right / wrong refusals |",
        "|---" * (len(COLUMNS) + 3) + "|",
    ]
    for name, run in figures["runs"].items():
        found, refused = run["figures"], run["refusals"]
        cells = [_cell(found.get(key), interval=key == "correct") for key, _ in COLUMNS]
        refusals = " / ".join(_cell(refused.get(key)) for key in ("right_refusals", "wrong_refusals"))
        lines.append(f"| {name} | {run['count']} | {' | '.join(cells)} | {refusals} |")
    rows = figures["ablations"]
    lines += [
        "",
        "| taken out (extractive, main sets over the shipped documents) | correct | hit@1 | recall@5 | other place cited |",
    ]
    lines.append("|---" * 5 + "|")
    for name, row in rows.items():
        shown = " | ".join(f"{row[c]:.3f}" for c in ("correct", "hit_at_1", "recall_at_5", "wrong_file"))
        lines.append(f"| {name} | {shown} |")
    lines += ["", "| robustness, by rule: what must hold does | share | n |", "|---|---|---|"]
    lines += [
        f"| {name} | {_cell(value)} | {value['count']} |" for name, value in figures["robustness"].items()
    ]
    lines += ["", "| claims that verification judged rightly | share | n |", "|---|---|---|"]
    lines += [
        f"| {name} | {_cell(value)} | {value['count']} |" for name, value in figures["verification"].items()
    ]
    found = figures["sufficiency"]
    lines += [
        "",
        f"Confidence that the documents answer: area under the curve {found['area_under_curve']:.3f}, "
        f"Brier score {found['brier']:.3f}, calibration error {found['calibration_error']:.3f}.",
    ]
    return "\n".join(lines)


def _cell(value: Mapping[str, float] | None, *, interval: bool = False) -> str:
    if value is None:
        return "–"
    shown = f"{value['value']:.3f}"
    return f"{shown} [{value['low']:.3f}, {value['high']:.3f}]" if interval else shown
