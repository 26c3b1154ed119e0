"""Every setting with its default, unit and bound, in one typed object.

The order is written once, in `load`: flag > environment > file > default. The file is `tiaowen.toml` in the
library's home; an unknown key in it is refused, so that a typo fails at the start. Steps never read this
module: they are handed the values they need.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from rag.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CHECKOUT = Path(__file__).resolve().parent.parent
SHIPPED_SEEDS = CHECKOUT / "seeds"
CONFIG_NAME = "tiaowen.toml"
ENV_PREFIX = "TIAOWEN_"

RUNTIMES = ("llama.cpp", "transformers")


@dataclass(frozen=True)
class Settings:
    """All settings. Every field can be set by `TIAOWEN_<NAME>` or in `tiaowen.toml`."""

    home: Path
    """The library's folder: added documents and the built index."""
    cache: Path
    """Where fetched models are kept."""
    seeds: Path = SHIPPED_SEEDS
    """The documents that ship with the product."""
    embedder: str = "multilingual-e5-small"
    """A model of the catalogue, a folder, or a sentence-transformers name on a hub."""
    generator: str = "qwen2.5-coder-1.5b-instruct"
    """A model of the catalogue, a .gguf file or a folder, or a transformers name on a hub."""
    runtime: str = "llama.cpp"
    """What runs the language model: one of RUNTIMES."""
    threads: int = 0
    """Threads for the language model; 0 means one for each core the process may use."""
    context_tokens: int = 4096
    """The language model's context, in tokens; 1,024 to 32,768."""
    max_answer_tokens: int = 320
    """The most tokens the model may write for one answer; 32 to 2,048."""
    stall_timeout_s: float = 20.0
    """Seconds without a token after which the model counts as hung and the extractive answer stands."""
    feedback_days: int = 365
    """Days that feedback given on the page is kept; 0 turns feedback off; at most 3,650."""

    def __post_init__(self) -> None:
        _check_choice("runtime", self.runtime, RUNTIMES)
        _check_range("threads", self.threads, 0, 1024)
        _check_range("context_tokens", self.context_tokens, 1024, 32768)
        _check_range("max_answer_tokens", self.max_answer_tokens, 32, 2048)
        _check_range("stall_timeout_s", self.stall_timeout_s, 1, 600)
        _check_range("feedback_days", self.feedback_days, 0, 3650)


def load(*, environ: Mapping[str, str] | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this run. Flags that are None count as not given.

    Raises `ConfigError` for an unknown key, a value of the wrong type or out of bounds.
    """
    environ = os.environ if environ is None else environ
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    from_env = {
        name: environ[ENV_PREFIX + name.upper()] for name in fields if environ.get(ENV_PREFIX + name.upper())
    }
    home = Path(given.get("home") or from_env.get("home") or _default_home()).expanduser().absolute()
    from_file = _read_file(home / CONFIG_NAME, set(fields))
    merged: dict[str, Any] = {
        "cache": platformdirs.user_cache_dir("tiaowen"),
        **from_file,
        **from_env,
        **given,
        "home": home,
    }
    return Settings(**{name: _typed(fields[name].type, name, value) for name, value in merged.items()})


def _default_home() -> Path:
    """`index/` in a checkout, else the user's data folder."""
    if (CHECKOUT / "pyproject.toml").is_file() and (CHECKOUT / "index").is_dir():
        return CHECKOUT / "index"
    return Path(platformdirs.user_data_dir("tiaowen"))


def _read_file(path: Path, known: set[str]) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as TOML: {error}. Mend or remove it.") from error
    unknown = sorted(set(content) - (known - {"home"}))
    if unknown:
        raise ConfigError(
            f"{path} has an unknown setting {unknown[0]!r}. Known: {', '.join(sorted(known - {'home'}))}."
        )
    return content


# What a value may be before it is converted: the environment gives text, a file numbers.
ACCEPTED: dict[str, tuple[type, ...]] = {
    "Path": (str, Path),
    "int": (int, str),
    "float": (float, int, str),
    "str": (str, Path),
}


def _typed(kind: Any, name: str, value: Any) -> Any:
    """`value` as the type that the field is annotated with (annotations are strings here)."""
    constructor = {"Path": Path, "int": int, "float": float, "str": str}[kind]
    problem = f"Setting {name} is {value!r}; expected {kind}."
    if isinstance(value, bool) or not isinstance(value, ACCEPTED[kind]):
        raise ConfigError(problem)
    try:
        typed = constructor(value)
    except ValueError as error:
        raise ConfigError(problem) from error
    return typed.expanduser().absolute() if isinstance(typed, Path) else typed


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"Setting {name} is {value!r}; expected one of: {', '.join(choices)}.")


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigError(f"Setting {name} is {value}; expected {low} to {high}.")
