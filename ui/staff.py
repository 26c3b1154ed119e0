"""Staff actions: add, replace and remove documents, see what was repaired, build anew; each with the token.

Routes of our own, not Gradio's upload: that one takes files from anybody before it asks. Here the token is
checked before a byte of the body is read, and nothing is written but by `rag.library`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from rag import library, token
from rag.config import Settings
from rag.errors import TiaowenError
from rag.library import Change
from rag.read import MAX_BYTES
from rag.types import Language, Reading
from ui.desk import Desk
from ui.parts import body_of
from ui.words import language_of, safe, word

log = logging.getLogger(__name__)

PREFIX = "/staff"
MAX_DOCUMENT_BYTES = max(MAX_BYTES.values())
WRONG_TOKEN_WAIT_S = 1.0
CONTEXT_CHARS = 12
MOST_REPAIRS = 500


@dataclass
class Work:
    """The build under way or the last one: what it does, how far it is, and what went wrong."""

    running: bool = False
    label: str = ""
    done: int = 0
    total: int = 0
    problem: str = ""


class Staff:
    """What staff may do with the library while the page is served."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk = desk
        self.settings = settings
        self.work = Work()
        self._one = threading.Lock()

    def add(self, name: str, data: bytes, *, replace: bool) -> Change:
        """Take one file into the library; the index is as before until the next build."""
        with TemporaryDirectory(prefix="tiaowen-") as folder:
            path = Path(folder) / f"document{Path(name).suffix.lower()}"
            path.write_bytes(data)
            (change,) = library.add(
                self.settings.home, self.settings.seeds, [path], replace=replace, name=name
            )
        return change

    def build(self) -> bool:
        """Begin to build the index anew and to answer from it; False where that is under way already."""
        with self._one:
            if self.work.running:
                return False
            self.work = Work(running=True)
        # Not a daemon: a build that is cut off leaves the old index, but its model's threads end badly.
        threading.Thread(target=self._build, name="build", daemon=False).start()
        return True

    def _build(self) -> None:
        try:
            loaded = self.desk.opening.loaded
            if loaded is None or loaded.rebuild is None:
                raise TiaowenError("Nothing is loaded yet. Wait until the page answers and try again.")
            self.desk.opening.loaded = loaded.rebuild(self._told)
        except TiaowenError as error:
            self.work.problem = str(error)
        except Exception:
            log.exception("building failed")
            self.work.problem = "The build failed; the log on the server says why."
        self.work.running = False

    def _told(self, label: str, done: int, total: int) -> None:
        self.work.label, self.work.done, self.work.total = label, done, total


def routes(staff: Staff) -> APIRouter:
    """The routes under `PREFIX`; each turns away whoever has not the token, before reading anything."""
    router = APIRouter(prefix=PREFIX)
    settings = staff.settings

    async def allowed(request: Request) -> None:
        if not token.exists(settings.home):
            raise HTTPException(403, "off")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token.is_right(settings.home, given):
            await asyncio.sleep(WRONG_TOKEN_WAIT_S)
            raise HTTPException(403, "token")

    @router.get("/documents")
    async def listed(request: Request, language: str = "") -> dict[str, str]:
        await allowed(request)
        paths = await asyncio.to_thread(library.paths_of, settings.home, settings.seeds)
        return {"html": list_html([path.name for path in paths], language_of(language))}

    @router.put("/documents/{name}")
    async def added(request: Request, name: str, replace: bool = False, language: str = "") -> dict[str, Any]:
        await allowed(request)
        data = await body_of(request, MAX_DOCUMENT_BYTES)
        try:
            change = await asyncio.to_thread(staff.add, name, data, replace=replace)
            if change.outcome not in ("added", "replaced"):
                return {**asdict(change), "html": ""}
            reading = await asyncio.to_thread(_read, settings, change.name)
        except TiaowenError as error:
            return {"name": name, "outcome": "refused", "reason": str(error), "html": ""}
        return {**asdict(change), "html": repairs_html(reading, language_of(language))}

    @router.delete("/documents/{name}")
    async def removed(request: Request, name: str) -> dict[str, str]:
        await allowed(request)
        try:
            await asyncio.to_thread(library.remove, settings.home, settings.seeds, [name])
        except TiaowenError as error:
            return {"name": name, "outcome": "refused", "reason": str(error)}
        return {"name": name, "outcome": "removed", "reason": ""}

    @router.get("/repairs/{name}")
    async def repaired(request: Request, name: str, language: str = "") -> dict[str, str]:
        await allowed(request)
        try:
            reading = await asyncio.to_thread(_read, settings, name)
        except TiaowenError as error:
            raise HTTPException(404, str(error)) from error
        return {"html": repairs_html(reading, language_of(language))}

    @router.post("/build")
    async def built(request: Request) -> dict[str, Any]:
        await allowed(request)
        staff.build()
        return asdict(staff.work)

    @router.get("/build")
    async def progress(request: Request) -> dict[str, Any]:
        await allowed(request)
        return asdict(staff.work)

    return router


