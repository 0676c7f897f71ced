"""The document that a browser shows, as HTML, and how much of it is text: read from a world of our
own, where the page's scripts have changed nothing."""

import json
from pathlib import Path
from typing import Any

from msgspec import Struct
from playwright.async_api import CDPSession, Page

from schemas.reasons import Reason
from workers.exceptions import PermanentFailure

_WORLD = "presswire"
_HERE = Path(__file__).parent
_SERIALIZE = (_HERE / "serialize.js").read_text(encoding="utf-8")
_PROGRESS = (_HERE / "progress.js").read_text(encoding="utf-8")


class DrawingProgress(Struct, frozen=True):
    """Whether all of the HTML is parsed, and how many characters of text a reader sees."""

    is_parsed: bool
    text_chars: int


class DocumentReader(Struct, frozen=True):
    """Reads the document of one page."""

    session: CDPSession
    frame_id: str

    async def progress(self) -> DrawingProgress:
        """Return how far the page is drawn."""
        is_parsed, chars = await self._evaluate(f"({_PROGRESS})()") or (False, 0)
        return DrawingProgress(bool(is_parsed), int(chars))

    async def html(self, max_chars: int) -> str:
        """Return the document as HTML, open shadow roots included.

        Raises:
            PermanentFailure: it is longer than `max_chars`, or cannot be written as HTML.
        """
        found = json.loads(await self._evaluate(f"({_SERIALIZE})({max_chars})") or "{}")
        if "html" not in found:
            length = found.get("length", 0)
            detail = f"{length:,} characters are drawn, {max_chars:,} allowed"
            raise PermanentFailure(Reason.TOO_LARGE, detail)
        return str(found["html"])

    async def _evaluate(self, expression: str) -> Any:  # noqa: ANN401  what JavaScript returns
        world = await self.session.send(
            "Page.createIsolatedWorld", {"frameId": self.frame_id, "worldName": _WORLD}
        )
        answer = await self.session.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": world["executionContextId"],
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in answer:  # such as elements nested beyond the stack
            said = answer["exceptionDetails"].get("exception", {}).get("description", "no reason")
            raise PermanentFailure(Reason.UNREADABLE, f"the document cannot be read: {said[:200]}")
        return answer["result"].get("value")


async def open_document(page: Page) -> DocumentReader:
    """Return the reader of a page's document."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    return DocumentReader(session, tree["frameTree"]["frame"]["id"])
