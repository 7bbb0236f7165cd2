"""Writes the diagram and the table of docs/agreements.md: `python tests/docs/state_diagram.py`."""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.agreements.states import TRANSITIONS, IfRemains, State, Step  # noqa: E402  # the checkout's, not an installed one

PAGE = ROOT / "docs" / "agreements.md"
BEGIN = "<!-- Written by tests/docs/state_diagram.py from bot/agreements/states.py -->\n"
END = "<!-- End -->\n"


def draw_diagram() -> str:
    """Return a Mermaid state diagram: one arrow for each pair of states, named after the steps between them."""
    arrows: dict[tuple[State, State], list[Step]] = {}
    for (before, step, _), transition in TRANSITIONS.items():
        for after, _ in outcomes_of(transition):
            steps = arrows.setdefault((before, after), [])
            if step not in steps:
                steps.append(step)
    lines = [f"    {before} --> {after}: {', '.join(steps)}" for (before, after), steps in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> proposed: {Step.PROPOSE}", *lines, "```\n"])


def write_table() -> str:
    """Return a Markdown table of every allowed step; sides with the same outcome share a row."""
    rows: dict[tuple[State, Step, str], list[str]] = {}
    for (before, step, side), transition in TRANSITIONS.items():
        rows.setdefault((before, step, describe(transition)), []).append(side.name.lower())
    lines = [f"| {before} | {step} | {', '.join(sides)} | {after} |" for (before, step, after), sides in rows.items()]
    return "\n".join(["| state | step | by | state after it |", "|---|---|---|---|", *lines, ""])


def describe(transition: State | IfRemains) -> str:
    """Say which state a step leads to, and on what that depends."""
    return "; ".join(f"{after}{condition}" for after, condition in outcomes_of(transition))


def outcomes_of(transition: State | IfRemains) -> Iterator[tuple[State, str]]:
    """Every state that a step can lead to, each with the condition under which it does."""
    if isinstance(transition, State):
        yield transition, ""
        return
    conditions = {
        " if an agreed time remains": transition.agreed_time,
        " if only an open offer remains": transition.open_offer,
        " if nothing remains": transition.nothing,
    }
    yield from ((after, condition) for condition, after in conditions.items() if after is not None)


def rewrite(page: str) -> str:
    """Return the page with the diagram and the table in their place."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{draw_diagram()}\n{write_table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text("utf-8")), "utf-8")
