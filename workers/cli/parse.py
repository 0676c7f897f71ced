"""`presswire parse`."""

from datetime import datetime
from pathlib import Path

import click

from schemas.page import StoredPage
from workers.adapters.archive.page_files import read_pages
from workers.cli.support.address import WebAddress
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, say, say_json
from workers.exceptions import PermanentFailure
from workers.parse.explain import render, render_rejected
from workers.parse.file_page_url import with_declared_url
from workers.parse.plaintext.form import detect_form
from workers.parse.step import read_page


@click.command()
@click.argument("source", type=WebAddress(or_name=True), metavar="FILE|URL")
@click.option(
    "--url",
    type=WebAddress(),
    default="",
    help="Where the page in FILE was; by default, what it says itself.",
)
@click.option("--json", "as_json", is_flag=True, help="The whole article as JSON.")
@click.option("--explain", is_flag=True, help="Each field's origin, and what was dropped and why.")
def parse(source: str, url: str, *, as_json: bool, explain: bool) -> None:
    """Print the article of one page.

    \f

    Raises:
        PermanentFailure: the page has no article, or cannot be read.
    """
    services = command_services()
    if "://" in source:
        page = services.one_page(source)
    else:
        page = _first_page(Path(source), url, services.now())
    form = detect_form(page.body)
    page = with_declared_url(page, form)
    outlet = services.outlets.by_host(page.final_url)
    try:
        result = read_page(page, form, outlet.layouts if outlet else ())
    except PermanentFailure as error:
        if explain and form == "html":
            content_type = page.header("content-type")
            say(render_rejected(page.body, page.final_url, content_type, str(error)))
        raise
    if explain:
        say(render(result))
    elif as_json:
        say_json(result.article, indent=2)
    else:
        article = result.article
        head = (article.title, ", ".join(article.authors), str(article.published or ""))
        say("\n".join(part for part in head if part) + f"\n\n{article.body}")


def _first_page(path: Path, url: str, now: datetime) -> StoredPage:
    page = next(read_pages(path, url, now), None)
    if page is None:
        raise CommandError(f"{path}: no page in it")
    return page
