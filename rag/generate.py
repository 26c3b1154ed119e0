"""The language model: a prompt goes in, lines of `claim [n]` come out piece by piece.

Two runtimes stand behind one Protocol, `Generator`. What was chosen and why (measured on 2 cores):

- llama.cpp runs inside this process through xllamacpp. That package always opens a server of its own; it is
  bound to a Unix socket in a private folder that is removed once the model is loaded (where that is not
  possible: to the loopback address, behind a random key), and we only ever use its in-process calls.
- The marks are held by a grammar (llama.cpp) or by a mask over the vocabulary (transformers): one language,
  written down in `Held`. Bounded repetition in the grammar cost nothing measurable.
- The prompt is read 16 tokens at a time. Larger batches read hardly faster, and between two batches
  is the only moment at which reading can be stopped.
- After each answer the model's memory is cut back to the fixed part of the prompt. Every answer thus starts
  from the same state, so that it is the same text whatever was asked before. Each of the three fixed parts that we
  have (to compose in Chinese, in English, to translate) is kept in a slot of its own: reading one anew took 10 s.
"""

from __future__ import annotations

import inspect
import io
import logging
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeAlias

import numpy as np

from rag.errors import ConfigError, ModelError

_log = logging.getLogger(__name__)

MAX_LINES = 12
MAX_MARKS_PER_LINE = 3
MIN_LINE_CHARS, MAX_LINE_CHARS = 4, 360
"""A bound against running on, not a wish: an English sentence of 50 words takes 330 characters."""
_FORBIDDEN = (
    (0x00, 0x1F),  # line breaks, tabs and other control characters
    (0x7F, 0x9F),  # more control characters, among them the line break U+0085
    (0x200B, 0x200F),  # zero-width characters and direction marks
    (0x2028, 0x202E),  # line and paragraph separators, direction overrides
    (0x2060, 0x206F),  # invisible operators
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xE0000, 0xE007F),  # tag characters
    *((ord(char), ord(char)) for char in "[]【】<>|"),  # marks and template tokens
)
"""Code points (first, last) that the text of a line never holds."""
_FOREIGN = (
    (0x2E80, 0xA4CF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)
"""Chinese, Japanese and Korean signs with their punctuation, which no line of an English answer holds either."""
_SPACES = ((0x20, 0x20), (0xA0, 0xA0), (0x3000, 0x3000))
"""What a line never starts with, beside `_FORBIDDEN`."""

_READ_TOKENS = 16
"""Prompt tokens read between two looks at `cancel`: 0.25 s of work at 60 tokens/s.

Whoever cancels is let go within `_POLL_S`; the model itself ends the batch it is in. Measured on 2 cores:
batches of 8 read a third slower, batches of 32 or 512 no more than a tenth faster.
"""
_READ_TOKENS_TRANSFORMERS = 32
"""The same for transformers, where one pass over the weights takes 0.3 s for 1 token as for 32."""
_POLL_S = 0.02
_SLOTS = 3
"""Fixed parts kept at once: one for each language that is prompted in."""
_MAX_SOCKET_PATH = 100
"""Systems allow about 104 bytes for the path of a Unix socket."""


@dataclass(frozen=True)
class Prompt:
    """What the model is told. `user` may hold anything: it is never read as part of the template."""

    system: str
    """The fixed part, the same for every question: read once and kept."""
    user: str
    """Question and evidence."""
    latin: bool = False
    """Whether the answer is to hold no Chinese sign: small models slip into the language of the evidence."""


class Generator(Protocol):
    """A language model that writes lines of `claim [n]`."""

    def warm(self, prompt_system: str) -> None:
        """Read the fixed part ahead, so that the first question need not wait for it."""

    def stream(self, prompt: Prompt, *, marks: int | None, cancel: threading.Event) -> Iterator[str]:
        """Pieces of text as they come: lines of `claim [n]`, n from 1 to `marks`, the likeliest words only.

        With `marks` None the text is free; the product never asks so, the evaluation's naive baseline does.

        Ends early, without an error, once `cancel` is set; the last line may then be unfinished, as it may
        where the answer reaches its bound of tokens. Raises `ModelError` when the model fails or hangs.
        """


def build_generator(
    runtime: str,
    model: str | Path,
    *,
    threads: int,
    context_tokens: int,
    max_tokens: int,
    stall_timeout_s: float,
) -> Generator:
    """The language model `model`, loaded in `runtime`; `threads` 0 means one for each core we may use.

    Raises `ConfigError` for an unknown runtime and `ModelError` for a model that is missing or will not load.
    """
    if runtime not in _RUNTIMES:
        raise ConfigError(f"Unknown runtime {runtime!r}; expected one of: {', '.join(_RUNTIMES)}.")
    limits = _Limits(threads or _cores(), context_tokens, max_tokens, stall_timeout_s)
    return _RUNTIMES[runtime](model, limits)


@dataclass(frozen=True)
class _Limits:
    threads: int
    context_tokens: int
    max_tokens: int
    stall_timeout_s: float


def _cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# What may be written -------------------------------------------------------------------------------------


def grammar(marks: int, *, latin: bool = False) -> str:
    """The GBNF grammar of an answer that may cite [1] to [`marks`]; the same language as `Held`."""
    first, other = _CLASSES[latin]
    numbers = " | ".join(f'"{n}"' for n in range(1, _checked(marks) + 1))
    return "\n".join(
        (
            f'root ::= line ("\\n" line){{0,{MAX_LINES - 1}}} "\\n"?',
            f"line ::= first other{{{MIN_LINE_CHARS - 1},{MAX_LINE_CHARS - 1}}} "
            f"mark{{1,{MAX_MARKS_PER_LINE}}}",
            f"first ::= {first}",
            f"other ::= {other}",
            f'mark ::= "[" ({numbers}) "]"',
        )
    )


def _checked(marks: int) -> int:
    if marks < 1:
        raise ValueError(f"marks is {marks}; an answer needs at least one piece of evidence to cite.")
    return marks


def _none_of(*ranges: tuple[int, int]) -> str:
    """The negated character class, written as both GBNF and regular expressions understand it."""
    return "[^" + "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in ranges) + "]"


