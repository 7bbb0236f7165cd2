"""Translates the watch's numbers for Prometheus, each time they are asked for."""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.pipeline.health import ANSWER_TIME_BOUNDS, Count, Gauge, Health

#: What each counter tells, and the name of the label that its kinds come under ("" for a counter without kinds).
COUNTERS: dict[Count, tuple[str, str]] = {
    "commands": ("Commands handled, by outcome.", "outcome"),
    "messages_sent": ("Messages, edits and reactions delivered to the homeserver.", ""),
    "send_retries": ("Deliveries that failed and will be tried again.", ""),
    "faults": ("Commands that met an error of the program; the log has the reference number.", ""),
    "sync_errors": ("Syncs with the homeserver that failed.", ""),
}

GAUGES: dict[Gauge, str] = {
    "inbox_waiting": "Messages received and not handled yet.",
    "outbox_waiting": "Messages written and not delivered yet.",
    "rooms_joined": "Rooms the bot is in.",
    "last_sync_timestamp": "When the last sync succeeded, in seconds since 1970.",
}


class HealthCollector(Collector):
    """Reads the watch when it is scraped, so that nothing has to be kept in step."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Everything the watch knows; counters start at 0, so that a first event shows as an increase."""
        for name in COUNTERS:
            yield self._counter(name)
        for gauge, told in GAUGES.items():
            unit = "_seconds" if gauge.endswith("_timestamp") else ""
            if gauge in self._health.gauges:
                yield GaugeMetricFamily(f"bylaug_{gauge}{unit}", told, value=self._health.gauges[gauge])
        yield self._answers()
        yield self._communities()
        yield self._calendars()

    def _counter(self, name: Count) -> CounterMetricFamily:
        told, label = COUNTERS[name]
        kinds = {kind: number for (counted, kind), number in self._health.counts.items() if counted == name}
        if not label:
            return CounterMetricFamily(f"bylaug_{name}", told, value=sum(kinds.values()))
        family = CounterMetricFamily(f"bylaug_{name}", told, labels=[label])
        for kind, number in sorted(kinds.items()):
            family.add_metric([kind], number)
        return family

    def _answers(self) -> HistogramMetricFamily:
        """Prometheus wants each group to hold the ones below it as well."""
        bounds = (*map(str, ANSWER_TIME_BOUNDS), "+Inf")
        buckets = list(zip(bounds, map(float, accumulate(self._health.answer_counts)), strict=True))
        told = "Seconds from a command's arrival until its answer was delivered."
        return HistogramMetricFamily("bylaug_answer_seconds", told, buckets, self._health.answer_seconds_total)

    def _calendars(self) -> GaugeMetricFamily:
        told = "When a calendar last was known to be as it is kept here, in seconds since 1970."
        family = GaugeMetricFamily("bylaug_calendar_timestamp_seconds", told, labels=["community", "calendar"])
        for names, at in sorted(self._health.calendar_checked_at.items()):
            family.add_metric(names, at)
        return family

    def _communities(self) -> GaugeMetricFamily:
        told = "Whether the community is served (1) or not (0); /ready says why."
        family = GaugeMetricFamily("bylaug_community_served", told, labels=["community"])
        for community, reason in sorted(self._health.communities.items()):
            family.add_metric([community], float(reason is None))
        return family
