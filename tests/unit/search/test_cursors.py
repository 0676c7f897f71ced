"""Sealed cursors."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.search.cursors import Cursor, CursorError, fingerprint, seal, unseal
from workers.search.params import SearchParams

KEY = b"one key"
FLOODS = SearchParams(query="floods")


def sealed(**fields):
    return seal(Cursor(fingerprint(FLOODS), **fields), KEY)


@given(st.integers(0, 10_000), st.lists(st.integers() | st.floats(allow_nan=False) | st.text()))
def test_a_cursor_comes_back_as_it_was(start, after):
    integers = [each for each in after if not isinstance(each, int) or abs(each) < 2**63]
    cursor = Cursor(fingerprint(FLOODS), start, tuple(integers), "point")

    assert unseal(seal(cursor, KEY), FLOODS, KEY) == cursor


def test_a_page_of_another_zone_is_another_search():
    berlin = SearchParams(query="floods", zone=ZoneInfo("Europe/Berlin"))

    with pytest.raises(CursorError, match="another search"):
        unseal(sealed(), berlin, KEY)


@pytest.mark.parametrize("text", ["", "x", "!!!!", "ü" * 40, "A" * 60, "A" * 9_000, "=" * 40])
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(CursorError):
        unseal(text, FLOODS, KEY)


def test_a_changed_cursor_is_refused():
    text = sealed(start=20)
    changed = text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]

    with pytest.raises(CursorError, match="changed"):
        unseal(changed, FLOODS, KEY)


def test_a_cursor_of_another_server_is_refused():
    with pytest.raises(CursorError, match="another server"):
        unseal(sealed(), FLOODS, b"another key")


def test_a_page_may_change_its_size_but_not_its_search():
    text = sealed(start=20)

    assert unseal(text, SearchParams(query="floods", size=50), KEY).start == 20
    with pytest.raises(CursorError, match="another search"):
        unseal(text, SearchParams(query="floods", sort="oldest"), KEY)
