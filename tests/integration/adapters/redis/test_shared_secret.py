"""Keys that all processes share through a real Redis."""

from workers.adapters.redis.shared_secret import shared_secret


def test_processes_share_a_key(clean_redis):
    first = shared_secret(clean_redis, "pw", "cursors")

    assert len(first) == 32
    assert shared_secret(clean_redis, "pw", "cursors") == first
    assert shared_secret(clean_redis, "pw", "feeds") != first
