"""`presswire kibana import|write`."""

from pathlib import Path

import click

from workers.adapters.kibana import KibanaError, import_saved_objects
from workers.cli.support.terminal import CommandError, say
from workers.kibana.objects import DEFAULT_SITE, all_saved_objects, saved_object_files, to_ndjson
from workers.server_urls import server_url_error
from workers.services import get_settings

SITE = click.option(
    "--site", default=DEFAULT_SITE, show_default=True, help="The search page that ids lead to."
)


@click.group()
def kibana() -> None:
    """Bring the dashboards into Kibana."""


@kibana.command("import")
@click.option(
    "--url",
    envvar="PRESSWIRE_KIBANA_URL",
    default="http://127.0.0.1:5601",
    show_default=True,
    help="May include a user and a password.",
)
@click.option("--space", default="", help="Kibana space; the default one without it.")
@SITE
def import_objects(url: str, space: str, site: str) -> None:
    """Import data views, searches and dashboards for this deployment's prefix, over those of an
    earlier version.

    \f

    Raises:
        CommandError: Kibana refuses the objects or cannot be reached.
    """
    settings = get_settings()
    if reason := server_url_error(url, ("http", "https")):
        raise CommandError(f"--url or PRESSWIRE_KIBANA_URL: its address {reason}")
    try:
        number = import_saved_objects(
            settings, url, to_ndjson(all_saved_objects(settings.prefix, site)), space=space
        )
    except KibanaError as error:
        raise CommandError(str(error)) from error
    say(f"{number} objects imported.")


@kibana.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default="ops/kibana")
@click.option("--prefix", default="presswire", show_default=True)
@SITE
def write(folder: Path, prefix: str, site: str) -> None:
    """Write the files that Kibana's own import page takes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, objects in saved_object_files(prefix, site).items():
        path = folder / f"{name}.ndjson"
        path.write_text(to_ndjson(objects), encoding="utf-8")
        say(f"{path}: {len(objects)} objects")
