"""Access tokens in a real Redis."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from workers.adapters.redis.tokens import Tokens

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def tokens(clean_redis):
    return Tokens(clean_redis, "pw")


def test_a_token_is_known_again_until_it_is_revoked(tokens):
    text = tokens.create("desk", NOON)

    token = tokens.check(text, NOON)
    assert token.name == "desk"
    assert tokens.revoke(token.id)
    assert tokens.check(text, NOON) is None
    assert not tokens.revoke(token.id)


def test_a_token_is_a_readers_unless_an_operators_is_asked_for(tokens, clean_redis):
    reader, operator = tokens.create("desk", NOON), tokens.create("ops", NOON, role="operator")
    old = msgspec.json.decode(clean_redis.hget("pw:tokens", operator.split("_")[1]))
    old = {name: value for name, value in old.items() if name != "role"}
    clean_redis.hset("pw:tokens", "from-before", msgspec.json.encode(old))

    assert tokens.check(reader, NOON).role == "reader"
    assert tokens.check(operator, NOON).role == "operator"
    before = f"pw_from-before_{operator.split('_', 2)[2]}"
    assert tokens.check(before, NOON).role == "operator"


def test_a_token_expires(tokens):
    text = tokens.create("desk", NOON, days=2)

    assert tokens.check(text, NOON + timedelta(days=1))
    assert tokens.check(text, NOON + timedelta(days=2)) is None


def test_redis_holds_no_secret(tokens, clean_redis):
    secret = tokens.create("desk", NOON).split("_", 2)[2]

    assert secret.encode() not in b"".join(clean_redis.hvals("pw:tokens"))


def test_what_is_no_token_is_refused(tokens):
    text = tokens.create("desk", NOON)
    mark, token_id, _ = text.split("_", 2)

    for wrong in (
        "",
        "x",
        mark,
        f"{mark}_{token_id}",
        f"{mark}_{token_id}_",
        text[:-1],
        text + "x",
    ):
        assert tokens.check(wrong, NOON) is None
    assert tokens.check(f"{mark}_{token_id}_\ud800", NOON) is None
    assert tokens.check("pw_" + "x" * 1_000_000, NOON) is None


def test_tokens_are_listed_oldest_first(tokens):
    tokens.create("late", NOON)
    tokens.create("early", NOON - timedelta(days=1))

    assert [token.name for token in tokens.all()] == ["early", "late"]
