"""`presswire cluster show|rebuild`."""

from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.json import Json
from workers import urls
from workers.adapters.elasticsearch.client import SearchIndex
from workers.cli.support.address import WebAddress
from workers.cli.support.cluster_rebuild import rebuild_clusters
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, make_console, say
from workers.dedupe.identity import document_id
from workers.search.diff import ParagraphChange, compare
from workers.terminal_text import terminal_safe

MAX_MEMBERS = 500
MAX_CHANGES_SHOWN = 4
STYLES = {"added": "green", "removed": "red strike", "same": "dim"}
SIGNS = {"added": "+ ", "removed": "- ", "changed": "~ "}


@click.group()
def cluster() -> None:
    """Show who printed one story."""


@cluster.command()
@click.argument("name", type=WebAddress(or_name=True), metavar="ID|URL")
@click.option("--all", "is_whole", is_flag=True, help="Every difference, not the first few.")
def show(name: str, *, is_whole: bool) -> None:
    """Show the cluster of an article, or of a cluster's id: its members in order of time, what
    each is to the first, and where their texts differ from it.

    \f

    Raises:
        CommandError: no article has this id or address.
    """
    search = command_services().search
    members = _find_members(search, name)
    if not members:
        raise CommandError(f"{name}: no article of this id or address is in the index")
    console = make_console()
    console.print(_members_table(members))
    first = _pick_first(members)
    for member in members:
        if member is not first:
            _show_differences(console, first, member, is_whole=is_whole)


@cluster.command()
def rebuild() -> None:
    """Make all fingerprints anew from the index: after a loss of Redis, or with new rules.
    Workers may go on meanwhile."""
    services = command_services()
    window = services.settings.dedupe_window_days
    read, changed = rebuild_clusters(
        services.search, services.fingerprint_store, services.now(), window
    )
    say(f"{read} articles of the last {window} days read; {changed} have another cluster or role.")


def _find_members(search: SearchIndex, name: str) -> list[Json]:
    """Return the members of the cluster of an address, an article's id or a cluster's id."""
    article: Json | None = search.get(_document_id(name) if "://" in name else name)
    if article is None and "://" in name:
        article = next(iter(_search_by(search, "url", name)), None)
    cluster_id = article["cluster_id"] if article else name
    return _search_by(search, "cluster_id", cluster_id)


def _document_id(url: str) -> str:
    """Return the document that the ledger knows of an address, else the one made of it."""
    row = command_services().ledger.row(urls.page_id(url))
    return (row and row.document_id) or document_id(url, None)


def _search_by(search: SearchIndex, field: str, value: str) -> list[Json]:
    order = [{"time": "asc"}, {"document_id": "asc"}]
    query = {"term": {field: value}}
    response = search.search({"query": query, "sort": order, "size": MAX_MEMBERS})
    return [hit["_source"] for hit in response["hits"]["hits"]]


def _pick_first(members: list[Json]) -> Json:
    named = (each for each in members if each["document_id"] == each["cluster_id"])
    return next(named, members[0])


def _members_table(members: list[Json]) -> Table:
    first = _pick_first(members)
    agencies = sorted({each["source"] for each in members if each.get("source")})
    title = f"cluster {first['cluster_id']}: {len(members)} articles, first {first['outlet']}"
    table = SafeTable(box=None, title_justify="left")
    for name in ("id", "time", "outlet", "role", "shared", "title"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    table.title = Text(title + (f"; agency: {', '.join(agencies)}" if agencies else ""))
    for each in members:
        table.add_row(
            each["document_id"],
            str(each.get("time", ""))[:16].replace("T", " "),
            terminal_safe(each["outlet"]),
            each.get("role", ""),
            f"{each.get('shared', 0):.0%}",
            terminal_safe(each["title"]),
        )
    return table


def _show_differences(console: Console, first: Json, member: Json, *, is_whole: bool) -> None:
    comparison = compare(first, member)
    console.print()
    console.print(
        Text(f"{terminal_safe(member['outlet'])}: {terminal_safe(member['title'])}", "bold")
    )
    kept = sum(change.how == "same" for change in comparison.paragraphs)
    changes = [change for change in comparison.paragraphs if change.how != "same"]
    console.print(Text(f"{kept} paragraphs as in the first, {len(changes)} not", "dim"))
    shown = changes if is_whole else changes[:MAX_CHANGES_SHOWN]
    for change in shown:
        console.print(_change_line(change))
    if len(shown) < len(changes):
        console.print(Text(f"… {len(changes) - len(shown)} more: --all", "dim"))


def _change_line(change: ParagraphChange) -> Text:
    return Text.assemble(SIGNS[change.how], *_change_parts(change))


def _change_parts(change: ParagraphChange) -> Iterator[tuple[str, str]]:
    for part in change.parts:
        text = terminal_safe(part.text)
        marked = {"added": f"[+{text}+]", "removed": f"[-{text}-]"}.get(part.how, text)
        yield (marked if change.how == "changed" else text), STYLES[part.how]
