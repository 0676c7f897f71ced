"""Settings from variables and from files, and what is shown of them."""

import pytest

from workers.settings import Settings, SettingsError, load, without_password


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
