"""An application that never stops writing, and remembers what the cluster has acknowledged."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable


class Writer:
    """Writes numbered documents in a thread, and looks at something else in another."""

    def __init__(self, ask: Callable[..., Any], index: str, look: Callable[[], Any]) -> None:
        self.acknowledged: set[str] = set()
        self.seen: list[Any] = []
        self._ask, self._index, self._look = ask, index, look
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._write, self._watch)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        number = 0
        while not self._ended.is_set():
            number += 1
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                answer = self._ask("PUT", f"/{self._index}/_doc/{number}", {"number": number})
                if answer.get("result") in {"created", "updated"}:
                    self.acknowledged.add(str(number))

    def _watch(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                self.seen.append(self._look())
            time.sleep(0.02)


def identities(ask: Callable[..., Any], index: str) -> set[str]:
    """Return the ids of all documents of an index."""
    ask("POST", f"/{index}/_refresh")
    found: set[str] = set()
    after: list[Any] = []
    while True:
        query: dict[str, Any] = {"size": 5000, "sort": [{"number": "asc"}], "_source": False}
        if after:
            query["search_after"] = after
        hits = ask("POST", f"/{index}/_search", query)["hits"]["hits"]
        if not hits:
            return found
        found |= {hit["_id"] for hit in hits}
        after = hits[-1]["sort"]
