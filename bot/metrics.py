"""What Prometheus may read: how much happened and how long it took; never who, where or what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import ParamSpec, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.own_turns import Taken
from bot.settling import Happened

P = ParamSpec("P")
T = TypeVar("T")

CONTENT_TYPE = CONTENT_TYPE_LATEST
_TURN = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Counters in a registry of their own. Labels are ours alone: kinds, results, platforms."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        own = self._registry = CollectorRegistry()
        ProcessCollector(registry=own)
        self._events = Counter(
            "samspill_events", "Events taken, by kind and result", ["kind", "result"], registry=own
        )
        self._turns = Histogram(
            "samspill_turn_seconds", "Seconds a turn took", ["kind"], buckets=_TURN, registry=own
        )
        self._outbox = Counter(
            "samspill_outbox", "What came of sending", ["outcome", "platform"], registry=own
        )
        self._repeats = Counter(
            "samspill_in_doubt_repeats",
            "Messages sent again without knowing whether they had gone",
            ["platform"],
            registry=own,
        )
        self._jobs = Counter("samspill_jobs", "Jobs, by result", ["result"], registry=own)
        self._timers = Counter("samspill_timers", "Timers that were due and taken", registry=own)
        self._subscribers = Gauge(
            "samspill_stream_subscribers", "Browsers listening to the built-in chat", registry=own
        )

    def text(self) -> bytes:
        """All of it, in the format of `CONTENT_TYPE`."""
        return generate_latest(self._registry)

    def subscribers(self, listening: Callable[[], float]) -> None:
        """Say how to learn how many browsers listen to the built-in chat."""
        self._subscribers.set_function(listening)

    def delivered(self, happened: Happened, platform: str) -> None:
        """For `bot.delivery.Hooks(count=…)`: what happened to a row of the outbox."""
        self._outbox.labels(str(happened), platform or "any").inc()
        if happened is Happened.REPEATED:
            self._repeats.labels(platform).inc()

    @contextmanager
    def turn(self, kind: str) -> Iterator[None]:
        """Around a turn: counts and times it by the event's kind, which is a class's name."""
        begun, result = perf_counter(), "failed"
        try:
            yield
            result = "taken"
        finally:
            self._events.labels(kind.lower(), result).inc()
            self._turns.labels(kind.lower()).observe(perf_counter() - begun)

    def timers(self, due: Callable[[], Taken]) -> Callable[[], Taken]:
        """`OwnTurns.due`, counted."""

        def counted() -> Taken:
            taken = due()
            self._timers.inc(taken.timers)
            return taken

        return counted

    def job(self, work: Callable[P, T], *, last: bool = False) -> Callable[P, T]:
        """A step of every job, counted when it fails; the `last` one also when it does not."""

        def counted(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                result = work(*args, **kwargs)
            except Exception:
                self._jobs.labels("failed").inc()
                raise
            if last:
                self._jobs.labels("done").inc()
            return result

        return counted
