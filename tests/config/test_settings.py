"""config.yaml becomes settings with absolute paths and async drivers."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.load import load_settings
from bot.errors import ConfigError

HEAD = 'homeserver: https://matrix.example.org/\naccount: "@bylaug:example.org"\n'


def load(folder: Path, content: str, **environ: str):
    file = folder / "config.yaml"
    file.write_text(content, encoding="utf-8")
    return load_settings(file, environ)


def trouble(folder: Path, content: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, content)
    return [f"{problem.line}: {problem.message}" for problem in caught.value.problems]


def test_settings_with_little_have_defaults(tmp_path):
    found = load(tmp_path, HEAD)
    assert (found.homeserver, found.account) == ("https://matrix.example.org", "@bylaug:example.org")
    assert (found.server_name, found.display_name, found.device_name) == ("example.org", "Bylaug", "Bylaug")
    assert found.database == f"sqlite+aiosqlite:///{tmp_path}/bylaug.db"
    assert found.communities == tmp_path / "rooms"
    assert (found.password_file, found.access_token_file, found.passphrase_file) == (None, None, None)
    assert (found.status_listen, found.status_address, found.log_level) == (None, None, "INFO")
    assert found.stale_after == timedelta(hours=12)


def test_settings_with_everything_are_read(tmp_path):
    secrets = "password_file: /etc/secret\naccess_token_file: token\npassphrase_file: words\n"
    rest = f"display_name: Laug\n{secrets}communities: /srv/rooms\nstale_after: 2d\n"
    found = load(tmp_path, HEAD + rest + "status_listen: 127.0.0.1:9180\nlog_level: DEBUG\n")
    assert found.stale_after == timedelta(days=2)
    assert (found.display_name, found.log_level, found.communities) == ("Laug", "DEBUG", Path("/srv/rooms"))
    assert (found.password_file, found.access_token_file) == (Path("/etc/secret"), tmp_path / "token")
    assert found.passphrase_file == tmp_path / "words"
    assert (found.status_listen, found.status_address) == ("127.0.0.1:9180", ("127.0.0.1", 9180))


def test_server_name_keeps_its_port(tmp_path):
    found = load(tmp_path, "homeserver: http://localhost:8008\naccount: '@bylaug:localhost:8448'\n")
    assert (found.homeserver, found.server_name) == ("http://localhost:8008", "localhost:8448")


@pytest.mark.parametrize(
    ("written", "complete"),
    [
        ("sqlite:////var/lib/x.db", "sqlite+aiosqlite:////var/lib/x.db"),
        ("sqlite+aiosqlite:////var/lib/x.db", "sqlite+aiosqlite:////var/lib/x.db"),
        ("postgresql://host/name", "postgresql+asyncpg://host/name"),
        ("postgres://anna:p%40ss@host:5433/name", "postgresql+asyncpg://anna:p%40ss@host:5433/name"),
        ("postgresql+asyncpg:///name?host=/run/postgresql", "postgresql+asyncpg:///name?host=%2Frun%2Fpostgresql"),
    ],
)
def test_database_gets_its_async_driver(tmp_path, written, complete):
    assert load(tmp_path, f"{HEAD}database: {written}\n").database == complete


def test_database_lies_in_the_state_directory_of_systemd(tmp_path):
    found = load(tmp_path, HEAD, STATE_DIRECTORY="/var/lib/bylaug:/var/lib/other")
    assert found.database == "sqlite+aiosqlite:////var/lib/bylaug/bylaug.db"
    assert found.communities == tmp_path / "rooms"


@pytest.mark.parametrize(
    ("written", "host"), [("localhost:9180", "localhost"), ('"[::1]:9180"', "::1"), ("127.0.0.2:9180", "127.0.0.2")]
)
def test_status_listens_on_loopback(tmp_path, written, host):
    assert load(tmp_path, f"{HEAD}status_listen: {written}\n").status_address == (host, 9180)


@pytest.mark.parametrize(
    ("written", "host"),
    [
        *(("10.0.0.5:9180", "10.0.0.5"), ("192.168.1.5:9180", "192.168.1.5"), ("100.64.0.1:9180", "100.64.0.1")),
        *(('"[fd00::1]:9180"', "fd00::1"), ("0.0.0.0:9180", "0.0.0.0"), ('"[::]:9180"', "::")),
    ],
)
def test_status_listens_in_a_private_network_when_that_is_written(tmp_path, written, host):
    assert load(tmp_path, f"{HEAD}status_listen_private: {written}\n").status_address == (host, 9180)
    (sentence,) = trouble(tmp_path, f"{HEAD}status_listen: {written}\n")
    assert "write status_listen_private: " in sentence


@pytest.mark.parametrize("written", ["8.8.8.8:9180", "example.org:9180", "10.0.0.5", "172.32.0.1:9180", ":9180"])
def test_status_in_a_public_network_is_refused(tmp_path, written):
    (sentence,) = trouble(tmp_path, f'{HEAD}status_listen_private: "{written}"\n')
    assert sentence.startswith(f"3: status_listen_private: '{written}' is not a port in a private network")


def test_status_listens_on_one_address(tmp_path):
    (sentence,) = trouble(tmp_path, f"{HEAD}status_listen: 127.0.0.1:1\nstatus_listen_private: 10.0.0.5:1\n")
    assert sentence == "4: status_listen_private: there is a status_listen too, and the bot listens on one address only"


@pytest.mark.parametrize("written", ["off", "false", "no", ""])
def test_status_is_off_when_written_so(tmp_path, written):
    assert load(tmp_path, f"{HEAD}status_listen: {written}\n").status_listen is None


@pytest.mark.parametrize(
    "written", ["0.0.0.0:9180", "192.168.1.5:9180", "example.org:9180", ":9180", "9180", "127.0.0.1", "127.0.0.1:99999"]
)
def test_status_anywhere_else_is_refused(tmp_path, written):
    (sentence,) = trouble(tmp_path, f'{HEAD}status_listen: "{written}"\n')
    assert sentence.startswith(f"3: status_listen: '{written}' is not a port on this machine alone")


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        ("password: hemmelig\n", "3: unknown key 'password', did you mean 'password_file'?"),
        ("databse: x\n", "3: unknown key 'databse', did you mean 'database'?"),
        ("database: hej\n", "3: database: this is not a database URL"),
        ("database: mysql://host/name\n", "3: database: unknown database 'mysql', "),
        ("database: sqlite://\n", "3: database: the database must be a file"),
        ("database: 'sqlite:///:memory:'\n", "3: database: the database must be a file"),
        ("log_level: lots\n", "3: log_level: unknown log level 'lots', expected one of: debug, info, warning, error"),
        ("log_level: inf\n", "3: log_level: unknown log level 'inf', did you mean 'info'?"),
        ("status_listen: [1]\n", "3: status_listen: this must be one short text"),
        ("display_name: 7\n", "3: display_name: 7 without quotes is a number"),
    ],
)
def test_settings_with_mistake_name_line_and_cause(tmp_path, content, begins):
    (sentence,) = trouble(tmp_path, HEAD + content)
    assert sentence.startswith(begins)


@pytest.mark.parametrize(
    "url",
    [
        "matrix.example.org",
        "ftp://x",
        "https://",
        "https://a b",
        "http://x:99999",
        "https://[",
        "https://u:p@x",
        "https://x/?a",
    ],
)
def test_homeserver_that_is_no_address_is_refused(tmp_path, url):
    (sentence,) = trouble(tmp_path, f'homeserver: "{url}"\naccount: "@b:x.org"\n')
    assert sentence.startswith(f"1: homeserver: '{url}' is not the address of a homeserver")


@pytest.mark.parametrize("account", ["bylaug", "@bylaug", "bylaug:x.org", "@b b:x.org"])
def test_account_that_is_no_matrix_id_is_refused(tmp_path, account):
    (sentence,) = trouble(tmp_path, f'homeserver: https://x\naccount: "{account}"\n')
    assert sentence.startswith(f"2: account: '{account}' ")


def test_settings_without_the_needed_keys_are_refused(tmp_path):
    assert trouble(tmp_path, "log_level: info\n") == [
        "1: the key 'homeserver' is missing",
        "1: the key 'account' is missing",
    ]


def test_database_password_is_not_repeated_in_a_sentence(tmp_path):
    (sentence,) = trouble(tmp_path, f"{HEAD}database: mysql://anna:hemmelig@host/name\n")
    assert "hemmelig" not in sentence


def test_settings_file_that_is_missing_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"config\.yaml: there is no such file"):
        load_settings(tmp_path / "config.yaml", {})
