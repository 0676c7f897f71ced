"""A message as a Redis list holds it: JSON, which may be anything when others write there."""

from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads


class Message(virtual.Message):
    """A message whose body cannot be unpacked is one too: it has to be refused by its tag."""

    def __init__(self, payload: dict[str, Any], channel: Any = None, **kwargs: Any) -> None:  # noqa: ANN401
        try:
            super().__init__(payload, channel=channel, **kwargs)
        except (ValueError, TypeError, KeyError, AttributeError):
            super().__init__(_as_text(payload), channel=channel, **kwargs)


def decode_message(message: bytes) -> Any:  # noqa: ANN401  JSON
    """Return the decoded message."""
    return loads(message.decode("utf-8", "replace"))


def _as_text(payload: dict[str, Any]) -> dict[str, Any]:
    properties = payload["properties"]
    info = properties.get("delivery_info")
    return {
        "body": dumps(payload),
        "content-type": "application/octet-stream",
        "content-encoding": "utf-8",
        "headers": {},
        "properties": {
            "delivery_tag": properties["delivery_tag"],
            "delivery_info": info if isinstance(info, dict) else {},
        },
    }
