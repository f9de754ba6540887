"""What a server says of a public key is computed, not believed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.remote.errors import RemoteError
from api.remote.work_list import Waiting
from domain.ids import new_id
from domain.keys.account_keys import new_key_pair, public_jwk
from domain.keys.fingerprint import member_fingerprint


def waiting() -> Waiting:
    pair, id_ = new_key_pair(), new_id()
    return Waiting(
        id="mbr_ada",
        uuid=id_,
        label="ada@example.com",
        email="ada@example.com",
        version=1,
        source="SCIM",
        reason="ACCEPTED",
        public_key=public_jwk(pair),
        thumbprint=str(pair.kid),
        fingerprint=member_fingerprint(str(pair.kid), id_),
    )


def test_a_key_that_fits_is_taken() -> None:
    ada = waiting()

    assert ada.proven_key().kid == ada.thumbprint


def test_whatever_does_not_fit_is_refused() -> None:
    ada, eve = waiting(), waiting()
    wrong: list[dict[str, Any]] = [
        {"public_key": eve.public_key},
        {"thumbprint": eve.thumbprint},
        {"fingerprint": eve.fingerprint},
        {"fingerprint": None},
        {"uuid": eve.uuid},
    ]

    for change in wrong:
        with pytest.raises(RemoteError, match="does not belong to the public key"):
            replace(ada, **change).proven_key()


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(RemoteError, match="the public key must be an EC key"):
        replace(waiting(), public_key={"kty": "oct", "k": "AAAA"}).proven_key()
