"""Settings from variables and from files, and what is shown of them."""

import os
import subprocess
import sys
import traceback

import pytest

from workers.settings import (
    RENAMED,
    Settings,
    SettingsError,
    load,
    renamed_variables,
    unknown_variables,
)


def test_a_variable_with_file_after_its_name_names_the_file_that_holds_the_value(tmp_path):
    secret = tmp_path / "redis_url"
    secret.write_text("redis://:hush@host:6379/1\n")
    assert load({"PRESSWIRE_REDIS_URL_FILE": str(secret)}).redis_url == "redis://:hush@host:6379/1"


def test_a_value_goes_before_a_file(tmp_path):
    given = {"PRESSWIRE_PREFIX": "a", "PRESSWIRE_PREFIX_FILE": str(tmp_path / "none")}
    with pytest.raises(SettingsError, match="PRESSWIRE_PREFIX_FILE: cannot read"):
        load(given)
    (tmp_path / "none").write_text("b")
    assert load(given).prefix == "a"


def test_a_setting_that_is_a_file_by_its_name_is_no_secret(tmp_path):
    assert load({"PRESSWIRE_CA_FILE": "/etc/ca.pem"}).ca_file == "/etc/ca.pem"
    secret = tmp_path / "path"
    secret.write_text("/etc/other.pem")
    assert load({"PRESSWIRE_CA_FILE_FILE": str(secret)}).ca_file == "/etc/other.pem"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "secret"
    if content:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match="PRESSWIRE_BROKER_URL_FILE"):
        load({"PRESSWIRE_BROKER_URL_FILE": str(path)})


def test_no_value_is_shown_by_an_error_or_by_the_settings_themselves():
    with pytest.raises(SettingsError) as caught:
        load({"PRESSWIRE_MAX_ATTEMPTS": "hush"})
    assert "PRESSWIRE_MAX_ATTEMPTS" in str(caught.value)
    assert "hush" not in str(caught.value)
    secret = Settings(broker_url="amqp://me:hush@host//")
    assert "hush" not in f"{secret!r}{secret}"


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_an_old_name_is_still_read_and_the_new_one_told(old, new, tmp_path):
    assert old not in Settings.__struct_fields__
    given = {f"PRESSWIRE_{old.upper()}": "7"}
    assert getattr(load(given), new) == 7
    assert renamed_variables(given) == {f"PRESSWIRE_{old.upper()}": f"PRESSWIRE_{new.upper()}"}
    assert unknown_variables(given) == []
    (tmp_path / "seven").write_text("7\n")
    in_file = {f"PRESSWIRE_{old.upper()}_FILE": str(tmp_path / "seven")}
    assert getattr(load(in_file), new) == 7
    assert renamed_variables(in_file) == {
        f"PRESSWIRE_{old.upper()}_FILE": f"PRESSWIRE_{new.upper()}_FILE"
    }


def test_a_new_name_needs_no_line():
    given = {"PRESSWIRE_MAX_IN_FLIGHT": "7", "PRESSWIRE_REDIS_URL_FILE": "a", "HOME": "b"}
    assert renamed_variables(given) == {}


@pytest.mark.parametrize("new", ["PRESSWIRE_MAX_IN_FLIGHT", "PRESSWIRE_MAX_IN_FLIGHT_FILE"])
@pytest.mark.parametrize("old", ["PRESSWIRE_MOST_UNDER_WAY", "PRESSWIRE_MOST_UNDER_WAY_FILE"])
def test_both_names_at_once_are_an_error_that_names_both(old, new):
    with pytest.raises(SettingsError) as caught:
        load({old: "7", new: "7"})
    assert f"{old} " in str(caught.value)
    assert f"{new} " in str(caught.value)


def test_a_process_tells_of_an_old_name_once_on_stderr():
    code = "from workers.services import get_settings as g; g(); print(g().max_in_flight)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PRESSWIRE_MOST_UNDER_WAY": "9"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "9\n"
    assert done.stderr.count("\n") == 1
    assert "PRESSWIRE_MOST_UNDER_WAY" in done.stderr
    assert "PRESSWIRE_MAX_IN_FLIGHT" in done.stderr


def test_a_mistyped_name_is_unknown():
    given = {"PRESSWIRE_PREFIXX": "a", "PRESSWIRE_ES_HOME": "b", "PRESSWIRE_TEST_X": "c"}
    assert unknown_variables(given) == ["PRESSWIRE_PREFIXX"]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("BROKER_URL", "amqp://me:{}@host:5672//"),
        ("BROKER_URL", "redis://:{}@host:6379/0"),
        ("BROKER_URL", "amqp://me:good@one//;amqp://me:{}@two//"),
        ("REDIS_URL", "redis://:{}@host:6379/1"),
        ("ELASTICSEARCH_URL", "https://me:good@one:9200,https://me:{}@two:9200"),
        ("SMTP_URL", "smtp://me:{}@host:587"),
    ],
)
@pytest.mark.parametrize(
    "password",
    ["hu/sh", "hu?sh", "hu#sh", "hu[sh", "hu]sh", "12/hush", "12#hush", "hu sh", "hush\x1b[2J"],
)
def test_a_password_that_breaks_its_address_is_told_and_not_shown(name, url, password):
    with pytest.raises(SettingsError, match=f"PRESSWIRE_{name}: its address ") as caught:
        load({f"PRESSWIRE_{name}": url.format(password)})
    told = "".join(traceback.format_exception(caught.value))
    assert "hu" not in told.replace("hush(", "")
    assert "12" not in told.partition("SettingsError")[2]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://host:abc/0", "host or port"),
        ("redis://host:99999/0", "host or port"),
        ("redis://host:6379:6379/0", "host or port"),
        ("host:6379", "host or port"),
        ("http://host:6379", "redis://"),
        ("redis://", "no host"),
        ("redis://:6379", "no host"),
    ],
)
def test_a_malformed_address_is_told_with_what_to_do(url, says):
    with pytest.raises(SettingsError, match="PRESSWIRE_REDIS_URL") as caught:
        load({"PRESSWIRE_REDIS_URL": url})
    assert says in str(caught.value)


def test_what_is_no_server_may_be_empty():
    assert not load({"PRESSWIRE_SMTP_URL": "", "PRESSWIRE_WEBSUB_CALLBACK": ""}).smtp_url
