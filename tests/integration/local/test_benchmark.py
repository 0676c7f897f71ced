"""The bench's site, served; and the CPU time of real processes."""

import os
import subprocess
import sys
import time

import httpx
import pytest

from workers.local.benchmark import cpu
from workers.local.benchmark.run import bench_site
from workers.local.benchmark.site import PAGES_ON_A_HOST, copied_pages, made_pages, write_outlets
from workers.outlets import find_errors


@pytest.fixture
def site(tmp_path):
    pages = list(made_pages(PAGES_ON_A_HOST + 3))
    with bench_site(tmp_path, iter(pages)) as (port, hosts):
        end = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"http://{hosts[-1].address}:{port}/robots.txt")
                break
            except httpx.ConnectError:
                assert time.monotonic() < end
                time.sleep(0.05)
        yield port, hosts, pages


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.1.1", "127.0.1.2"])
def test_each_host_serves_its_pages_and_names_them_in_its_sitemap(site, tmp_path):
    port, hosts, pages = site
    assert [len(host.paths) for host in hosts] == [PAGES_ON_A_HOST, 3]
    with httpx.Client() as client:
        for host, first in zip(hosts, (pages[0], pages[PAGES_ON_A_HOST]), strict=True):
            base = f"http://{host.address}:{port}"
            answer = client.get(base + host.paths[0])
            assert (answer.headers["content-type"], answer.content) == (
                "text/html; charset=utf-8",
                first,
            )
            sitemap = client.get(f"{base}/news-sitemap.xml").text
            assert sitemap.count("<loc>") == len(host.paths)
            assert all(f"<loc>{base}{path}</loc>" in sitemap for path in host.paths)
            assert client.get(f"{base}/robots.txt").text.endswith(f"{base}/news-sitemap.xml\n")
            for away in ("/news/none.html", "/../127.0.1.1/robots.txt", "/%2e%2e/", "/news"):
                assert client.get(base + away).status_code == 404
    (tmp_path / "outlets").mkdir()
    write_outlets(tmp_path / "outlets", port, hosts)
    assert find_errors(tmp_path / "outlets") == []


def test_made_pages_differ_and_are_the_same_again():
    pages = list(made_pages(20))
    assert len(set(pages)) == 20
    assert pages == list(made_pages(20))


def test_files_of_a_folder_are_the_pages_in_the_order_of_their_names(tmp_path):
    for name in ("b.html", "a.htm", "c.txt"):
        (tmp_path / name).write_text(name)
    assert list(copied_pages(tmp_path, 5)) == [b"a.htm", b"b.html"]
    assert list(copied_pages(tmp_path, 1)) == [b"a.htm"]


def test_what_a_child_computes_is_counted_and_what_others_do_is_not():
    spin = "import time\nwhile time.process_time() < 0.5: pass\nprint(1, flush=True); input()"
    command = [sys.executable, "-c", spin, "127.0.0.1:7001"]
    servers = {":7001": "spinning", ":7002": "other"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"1\n"
        after = cpu.used(os.getpid(), servers)
        child.communicate(b"\n")
    assert "other" not in after
    assert 0.4 < after["spinning"] < 5
    assert cpu.machine_seconds() > 0
