"""Slack's refusals: what it says is wrong, and when it only asks for patience."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

# Slack has not begun, and asks for patience.
_LATER = frozenset(
    (
        "message_limit_exceeded",
        "rate_limited",
        "ratelimited",
        "service_unavailable",
        "team_added_to_org",
    )
)

# Whether it was done nobody knows.
UNKNOWN = frozenset(("fatal_error", "internal_error", "request_timeout"))

# The token is worth nothing any more, so this says nothing of what was asked with it.
ENDED = frozenset(
    ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked")
)


def error_code(error: SlackApiError) -> str:
    """Slack's code for what is wrong."""
    data = error.response.data
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def retry_after(error: SlackApiError) -> float | None:
    """How many seconds to wait when nothing was done and Slack asks for patience, within reason;
    None when it is another refusal."""
    if error.response.status_code != 429 and error_code(error) not in _LATER:
        return None
    return _seconds(error.response.headers)


def said_nothing(error: SlackApiError) -> bool:
    """Whether Slack was too busy to say yes or no."""
    broken = error.response.status_code >= 500 or error_code(error) in UNKNOWN
    return broken or retry_after(error) is not None


def _seconds(headers: Mapping[str, Any]) -> float:
    """Slack's Retry-After."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    said = str(found[0] if isinstance(found, list) and found else found)
    return min(max(float(said), 1), 3600) if said.isdecimal() else 30
