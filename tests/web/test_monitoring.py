"""The dashboard and the alert rules name only metrics that the bot exports, and Prometheus accepts the rules."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.pipeline.health import Health
from bot.web.metrics import GAUGES, HealthCollector
from bot.web.process_metrics import ProcessCollector

FOLDER = Path(__file__).parents[2] / "monitoring"
RULES, DASHBOARD = FOLDER / "bylaug-alerts.yaml", FOLDER / "grafana-dashboard.json"


def exported() -> set[str]:
    """Return the names of all samples of a bot that has done everything once."""
    health = Health()
    health.count("commands", "handled")
    health.mark_served("skovby")
    health.calendar_checked_at["skovby", "klub"] = 1.0
    for gauge in GAUGES:
        health.set_gauge(gauge, 1)
    registry = CollectorRegistry()
    registry.register(HealthCollector(health))
    registry.register(ProcessCollector())
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {sample.name for family in families for sample in family.samples}


def names_in(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:bylaug|process)_\w+", expression))


def dashboard_expressions() -> list[str]:
    dashboard: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    expressions += [one["expr"] for one in dashboard["annotations"]["list"]]
    return expressions + [one["query"]["query"] for one in dashboard["templating"]["list"] if one["type"] == "query"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]


def test_alerts_and_panels_use_exported_metrics() -> None:
    used = {name for text in (*dashboard_expressions(), *(rule["expr"] for rule in rules())) for name in names_in(text)}
    assert used - exported() == set()
    assert exported() - used <= {name for name in exported() if name.endswith(("_created", "_count", "_sum"))} | {
        "bylaug_rooms_joined",
        "process_virtual_memory_bytes",
    }


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    for rule in rules():
        assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical"), rule["alert"]


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells


@pytest.mark.skipif(not shutil.which("promtool"), reason="this machine has no promtool")
def test_prometheus_accepts_the_rules_and_the_expressions(tmp_path: Path) -> None:
    recorded = [
        {"record": f"panel:number:{number}", "expr": text.replace("$job", "bylaug").replace("$__rate_interval", "5m")}
        for number, text in enumerate(dashboard_expressions())
        if not text.startswith("label_values")
    ]
    panels = tmp_path / "panels.yaml"
    panels.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}), "utf-8")
    checked = subprocess.run(["promtool", "check", "rules", RULES, panels], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
