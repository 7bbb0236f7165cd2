"""Exports the numbers in Health as Prometheus metrics."""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.pipeline.health import ANSWER_TIME_BOUNDS, Count, Gauge, Health

#: The help text of each counter, and the name of the label for its kinds ("" for a counter without kinds).
COUNTERS: dict[Count, tuple[str, str]] = {
    "commands": ("Commands handled, by outcome.", "outcome"),
    "messages_sent": ("Messages, edits and reactions delivered to the homeserver.", ""),
    "send_retries": ("Deliveries that failed and will be tried again.", ""),
    "faults": ("Commands that met an error of the program; the log has the reference number.", ""),
    "not_understood": ("Messages to the bot that it did not understand. No words of them are stored.", ""),
    "sync_errors": ("Syncs with the homeserver that failed.", ""),
}

GAUGES: dict[Gauge, str] = {
    "inbox_waiting": "Messages received and not handled yet.",
    "outbox_waiting": "Messages written and not delivered yet.",
    "rooms_joined": "Rooms the bot is in.",
    "last_sync_timestamp": "When the last sync succeeded, in seconds since 1970.",
}


class HealthCollector(Collector):
    """Reads Health at each scrape, so that no second copy of the numbers has to be kept up to date."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Yield every metric. Counters start at 0, so that the first event shows as an increase."""
        for name in COUNTERS:
            yield self._counter(name)
        for gauge, help_text in GAUGES.items():
            unit = "_seconds" if gauge.endswith("_timestamp") else ""
            if gauge in self._health.gauges:
                yield GaugeMetricFamily(f"bylaug_{gauge}{unit}", help_text, value=self._health.gauges[gauge])
        yield self._answers()
        yield self._communities()
        yield self._calendars()

    def _counter(self, name: Count) -> CounterMetricFamily:
        help_text, label = COUNTERS[name]
        counts = {kind: count for (counter, kind), count in self._health.counts.items() if counter == name}
        if not label:
            return CounterMetricFamily(f"bylaug_{name}", help_text, value=sum(counts.values()))
        family = CounterMetricFamily(f"bylaug_{name}", help_text, labels=[label])
        for kind, count in sorted(counts.items()):
            family.add_metric([kind], count)
        return family

    def _answers(self) -> HistogramMetricFamily:
        """Return the histogram of answer times. In Prometheus each bucket also counts all smaller ones."""
        bounds = (*map(str, ANSWER_TIME_BOUNDS), "+Inf")
        buckets = list(zip(bounds, map(float, accumulate(self._health.answer_counts)), strict=True))
        help_text = "Seconds from a command's arrival until its answer was delivered."
        return HistogramMetricFamily("bylaug_answer_seconds", help_text, buckets, self._health.answer_seconds_total)

    def _calendars(self) -> GaugeMetricFamily:
        help_text = "When a calendar last was known to be as it is kept here, in seconds since 1970."
        family = GaugeMetricFamily("bylaug_calendar_timestamp_seconds", help_text, labels=["community", "calendar"])
        for labels, checked_at in sorted(self._health.calendar_checked_at.items()):
            family.add_metric(labels, checked_at)
        return family

    def _communities(self) -> GaugeMetricFamily:
        help_text = "Whether the community is served (1) or not (0); /ready says why."
        family = GaugeMetricFamily("bylaug_community_served", help_text, labels=["community"])
        for community, reason in sorted(self._health.communities.items()):
            family.add_metric([community], float(reason is None))
        return family
