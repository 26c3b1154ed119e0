"""The reading of a held document: an index keeps no repairs, so it is made again at the first look."""

from __future__ import annotations

from functools import lru_cache

from rag.library import understand
from rag.types import Document, Reading

READINGS_KEPT = 32


@lru_cache(maxsize=READINGS_KEPT)
def reading_of(document: Document) -> Reading:
    """Everything that is understood of `document`; kept for the documents last looked at."""
    return understand(document)
