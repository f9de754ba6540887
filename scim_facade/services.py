"""What the facade needs from whoever runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.application import Application
    from domain.ids import UUID
    from domain.provisioning_entry import ProvisioningLog
    from domain.queries.reader import Reader


def _nobody(organization_id: UUID, credential_id: UUID) -> None:
    """Take no note of a used key."""


def _everybody(organization_id: UUID) -> tuple[float, bool] | None:
    """Let every call through."""


def _patient(_ip: str | None) -> float | None:
    """Take no note of a wrong secret."""


@dataclass(frozen=True, slots=True)
class ScimServices:
    """The domain's doors, the request log, who lets calls in and who is told of a used key.

    `public_url` has no trailing slash; `token_key` signs access tokens and must be the same in all
    processes of a deployment; `touch` takes organization and credential. `turn` takes the
    organization of a call: None when it may go on at once, else the seconds until its turn, and
    whether it is refused rather than let wait.
    `deprovision_guard` False switches the guard off for every connection. `wrong_secret` hears the
    address that did not prove to be a client; it answers the seconds to wait where there were too
    many.
    """

    application: Application
    reader: Reader
    log: ProvisioningLog
    public_url: str
    token_key: bytes = field(repr=False)
    touch: Callable[[UUID, UUID], None] = _nobody
    turn: Callable[[UUID], tuple[float, bool] | None] = _everybody
    deprovision_guard: bool = True
    wrong_secret: Callable[[str | None], float | None] = _patient
