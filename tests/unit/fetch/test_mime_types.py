"""Content types as browsers read them."""

import pytest

from workers.fetch.mime_types import declared_type, essence_of, is_markup


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("", ""),
        ("text/html", "text/html"),
        ("TEXT/HTML;charset=UTF-8", "text/html; charset=UTF-8"),
        ("text/html, text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("text/html; charset=utf-8, text/html", "text/html; charset=utf-8"),
        ("text/html; charset=utf-8, text/html; charset=koi8-r", "text/html; charset=koi8-r"),
        ("text/plain, text/html", "text/html"),
        ("text/html; charset=gbk, application/pdf", "application/pdf"),
        ("text/html, */*", "text/html"),
        ("text/html, ", "text/html"),
        ("*/*", ""),
        ("unknown/unknown", ""),
        ("application/unknown", ""),
        ("html", ""),
        ("text", ""),
        ("text/html:charset=utf-8", ""),
        ("text/", ""),
        ("text/html text/html", ""),
        ("charset=utf-8", ""),
        (";charset=utf-8", ""),
    ],
)
def test_the_last_readable_type_counts(header, meant):
    assert declared_type(header) == meant
    assert essence_of(header) == meant.partition(";")[0]


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><p>x",
        b" \n\t<html>",
        b"\xef\xbb\xbf<HTML lang=en>",
        b"<!-- made by a CMS --><title>x",
        b"<article>x",
        b"<p>x",
        b"<?xml version='1.0'?><html/>",
        "\ufeff<html>".encode("utf-16-le"),
        "\ufeff\n<html>".encode("utf-16-be"),
        b"Warning: no such file in /x.php\n<html><head>",
    ],
)
def test_markup_is_known_by_its_beginning(body):
    assert is_markup(body)


@pytest.mark.parametrize(
    "body", [b"", b"Plain words.", b"{}", b"\x00\x01\x02", b"1 < 2", b"<3 you", b"%!PS-Adobe"]
)
def test_what_is_no_markup(body):
    assert not is_markup(body)
