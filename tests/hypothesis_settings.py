"""Settings for hypothesis: `make test` runs the same few examples each time; on request there are more, and new ones.

    BYLAUG_EXAMPLES=50 python -m pytest tests/pipeline/test_state_machine.py    fifty times as many examples

A failure is printed with its steps, and with a `@reproduce_failure` that repeats it.
"""

import os

from hypothesis import HealthCheck, settings


def hypothesis_settings(max_examples: int, *, steps: int = 50) -> settings:
    """Return settings with a number of examples, multiplied by BYLAUG_EXAMPLES; `steps` is for state machines."""
    factor = int(os.environ.get("BYLAUG_EXAMPLES", "0"))
    return settings(
        max_examples=max_examples * max(factor, 1),
        stateful_step_count=steps,
        derandomize=not factor,
        deadline=None,
        print_blob=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
