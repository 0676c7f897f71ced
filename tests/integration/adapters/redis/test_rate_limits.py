"""Rate limits in a real Redis."""

from workers.adapters.redis.rate_limits import RateLimits


def test_a_caller_who_asks_too_often_is_told_how_long_to_wait(clean_redis):
    limits = RateLimits(clean_redis, "pw")

    waits = [limits.hit("search", "ada", 3) for _ in range(4)]

    assert waits[:3] == [0, 0, 0]
    assert 1 <= waits[3] <= 120
    assert limits.hit("search", "bo", 3) == 0
    assert limits.hit("export", "ada", 3) == 0
