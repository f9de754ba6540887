"""`rollcall confirm --watch` by a policy whose group is deleted while it watches."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from domain.commands import DeleteGroup
from domain.ids import UUID
from tests.support import factories
from tests.support.house import await_that
from tests.support.keyed_house import Guest, KeyedResident


def crew(harbour: KeyedResident, guests: Sequence[Guest]) -> UUID:
    """The group Crew, with those people."""
    blocking = harbour.house.blocking
    ids = frozenset(guest.member.id for guest in guests)
    return blocking.run(factories.group(blocking.app, harbour.organization_id, ids, "Crew"))


def await_confirmed(harbour: KeyedResident, guest: Guest) -> None:
    await_that(lambda: harbour.confirmations()[guest.email] > 0, "the guest is confirmed", 40)


def test_nobody_is_confirmed_until_the_group_is_there_again(harbour: KeyedResident) -> None:
    policy = harbour.folder / "policy.toml"
    policy.write_text('groups = ["Crew"]')
    first, second = harbour.guest(), harbour.guest()
    group = crew(harbour, [first])
    watcher = harbour.watcher("--policy", policy)
    try:
        await_confirmed(harbour, first)
        blocking = harbour.house.blocking
        deleted = DeleteGroup(harbour.organization_id, group)
        blocking.run(blocking.app.execute(deleted, factories.SYSTEM))
        harbour.guest()
        assert watcher.stdout is not None
        for line in watcher.stdout:
            if "the group 'Crew'" in line:
                assert line == (
                    "The policy names the group 'Crew', and there is none. Trying again.\n"
                )
                break
        unheeded = harbour.confirmations()[second.email]

        crew(harbour, [second])
        await_confirmed(harbour, second)
    finally:
        watcher.send_signal(signal.SIGTERM)
        printed, _ = watcher.communicate(timeout=30)

    assert (unheeded, watcher.returncode) == (0, 0)
    assert "It works again." in printed
