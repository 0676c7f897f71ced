"""Messages under way while the program changes."""

import msgspec
import pytest

from schemas import events
from schemas.events import PageFound, decode, encode


@pytest.fixture
def found():
    return PageFound(page_id="0" * 16, outlet="o", url="https://o.example/1", found_in="feed")


@pytest.fixture
def next_release(monkeypatch):
    """The program of the next envelope version, which still reads this one."""
    monkeypatch.setattr(events, "VERSION", events.VERSION + 1)


def test_an_envelope_newer_than_the_program_is_refused_by_name(found):
    newer = msgspec.structs.replace(found, v=events.VERSION + 1)
    with pytest.raises(msgspec.ValidationError, match="envelope version"):
        decode(encode(newer))


@pytest.mark.usefixtures("next_release")
def test_an_envelope_of_the_version_before_still_works(found):
    assert decode(encode(found)) == found


def test_an_envelope_older_than_the_oldest_is_refused(found, monkeypatch):
    monkeypatch.setattr(events, "VERSION", 3)
    monkeypatch.setattr(events, "OLDEST_VERSION", 2)
    with pytest.raises(msgspec.ValidationError, match="known: 2 to 3"):
        decode(encode(found))


def test_a_field_that_a_newer_program_added_is_ignored(found):
    raw = msgspec.json.decode(encode(found)) | {"added_later": [1, 2]}
    assert decode(raw) == found


def test_a_field_without_which_nothing_can_be_done_is_missed_by_name(found):
    raw = msgspec.json.decode(encode(found))
    del raw["page_id"]
    with pytest.raises(msgspec.ValidationError, match="page_id"):
        decode(raw)
