"""Addresses on the command line."""

from typing import Any

import click

from workers import urls

WEB_SCHEMES = ("http:", "https:")


class WebAddress(click.ParamType[str]):
    """An http(s) address, or none; with `or_name` also what begins otherwise: a file, an id."""

    name = "url"

    def __init__(self, *, or_name: bool = False) -> None:
        self._or_name = or_name

    def convert(self, value: Any, param: Any, ctx: Any) -> str:  # noqa: ANN401  click's own
        text = str(value).strip()
        is_checked = text.lower().startswith(WEB_SCHEMES) if self._or_name else bool(text)
        if is_checked and (fault := urls.url_error(text)):
            self.fail(f"{text!r} is no address on the web: {fault}", param, ctx)
        return text