_CLASSES = {
    latin: (_none_of(*_FORBIDDEN, *_SPACES, *foreign), _none_of(*_FORBIDDEN, *foreign))
    for latin, foreign in ((False, ()), (True, _FOREIGN))
}
"""Without and with Latin alone: what a line starts with, and what it goes on with."""
_OPENING = {latin: re.compile(f"{first}{other}*") for latin, (first, other) in _CLASSES.items()}
_PLAIN = {latin: re.compile(f"{other}+") for latin, (_, other) in _CLASSES.items()}


@dataclass(frozen=True)
class Held:
    """How far an answer has come, character by character; the same language as `grammar`.

    `inside` is None outside a mark, else the digits of the mark so far.
    """

    marks: int
    latin: bool = False
    line: int = 1
    chars: int = 0
    cited: int = 0
    inside: str | None = None

    def after(self, text: str) -> Held | None:
        """The state after `text`, None where an answer cannot go on so."""
        state: Held | None = self
        for char in text:
            state = state._step(char) if state else None
        return state

    @property
    def may_end(self) -> bool:
        fresh_line = self.chars == 0 and self.line > 1
        return self.inside is None and (self.cited > 0 or fresh_line)

    def _step(self, char: str) -> Held | None:
        if self.inside is not None:
            return self._in_mark(char)
        if char == "[" and self.chars >= MIN_LINE_CHARS and self.cited < MAX_MARKS_PER_LINE:
            return replace(self, inside="")
        if self.cited:
            return (
                Held(self.marks, self.latin, self.line + 1)
                if char == "\n" and self.line <= MAX_LINES
                else None
            )
        room = self.line <= MAX_LINES and self.chars < MAX_LINE_CHARS
        fits = room and (_PLAIN if self.chars else _OPENING)[self.latin].fullmatch(char)
        return replace(self, chars=self.chars + 1) if fits else None

    def _in_mark(self, char: str) -> Held | None:
        digits = f"{self.inside}{char}"
        if char == "]":
            closes = self.inside and 1 <= int(self.inside) <= self.marks
            return replace(self, inside=None, cited=self.cited + 1) if closes else None
        exists = char in "0123456789" and digits[0] != "0" and int(digits) <= self.marks
        return replace(self, inside=digits) if exists else None


_OPENERS = re.compile(r"<(?=[^\s<])|\[(?=[/A-Z])")
"""What opens a template token in some model's vocabulary: <|im_start|>, <s>, <tool_call>, [INST], [/INST]."""


