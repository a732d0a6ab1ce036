"""What Socket Mode says of itself in the log: that there is trouble and of which kind, and no more,
for the words of Slack's own client may hold what people wrote."""

from __future__ import annotations

import logging
import sys

from slack_sdk.errors import SlackApiError

from bot.slack.refusals import error_code

log = logging.getLogger("samspill.slack")

QUIET = 60.0  # seconds until the same trouble is told again: Slack's client tries every five


class Troubles(logging.Handler):
    """Tells of the exceptions that Slack's client logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._silent_until = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        """Say the kind of the exception that is being told of, now and then."""
        error = sys.exc_info()[1]  # most often it is put into words, and not into the record
        if error is None or record.created < self._silent_until:
            return
        self._silent_until = record.created + QUIET
        kind = error_code(error) if isinstance(error, SlackApiError) else type(error).__name__
        log.error("trouble with Socket Mode", extra={"error": kind})


def socket_log() -> logging.Logger:
    """The log for Slack's client of Socket Mode, and for nothing else."""
    made = logging.getLogger("samspill.slack.socket")
    made.propagate = False
    made.setLevel(logging.ERROR)
    made.handlers[:] = [Troubles()]
    return made
