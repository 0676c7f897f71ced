"""Opens declarative shadow DOM: what is in its templates is shown to readers."""

import re
from typing import Final

_TEMPLATE: Final = re.compile(r"<(/?)template\b([^>]{0,1000})>", re.IGNORECASE)
_MARK: Final = "shadowrootmode"


def open_templates(html: str) -> str:
    """Return the page with each template that is a shadow root as a <div>; others stay."""
    if _MARK not in html:
        return html
    is_root: list[bool] = []

    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return "</div>" if is_root and is_root.pop() else match[0]
        is_root.append(_MARK in match[2].lower())
        return f"<div{match[2]}>" if is_root[-1] else match[0]

    return _TEMPLATE.sub(replace, html)