def neutralise(text: str) -> str:
    """`text` with a blank after whatever could open a template token, and no white space around it.

    Nothing is left that a tokeniser takes for `<|im_end|>` or `[INST]`; [1] and a lone < stay as they are.
    """
    return _OPENERS.sub(r"\g<0> ", text).strip()


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    return [
        {"role": "system", "content": prompt.system},
        {"role": "user", "content": neutralise(prompt.user)},
    ]


# One piece of work at a time -----------------------------------------------------------------------------

_Emit: TypeAlias = Callable[[str], bool]
"""Hands a piece of text over ("" is only a sign of life); true when the work has to stop."""


class _Desk:
    """Runs one piece of work at a time, in a thread of its own, so that whoever waits can always leave."""

    def __init__(self, stall_timeout_s: float) -> None:
        self._stall_timeout_s = stall_timeout_s
        self._turn = threading.Lock()
        self._hung = threading.Event()

    def run(
        self, work: Callable[[_Emit], object], tidy: Callable[[], None], cancel: threading.Event
    ) -> Iterator[str]:
        """The pieces that `work` emits; `tidy` follows it, when the reader is gone already."""
        pieces: SimpleQueue[str | Exception | None] = SimpleQueue()
        left = threading.Event()

        def emit(piece: str) -> bool:
            # Waiting for a question that is being answered is no stall; waiting for a hung one is.
            if piece or not self._hung.is_set():
                pieces.put(piece)
            # The interpreter waits for this thread at exit: a main thread that has ended is a reader gone.
            return left.is_set() or cancel.is_set() or not threading.main_thread().is_alive()

        threading.Thread(target=self._work, args=(work, tidy, emit, pieces), name="generate").start()
        try:
            yield from self._read(pieces, cancel)
        finally:
            left.set()

    def _work(
        self,
        work: Callable[[_Emit], object],
        tidy: Callable[[], None],
        emit: _Emit,
        pieces: SimpleQueue[str | Exception | None],
    ) -> None:
        while not self._turn.acquire(timeout=_POLL_S):
            if emit(""):
                return
        try:
            if not emit(""):
                work(emit)
            pieces.put(None)
            tidy()
        except Exception as error:
            # Handed to the reader, in whose thread it is raised; after the end it is only worth a line.
            _log.debug("The language model failed.", exc_info=True)
            pieces.put(error)
        finally:
            self._hung.clear()
            self._turn.release()

    def _read(self, pieces: SimpleQueue[str | Exception | None], cancel: threading.Event) -> Iterator[str]:
        heard = time.monotonic()
        while not cancel.is_set():
            try:
                piece = pieces.get(timeout=_POLL_S)
            except Empty:
                self._check_alive(time.monotonic() - heard)
                continue
            heard = time.monotonic()
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise piece
            if piece:
                yield piece

    def _check_alive(self, silent_s: float) -> None:
        if silent_s > self._stall_timeout_s:
            self._hung.set()
            raise ModelError(
                f"The language model gave no sign of life for {silent_s:.0f} s "
                f"(stall_timeout_s is {self._stall_timeout_s:g}). Restart the program if it does not recover."
            )


# llama.cpp -----------------------------------------------------------------------------------------------


