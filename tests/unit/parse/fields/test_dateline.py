"""Place and agency at the beginning of the text."""

import pytest

from workers.parse.fields import dateline


@pytest.mark.parametrize(
    ("text", "place", "agency"),
    [
        ("MOSCOW (Sputnik) - The council met.", "MOSCOW", "Sputnik"),
        ("BERLIN (dpa) – Der Rat tagte.", "BERLIN", "dpa"),
        ("Berlin (dpa/tmn) - Der Rat tagte.", "Berlin", "dpa/tmn"),
        ("NEW YORK, Jan 5 (Reuters) - The council met.", "NEW YORK", "Reuters"),
        ("WASHINGTON — The council met.", "WASHINGTON", None),
        ("東京（共同）市議会は月曜日に", "東京", "共同"),
        ("The council (of nine) met on Monday.", None, None),
        ("He said (again) that the bridge is old.", None, None),
        ("The bridge – an old one – is closed.", None, None),
    ],
)
def test_datelines(text, place, agency):
    assert dateline.parse_dateline(text) == (place, agency)
