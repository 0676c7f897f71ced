"""A WebSub subscription: a hub is to push the news of one feed."""

from msgspec import Struct


class Subscription(Struct, frozen=True):
    """`feed` is the feed's page_id. `key` is the last part of our callback's address, so that only
    the hub knows that address; with `secret` the hub signs what it sends."""

    feed: str
    topic: str
    hub: str
    key: str
    secret: str
