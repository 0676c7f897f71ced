"""The fields that a query may name."""

from workers.search.query.fields import ALIASES, FIELDS


def test_every_alias_names_a_field():
    assert set(ALIASES.values()) <= set(FIELDS)
    assert not set(ALIASES) & set(FIELDS)
