"""Settings: where a value comes from, and what is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from rag import config
from rag.config import CONFIG_NAME, RUNTIMES, Settings, load
from rag.errors import ConfigError


def written(home: Path, *lines: str) -> Path:
    """`home` with a settings file of `lines`."""
    (home / CONFIG_NAME).write_text("\n".join(lines), encoding="utf-8")
    return home


def of(home: Path, environ: dict[str, str] | None = None, **flags: Any) -> Settings:
    return load(environ=environ or {}, flags={"home": home, **flags})


def test_default_stands_where_nothing_is_given(tmp_path: Path) -> None:
    settings = of(tmp_path)
    assert (settings.runtime, settings.context_tokens, settings.threads) == ("llama.cpp", 4096, 0)
    assert (settings.home, settings.seeds) == (tmp_path, config.SHIPPED_SEEDS)


def test_file_goes_before_default(tmp_path: Path) -> None:
    assert of(written(tmp_path, "threads = 3")).threads == 3


def test_environment_goes_before_file(tmp_path: Path) -> None:
    assert of(written(tmp_path, "threads = 3"), {"TIAOWEN_THREADS": "4"}).threads == 4


def test_flag_goes_before_environment(tmp_path: Path) -> None:
    assert of(tmp_path, {"TIAOWEN_THREADS": "4"}, threads=5).threads == 5


def test_flag_that_is_none_counts_as_not_given(tmp_path: Path) -> None:
    assert of(tmp_path, {"TIAOWEN_THREADS": "4"}, threads=None).threads == 4


def test_empty_variable_counts_as_not_given(tmp_path: Path) -> None:
    assert of(written(tmp_path, "threads = 3"), {"TIAOWEN_THREADS": ""}).threads == 3


def test_file_is_read_in_the_home_that_the_environment_names(tmp_path: Path) -> None:
    written(tmp_path, "threads = 3")
    settings = load(environ={"TIAOWEN_HOME": str(tmp_path)})
    assert (settings.home, settings.threads) == (tmp_path, 3)


def test_home_in_a_checkout_is_its_index_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(config, "CHECKOUT", tmp_path)
    assert load(environ={}).home == tmp_path / "index"


def test_home_outside_a_checkout_is_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CHECKOUT", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert load(environ={}).home == Path(config.platformdirs.user_data_dir("tiaowen"))


def test_paths_are_absolute_with_the_users_folder_spelt_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    settings = load(environ={"TIAOWEN_CACHE": "models", "TIAOWEN_HOME": "~/library"})
    assert (settings.home, settings.cache) == (tmp_path / "library", tmp_path / "models")


def test_every_field_can_be_set_by_the_environment(tmp_path: Path) -> None:
    default = of(tmp_path)
    values = {field.name: str(getattr(default, field.name)) for field in dataclasses.fields(Settings)}
    assert load(environ={f"TIAOWEN_{name.upper()}": value for name, value in values.items()}) == default


def test_number_of_a_file_may_be_whole_where_a_fraction_may_stand(tmp_path: Path) -> None:
    assert of(written(tmp_path, "stall_timeout_s = 5")).stall_timeout_s == 5.0


def test_unknown_key_is_refused_and_the_known_ones_are_listed(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"tiaowen\.toml has an unknown setting 'thread'\. Known: cache, .*threads"
    ):
        of(written(tmp_path, "thread = 3"))


def test_home_cannot_be_set_in_the_file_that_lies_in_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown setting 'home'"):
        of(written(tmp_path, 'home = "/elsewhere"'))


@pytest.mark.parametrize("content", [b"threads 3", b"threads = 3\nthreads = 4", b"\xff\xfe\x00", b"[a"])
def test_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CONFIG_NAME).write_bytes(content)
    with pytest.raises(ConfigError, match=r"tiaowen\.toml cannot be read as TOML: .* Mend or remove it"):
        of(tmp_path)


WRONG_TYPES = [
    ("threads = true", "Setting threads is True; expected int"),
    ('threads = "many"', "Setting threads is 'many'; expected int"),
    ("threads = 1.5", "Setting threads is 1.5; expected int"),
    ("threads = [1]", r"Setting threads is \[1\]; expected int"),
    ('stall_timeout_s = "soon"', "Setting stall_timeout_s is 'soon'; expected float"),
    ("embedder = 5", "Setting embedder is 5; expected str"),
    ('embedder = ["a"]', r"Setting embedder is \['a'\]; expected str"),
    ("cache = 5", "Setting cache is 5; expected Path"),
    ("[runtime]", "Setting runtime is {}; expected str"),
]


@pytest.mark.parametrize(("line", "problem"), WRONG_TYPES)
def test_value_of_another_type_is_refused(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        of(written(tmp_path, line))


BOUNDS = [
    ("threads", 0, 1024),
    ("context_tokens", 1024, 32768),
    ("max_answer_tokens", 32, 2048),
    ("stall_timeout_s", 1, 600),
]


@pytest.mark.parametrize(("name", "low", "high"), BOUNDS)
def test_value_at_a_bound_is_taken(tmp_path: Path, name: str, low: int, high: int) -> None:
    assert [getattr(of(tmp_path, **{name: value}), name) for value in (low, high)] == [low, high]


@pytest.mark.parametrize(("name", "low", "high"), BOUNDS)
@pytest.mark.parametrize("beyond", [-1, 1])
def test_value_out_of_bounds_is_refused(tmp_path: Path, name: str, low: int, high: int, beyond: int) -> None:
    value = low - 1 if beyond < 0 else high + 1
    with pytest.raises(ConfigError, match=rf"Setting {name} is {value}(\.0)?; expected {low} to {high}"):
        of(tmp_path, **{name: value})


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_value_that_is_no_finite_number_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match=f"Setting stall_timeout_s is {value}; expected 1 to 600"):
        of(tmp_path, {"TIAOWEN_STALL_TIMEOUT_S": value})


def test_unknown_runtime_is_refused_and_the_known_ones_are_listed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"'ollama'; expected one of: {', '.join(RUNTIMES)}"):
        of(tmp_path, runtime="ollama")
