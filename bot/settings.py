"""Settings from the environment and `.env`; each fault is a sentence that says what to do."""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "SAMSPILL_"
SHORTEST_KEY = 32
# What only looks at the demo needs no key that protects anything: whoever can reach the demo can
# be anybody in it.
_DEMO_KEY = "the key of a demo protects nothing"

# In the demo nothing goes to anybody outside.
_SLACK = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
_WAY_IN = "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN"
_SLACK_MANY = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
_NO_PLATFORM = dict.fromkeys((*_SLACK, *_SLACK_MANY), "")

_MAKE_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
_DO = {
    "database_url": "SAMSPILL_DATABASE_URL is no address of a database: set it to sqlite:///FILE "
    "or postgresql://USER:PASSWORD@HOST/NAME.",
    "base_url": "SAMSPILL_BASE_URL is no address of a site: set it to what people type to reach "
    "Samspill, such as https://samspill.example.org, without a path.",
    "secret_key": f"SAMSPILL_SECRET_KEY is shorter than {SHORTEST_KEY} characters: make a new one "
    f"with {_MAKE_KEY} and set it.",
    "host": "SAMSPILL_HOST is no address to listen on: set it to 127.0.0.1, or to 0.0.0.0 for "
    "all of this machine's addresses.",
    "port": "SAMSPILL_PORT is no port: set it to a whole number from 0 to 65535 (0 takes any that "
    "is free).",
    "proxies": "SAMSPILL_PROXIES is no number of proxies: set it to how many of your own stand in "
    "front of Samspill and add to X-Forwarded-For (0 to 9).",
    "SLACK_BOT_TOKEN": "SLACK_BOT_TOKEN is no bot token that lasts: copy the Bot User OAuth Token "
    "from OAuth & Permissions in the app's settings; it begins with xoxb-. Where it begins with "
    "xoxe, token rotation is on, which Samspill does not take part in: make a new app.",
    "SLACK_APP_TOKEN": "SLACK_APP_TOKEN is no app-level token: make one with connections:write "
    "under Basic Information in the app's settings; it begins with xapp-.",
    "SLACK_API_URL": "SLACK_API_URL is no address: leave it out, or for GovSlack set it to "
    "https://slack-gov.com/api/.",
    "log": "SAMSPILL_LOG is neither console nor json: set it to one of them.",
}
_NO_KEY = (
    f"SAMSPILL_SECRET_KEY is not set: make one with {_MAKE_KEY}, set it and keep it: without "
    "it, links and sessions that were given out stop working."
)
_HALF_SLACK = (
    "Slack is half set up: {missing} is not set. It needs SLACK_BOT_TOKEN, and either "
    "SLACK_SIGNING_SECRET (Slack reaches you over HTTPS) or SLACK_APP_TOKEN (Socket "
    "Mode: you reach Slack). Set it, or unset the others to leave Slack off."
)
_HALF_MANY = (
    "Slack is half set up for many workspaces: {missing} is not set. It needs SLACK_CLIENT_ID, "
    "SLACK_CLIENT_SECRET, and either SLACK_SIGNING_SECRET (Slack reaches you over HTTPS) or "
    "SLACK_APP_TOKEN (Socket Mode: you reach Slack). Set it, or unset the others to leave Slack "
    "off."
)
_NO_LINE = (
    "Line {line} of the file .env is no setting: write NAME=value, with the same quote before and "
    "after a value, or begin the line with # to have it passed over."
)
_ONE_AND_MANY = (
    "Slack is set up both for one workspace and for many: unset SLACK_BOT_TOKEN, or unset "
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET."
)
_MANY_SITE = (
    "SAMSPILL_BASE_URL does not begin with https://: Slack sends whoever lets Samspill into a "
    "workspace back there. Set it to what people type, such as https://samspill.example.org."
)
_IN_MEMORY = (
    "SAMSPILL_DATABASE_URL names a database in memory, which keeps nothing: name a file, such as "
    "sqlite:///samspill.db."
)
_UNREADABLE = "The file .env cannot be read: save it as plain UTF-8 text."
_IN_USE = (
    "Port {port} is in use, perhaps by another Samspill. Stop that one, or choose another port: "
    "--port in the demo, else SAMSPILL_PORT."
)
_NOT_ALLOWED = (
    "The system does not let Samspill listen on port {port}. Choose one above 1023 "
    "(SAMSPILL_PORT; in the demo --port)."
)
_NO_HOST = (
    "This machine does not have the address in SAMSPILL_HOST. Set it to one that it has, such as "
    "127.0.0.1, or to 0.0.0.0 for all of them."
)


class SettingsError(Exception):
    """Settings cannot be used. `faults` holds one sentence each; none holds a value."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def not_listening(port: int, error: OSError) -> Exception:
    """What to do when Samspill cannot listen where it is told to; `error` itself when no setting
    is to blame."""
    said = {
        errno.EADDRINUSE: _IN_USE,
        errno.EACCES: _NOT_ALLOWED,
        errno.EADDRNOTAVAIL: _NO_HOST,
    }.get(error.errno or 0, _NO_HOST if isinstance(error, socket.gaierror) else "")
    return SettingsError([said.format(port=port)]) if said else error


def _database(url: str) -> str:
    """SQLAlchemy reads the address, so that what passes here can be opened there."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError from None
    if address.drivername == "sqlite":
        name, memory = address.database or "", address.query.get("mode") == "memory"
        if memory or not name or ":memory:" in name:
            raise PydanticCustomError("memory", "in memory")
        return url
    if address.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError
    return url


