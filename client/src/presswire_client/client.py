"""The client: one method for each question that the API answers."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote

import httpx

from presswire_client.errors import IncompleteExport, PresswireError, Unavailable, from_problem
from presswire_client.models import (
    Article,
    Cluster,
    CopiedStories,
    Correction,
    Corrections,
    Counts,
    Hit,
    Page,
)

Filter = str | int | bool | Sequence[str]

PAGE_SIZE = 50
TRY_AGAIN = frozenset({429, 502, 503, 504})
FIRST_PAUSE_SECONDS = 1.0
FORMS = ("jsonl", "csv", "parquet", "xlsx")


class Client:
    """A site of Presswire. `retries` and `max_wait_seconds` bound what one request may wait for a
    site that is busy; `timeout` is for each answer, in seconds."""

    def __init__(
        self,
        site: str,
        token: str = "",
        *,
        timeout: float = 60.0,
        retries: int = 3,
        max_wait_seconds: float = 60.0,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(
            base_url=f"{site.rstrip('/')}/api/",
            headers={"User-Agent": "presswire-client", **headers},
            timeout=timeout,
        )
        self._retries = retries
        self._max_wait_seconds = max_wait_seconds

    def __enter__(self) -> Self:
        """Return the client; its connections are closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def search(self, query: str = "", *, size: int = PAGE_SIZE, **filters: Filter) -> Iterator[Hit]:
        """Yield every hit of a search, page by page as they are read. With `reprints=True` each
        article is a hit, otherwise each story; those end at 10,000."""
        for page in self.pages(query, size=size, **filters):
            yield from page["hits"]

    def pages(self, query: str = "", *, size: int = PAGE_SIZE, **filters: Filter) -> Iterator[Page]:
        """Yield the pages of a search."""
        cursor = ""
        while True:
            page = self.search_page(query, cursor=cursor, size=size, **filters)
            yield page
            if not page["cursor"]:
                return
            cursor = page["cursor"]

    def search_page(self, query: str = "", *, cursor: str = "", **filters: Filter) -> Page:
        """Return one page of a search, with totals, facets and timeline; `cursor` is that of the
        page before."""
        return cast("Page", self._get("search", {"q": query, "cursor": cursor, **filters}))

    def counts(
        self, query: str = "", *, vs: Sequence[str] = (), by: str = "", **filters: Filter
    ) -> Counts:
        """Return articles over time of a query and up to four others, by outlet or another facet,
        with the share of all coverage; `unit` is day, week, month or year."""
        return cast("Counts", self._get("counts", {"q": query, "vs": vs, "by": by, **filters}))

    def corrections(self, query: str = "", **filters: Filter) -> Iterator[Correction]:
        """Yield the changed articles, the latest change first."""
        cursor: str | None = ""
        while cursor is not None:
            asked = {"q": query, "cursor": cursor, **filters}
            page = cast("Corrections", self._get("changes", asked))
            yield from page["corrections"]
            cursor = page["cursor"] or None

    def copies(self, query: str = "", **filters: Filter) -> CopiedStories:
        """Return who printed the same stories, how long after the first, and from which agency."""
        return cast("CopiedStories", self._get("copies", {"q": query, **filters}))

    def article(self, article_id: str) -> Article:
        """Return one article with its whole text."""
        return cast("Article", self._get(f"articles/{_part(article_id)}"))

    def revisions(self, article_id: str) -> list[dict[str, Any]]:
        """Return an article's earlier versions, oldest first, each with what the next one
        changed."""
        return cast("list[dict[str, Any]]", self._get(f"articles/{_part(article_id)}/revisions"))

    def similar(self, article_id: str) -> list[Hit]:
        """Return other stories that share an article's telling words."""
        return cast("list[Hit]", self._get(f"articles/{_part(article_id)}/similar"))

    def cluster(self, cluster_id: str) -> Cluster:
        """Return everyone who printed a story, oldest first."""
        return cast("Cluster", self._get(f"clusters/{_part(cluster_id)}"))

    def documents(
        self,
        query: str = "",
        *,
        fields: Sequence[str] = (),
        sample: int = 0,
        seed: int = 0,
        **filters: Filter,
    ) -> Iterator[Article]:
        """Yield every article of a search with its text, or with the chosen fields, as they
        arrive; a `sample` is taken at random, the same one for the same `seed`.

        Raises:
            IncompleteExport: it broke off; what was yielded before is not all.
        """
        asked = {"q": query, "fields": ",".join(fields), "sample": sample, "seed": seed, **filters}
        with self._export({**asked, "form": "jsonl"}) as response:
            for line in _lines(response.iter_bytes()):
                yield json.loads(line)

    def export(
        self,
        query: str,
        path: str | Path,
        *,
        fields: Sequence[str] = (),
        sample: int = 0,
        seed: int = 0,
        **filters: Filter,
    ) -> Path:
        """Write a search to a file whose name ends in .jsonl, .csv, .parquet or .xlsx. Until it is
        complete it has another name.

        Returns:
            the file.

        Raises:
            ValueError: the name ends otherwise.
            IncompleteExport: it broke off; nothing is kept.
        """
        target = Path(path)
        form = target.suffix.removeprefix(".").lower()
        if form not in FORMS:
            raise ValueError(f"{target.name}: end it in .{', .'.join(FORMS)}")
        asked = {"q": query, "fields": ",".join(fields), "sample": sample, "seed": seed, **filters}
        unfinished = target.with_name(f"{target.name}.part")
        try:
            with self._export({**asked, "form": form}) as response, unfinished.open("wb") as file:
                for chunk in response.iter_bytes():
                    file.write(chunk)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        return target

    def _get(self, path: str, asked: Mapping[str, Filter] | None = None) -> Any:  # noqa: ANN401  JSON
        response = self._answer(path, asked or {})
        try:
            return response.json()
        finally:
            response.close()

    @contextmanager
    def _export(self, asked: Mapping[str, Filter]) -> Iterator[httpx.Response]:
        response = self._answer("export", asked, is_streamed=True)
        try:
            yield response
        except httpx.TransportError as error:
            raise IncompleteExport(f"the export broke off: {error}") from error
        finally:
            response.close()

    def _answer(
        self, path: str, asked: Mapping[str, Filter], *, is_streamed: bool = False
    ) -> httpx.Response:
        """Return the first answer that is a success.

        Raises:
            PresswireError: there is none, or the site refuses the request.
        """
        request = self._http.build_request("GET", path, params=_parameters(asked))
        left, pause, attempts = self._max_wait_seconds, FIRST_PAUSE_SECONDS, 0
        while True:
            answer = self._try(request, is_streamed=is_streamed)
            if isinstance(answer, httpx.Response):
                return answer
            error, retry_after = answer
            wait, attempts = retry_after or pause, attempts + 1
            is_last = attempts > self._retries or wait > left
            if is_last or (error.status and error.status not in TRY_AGAIN):
                raise error
            time.sleep(wait)
            left, pause = left - wait, pause * 2

    def _try(
        self, request: httpx.Request, *, is_streamed: bool
    ) -> httpx.Response | tuple[PresswireError, float]:
        """Return the answer, or why it is none and how many seconds the site asks to wait."""
        try:
            response = self._http.send(request, stream=is_streamed)
        except httpx.TransportError as error:
            return Unavailable(f"{request.url.host} does not answer: {error}"), 0.0
        if response.is_success:
            return response
        response.read()
        response.close()
        retry_after = _seconds(response.headers.get("retry-after", ""))
        return from_problem(response.status_code, _problem(response), retry_after), retry_after


def _parameters(asked: Mapping[str, Filter]) -> httpx.QueryParams:
    """Return the parameters of a URL; what is empty, 0 or False is left out."""
    pairs = list[tuple[str, str | int | float | bool | None]]()
    for name, value in asked.items():
        if isinstance(value, bool):
            pairs += [(name, "true")] if value else []
        elif isinstance(value, str | int):
            pairs += [(name, str(value))] if value else []
        else:
            pairs += [(name, each) for each in value]
    return httpx.QueryParams(pairs)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""Yield what stands between `\n`. Python's own splitting ends a line at U+2028 and other signs
    too, which are in texts."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from filter(None, lines)
    if rest:
        yield rest


def _part(text: str) -> str:
    return quote(text, safe="")


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 0.0
