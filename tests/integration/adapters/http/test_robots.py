"""What one worker has read of robots.txt, all know."""

from workers.adapters.http.robots import RobotsCache


def test_rules_that_one_worker_read_are_known_to_all(clean_redis):
    origin = "https://a.example"
    assert RobotsCache(clean_redis, "t").get_shared(origin) is None
    RobotsCache(clean_redis, "t").store(origin, 200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /x")
    other = RobotsCache(clean_redis, "t")
    assert other.get_local(origin) is None
    assert not other.get_shared(origin).can_fetch(origin + "/x", "presswire")
    assert other.get_local(origin) is not None
    assert 0 < clean_redis.ttl("t:robots:" + origin) <= 86_400