def site(url: str) -> str:
    """The address of a site as it is kept, the empty one too; ValueError when it is none."""
    if not url:
        return url
    parts = urlsplit(url)
    extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or extra:
        raise ValueError
    _ = parts.port  # a ValueError when it is none
    return f"{parts.scheme}://{parts.netloc}"


def _api(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return f"{url.rstrip('/')}/"


def _begins(with_: str) -> AfterValidator:
    """A token of Slack's that says what it is for, or none."""

    def check(token: SecretStr) -> SecretStr:
        if token and not token.get_secret_value().startswith(with_):
            raise ValueError
        return token

    return AfterValidator(check)


def _long_enough(key: SecretStr) -> SecretStr:
    if 0 < len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError
    return key


def _folders(value: object) -> object:
    from dialogs.packs.commands import folders_from

    return folders_from(value) if isinstance(value, str) else value


class Settings(BaseSettings):
    """What an operator may set. Made by `load`; reads the environment, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: Annotated[str, AfterValidator(_database)] = Field(
        "sqlite:///samspill.db", repr=False
    )
    base_url: Annotated[str, AfterValidator(site)] = ""
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)] = SecretStr("")
    host: str = Field("127.0.0.1", pattern=r"^[A-Za-z0-9.:_-]+$")
    port: int = Field(8080, ge=0, le=65535)
    proxies: int = Field(0, ge=0, le=9)
    packs: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_folders)] = ()
    log: Literal["console", "json"] = "console"
    slack_bot_token: Annotated[SecretStr, _begins("xoxb-")] = Field(
        SecretStr(""), validation_alias="SLACK_BOT_TOKEN"
    )
    slack_signing_secret: SecretStr = Field(SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    slack_app_token: Annotated[SecretStr, _begins("xapp-")] = Field(
        SecretStr(""), validation_alias="SLACK_APP_TOKEN"
    )
    slack_client_id: str = Field("", validation_alias="SLACK_CLIENT_ID")
    slack_client_secret: SecretStr = Field(SecretStr(""), validation_alias="SLACK_CLIENT_SECRET")
    slack_api_url: Annotated[str, AfterValidator(_api)] = Field(
        "https://slack.com/api/", validation_alias="SLACK_API_URL"
    )

    @model_validator(mode="after")
    def _own_site(self) -> Self:
        """Without an address of its own, Samspill is where it listens."""
        if not self.base_url:
            object.__setattr__(self, "base_url", f"http://localhost:{self.port}")
        return self


def load(*, demo: bool, key: bool = True) -> Settings:
    """Read the settings; SettingsError with a sentence for each fault.

    The demo takes only port, packs and log from outside: it listens on loopback and keeps a file of
    its own. `key`: whether the secret key is needed, as it is for everything that serves.
    """
    ours: dict[str, Any] = {}
    if demo:
        ours = {
            "database_url": "sqlite:///samspill-demo.db",
            "base_url": "",
            "secret_key": _DEMO_KEY,
            "host": "127.0.0.1",
            **_NO_PLATFORM,
        }
    elif not key:
        ours = {"secret_key": _DEMO_KEY}
    try:
        _whole(Path(".env"))
        settings = Settings(**ours)
    except ValidationError as error:
        raise SettingsError(_sentences(error)) from None
    except (UnicodeDecodeError, OSError):
        raise SettingsError([_UNREADABLE]) from None
    faults = [] if settings.secret_key.get_secret_value() else [_NO_KEY]
    faults += _half_set(settings) if key else []
    if faults:
        raise SettingsError(faults)
    return settings


def _whole(file: Path) -> None:
    """SettingsError when a line of the file is no setting: it would be passed over."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8") as stream:
        broken = [
            each.original.line
            for each in parse_stream(stream)
            if each.error or (each.key is not None and each.value is None)
        ]
    if broken:
        raise SettingsError([_NO_LINE.format(line=broken[0])])


def _half_set(settings: Settings) -> list[str]:
    """A platform without its variables is off; with some of them it is a mistake."""
    token, secret, app, client_secret = (
        bool(each.get_secret_value())
        for each in (
            settings.slack_bot_token,
            settings.slack_signing_secret,
            settings.slack_app_token,
            settings.slack_client_secret,
        )
    )
    if settings.slack_client_id or client_secret:
        if token:
            return [_ONE_AND_MANY]
        given = (bool(settings.slack_client_id), client_secret, secret or app)
        names = (*_SLACK_MANY, _WAY_IN)
        missing = [name for name, there in zip(names, given, strict=True) if not there]
        if missing:
            return [_HALF_MANY.format(missing=missing[0])]
        return [] if settings.base_url.startswith("https://") else [_MANY_SITE]
    if token and not (secret or app):
        return [_HALF_SLACK.format(missing=_WAY_IN)]
    if (secret or app) and not token:
        return [_HALF_SLACK.format(missing="SLACK_BOT_TOKEN")]
    return []


def _sentences(error: ValidationError) -> list[str]:
    """One sentence for each variable that is wrong, in the order of the settings."""
    found: dict[str, str] = {}
    for each in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(each["loc"][0])
        found[name] = _IN_MEMORY if each["type"] == "memory" else _DO[name]
    return list(found.values())
