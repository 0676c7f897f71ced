"""Pages a second of one fetch process: 170 KB pages on 200 loopback hosts, no pauses.

  client   the guarded client alone, its connections by host
  worker   the whole step in 16 threads: lease, robots.txt, turn, request, archive (synced), ledger,
           finish
  plain    httpx.AsyncClient as it comes: one pool for all hosts
  threads  httpx.Client in 64 threads, one client for each host
  scrapy   Scrapy with a callback that does nothing, by an interpreter that has it (--scrapy)

Usage: python tests/bench/fetch/bench_fetch.py [--pages N] [--scrapy PYTHON] [ROW …]
Needs nginx on the path. Exits with 1 if the worker fetches fewer than 300 pages a second.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from rows import HOSTS, ROWS

AIM = 300
PAGE = (b"<p>The council votes for a new bridge over the river %d, says the mayor.\n") * 2500
NGINX = """worker_processes 1; daemon off; pid {0}/pid; error_log {0}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000; default_type text/html; sendfile on;
  client_body_temp_path {0}/a; proxy_temp_path {0}/b; fastcgi_temp_path {0}/c;
  uwsgi_temp_path {0}/d; scgi_temp_path {0}/e;
  server {{ {1} location = /robots.txt {{ return 404; }}
    location / {{ root {0}; try_files /page.html =404; }} }} }}"""


@contextmanager
def hosts():
    """200 hosts with one page."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # nginx' worker may be another user
        listens = " ".join(f"listen {host};" for host in HOSTS)
        Path(folder, "nginx.conf").write_text(NGINX.format(folder, listens))
        page = PAGE % tuple(7919 * n % 10_007 for n in range(2500))
        Path(folder, "page.html").write_bytes(page[:170_000])
        server = subprocess.Popen(["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"])
        time.sleep(1)
        try:
            yield
        finally:
            server.terminate()
            server.wait()


def measure(row, pages, python):
    """Pages a second, and milliseconds of processor time for each page."""
    command = [python, str(Path(__file__).with_name("rows.py")), row, str(pages)]
    environment = os.environ | {"PYTHONPATH": "" if row == "scrapy" else str(Path.cwd())}
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    seconds, processor = json.loads(answer.stdout)
    return pages / seconds, 1000 * processor / pages


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", default=[])
    parser.add_argument("--pages", type=int, default=6_000)
    parser.add_argument("--scrapy", default="")
    given = parser.parse_args()
    wanted = given.rows or [row for row in ROWS if row != "scrapy" or given.scrapy]
    found = {}
    with hosts():
        for row in wanted:
            python = given.scrapy if row == "scrapy" else sys.executable
            found[row], processor = measure(row, given.pages, python)
            print(f"{row:8} {found[row]:7.0f} pages/s  {processor:5.2f} ms of processor each")
    for row in {"client", "worker"} & found.keys() if "scrapy" in found else ():
        print(f"{row} : scrapy = {found[row] / found['scrapy']:.2f}")
    return found.get("worker", AIM) < AIM


if __name__ == "__main__":
    sys.exit(main())
