"""A click parameter: an address of the web."""

from typing import Any

import click

from workers import urls

WEB_SCHEMES = ("http:", "https:")


class WebAddress(click.ParamType[str]):
    """An http(s) address, or an empty string; with `or_name`, other text is let through, such as a
    file or an id."""

    name = "url"

    def __init__(self, *, or_name: bool = False) -> None:
        self._or_name = or_name

    def convert(self, value: Any, param: Any, ctx: Any) -> str:  # noqa: ANN401  click's own
        """Return the address; click reports one that is not valid."""
        text = str(value).strip()
        is_checked = text.lower().startswith(WEB_SCHEMES) if self._or_name else bool(text)
        if is_checked and (error := urls.url_error(text)):
            self.fail(f"{text!r} is not an address on the web: {error}", param, ctx)
        return text
