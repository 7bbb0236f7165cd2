"""Exports the program's version and the standard process metrics of Prometheus (`process_*`).

The collector of prometheus_client reads /proc/stat, which the hardened systemd unit hides (ProcSubset=pid); it would
export nothing there.
"""

import os
import platform
import resource
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.clock import system_clock
from bot.version import program_version

_PROCESS = Path("/proc/self")


class ProcessCollector(Collector):
    """Reads the metrics of this process at each scrape. A metric that the machine does not provide is left out."""

    def collect(self) -> Iterator[Metric]:
        """Yield the version and every metric that this machine provides."""
        info = GaugeMetricFamily("bylaug_build_info", "Always 1.", labels=["version", "python"])
        info.add_metric([program_version(), platform.python_version()], 1.0)
        yield info
        used = resource.getrusage(resource.RUSAGE_SELF)
        yield CounterMetricFamily(
            "process_cpu_seconds", "User and system CPU time, in seconds.", value=used.ru_utime + used.ru_stime
        )
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        yield GaugeMetricFamily("process_max_fds", "How many file descriptors may be open.", value=float(limit))
        with suppress(OSError):
            virtual, resident = (_PROCESS / "statm").read_text("ascii").split()[:2]
            size = resource.getpagesize()
            yield GaugeMetricFamily("process_virtual_memory_bytes", "Virtual memory.", value=float(virtual) * size)
            yield GaugeMetricFamily("process_resident_memory_bytes", "Resident memory.", value=float(resident) * size)
        with suppress(OSError):
            yield GaugeMetricFamily(
                "process_open_fds", "Open file descriptors.", value=float(len([*(_PROCESS / "fd").iterdir()]))
            )
        with suppress(OSError):
            yield GaugeMetricFamily(
                "process_start_time_seconds", "When the process began, in seconds since 1970.", value=_started_at()
            )


def _started_at() -> float:
    """Return when the process began. Linux tells it in clock ticks since the machine was started (proc(5))."""
    fields = (_PROCESS / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    seconds_after_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return system_clock().timestamp() - (time.clock_gettime(time.CLOCK_BOOTTIME) - seconds_after_boot)
