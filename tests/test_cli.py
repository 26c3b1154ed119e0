"""The command line as a person meets it: real processes, one clear line for each mistake, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag import config

SEEDS = config.SHIPPED_SEEDS


def tiaowen(*arguments: str, home: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the real command; `home` is its library."""
    env = {**os.environ, **environ, **({"TIAOWEN_HOME": str(home)} if home else {})}
    command = [sys.executable, "-m", "rag.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=240, check=False)


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    """The single line of stderr of a failed command, without a traceback."""
    assert result.returncode not in (0, None)
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with two documents, indexed with the real embedder."""
    folder = tmp_path_factory.mktemp("cli")
    seeds = folder / "seeds"
    seeds.mkdir()
    for path in sorted(SEEDS.iterdir())[3:]:
        shutil.copy(path, seeds)
    result = tiaowen("build", home=folder / "home", TIAOWEN_SEEDS=str(seeds))
    assert result.returncode == 0, result.stderr
    return folder / "home"


def test_help_is_quick_and_loads_no_model() -> None:
    code = "import sys; from rag.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "print(sorted({'torch', 'faiss', 'gradio', 'transformers', 'rich'} & set(sys.modules)), file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr.strip() == "[]"
    assert "tiaowen ask" in result.stdout


@pytest.mark.parametrize(
    "command", ["ask", "search", "show", "read", "add", "remove", "list", "build", "models", "serve"]
)
def test_each_command_has_help(command: str) -> None:
    result = tiaowen(command, "--help")
    assert result.returncode == 0
    assert "--home" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask", "  "), "empty"),
        (("ask", "🎉🎊"), "empty"),
        (("ask", "补" * 20_000), "20,000"),
        (("ask", "x", "--bad"), "unrecognized"),
        (("ask", "x", "--as-of", "昨天"), "not a date"),
        (("search", "x", "-k", "0"), "1 to 200"),
        (("serve", "--port", "99999"), "65535"),
        (("read", "a.txt", "--tree", "--json"), "not allowed with"),
        (("read", "无.txt"), "No such file"),
        (("add", "甲.txt", "--as", "../甲.txt"), "path separator"),
        (("fly",), "invalid choice"),
        (("models", "path", "no-such-model"), "no-such-model"),
    ],
)
def test_bad_usage_is_one_clear_line(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    assert says in one_line(tiaowen(*arguments, home=tmp_path))


def test_a_missing_model_says_how_to_fetch_it(tmp_path: Path) -> None:
    message = one_line(tiaowen("build", home=tmp_path, TIAOWEN_CACHE=str(tmp_path / "empty")))
    assert "tiaowen models fetch" in message


@pytest.mark.models
def test_a_missing_index_says_to_build(tmp_path: Path) -> None:
    assert "tiaowen build" in one_line(tiaowen("ask", "有什么补贴", "--extractive", home=tmp_path))


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tiaowen.toml").write_text("runtim = 'llama.cpp'\n")
    assert "runtim" in one_line(tiaowen("build", home=tmp_path))


@pytest.mark.models
def test_json_has_the_fixed_keys(home: Path) -> None:
    result = tiaowen("ask", "吕梁的创业担保贷款最高多少？", "--extractive", "--json", home=home)
    record = json.loads(result.stdout)
    assert set(record) == {
        "status", "text", "sentences", "citations", "nearest", "notices", "hits", "scope", "confidence", "checks",
        "evidence_s", "first_token_s", "total_s",
    }  # fmt: skip
    assert set(record["citations"][0]) == {"file", "clause", "start", "end", "quote"}
    assert set(record["hits"][0]) == {"file", "clause", "start", "end", "score"}
    assert record["first_token_s"] is None
    assert 0 < record["confidence"] <= 1
    assert record["checks"] == []
    assert "30万元" in record["text"]


@pytest.mark.models
def test_a_piped_answer_is_plain_and_shows_its_card(home: Path) -> None:
    result = tiaowen("ask", "吕梁的创业担保贷款最高多少？", "--extractive", home=home)
    assert "\x1b" not in result.stdout
    assert "吕发改服务发〔2022〕153号" in result.stdout
    assert "[1] 吕梁市 2.5.26" in result.stdout


@pytest.mark.models
@pytest.mark.parametrize(
    "name",
    [
        ("吕发改服务发〔2022〕153号第26条",),
        ("吕梁", "2.5.26"),
        ("003_13e82bdd20c83ba7.txt", "26"),
        ("吕梁市二（五）26",),
    ],
)
def test_show_finds_a_clause_by_any_spelling(home: Path, name: tuple[str, ...]) -> None:
    result = tiaowen("show", *name, home=home)
    assert "可申请最高30万元的创业担保贷款" in result.stdout


@pytest.mark.models
def test_show_says_what_there_is_instead(home: Path) -> None:
    assert "2.5.26" in one_line(tiaowen("show", "吕梁", "99", home=home))
    assert "003_13e82bdd20c83ba7.txt" in one_line(tiaowen("show", "某某办法", home=home))


@pytest.mark.models
def test_search_needs_no_language_model(home: Path) -> None:
    result = tiaowen("search", "创业担保贷款", "--city", "吕梁", "-k", "3", home=home)
    assert result.stdout.splitlines()[0].split("\t")[2:4] == ["吕梁市", "2.5.26"]


@pytest.mark.models
def test_an_unknown_city_is_refused(home: Path) -> None:
    assert "某某" in one_line(tiaowen("ask", "有什么补贴", "--city", "某某", "--extractive", home=home))


@pytest.mark.models
def test_a_damaged_index_says_to_rebuild(home: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(home, tmp_path / "copy")
    vectors = next(copy.glob("built/*/vectors.faiss"))
    vectors.write_bytes(vectors.read_bytes()[:-100])
    assert "tiaowen build" in one_line(tiaowen("ask", "有什么补贴", "--extractive", home=copy))


@pytest.mark.models
def test_an_unreadable_document_is_named_and_the_others_kept(home: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(home, tmp_path / "copy")
    added = copy / "documents"
    added.mkdir()
    (added / "empty.txt").write_text("")
    (added / "binary.txt").write_bytes(bytes(range(256)) * 40)
    result = tiaowen("build", home=copy)
    assert result.returncode == 1
    assert "empty.txt" in result.stderr
    assert "binary.txt" in result.stderr
    assert "Traceback" not in result.stderr
    assert tiaowen("show", "吕梁", "26", home=copy).returncode == 0


@pytest.mark.models
def test_ctrl_c_during_a_build_leaves_the_old_index_whole(home: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(home, tmp_path / "copy")
    (copy / "documents").mkdir()
    for path in sorted(SEEDS.iterdir())[:2]:  # something to embed, so that there is time to stop it
        shutil.copy(path, copy / "documents" / f"new-{path.name}")
    env = {**os.environ, "TIAOWEN_HOME": str(copy)}
    before = set(copy.glob("built/*"))
    process = subprocess.Popen(
        [sys.executable, "-m", "rag.cli", "build"],
        env=env,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while set(copy.glob("built/.new-*")) == set() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert set(copy.glob("built/*")) == before
    assert tiaowen("show", "吕梁", "26", home=copy).returncode == 0


@pytest.mark.models
def test_build_ask_and_eval_open_no_socket(tmp_path: Path) -> None:
    """Everything after `models fetch` works with sockets blocked."""
    blocked = "import pytest_socket; pytest_socket.disable_socket(allow_unix_socket=True); "
    cli = blocked + "from rag.cli import main; import sys; main(sys.argv[1:])"
    evaluation = blocked + "from eval.__main__ import main; main()"
    env = {**os.environ, "TIAOWEN_HOME": str(tmp_path / "home")}
    questions = tmp_path / "q.jsonl"
    lines = (config.CHECKOUT / "eval" / "sets" / "development.jsonl").read_text(encoding="utf-8").splitlines()
    questions.write_text("\n".join(lines[2:4]) + "\n", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    for command in (
        [cli, "build"],
        [cli, "ask", "吕梁的创业担保贷款最高多少？"],
        [evaluation, "run", "--questions", str(questions), "--out", str(out)],
    ):
        result = subprocess.run(
            [sys.executable, "-c", *command],
            capture_output=True,
            text=True,
            env=env,
            timeout=280,
            check=False,
        )
        assert result.returncode == 0, result.stderr
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.models
def test_chat_keeps_the_context(home: Path) -> None:
    env = {**os.environ, "TIAOWEN_HOME": str(home)}
    result = subprocess.run(
        [sys.executable, "-m", "rag.cli", "ask", "--extractive"],
        input="吕梁的创业担保贷款最高多少？\n\n那找谁办？\nq\n",
        capture_output=True, text=True, env=env, timeout=120, check=False,
    )  # fmt: skip
    assert result.returncode == 0
    assert "人行吕梁中心支行" in result.stdout.split("那找谁办")[-1]


# -- reading and the library ----------------------------------------------------------------------

POLICY = "乙县创业办法\n乙政发〔2024〕3号\n\n一、贷款\n（一）额度。创（chuàng）业者最高30万元。（县财政局牵头）\n（二）利率。不高于4%。\n"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "乙县.txt"
    path.write_bytes(POLICY.encode("gb18030"))
    return path


def test_read_shows_metadata_and_clauses(policy: Path) -> None:
    result = tiaowen("read", str(policy))
    assert result.returncode == 0
    assert "发文字号 / doc_number: 乙政发〔2024〕3号" in result.stdout
    assert "（一）额度。创业者最高30万元。" in result.stdout
    assert tiaowen("read", str(policy), "--tree").stdout == result.stdout


def test_read_as_json_has_the_fixed_keys_and_offsets_of_the_text(policy: Path) -> None:
    record = json.loads(tiaowen("read", str(policy), "--json").stdout)
    assert set(record) == {"file", "metadata", "clauses", "repairs", "boilerplate"}
    fields = "title title_notice doc_number issuers place ancestors province level date_issued date_posted date_effective"
    more = "valid_until horizon_year based_on repeals script null_reasons"
    assert set(record["metadata"]) == {*fields.split(), *more.split()}
    text = tiaowen("read", str(policy), "--text").stdout
    assert text == POLICY
    loan = record["clauses"][0]
    assert set(loan) == {"label", "kind", "heading", "start", "end", "text", "departments"}
    assert text[loan["start"] : loan["end"]] == "（一）额度。创（chuàng）业者最高30万元。（县财政局牵头）"
    assert loan["departments"] == [{"name": "县财政局", "role": "牵头"}]
    (ruby,) = record["repairs"]
    at = POLICY.index("（chuàng）")
    assert ruby == {
        "start": at,
        "end": at + 8,
        "from": "（chuàng）",
        "to": "",
        "rule": "ruby",
        "certainty": 1.0,
    }


def test_read_lists_the_repairs(policy: Path) -> None:
    assert "ruby\t1.00\t'（chuàng）'\t''" in tiaowen("read", str(policy), "--repairs").stdout


@pytest.mark.models
def test_documents_are_added_listed_asked_and_removed(home: Path, policy: Path, tmp_path: Path) -> None:
    library = tmp_path / "home"
    shutil.copytree(home, library)
    seeds = str(home.parent / "seeds")
    (tmp_path / "坏.txt").write_bytes(b"")
    added = tiaowen("add", str(policy), str(tmp_path / "坏.txt"), home=library, TIAOWEN_SEEDS=seeds)
    assert added.returncode == 1
    assert "added  乙县.txt" in added.stdout
    assert added.stderr.splitlines()[-1].startswith("tiaowen: 坏.txt holds no text")
    again = tiaowen("add", str(policy), home=library, TIAOWEN_SEEDS=seeds)
    assert (again.returncode, again.stdout.strip()) == (0, "= 已有 / unchanged  乙县.txt")
    held = json.loads(tiaowen("list", "--json", home=library, TIAOWEN_SEEDS=seeds).stdout)
    assert [(each["file"], each["clauses"]) for each in held if each["added"]] == [("乙县.txt", 2)]
    shown = tiaowen("show", "乙政发〔2024〕3号", "1.1", home=library, TIAOWEN_SEEDS=seeds)
    assert "最高30万元" in shown.stdout
    removed = tiaowen("remove", "乙县.txt", home=library, TIAOWEN_SEEDS=seeds)
    assert removed.returncode == 0
    assert "乙县.txt" not in tiaowen("list", home=library, TIAOWEN_SEEDS=seeds).stdout
    assert "no document held" in one_line(tiaowen("remove", "乙县.txt", home=library, TIAOWEN_SEEDS=seeds))


@pytest.mark.models
def test_killed_while_adding_leaves_the_library_whole(home: Path, policy: Path, tmp_path: Path) -> None:
    library = tmp_path / "home"
    shutil.copytree(home, library)
    environ = {**os.environ, "TIAOWEN_HOME": str(library), "TIAOWEN_SEEDS": str(home.parent / "seeds")}
    command = [sys.executable, "-m", "rag.cli", "add", str(policy)]
    for delay_s in (2.0, 4.0, 6.0):
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay_s)
        process.kill()
        process.wait()
        listed = tiaowen("list", home=library, TIAOWEN_SEEDS=environ["TIAOWEN_SEEDS"])
        assert listed.returncode == 0, listed.stderr
        assert "吕梁市" in listed.stdout
    done = tiaowen("build", home=library, TIAOWEN_SEEDS=environ["TIAOWEN_SEEDS"])
    assert done.returncode == 0, done.stderr
