"""How long hypothesis may look: the same few examples each time in `make test`, new and many when asked.

    BYLAUG_EXAMPLES=50 python -m pytest tests/pipeline/test_any_order.py     fifty times as many, other ones each time

What it finds it prints with the steps, and with a `@reproduce_failure` that finds it again.
"""

import os

from hypothesis import HealthCheck, settings


def hypothesis_settings(examples: int, *, steps: int = 50) -> settings:
    """So many examples (of so many steps, where there are steps); BYLAUG_EXAMPLES times as many where it is set."""
    times = int(os.environ.get("BYLAUG_EXAMPLES", "0"))
    return settings(
        max_examples=examples * max(times, 1),
        stateful_step_count=steps,
        derandomize=not times,
        deadline=None,
        print_blob=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
