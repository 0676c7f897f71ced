"""Addresses of servers, which hold passwords: what is wrong with one, and how it may be shown."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

ENCODE = "in a password write / ? # @ as %2F %3F %23 %40"
# between several addresses of one setting: Elasticsearch's has commas, the broker's semicolons
_BETWEEN = re.compile(r"([,;])(?=\s*[a-zA-Z][a-zA-Z0-9+.-]*://)")
_SECRET_OPTION = re.compile(
    r"([?&][^=&]*(?:pass|secret|token|key|auth)[^=&]*=)[^&]*", re.IGNORECASE
)
_HIDDEN = "***"


def server_url_error(url: str, schemes: Collection[str]) -> str:
    """Return why `url` is no address of a server, or an empty string if it is one. Nothing of the
    address is in the answer: any part of it may be one of the password."""
    if not url.isprintable() or " " in url:
        return "has a space or a control character"
    parts = _split(url)
    if parts is None:
        return f"has no valid host or port; {ENCODE}"
    if parts.scheme not in schemes:
        return f"does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if _is_torn(parts):
        return f"ends amid its password; {ENCODE}"
    if not parts.hostname and parts.scheme != "unix":
        return "names no host"
    return ""


def addresses_in(setting: str) -> list[str]:
    """Return the addresses of a setting, which may have several."""
    return [part.strip() for part in _BETWEEN.split(setting)[::2]]


def without_password(setting: str) -> str:
    """Return the address, or several, as they may be shown: without passwords. What cannot be read
    as an address is hidden up to its host."""
    return "".join(
        part if number % 2 else _mask(part) for number, part in enumerate(_BETWEEN.split(setting))
    )


def _mask(url: str) -> str:
    parts = _split(url)
    if parts is None or _is_torn(parts):
        scheme, mark, rest = url.partition("://")
        host = rest.rpartition("@")[2] if "@" in rest else ""
        return f"{scheme}{mark}{_HIDDEN}@{host}" if mark else _HIDDEN
    user_info, at, host = parts.netloc.rpartition("@")
    user, colon, _ = user_info.partition(":")
    shown_user = f"{user}:{_HIDDEN}" if colon else _HIDDEN
    start = url[: url.index("://") + 3]
    rest = _SECRET_OPTION.sub(rf"\1{_HIDDEN}", url[len(start) + len(parts.netloc) :])
    return f"{start}{shown_user}@{host}{rest}" if at else f"{start}{host}{rest}"


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address, or None if it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if "://" in url else None


def _is_torn(parts: SplitResult) -> bool:
    """Return whether the address seems to end within its password, at a / ? or #."""
    rest = f"{parts.path}{parts.query}{parts.fragment}"
    return "@" in rest or bool(parts.fragment)
