"""Random walks of commands: how one is run, and how a step is compared with what was due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from domain.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.stateful import RuleBasedStateMachine

    from domain.application import Command
    from domain.caller import Caller
    from tests.support.blocking import Blocking


def walk(
    machine: Callable[[Blocking], RuleBasedStateMachine],
    blocking: Blocking,
    *,
    examples: int,
    steps: int,
) -> None:
    """So many walks of at most so many steps. Raises what the first that fails does, shortened."""
    run_state_machine_as_test(
        lambda: machine(blocking),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def step(
    blocking: Blocking, command: Command[Any], due: bool | type[DomainError], caller: Caller
) -> tuple[Any, DomainError | None]:
    """Run a command that must change something, or nothing, or be refused: its value, its refusal.

    AssertionError where something else comes of it.
    """
    if isinstance(due, bool):
        outcome = blocking.run(blocking.app.execute(command, caller))
        assert outcome.changed is due
        return outcome.value, None
    with pytest.raises(DomainError) as raised:
        blocking.run(blocking.app.execute(command, caller))
    assert type(raised.value) is due
    return None, raised.value
