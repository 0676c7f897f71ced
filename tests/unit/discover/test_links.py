"""Lists of addresses."""

from workers.discover.links import Link, read_list


def test_lists_are_plain_or_csv():
    assert list(read_list("# mine\nhttps://a.example/1\n\nhttps://a.example/2\n")) == [
        Link("https://a.example/1"),
        Link("https://a.example/2"),
    ]
    assert list(read_list('title,URL\n"A, b",https://a.example/1\n')) == [
        Link("https://a.example/1", "A, b")
    ]