class _LlamaCpp:
    """A GGUF file run by llama.cpp. `tokens_read` counts the prompt tokens read for the last answer."""

    def __init__(self, model: str | Path, limits: _Limits) -> None:
        self._server = _load_llama(_gguf(model), limits)
        self._limits = limits
        self._desk = _Desk(limits.stall_timeout_s)
        self._kept: dict[str, int] = {}
        """The fixed parts that are read, each with its slot; the one used last at the end."""
        self.tokens_read = 0

    def warm(self, prompt_system: str) -> None:
        for _ in self._desk.run(lambda emit: self._keep(prompt_system, emit), _nothing, threading.Event()):
            pass

    def stream(self, prompt: Prompt, *, marks: int | None, cancel: threading.Event) -> Iterator[str]:
        rules = {} if marks is None else {"grammar": grammar(marks, latin=prompt.latin)}

        def work(emit: _Emit) -> None:
            slot = self._keep(prompt.system, emit)
            self.tokens_read = self._ask(
                prompt, slot, emit, max_tokens=self._limits.max_tokens, cache_prompt=True, **rules
            )

        return self._desk.run(work, lambda: self._cut_back(prompt.system), cancel)

    def _keep(self, system: str, emit: _Emit) -> int:
        """The slot that keeps `system`: the one that does, else one into which it is read from its first token on."""
        free = set(range(_SLOTS)) - set(self._kept.values())
        kept = system in self._kept
        slot = (
            self._kept.pop(system) if kept else min(free) if free else self._kept.pop(next(iter(self._kept)))
        )
        stopped = False

        def watch(piece: str) -> bool:
            nonlocal stopped
            stopped = emit("")
            return stopped

        if not kept:
            self._ask(Prompt(system, ""), slot, watch, max_tokens=0, cache_prompt=False)
        if not stopped:
            self._kept[system] = slot
        return slot

    def _cut_back(self, system: str) -> None:
        """Drop everything behind the fixed part, so that the next answer starts where this one did."""
        if system in self._kept:
            slot = self._kept[system]
            self._ask(Prompt(system, ""), slot, lambda _: False, max_tokens=0, cache_prompt=True)

    def _ask(self, prompt: Prompt, slot: int, emit: _Emit, **options: Any) -> int:
        """Run one request, emit its text, and return how many prompt tokens were read for it."""
        failures: list[str] = []
        read = 0

        def on_chunk(chunk: dict[str, Any]) -> bool:
            nonlocal read
            if "error" in chunk:
                failures.append(str(chunk["error"].get("message", chunk["error"])))
                return True
            read = chunk.get("timings", {}).get("prompt_n", read)
            delta = chunk["choices"][0]["delta"] if chunk.get("choices") else {}
            return emit(delta.get("content") or "")

        request = {"messages": _messages(prompt), "id_slot": slot}
        self._server.handle_chat_completions({**request, **_GREEDY, **options}, on_chunk)
        if failures:
            raise ModelError(
                f"llama.cpp refused the prompt: {failures[0]}. Give it less evidence, or raise "
                f"context_tokens (now {self._limits.context_tokens})."
            )
        return read


_GREEDY = {
    "stream": True,
    "samplers": ["top_k"],
    "top_k": 1,
    "temperature": 0.0,
    "return_progress": True,
    "timings_per_token": True,
    "reasoning_format": "none",
    "chat_template_kwargs": {"enable_thinking": False},
}


def _nothing() -> None:
    pass


def _gguf(model: str | Path) -> Path:
    """`model` as the path of a file that opens like a GGUF file."""
    path = Path(model)
    if not path.is_file():
        raise ModelError(
            f"No language model at {path}: the llama.cpp runtime needs a .gguf file. "
            "Fetch the models, or name the file in the setting generator."
        )
    with path.open("rb") as file:
        magic = file.read(4)
    if magic != b"GGUF":
        raise ModelError(
            f"{path} is no GGUF file: it starts with {magic!r}, expected b'GGUF'. "
            "Delete it and fetch the models again."
        )
    return path


def _load_llama(path: Path, limits: _Limits) -> Any:
    """The loaded model, which nobody but this process can reach."""
    try:
        import xllamacpp
    except ModuleNotFoundError as error:
        if error.name != "xllamacpp":
            raise
        raise ModelError(
            "The runtime llama.cpp needs the package xllamacpp. Run `pip install xllamacpp`, "
            "or set runtime to transformers."
        ) from error
    folder = tempfile.mkdtemp(prefix="tiaowen-")
    try:
        return xllamacpp.Server(_llama_params(xllamacpp.CommonParams(), path, limits, folder))
    except RuntimeError as error:
        raise ModelError(
            f"llama.cpp cannot load {path} ({path.stat().st_size:,} bytes): it is damaged, of a kind this "
            "version does not know, or does not fit into memory. Delete it and fetch the models again. "
            f"({error})"
        ) from error
    finally:
        # The server's socket lies in it: with its name gone nobody can connect.
        shutil.rmtree(folder, ignore_errors=True)


def _llama_params(params: Any, path: Path, limits: _Limits, folder: str) -> Any:
    params.model.path = str(path)
    params.n_ctx = _SLOTS * limits.context_tokens
    params.n_parallel = _SLOTS
    params.n_batch = params.n_ubatch = _READ_TOKENS
    for pool in (params.cpuparams, params.cpuparams_batch):
        pool.n_threads = limits.threads
        # Waiting threads sleep: spinning takes the core from the search and from other programs.
        pool.poll = 0
    # The slots' own memory is all that is kept: other stores would bring an earlier question back.
    params.cache_ram_mib = 0
    params.n_ctx_checkpoints = 0
    params.n_cache_reuse = 0
    params.verbosity = -1
    _close_server(params, folder)
    return params


