"""Staff actions over HTTP: nothing without the token, and with it only what the library itself does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_documents
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag import index, library, token
from rag.answer import Answerer
from rag.config import Settings
from rag.config import load as load_settings
from ui import server, staff
from ui.desk import Desk, Opening, loaded_of

TEXT = "运城市若干措施\n\n一、资金支持\n\n（一）返乡农民工可申请最高20万元的创业担保贷款。\n\n（二）给予创业補貼。\n"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(staff, "WRONG_TOKEN_WAIT_S", 0.0)
    seeds = write_documents(tmp_path / "seeds", [("a.txt", TEXT)])
    return load_settings(flags={"home": tmp_path / "home", "seeds": seeds})


@pytest.fixture
def desk(settings: Settings) -> Desk:
    embedder = FakeEmbedder()
    index.build(settings.home, settings.seeds, embedder)

    def load() -> Answerer:
        return Answerer(index.load(settings.home, embedder.identity), embedder)

    opening = Opening(lambda: loaded_of(settings, load()))
    opening.start()
    assert opening.ended.wait(10)
    return Desk(opening)


@pytest.fixture
def client(desk: Desk, settings: Settings) -> Iterator[TestClient]:
    async def made() -> FastAPI:
        return server.application(desk, settings)

    with TestClient(asyncio.run(made())) as client:
        yield client


@pytest.fixture
def allowed(settings: Settings) -> dict[str, str]:
    return {"authorization": f"Bearer {token.make(settings.home)}"}


ASKED = [
    ("GET", "/staff/documents"),
    ("PUT", "/staff/documents/b.txt"),
    ("DELETE", "/staff/documents/a.txt"),
    ("GET", "/staff/repairs/a.txt"),
    ("POST", "/staff/build"),
    ("GET", "/staff/build"),
]


@pytest.mark.parametrize(("method", "path"), ASKED)
@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "Basic wrong"])
def test_nothing_is_done_without_the_token(
    client: TestClient, settings: Settings, allowed: dict[str, str], method: str, path: str, header: str
) -> None:
    reply = client.request(method, path, headers={"authorization": header}, content=TEXT.encode())
    assert reply.status_code == 403
    assert [p.name for p in library.paths_of(settings.home, settings.seeds)] == ["a.txt"]


@pytest.mark.parametrize(("method", "path"), ASKED)
def test_everything_is_off_while_there_is_no_token(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path, headers={"authorization": "Bearer x"}).status_code == 403


def test_a_document_is_added_built_and_then_held(
    client: TestClient, desk: Desk, settings: Settings, allowed: dict[str, str]
) -> None:
    added = client.put(
        "/staff/documents/b.txt", headers=allowed, content=TEXT.replace("运城", "临汾").encode()
    )
    assert added.json()["outcome"] == "added"
    assert client.post("/staff/build", headers=allowed).json()["running"]
    work = _ended(client, allowed)
    assert work["problem"] == ""
    assert desk.opening.loaded is not None
    assert [m.place for m in desk.opening.loaded.held] == ["运城市", "临汾市"]


def test_a_document_is_replaced_only_when_that_is_said(client: TestClient, allowed: dict[str, str]) -> None:
    changed = TEXT.replace("20万", "30万").encode()
    refused = client.put("/staff/documents/a.txt", headers=allowed, content=changed).json()
    assert refused["outcome"] == "refused"
    replaced = client.put("/staff/documents/a.txt?replace=true", headers=allowed, content=changed).json()
    assert replaced["outcome"] == "replaced"


def test_a_document_is_removed(client: TestClient, settings: Settings, allowed: dict[str, str]) -> None:
    assert client.delete("/staff/documents/a.txt", headers=allowed).json()["outcome"] == "removed"
    assert library.paths_of(settings.home, settings.seeds) == []
    assert client.delete("/staff/documents/a.txt", headers=allowed).json()["outcome"] == "refused"


@pytest.mark.parametrize(
    "name", ["..%2Fb.txt", "%2Fetc%2Fb.txt", "b.exe", "b.zip", ".b.txt", "con.txt", "b%0A.txt"]
)
def test_a_name_that_is_no_documents_is_refused(
    client: TestClient, settings: Settings, allowed: dict[str, str], name: str
) -> None:
    reply = client.put(f"/staff/documents/{name}", headers=allowed, content=TEXT.encode())
    assert reply.status_code in (404, 405) or reply.json()["outcome"] == "refused"
    assert [p.name for p in library.paths_of(settings.home, settings.seeds)] == ["a.txt"]


def test_a_file_that_holds_nothing_is_refused_with_the_reason(
    client: TestClient, allowed: dict[str, str]
) -> None:
    reply = client.put("/staff/documents/b.txt", headers=allowed, content=b"\xff\xfe\x00").json()
    assert reply["outcome"] == "refused"
    assert reply["reason"]


def test_a_body_that_is_too_large_is_turned_away(
    client: TestClient, allowed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "MAX_DOCUMENT_BYTES", 10)
    pieces = (b"0" * 6 for _ in range(3))  # sent in pieces, so that no length stands ahead
    assert client.put("/staff/documents/b.txt", headers=allowed, content=pieces).status_code == 413


def test_the_repairs_are_listed_and_escaped(client: TestClient, allowed: dict[str, str]) -> None:
    text = TEXT + f"\n（三）推进創(chuàng)新{HOSTILE}创业。\n"
    added = client.put("/staff/documents/b.txt?language=en", headers=allowed, content=text.encode()).json()
    assert "<table>" in added["html"]
    assert "chuàng" in added["html"]
    assert "<script" not in added["html"]
    again = client.get("/staff/repairs/b.txt?language=en", headers=allowed).json()
    assert again["html"] == added["html"]


def test_the_panel_says_how_to_turn_it_on() -> None:
    assert "tiaowen token" in staff.panel_html("zh-Hans", on=False)
    assert "<input" not in staff.panel_html("zh-Hans", on=False)
    assert 'type="password"' in staff.panel_html("en", on=True)


def _ended(client: TestClient, allowed: dict[str, str]) -> dict[str, object]:
    for _ in range(100):
        work: dict[str, object] = client.get("/staff/build", headers=allowed).json()
        if not work["running"]:
            return work
        time.sleep(0.1)
    raise AssertionError("the build did not end")
