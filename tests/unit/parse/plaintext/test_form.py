"""Markup or text."""

import pytest

from workers.parse.plaintext.form import detect_form


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><title>x</title>",
        b"\xef\xbb\xbf  <html><body>",
        b"<h1>Bridge</h1><p>Closed.</p><p>Again.</p>",
        b"<!-- " + b"x" * 5000 + b" --><body class=a>",
        "<html><body><p>Мост</p>".encode("utf-16"),
        b"<HTML><BODY BGCOLOR='#ffffff'>",
    ],
)
def test_markup_is_html(body):
    assert detect_form(body) == "html"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Bridge closed\n\nThe bridge is closed.",
        b"He wrote <b>no</b> and a < b > c in the margin.\nThe tag <p> was left in one place.",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        "Мост закрыт\n\nМост закрыт до весны.".encode("cp1251"),
        b"# Bridge\n\n![x](https://a.example/x.jpg)\n",
    ],
)
def test_text_is_flattened(body):
    assert detect_form(body) == "flattened"
