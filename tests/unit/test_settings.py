"""Settings from variables and from files, and what is shown of them."""

import os
import subprocess
import sys

import pytest

from workers.settings import (
    RENAMED,
    Settings,
    SettingsError,
    load,
    renamed_variables,
    unknown_variables,
    without_password,
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


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("amqp://me:hush@host:5672//", "amqp://me:***@host:5672//"),
        ("redis://:hush@host/1", "redis://:***@host/1"),
        ("https://me:h%40sh@host:9200", "https://me:***@host:9200"),
        ("amqp://me:p@ss@host//", "amqp://me:***@host//"),
        ("http://127.0.0.1:9200", "http://127.0.0.1:9200"),
        ("redis://host:6379/0", "redis://host:6379/0"),
    ],
)
def test_a_url_is_shown_without_its_password(url, shown):
    assert without_password(url) == shown


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
