"""Whether a member holds the organization's key as it now is."""

from __future__ import annotations

from domain.vocabulary import KeyHandshake, KeyState, MemberStatus


def key_state(
    handshake: KeyHandshake,
    key_version: int,
    status: MemberStatus,
    *,
    has_key: bool,
    wrapped_key_version: int,
) -> KeyState | None:
    """MISSING without a wrapped key, STALE where it is not for the current one, else CURRENT.

    None where there is nothing to hold: no handshake, or a member who is not confirmed. A new key
    pair of the member sets `wrapped_key_version` to 0: what is wrapped is of no use to it.
    """
    if handshake is KeyHandshake.OFF or status is not MemberStatus.CONFIRMED:
        return None
    if not has_key:
        return KeyState.MISSING
    return KeyState.STALE if wrapped_key_version < key_version else KeyState.CURRENT
