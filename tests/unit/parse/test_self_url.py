"""The address that a page out of a file goes by."""

import pytest

from workers.parse.self_url import declared_url

OWN = "<meta property='og:url' content='https://gazette.example/bridge?utm_source=x'>"


@pytest.mark.parametrize("other", ["http://[bad", "javascript:alert(1)", "https://:80/x", ""])
def test_a_canonical_address_that_is_none_gives_way_to_the_next_place(other):
    page = f"<link rel=canonical href='{other}'>{OWN}<p>Text".encode()
    assert declared_url(page) == "https://gazette.example/bridge"


def test_a_page_that_names_no_address_has_none():
    assert declared_url(b"<title>A bridge</title><p>Text") == ""
