"""Components whose words follow the language of the page, and the settings that they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from fastapi import HTTPException, Request

from rag.types import Language

PLAIN: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
"""An HTML component that only shows."""
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""An event that no client may call by name and that draws no spinner."""
# Hands what the page's script wants of the server to this component's Gradio event of that name.
ASKS = "element.addEventListener('tw-ask', (asked) => trigger(asked.detail.event, asked.detail.data));\n"


class Parts:
    """(component, what it becomes in a language), in the order in which they were added."""

    def __init__(self) -> None:
        self._parts: list[tuple[Any, Callable[[Language], Any]]] = []

    def add(self, component: Any, make: Callable[[Language], Any]) -> None:
        self._parts.append((component, make))

    def html(self, make: Callable[[Language], str], **rest: Any) -> gr.HTML:
        """An HTML component that shows `make(language)`."""
        component = gr.HTML(make("zh-Hans"), **{**PLAIN, **rest})
        self.add(component, lambda language: gr.HTML(make(language)))
        return component

    def extend(self, others: Parts) -> None:
        self._parts += others._parts

    @property
    def components(self) -> list[Any]:
        return [component for component, _ in self._parts]

    def in_language(self, language: Language) -> list[Any]:
        """The updates of all components, in the order of `components`."""
        return [make(language) for _, make in self._parts]


async def body_of(request: Request, most: int) -> bytes:
    """The body of a request; one of more than `most` bytes is left off where it gets too long."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > most:
            raise HTTPException(413, "too large")
    return bytes(data)
