"""Metrics: the names that dashboards rely on, and that nothing in them is about a person."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics
from bot.own_turns import Taken
from bot.settling import Happened

NAMES = {
    "samspill_events": {"kind", "result"},
    "samspill_turn_seconds": {"kind", "le"},
    "samspill_outbox": {"outcome", "platform"},
    "samspill_in_doubt_repeats": {"platform"},
    "samspill_jobs": {"result"},
    "samspill_timers": set(),
    "samspill_stream_subscribers": set(),
}


def families(metrics: Metrics):
    found = text_string_to_metric_families(metrics.text().decode())
    return {each.name: each for each in found}


def value(metrics: Metrics, name: str, **labels: str) -> float:
    samples = [each for family in families(metrics).values() for each in family.samples]
    return next((s.value for s in samples if s.name == name and s.labels == labels), 0.0)


def fail() -> None:
    raise ValueError("what somebody wrote")


@pytest.fixture
def metrics() -> Metrics:
    """Each thing has happened once."""
    made = Metrics()
    made.subscribers(lambda: 3)
    with made.turn("Said"):
        pass
    with pytest.raises(ValueError, match="somebody"), made.turn("Said"):
        fail()
    made.delivered(Happened.SENT, "web")
    made.delivered(Happened.REPEATED, "teams")
    made.delivered(Happened.LOST, "")
    assert made.timers(lambda: Taken(5, more=False))().timers == 5
    made.job(lambda: None)()
    made.job(lambda: None, last=True)()
    with pytest.raises(ValueError, match="somebody"):
        made.job(fail)()
    return made


def test_the_names_and_labels_are_these_and_no_others(metrics: Metrics) -> None:
    found = {
        name: {label for sample in family.samples for label in sample.labels}
        for name, family in families(metrics).items()
        if not name.startswith("process_")
    }
    assert found == NAMES
    assert "somebody" not in metrics.text().decode()


def test_each_thing_is_counted(metrics: Metrics) -> None:
    assert value(metrics, "samspill_events_total", kind="said", result="taken") == 1
    assert value(metrics, "samspill_events_total", kind="said", result="failed") == 1
    assert value(metrics, "samspill_turn_seconds_count", kind="said") == 2
    assert value(metrics, "samspill_outbox_total", outcome="sent", platform="web") == 1
    assert value(metrics, "samspill_outbox_total", outcome="lost", platform="any") == 1
    assert value(metrics, "samspill_outbox_total", outcome="repeated", platform="teams") == 1
    assert value(metrics, "samspill_in_doubt_repeats_total", platform="teams") == 1
    assert value(metrics, "samspill_timers_total") == 5
    assert value(metrics, "samspill_jobs_total", result="done") == 1
    assert value(metrics, "samspill_jobs_total", result="failed") == 1
    assert value(metrics, "samspill_stream_subscribers") == 3


def test_registries_are_apart() -> None:
    one, other = Metrics(), Metrics()
    one.delivered(Happened.SENT, "web")
    assert value(other, "samspill_outbox_total", outcome="sent", platform="web") == 0
