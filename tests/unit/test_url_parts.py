"""The parts of an address that say which story it is."""

import pytest

from workers.url_parts import variants_of, without_variant

HOSTS = {"gazette.example", "www.gazette.example", "m.gazette.example"} | {
    "mobile.gazette.example",
    "amp.gazette.example",
}


@pytest.mark.parametrize("own", sorted(HOSTS))
def test_a_page_has_variants_on_the_sites_other_hosts(own):
    others = variants_of(f"https://{own}/news/storm?id=7")

    assert set(others) == {f"https://{host}/news/storm?id=7" for host in HOSTS - {own}}
    assert len({without_variant(url) for url in [*others, f"https://{own}/news/storm?id=7"]}) == 1


def test_a_port_belongs_to_the_host():
    assert "http://m.gazette.example:8080/a" in variants_of("http://www.gazette.example:8080/a")


def test_a_host_in_other_letters_has_variants_in_ascii():
    assert "https://www.xn--bcher-kva.example/a" in variants_of("https://bücher.example/a")


@pytest.mark.parametrize("url", ["http://127.0.0.1/a", "http://localhost/a", "http://[::1]:80/a"])
def test_what_is_no_domain_has_no_variants(url):
    assert variants_of(url) == []
