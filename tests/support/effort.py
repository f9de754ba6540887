"""How hard property tests try: a little, or as the environment says.

`ROLLCALL_FUZZ_EXAMPLES=20000` makes each of them try that many examples.
"""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

LONG = os.environ.get("ROLLCALL_FUZZ_EXAMPLES")


def how_many(few: int) -> int:
    """`few`, or as many as the environment asks for."""
    return int(LONG) if LONG else few


def examples(few: int) -> Callable[[Any], Any]:
    """Hypothesis settings for `few` examples, or for as many as the environment asks for."""
    return settings(
        max_examples=how_many(few),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
