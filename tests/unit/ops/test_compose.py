"""docker-compose.yml against the Compose specification, the pipeline, the settings and the
launcher of one machine."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from workers.celery_app.configuration import HARD_LIMIT_SECONDS
from workers.celery_app.topology import TICK
from workers.local.worker_processes import beat_command, worker_command
from workers.pipeline import STAGES
from workers.settings import PREFIX, Settings

TOP = Path(__file__).parents[3]
COMPOSE = TOP / "docker-compose.yml"
TEXT = COMPOSE.read_text(encoding="utf-8")
COMPOSED = yaml.safe_load(TEXT)
SERVICES = COMPOSED["services"]
WORKERS = (*(stage.name for stage in STAGES), TICK)
OURS = [name for name, service in SERVICES.items() if "build" in service]
DOCKERFILE = TOP / SERVICES["parse"]["build"]["dockerfile"]
SECRET = re.compile(r"PASS|SECRET|KEY|AUTH|TOKEN", re.IGNORECASE)


def seconds(text):
    return int(text.removesuffix("s"))


def environment_of(name):
    return {key: value or "" for key, value in SERVICES[name].get("environment", {}).items()}


def awaited():
    """Services that run once, before others start."""
    conditions = (service.get("depends_on") or {} for service in SERVICES.values())
    return {
        name
        for depends_on in conditions
        for name, given in depends_on.items()
        if given["condition"] == "service_completed_successfully"
    }


def test_the_file_is_valid_by_the_schema_of_the_specification():
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [program, "--builtin-schema", "vendor.compose-spec", COMPOSE]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_every_stage_has_a_service():
    assert {*WORKERS, "beat", "serve", "metrics", "flower"} <= set(SERVICES)
    assert {"rabbitmq", "valkey", "elasticsearch", "kibana"} <= set(SERVICES)


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_starts_as_on_one_machine(name):
    program, *arguments = worker_command(name, SERVICES[name]["environment"]["PRESSWIRE_PREFIX"])
    assert program == sys.executable
    assert ["-m", *shlex.split(SERVICES[name]["command"])] == arguments


def test_beat_starts_as_on_one_machine():
    assert ["-m", *shlex.split(SERVICES["beat"]["command"])] == beat_command()[1:]


def test_flower_leaves_task_events_off():
    assert "--enable_events=False" in shlex.split(SERVICES["flower"]["command"][-1])


def test_flower_is_started_with_its_password():
    start = SERVICES["flower"]["command"][-1]
    assert "-A workers.flower flower" in start
    assert start.startswith('FLOWER_BASIC_AUTH="$$(cat /run/secrets/flower_auth)" exec ')
    assert "401" in SERVICES["flower"]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_can_be_scaled_and_finishes_what_it_has_begun(name):
    service = SERVICES[name]
    assert not {"container_name", "ports", "hostname"} & set(service)
    assert seconds(service["stop_grace_period"]) > HARD_LIMIT_SECONDS
    assert service["init"] is True
    assert service["healthcheck"]["test"] == ["CMD", "presswire", "health", name]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_stays_has_a_health_check(name):
    if name in awaited():
        assert SERVICES[name]["restart"] == "on-failure"
        return
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_no_password_stands_in_the_file_and_none_has_a_default(name):
    for key, value in environment_of(name).items():
        if SECRET.search(key):
            assert not value or re.search(r"\$\{[A-Z_]+:\?[^}]+\}$", value), f"{key}={value}"
        for userinfo in re.findall(r"://[^/@]*:([^/@]*(?:\{[^}]*\})?)@", value):
            assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", userinfo), f"{key}={value}"


def test_every_variable_without_which_nothing_starts_is_in_the_example():
    required = set(re.findall(r"\$\{([A-Z_]+):\?", TEXT))
    example = (TOP / "ops" / "docker" / "example.env").read_text(encoding="utf-8")
    named = dict(line.split("=", 1) for line in example.splitlines() if re.match("[A-Z]", line))
    assert set(named) == required | {"FLOWER_PASSWORD"}  # that one only make-secrets.sh asks for
    assert not any(named.values())


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_that_is_known(name):
    given = {key for key in environment_of(name) if key.startswith(PREFIX)}
    known = {PREFIX + field.upper() for field in Settings.__struct_fields__}
    assert {key.removesuffix("_FILE") for key in given} <= known
    assert {"PRESSWIRE_BROKER_URL_FILE", "PRESSWIRE_REDIS_URL_FILE"} <= given
    assert "PRESSWIRE_USER_AGENT" in given


@pytest.mark.parametrize("name", OURS)
def test_our_passwords_come_in_files_that_are_mounted_and_declared(name):
    files = [
        value.removeprefix("/run/secrets/")
        for key, value in environment_of(name).items()
        if key.endswith("_FILE")
    ]
    assert set(files) <= set(SERVICES[name]["secrets"]) <= set(COMPOSED["secrets"])
    assert not re.search(r"://[^\s]*:[^\s]*@", str(SERVICES[name]))


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_its_limits_and_its_logs_are_rotated(name):
    service = SERVICES[name]
    assert service["mem_limit"] == service["memswap_limit"]
    assert service["cpus"] > 0
    assert 64 <= service["pids_limit"] <= 4096
    assert service["logging"]["options"] == {"max-size": "20m", "max-file": "5"}
    assert any(each.startswith("no-new-privileges") for each in service["security_opt"])


@pytest.mark.parametrize("name", [*OURS, "valkey"])
def test_what_is_ours_and_valkey_have_read_only_file_systems(name):
    assert SERVICES[name]["read_only"] is True


def test_a_worker_that_reads_strangers_text_cannot_reach_the_index():
    for name in ("discover", "fetch", "render", "parse", "dedupe"):
        assert "search" not in SERVICES[name]["networks"]
        assert "desk" not in SERVICES[name]["networks"]
    with_a_way_out = {name for name, each in SERVICES.items() if "outside" in each["networks"]}
    assert with_a_way_out == {"discover", "fetch", "render", "tick"}
    assert {name for name, each in COMPOSED["networks"].items() if each.get("internal")} == {
        "flow",
        "search",
    }
    for service in SERVICES.values():
        assert "ports" not in service or "desk" in service["networks"]


def test_no_example_outlet_is_mounted_or_built_in():
    assert not list((TOP / "ops" / "outlets").rglob("*.toml"))
    assert "example-outlets" not in TEXT + DOCKERFILE.read_text(encoding="utf-8")


def test_only_those_who_need_the_index_have_a_user_for_it_and_each_its_own_role():
    roles = yaml.safe_load((TOP / "ops/elasticsearch/roles.yml").read_text(encoding="utf-8"))
    users = {
        name: f"presswire_{re.search(r'elasticsearch_(.+)_url', file)[1]}"
        for name in OURS
        if (file := environment_of(name).get("PRESSWIRE_ELASTICSEARCH_URL_FILE"))
    }
    assert users == {
        "bootstrap": "presswire_operator",
        "index": "presswire_index",
        "tick": "presswire_tick",
        "serve": "presswire_search",
        "metrics": "presswire_search",
    }
    assert set(users.values()) == set(roles)
    script = (TOP / "ops" / "docker" / "make-users.sh").read_text(encoding="utf-8")
    assert set(re.findall(r"^user (\w+) ", script, re.MULTILINE)) == set(roles)


def test_ports_are_open_to_this_machine_only():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) >= 5
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_everything_that_is_mounted_is_there():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("."):
                assert (TOP / source).exists()
            else:
                assert source in COMPOSED["volumes"]


@pytest.mark.parametrize("name", ["discover", "fetch", "render", "parse"])
def test_who_writes_or_reads_raw_pages_has_the_archive(name):
    assert "archive:/var/lib/presswire/archive" in SERVICES[name]["volumes"]


@pytest.mark.parametrize(
    "name", ["discover", "fetch", "render", "parse", "index", "tick", "metrics", "serve"]
)
def test_who_reads_the_outlets_reads_the_files_that_operators_edit(name):
    (there,) = re.findall(r"PRESSWIRE_OUTLETS=(\S+)", DOCKERFILE.read_text(encoding="utf-8"))
    assert f"./ops/outlets:{there}:ro" in SERVICES[name]["volumes"]


def test_the_image_is_built_from_what_is_there():
    assert DOCKERFILE.is_file()
    usual = [name for name in OURS if name != "render"]
    assert all(SERVICES[name]["build"] == SERVICES["parse"]["build"] for name in usual)
    assert SERVICES["render"]["build"] == SERVICES["parse"]["build"] | {"target": "render"}
    assert SERVICES["render"]["image"] != SERVICES["parse"]["image"]


def test_a_stage_that_not_everybody_needs_starts_by_its_profile_only():
    assert {name for name in SERVICES if "profiles" in SERVICES[name]} == {"render", "relate"}