def _close_server(params: Any, folder: str) -> None:
    """Keep the package's own server from whoever is not us."""
    params.ui = params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.api_keys = [secrets.token_hex(32)]
    socket = os.path.join(folder, "model.sock")
    if os.name == "posix" and len(os.fsencode(socket)) <= _MAX_SOCKET_PATH:
        params.hostnames = [socket]
    else:
        params.hostnames, params.port = ["127.0.0.1"], 0


# transformers --------------------------------------------------------------------------------------------


class _Transformers:
    """Any causal model of transformers. `tokens_read` counts the prompt tokens read for the last answer."""

    def __init__(self, model: str | Path, limits: _Limits) -> None:
        self._tokenizer, self._model = _load_transformers(model)
        self._limits = limits
        self._desk = _Desk(limits.stall_timeout_s)
        self._mask = _Mask(_token_texts(self._tokenizer, self._vocabulary), self._ends)
        self._system: str | None = None
        self._ids: list[int] = []
        self._cache: Any = None
        # Renamed by transformers 5.24, and the old name warns.
        parameters = inspect.signature(self._model.forward).parameters
        self._cache_name = "cache" if "cache" in parameters else "past_key_values"
        self.tokens_read = 0

    def warm(self, prompt_system: str) -> None:
        for _ in self._desk.run(lambda emit: self._keep(prompt_system, emit), _nothing, threading.Event()):
            pass

    def stream(self, prompt: Prompt, *, marks: int | None, cancel: threading.Event) -> Iterator[str]:
        start = None if marks is None else Held(_checked(marks), prompt.latin)

        def work(emit: _Emit) -> None:
            self._keep(prompt.system, emit)
            self._write(self._encode(prompt), start, emit)

        return self._desk.run(work, _nothing, cancel)

    @property
    def _vocabulary(self) -> int:
        """How many tokens the model gives a score, which may be more than its tokenizer has."""
        return int(self._model.get_output_embeddings().weight.shape[0])

    @property
    def _ends(self) -> tuple[int, ...]:
        """The tokens that end an answer."""
        named = self._model.generation_config.eos_token_id
        ends = {self._tokenizer.eos_token_id, *(named if isinstance(named, list) else [named])}
        return tuple(sorted(end for end in ends if end is not None))

    def _encode(self, prompt: Prompt) -> list[int]:
        if self._tokenizer.chat_template:
            text = self._tokenizer.apply_chat_template(
                _messages(prompt), tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
        else:
            text = "\n\n".join(message["content"] for message in _messages(prompt)) + "\n\n"
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def _keep(self, system: str, emit: _Emit) -> None:
        """Read `system` from its first token on, unless it is what is kept."""
        if self._system == system:
            return
        from transformers import DynamicCache

        self._system, self._ids, self._cache = None, [], DynamicCache()
        # What two prompts share that differ in the first character of the question.
        ids = self._encode(Prompt(system, "一"))
        ids = ids[: _shared(ids, self._encode(Prompt(system, "1")))]
        if self._read(ids, emit) is not None:
            self._system, self._ids = system, ids

    def _write(self, ids: list[int], state: Held | None, emit: _Emit) -> None:
        """Read `ids` behind the fixed part and emit the likeliest answer that the marks allow, if any hold it."""
        if len(ids) + self._limits.max_tokens > self._limits.context_tokens:
            raise ModelError(
                f"The prompt has {len(ids)} tokens and the answer may have {self._limits.max_tokens}, more "
                f"than context_tokens ({self._limits.context_tokens}). Give it less evidence, or raise it."
            )
        kept = _shared(self._ids, ids)
        if surplus := self._cache.get_seq_length() - kept:
            self._cache.crop(-surplus)
        self._ids = self._ids[:kept]
        self.tokens_read = len(ids) - kept
        scores = self._read(ids[kept:], emit)
        pending: list[int] = []
        for _ in range(self._limits.max_tokens):
            if scores is None:
                return
            held = scores if state is None else np.where(self._mask.allowed(state), scores, -np.inf)
            token = int(held.argmax())
            if token in self._ends:
                return
            pending.append(token)
            text = self._tokenizer.decode(pending, clean_up_tokenization_spaces=False)
            if not text.endswith("\ufffd"):
                following = None if state is None else state.after(text)
                if (
                    state is not None and following is None
                ):  # bytes that each looked harmless joined to what may not stand
                    return
                state, pending = following, []
                if emit(text):
                    return
            scores = self._read([token], emit)

    def _read(self, ids: list[int], emit: _Emit) -> Any:
        """The scores of the token after `ids`, which are read on top of the cache; None when stopped."""
        import torch

        scores = None
        for start in range(0, len(ids), _READ_TOKENS_TRANSFORMERS):
            if emit(""):
                return None
            batch = torch.tensor([ids[start : start + _READ_TOKENS_TRANSFORMERS]])
            with torch.inference_mode():
                output = self._model(
                    batch, use_cache=True, logits_to_keep=1, **{self._cache_name: self._cache}
                )
            scores = output.logits[0, -1]
        return scores if scores is None else scores.float().numpy()


def _shared(one: list[int], other: list[int]) -> int:
    """How many tokens the two have in common from the start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _load_transformers(model: str | Path) -> tuple[Any, Any]:
    """Tokenizer and model; a path is read from disk alone, any other name is looked up on the hub."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    path = Path(model)
    name, options = (path.parent, {"gguf_file": path.name}) if path.suffix == ".gguf" else (model, {})
    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=path.exists(), **options)
            loaded = AutoModelForCausalLM.from_pretrained(
                name, local_files_only=path.exists(), dtype=torch.bfloat16, **options
            )
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise ModelError(
            f"transformers cannot load the language model {model}: {error} Name a folder or a .gguf file "
            "that is complete, install tiaowen[transformers-gguf] for a .gguf file, "
            "or set runtime to llama.cpp."
        ) from error
    return tokenizer, loaded


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from drawing bars and giving advice in the terminal while a model loads."""
    from transformers.utils import logging

    switch: Any = logging  # its functions carry no annotations
    verbosity = switch.get_verbosity()
    switch.set_verbosity_error()
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        switch.set_verbosity(verbosity)


def _token_texts(tokenizer: Any, size: int) -> list[str]:
    """The text of every token; "" for those that have none, and for the template's own."""
    own = set(tokenizer.all_special_ids) | set(tokenizer.get_added_vocab().values())
    known = len(tokenizer)
    texts: list[str] = tokenizer.batch_decode([[i] for i in range(known)], clean_up_tokenization_spaces=False)
    return ["" if i >= known or i in own else texts[i] for i in range(size)]


