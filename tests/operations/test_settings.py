"""Settings: what is read, what is refused, and that no fault and no repr tells a value."""

import pytest

from bot.settings import Settings, SettingsError, load

KEY = "k" * 32


@pytest.fixture(autouse=True)
def nothing_set(tmp_path, monkeypatch) -> None:
    """An empty folder, and none of our variables."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SAMSPILL_{name.upper()}", raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_only_the_key_has_no_default(monkeypatch) -> None:
    monkeypatch.setenv("SAMSPILL_SECRET_KEY", KEY)
    found = load(demo=False)
    assert found.database_url == "sqlite:///samspill.db"
    assert (found.host, found.port, found.base_url) == ("127.0.0.1", 8080, "http://localhost:8080")
    assert (found.packs, found.log) == ((), "console")
    assert found.secret_key.get_secret_value() == KEY


def test_without_a_key_we_say_how_to_make_one() -> None:
    with pytest.raises(SettingsError, match=r"SAMSPILL_SECRET_KEY is not set: make one with"):
        load(demo=False)
    assert load(demo=False, key=False).database_url == "sqlite:///samspill.db"


def test_the_demo_needs_nothing_and_takes_no_real_database(monkeypatch) -> None:
    monkeypatch.setenv("SAMSPILL_DATABASE_URL", "postgresql://a:b@db.example/real")
    monkeypatch.setenv("SAMSPILL_HOST", "0.0.0.0")
    monkeypatch.setenv("SAMSPILL_BASE_URL", "https://samspill.example.org")
    monkeypatch.setenv("SAMSPILL_SECRET_KEY", "too short")
    monkeypatch.setenv("SAMSPILL_PORT", "8081")
    found = load(demo=True)
    assert found.database_url.startswith("sqlite:///")
    assert (found.host, found.base_url) == ("127.0.0.1", "http://localhost:8081")
    assert len(found.secret_key.get_secret_value()) >= 32


def test_a_file_named_env_is_read_and_the_environment_comes_first(tmp_path, monkeypatch) -> None:
    env = f"SAMSPILL_SECRET_KEY={KEY}\nSAMSPILL_PORT=81\nSAMSPILL_LOG=json\nOTHER=1\n"
    (tmp_path / ".env").write_text(env)
    monkeypatch.setenv("SAMSPILL_PORT", "82")
    found = load(demo=False)
    assert (found.port, found.log) == (82, "json")


def test_an_env_file_that_is_no_text_is_a_fault(tmp_path) -> None:
    (tmp_path / ".env").write_bytes(b"SAMSPILL_LOG=\xff\xfe")
    with pytest.raises(SettingsError, match=r"The file \.env cannot be read"):
        load(demo=True)


@pytest.mark.parametrize(
    "line", ["SAMSPILL_PORT 81", "SAMSPILL_PORT", 'SAMSPILL_SECRET_KEY="abc', "=81"]
)
def test_a_line_of_the_env_file_that_is_no_setting_is_named(tmp_path, line) -> None:
    (tmp_path / ".env").write_text(f"# ours\n\nSAMSPILL_LOG=json\n{line}\n")
    with pytest.raises(SettingsError, match=r"Line 4 of the file \.env is no setting") as fault:
        load(demo=True)
    assert line not in str(fault.value)


def test_folders_of_packs_are_a_list(monkeypatch) -> None:
    monkeypatch.setenv("SAMSPILL_PACKS", "one: :two/three")
    assert [str(path) for path in load(demo=True).packs] == ["one", "two/three"]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/samspill/s.db",
        "postgresql://u:p@h:5432/n",
        "postgres://h/n",
        "postgresql+psycopg://h/n",
    ],
)
def test_databases_we_can_open(monkeypatch, url) -> None:
    monkeypatch.setenv("SAMSPILL_DATABASE_URL", url)
    assert load(demo=False, key=False).database_url == url


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SAMSPILL_DATABASE_URL", "mysql://hemmelig@h/n", "set it to sqlite:///FILE or postgresql"),
        ("SAMSPILL_DATABASE_URL", "hemmelig", "set it to sqlite:///FILE or postgresql"),
        ("SAMSPILL_DATABASE_URL", "postgresql://u:hemmelig@h:port/n", "is no address of"),
        ("SAMSPILL_DATABASE_URL", "sqlite://", "name a file"),
        ("SAMSPILL_DATABASE_URL", "sqlite:///:memory:", "name a file"),
        ("SAMSPILL_DATABASE_URL", "sqlite:///file:hemmelig?mode=memory&uri=true", "name a file"),
        ("SAMSPILL_BASE_URL", "hemmelig.example.org", "set it to what people type"),
        ("SAMSPILL_BASE_URL", "https://example.org/hemmelig", "without a path"),
        ("SAMSPILL_BASE_URL", "https://u:hemmelig@example.org", "set it to what people type"),
        ("SAMSPILL_BASE_URL", "https://example.org:hemmelig", "set it to what people type"),
        ("SAMSPILL_BASE_URL", "ftp://hemmelig.example.org", "set it to what people type"),
        ("SAMSPILL_SECRET_KEY", "hemmelig", "shorter than 32 characters"),
        ("SAMSPILL_SECRET_KEY", "hemmelig" + "x" * 23, "shorter than 32 characters"),
        ("SAMSPILL_HOST", "hemmelig her", "set it to 127.0.0.1"),
        ("SAMSPILL_PORT", "hemmelig", "a whole number"),
        ("SAMSPILL_PORT", "65536", "a whole number"),
        ("SAMSPILL_PORT", "-1", "a whole number"),
        ("SAMSPILL_PROXIES", "hemmelig", "is no number of proxies"),
        ("SAMSPILL_PROXIES", "-1", "is no number of proxies"),
        ("SAMSPILL_LOG", "hemmelig", "neither console nor json"),
        ("SLACK_BOT_TOKEN", "xapp-hemmelig", "begins with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-hemmelig", "token rotation"),
        ("SLACK_APP_TOKEN", "xoxb-hemmelig", "begins with xapp-"),
    ],
)
def test_a_fault_names_the_variable_and_what_to_do_never_the_value(
    monkeypatch, name, value, says
) -> None:
    monkeypatch.setenv("SAMSPILL_SECRET_KEY", KEY)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as fault:
        load(demo=False)
    (sentence,) = fault.value.faults
    assert sentence.startswith(name)
    assert says in sentence
    assert "hemmelig" not in sentence
    assert sentence.endswith(".")
    assert fault.value.__cause__ is None
    assert fault.value.__suppress_context__


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is not set"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET is not set"),
        ({"SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "s"}, "SLACK_CLIENT_ID is not set"),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"},
            "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is not set",
        ),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_BOT_TOKEN": "xoxb-1"},
            "both for one workspace and for many",
        ),
    ],
)
def test_slack_is_set_up_wholly_or_not_at_all(monkeypatch, given, missing) -> None:
    monkeypatch.setenv("SAMSPILL_SECRET_KEY", KEY)
    assert not load(demo=False).slack_bot_token.get_secret_value()
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=missing):
        load(demo=False)
    load(demo=False, key=False)  # what only looks at the record needs no Slack
    assert not load(demo=True).slack_bot_token.get_secret_value()
    for name in given:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    assert load(demo=False).slack_api_url == "https://slack.com/api/"


@pytest.mark.parametrize("way_in", ["SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"])
def test_slack_reaches_us_or_we_reach_slack_for_many_workspaces_too(monkeypatch, way_in) -> None:
    monkeypatch.setenv("SAMSPILL_SECRET_KEY", KEY)
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        monkeypatch.setenv(name, "given")
    monkeypatch.setenv(way_in, "xapp-1")
    with pytest.raises(SettingsError, match="SAMSPILL_BASE_URL does not begin with https://"):
        load(demo=False)
    monkeypatch.setenv("SAMSPILL_BASE_URL", "https://samspill.example.org")
    assert load(demo=False).slack_client_id == "given"


def test_every_fault_is_said_at_once(monkeypatch) -> None:
    monkeypatch.setenv("SAMSPILL_PORT", "x")
    monkeypatch.setenv("SAMSPILL_LOG", "x")
    with pytest.raises(SettingsError) as fault:
        load(demo=False)
    assert [each.split()[0] for each in fault.value.faults] == ["SAMSPILL_PORT", "SAMSPILL_LOG"]


def test_nothing_shows_secrets(monkeypatch) -> None:
    monkeypatch.setenv("SAMSPILL_SECRET_KEY", "hemmelig" * 4)
    monkeypatch.setenv("SAMSPILL_DATABASE_URL", "postgresql://u:hemmelig@h/n")
    found = load(demo=False)
    assert "hemmelig" not in f"{found!r} {found} {found.secret_key}"
