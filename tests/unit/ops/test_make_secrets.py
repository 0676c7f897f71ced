"""The files that compose mounts as secrets, made out of .env."""

import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from workers.server_urls import server_url_error
from workers.settings import load

TOP = Path(__file__).parents[3]
SCRIPT = TOP / "ops" / "docker" / "make-secrets.sh"
EXAMPLE = (TOP / "ops" / "docker" / "example.env").read_text(encoding="utf-8")
DECLARED = yaml.safe_load((TOP / "docker-compose.yml").read_text(encoding="utf-8"))["secrets"]


def filled(word="Pass9"):
    return "\n".join(f"{line}{word * line.endswith('=')}" for line in EXAMPLE.split("\n"))


def run(folder, text):
    (folder / ".env").write_text(text)
    command = ["sh", str(SCRIPT)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_secret_that_is_declared_is_written_and_closed(tmp_path):
    done = run(tmp_path, filled() + '\nPRESSWIRE_SMTP_URL="smtp://me:word@mail.example:587"\n')
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "secrets"
    assert {path.name for path in folder.iterdir()} == set(DECLARED)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o444 for path in folder.iterdir())
    for name, given in DECLARED.items():
        assert given == {"file": f"./secrets/{name}"}
    loaded = load(
        {
            f"PRESSWIRE_{name}_URL_FILE": str(folder / file)
            for name, file in (
                ("BROKER", "broker_url"),
                ("REDIS", "redis_url"),
                ("ELASTICSEARCH", "elasticsearch_index_url"),
                ("SMTP", "smtp_url"),
            )
        }
    )
    assert loaded.broker_url == "amqp://presswire:Pass9@rabbitmq:5672/presswire"
    assert loaded.smtp_url == "smtp://me:word@mail.example:587"
    assert not server_url_error(loaded.elasticsearch_url, ("http",))
    assert (folder / "flower_auth").read_text() == "presswire:Pass9"
    assert run(tmp_path, filled("Other8")).returncode == 0
    assert "Other8" in (folder / "redis_url").read_text()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (EXAMPLE, "RABBITMQ_PASSWORD is empty"),
        (filled("pa/ss"), "RABBITMQ_PASSWORD: letters and digits only"),
        (filled("pa'ss"), "letters and digits only"),
        (filled().replace("FLOWER_PASSWORD=Pass9", "FLOWER_PASSWORD="), "FLOWER_PASSWORD is empty"),
    ],
)
def test_what_is_missing_or_would_break_an_address_is_told_and_not_shown(tmp_path, text, says):
    done = run(tmp_path, text)
    assert done.returncode == 1
    assert says in done.stderr
    assert "pa" not in done.stderr.replace("make-secrets", "").partition("PASSWORD")[0]
