"""The address that a page from a file declares."""

import pytest

from workers.parse.file_page_url import declared_url

OWN = "<meta property='og:url' content='https://gazette.example/bridge?utm_source=x'>"


@pytest.mark.parametrize("other", ["http://[bad", "javascript:alert(1)", "https://:80/x", ""])
def test_an_invalid_canonical_address_gives_way_to_the_next_declaration(other):
    page = f"<link rel=canonical href='{other}'>{OWN}<p>Text".encode()
    assert declared_url(page) == "https://gazette.example/bridge"


def test_a_page_without_a_declared_address_has_an_empty_one():
    assert declared_url(b"<title>A bridge</title><p>Text") == ""