class _Mask:
    """Which tokens may follow a state, as one boolean a token; reckoned once for each kind of state."""

    def __init__(self, texts: list[str], ends: tuple[int, ...]) -> None:
        self._texts = texts
        self._ends = list(ends)
        self._plain, self._opening = (
            {latin: np.array([bool(pattern.fullmatch(t)) for t in texts]) for latin, pattern in found.items()}
            for found in (_PLAIN, _OPENING)
        )
        self._lengths = np.array([len(t) for t in texts])
        self._mixed = [i for i, t in enumerate(texts) if t and not self._plain[False][i]]
        self._digits = [i for i, t in enumerate(texts) if t.isdigit()]
        self._known: dict[Held, np.ndarray[Any, np.dtype[np.bool_]]] = {}

    def allowed(self, state: Held) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """True for every token whose text may follow `state`, and for the ends where it may end."""
        if state not in self._known:
            self._known[state] = self._reckon(state)
        return self._known[state]

    def _reckon(self, state: Held) -> np.ndarray[Any, np.dtype[np.bool_]]:
        mask = np.zeros(len(self._texts), dtype=bool)
        if state.inside is None and not state.cited and state.line <= MAX_LINES:
            plain = (self._plain if state.chars else self._opening)[state.latin]
            mask = plain & (self._lengths <= MAX_LINE_CHARS - state.chars)
        for i in self._digits + self._mixed if state.inside is not None else self._mixed:
            mask[i] = state.after(self._texts[i]) is not None
        mask[self._ends] = state.may_end
        return mask


_RUNTIMES: dict[str, Callable[[str | Path, _Limits], Generator]] = {
    "llama.cpp": _LlamaCpp,
    "transformers": _Transformers,
}
