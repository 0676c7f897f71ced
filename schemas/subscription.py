"""What we ask a WebSub hub for: pushes about one feed."""

from msgspec import Struct


class Subscription(Struct, frozen=True):
    """`feed` is the feed's page_id. `key` ends our callback's address, so that nobody but the hub
    knows it; `secret` signs what the hub sends."""

    feed: str
    topic: str
    hub: str
    key: str
    secret: str