def _read(settings: Settings, name: str) -> Reading:
    path = next((p for p in library.paths_of(settings.home, settings.seeds) if p.name == name), None)
    if path is None:
        raise TiaowenError(f"{name} is no document held.")
    return library.read(path)


# -- what is shown --------------------------------------------------------------------------------


def panel_html(language: Language, *, on: bool) -> str:
    """The panel below the documents; it says how to turn staff actions on while they are off."""
    title = f"<summary>{word('staff', language)}</summary>"
    if not on:
        return (
            f'<details class="tw-staff">{title}<p class="tw-note">{word("staff_off", language)}</p></details>'
        )
    words = (
        "working",
        "built",
        "wrong_token",
        "added",
        "replaced",
        "unchanged",
        "refused",
        "removed",
        "failed",
    )
    told = "".join(f' data-{name.replace("_", "-")}="{word(f"staff_{name}", language)}"' for name in words)
    return (
        f'<details class="tw-staff" data-language="{language}"{told}>{title}'
        f'<label>{word("staff_token", language)} <input type="password" class="tw-line" data-staff="token" '
        f'autocomplete="off"></label>'
        f'<button type="button" class="tw-do" data-staff="list">{word("staff_list", language)}</button>'
        f'<label>{word("staff_files", language)} <input type="file" multiple data-staff="files"></label>'
        f'<label><input type="checkbox" data-staff="replace"> {word("staff_replace", language)}</label>'
        f'<button type="button" class="tw-do tw-main" data-staff="add">{word("staff_add", language)}</button>'
        f'<div class="tw-staff-said" role="status" aria-live="polite"></div>'
        f'<div class="tw-staff-shown"></div></details>'
    )


def list_html(names: list[str], language: Language) -> str:
    """The files of the library, each to be looked at for its repairs or removed."""
    rows = "".join(
        f"<li><span>{safe(name)}</span>"
        f'<button type="button" class="tw-do" data-staff="repairs" data-name="{safe(name)}">'
        f"{word('staff_repairs', language)}</button>"
        f'<button type="button" class="tw-do" data-staff="remove" data-name="{safe(name)}" '
        f'data-sure="{word("staff_sure", language)}">{word("staff_remove", language)}</button></li>'
        for name in names
    )
    return f'<ul class="tw-files">{rows}</ul>'


def repairs_html(reading: Reading, language: Language) -> str:
    """What was changed on the way from raw to clean text, each with what stands around it."""
    raw = reading.document.raw
    name = safe(reading.document.id)
    if not reading.repairs:
        return f'<p class="tw-note">{name}: {word("staff_no_repairs", language)}</p>'
    rows = "".join(
        f"<tr><td>{safe(raw[max(0, r.span.start - CONTEXT_CHARS) : r.span.start])}"
        f"<u>{safe(r.before)}</u>{safe(raw[r.span.end : r.span.end + CONTEXT_CHARS])}</td>"
        f"<td>{safe(r.after) or '—'}</td><td>{safe(r.rule)}</td><td>{r.certainty:.2f}</td></tr>"
        for r in reading.repairs[:MOST_REPAIRS]
    )
    heads = "".join(
        f"<th>{word(f'repair_{head}', language)}</th>" for head in ("raw", "read", "rule", "sure")
    )
    count = word("staff_repaired", language, count=len(reading.repairs), clauses=len(reading.clauses))
    return (
        f'<p>{name}: {count}</p><div class="tw-repairs"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
