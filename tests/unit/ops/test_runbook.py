"""The pages of ops/ and docs/, and the alert rules: commands that exist, and what to do."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from workers.cli.main import presswire
from workers.settings import Settings

TOP = Path(__file__).parents[3]
OPS = TOP / "ops"
RUNBOOK = (OPS / "runbook.md").read_text(encoding="utf-8")
ALERTS = OPS / "prometheus" / "alerts.yml"
RULES = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]
PAGES = sorted((*OPS.glob("*.md"), *(TOP / "docs").rglob("*.md")))
TEXTS = {page.relative_to(TOP).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
COMMANDS = re.findall(r"^presswire (.+)$", "\n".join(TEXTS.values()), re.MULTILINE)
MENTIONED = re.findall(r"`presswire ([^`]+)`", "\n".join(TEXTS.values()))
ANCHORS = {
    heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)
}


def found(words):
    """The command that `words` call, and what is left for it."""
    command = presswire
    while isinstance(command, click.Group) and words:
        name, *words = words
        command = command.get_command(click.Context(command), name)
        assert command is not None, name
    return command, words


def meant(line):
    """The commands of a mention: `list|show ID` are two, `[--now]` may be left out."""
    first, *words = re.sub(r"[\[\]]", "", line).split()
    if words and "|" in words[0] and words[0].islower():
        return [[first, word, *words[1:]] for word in words[0].split("|")]
    return [[first, *words]]


@pytest.mark.parametrize("line", sorted(set(COMMANDS)))
def test_every_command_is_understood(line):
    command, words = found(shlex.split(line, comments=True))
    assert not isinstance(command, click.Group)
    command.make_context("presswire", words)


@pytest.mark.parametrize("line", sorted(set(MENTIONED)))
def test_every_command_that_is_mentioned_exists(line):
    for words in meant(line):
        command, rest = found(words)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known


def test_the_runbook_has_commands_for_what_goes_wrong():
    assert len(re.findall(r"^presswire ", RUNBOOK, re.MULTILINE)) >= 20
    assert {"a-queue-grows", "a-host-blocks-us", "replay", "reindex", "scale-a-pool"} <= ANCHORS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_to_do(rule):
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert file == "ops/runbook.md"
    assert anchor in ANCHORS
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]


def test_a_queue_that_grows_is_told_before_intake_stops():
    (rule,) = (rule for rule in RULES if rule["alert"] == "QueueGrows")
    most = Settings().max_in_flight
    assert rule["expr"] == f"presswire_pages_under_way > {most * 3 // 4}"
    assert f"{most} stop intake" in rule["annotations"]["summary"]
    assert f"{most:,} of them (`PRESSWIRE_MAX_IN_FLIGHT`)" in RUNBOOK


def test_every_alert_is_fired_by_its_fault():
    text = (OPS / "prometheus" / "alerts_test.yml").read_text(encoding="utf-8")
    cases = [
        case for test in yaml.safe_load(text)["tests"] for case in test.get("alert_rule_test", ())
    ]
    fired = {case["alertname"] for case in cases if case["exp_alerts"]}
    assert fired == {rule["alert"] for rule in RULES}


def test_the_rules_fire_when_they_should():
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    tests = OPS / "prometheus" / "alerts_test.yml"
    command = [promtool, "test", "rules", tests]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
