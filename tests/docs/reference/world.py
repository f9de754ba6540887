"""The organization in which the examples of the reference run.

Files say `mbr_ada` where an id would stand. `World.sent` puts the real ids in their place, and
`World.shown` makes of an answer what the reference shows: the same names again, one instant for all
instants, and dots for what is another each time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from domain.application import Application
from domain.caller import system_caller
from domain.clock import utc_now
from domain.commands import (
    CreateAccessToken,
    CreateGroup,
    CreateOidcProvider,
    CreateOrganizationKey,
    EnableScim,
    ProvisionMember,
    StartBulkOperation,
    UpdateScimConnection,
)
from domain.errors import DeprovisionHeld
from domain.ids import UUID
from domain.keys.organization_key import new_organization_key
from domain.queries.member_pages import MemberFilter
from domain.store.audit_verifier import verify_batch
from domain.store.member_rows import member_of
from domain.store.sealer import seal_pending
from domain.vocabulary import (
    IdentityProvider,
    MemberAction,
    MemberRole,
    MemberStatus,
    Origin,
    ProvisioningOutcome,
    ProvisioningSource,
    ScimOperation,
    Scope,
)
from graphql_schema.ids import Kind, make_id
from tests.graphql_schema.mutation_errors import OF_GUESTS, OF_PEOPLE
from tests.support import factories
from tests.support.bulk import work
from tests.support.graphql import Api, Person, api, as_nobody, as_person
from tests.support.guard import grow_older, watched
from tests.support.key_pairs import keys
from tests.support.keyed import Keyed, give_keys, person
from tests.support.request_log import entry, write_requests
from tests.support.sessions import session, session_id_of, sign_in_link

OPERATOR = system_caller("operator", Origin.CLI)
PEOPLE = {
    "ada": MemberStatus.CONFIRMED,
    "bob": MemberStatus.ACCEPTED,
    "cy": MemberStatus.INVITED,
    "dan": MemberStatus.REVOKED,
    "eve": MemberStatus.STAGED,
}
NAMES = {"ada": "Ada Lovelace", "bob": "Bob Kahn", "cy": "Cy Young", "dan": "Dan Bricklin"}
OF_KEYS = frozenset({"createOrganizationKey", "rotateOrganizationKey"})
"""Mutations of an owner who has keys."""
_KEYS = "SELECT id FROM scim_credentials WHERE organization_id = $1"
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ID = re.compile(r"\b(org|mbr|grp|ivt|scm|key|evt|req|tok|blk|acc|ses|idp)_[a-z2-7]{20,}")
_SECRETS = frozenset({"secret", "apiKey"})
"""Fields of which the prefix alone is the same each time."""
_DIFFERENT = frozenset({"hint", "clientId", "hash", "startCursor", "endCursor", "cursor"})


@dataclass(frozen=True, slots=True)
class World:
    """A caller with every scope, and what the samples stand for."""

    caller: Api
    samples: dict[str, str]

    def sent(self, value: Any) -> Any:
        """Variables with real ids in place of the samples."""
        match value:
            case dict():
                return {name: self.sent(each) for name, each in value.items()}
            case list():
                return [self.sent(each) for each in value]
            case str():
                return self.samples.get(value, value)
            case _:
                return value

    def shown(self, value: Any, field: str = "") -> Any:
        """An answer as the reference shows it."""
        match value:
            case dict():
                return {name: self.shown(each, name) for name, each in value.items()}
            case list():
                return [self.shown(each, field) for each in value]
            case str():
                return self._text(value, field)
            case _:
                return value

    def _text(self, text: str, field: str) -> str:
        if _INSTANT.match(text):
            return "2026-06-01T12:00:00.000000Z"
        if field in _SECRETS:
            return f"{text[:4]}…"
        if field in _DIFFERENT:
            return "…"
        for sample, real in self.samples.items():
            text = text.replace(real, sample)
        return _UUID.sub("…", _ID.sub(r"\1_…", text))


async def make_world(app: Application, about: str = "") -> World:
    """Five people, two groups, an endpoint that was called, tokens, and a sealed, verified history.

    `about` is the mutation it is for, where that needs something to be otherwise.
    """
    owner = await factories.organization(app, "Example")
    caller = await api(app, organization_id=owner)
    made = await app.pool.fetchrow("SELECT name, slug FROM organizations WHERE id = $1", owner)
    samples = {
        "org_example": caller.org,
        "Example & Sons": factories.unique("Example & Sons"),
        "Example": made["name"],
        # What the factories do is done by a caller of that name.
        "operator": factories.SYSTEM.actor.label,
        "example": made["slug"],
    }
    if about != "enableScim":
        await app.execute(EnableScim(owner), OPERATOR)
        await app.execute(UpdateScimConnection(owner, provider=IdentityProvider.OKTA), OPERATOR)
    ids = {}
    for name, status in PEOPLE.items():
        person = await factories.member(
            app,
            owner,
            status,
            name=name,
            display_name=NAMES.get(name),
            external_id=f"00u-{name}",
            role=MemberRole.OWNER if name == "ada" else MemberRole.USER,
        )
        ids[name] = person.id
    fay = ProvisionMember(
        owner,
        factories.attributes("fay", display_name="Fay"),
        source=ProvisioningSource.ADMIN_API,
    )
    ids["fay"] = (await app.execute(fay, OPERATOR)).value.id
    samples |= {f"mbr_{name}": caller.member_id(id_) for name, id_ in ids.items()}
    engineering = await factories.group(
        app, owner, frozenset({ids["ada"], ids["bob"]}), "Engineering"
    )
    readers = await app.execute(
        CreateGroup(
            owner,
            "Readers",
            member_ids=frozenset({ids["ada"]}),
            source=ProvisioningSource.ADMIN_API,
        ),
        OPERATOR,
    )
    samples["grp_engineering"] = caller.group_id(engineering)
    samples["grp_readers"] = caller.group_id(readers.value.group_id)
    for row in await app.pool.fetch(_KEYS, owner):
        samples["key_first"] = make_id(Kind.SCIM_API_KEY, owner, row["id"])
    old = await app.execute(
        CreateAccessToken(owner, "old export", frozenset({Scope.AUDIT_READ})), OPERATOR
    )
    samples["tok_old"] = make_id(Kind.ACCESS_TOKEN, owner, old.value.id)
    provider = CreateOidcProvider(
        owner, "Okta", "https://example.okta.com", "0oa1b2c3d4", "a secret"
    )
    made_provider = await app.execute(provider, OPERATOR)
    samples["idp_okta"] = make_id(Kind.OIDC_PROVIDER, owner, made_provider.value)
    await _log(app, owner, ids)
    if about == "resolveDeprovisionGuard":
        await _hold(app, owner, ids["cy"])
    samples["inv_link"] = await _link(app, owner, ids["cy"])
    if about in OF_GUESTS:
        caller, guest = as_nobody(caller), await factories.member(app, owner, name="gil")
        samples["mbr_gil"] = caller.member_id(guest.id)
        samples["inv_link"] = await _link(app, owner, guest.id)
    elif about in OF_PEOPLE | OF_KEYS:
        caller, sessions = await _ada(app, caller, ids["ada"])
        samples |= sessions | await _keys(app, owner, ids["ada"], about)
    if about in {"", "cancelBulkOperation"}:
        operation = StartBulkOperation(
            owner, MemberAction.INVITE, MemberFilter(statuses=(MemberStatus.REVOKED,)), 1
        )
        started = await app.execute(operation, OPERATOR)
        samples["blk_invite"] = make_id(Kind.BULK_OPERATION, owner, started.value.id)
    if about == "":
        await work(app)
    await seal_pending(app.pool)
    async with app.pool.acquire() as connection:
        await verify_batch(connection, owner, utc_now())
    return World(caller, samples)


async def _link(app: Application, owner: UUID, id_: UUID) -> str:
    """The token of the member's invitation."""
    sql = "SELECT id FROM invitations WHERE organization_id = $1 AND member_id = $2"
    return factories.link_of(owner, await app.pool.fetchval(sql, owner, id_))


async def _ada(app: Application, caller: Api, id_: UUID) -> tuple[Person, dict[str, str]]:
    """Ada, signed in; another session on a computer that she lost; a link to sign in with."""
    sql = "SELECT account_id FROM members WHERE organization_id = $1 AND id = $2"
    account_id = await app.pool.fetchval(sql, caller.organization_id, id_)
    lost = session_id_of(await session(app, account_id))
    person = as_person(caller, await session(app, account_id), caller.org)
    link = await sign_in_link(app, "ada@example.com")
    return person, {"ses_lost": make_id(Kind.SESSION, None, lost), "sil_link": link}


async def _keys(app: Application, owner: UUID, ada: UUID, about: str) -> dict[str, str]:
    """What Ada's program makes: a key pair, and the organization's key wrapped for it."""
    # Ada of another example is the same person: keys that she has nowhere yet.
    held = keys(owner.int)
    samples = {
        "X-COORDINATE": held.public["x"],
        "Y-COORDINATE": held.public["y"],
        "THUMBPRINT": held.kid,
        "JWE-OF-THE-PRIVATE-KEY": held.locked,
    }
    if about not in OF_KEYS:
        return samples
    row = await app.pool.fetchrow(
        "SELECT * FROM members WHERE organization_id = $1 AND id = $2", owner, ada
    )
    member = member_of(row)
    await give_keys(app, member, held)
    made = Keyed(app, owner, member, new_organization_key(owner, 1))
    if about == "rotateOrganizationKey":
        command = CreateOrganizationKey(owner, made.wrapped(held), 0)
        await app.execute(command, person(member))
        made.key = new_organization_key(owner, 2)
    return samples | {"JWE-OF-THE-ORGANIZATION-KEY": made.wrapped(held)}


async def _log(app: Application, owner: UUID, ids: dict[str, UUID]) -> None:
    """What Okta asked for: bob was made and changed to what he was, dan refused a second time."""
    applied = entry(owner, subject_id=ids["bob"], subject_label="bob@example.com", warnings=())
    refused = entry(
        owner,
        subject_id=ids["dan"],
        subject_label="dan@example.com",
        status_code=409,
        outcome=ProvisioningOutcome.REJECTED,
        scim_type="uniqueness",
        error_code="uniqueness",
        detail="Another user has this userName.",
        warnings=(),
    )
    repeated = entry(
        owner,
        subject_id=ids["bob"],
        subject_label="bob@example.com",
        operation=ScimOperation.PATCH,
        method="PATCH",
        status_code=200,
        outcome=ProvisioningOutcome.UNCHANGED,
        warnings=(),
    )
    await write_requests(app, [applied, refused, repeated])


async def _hold(app: Application, owner: UUID, member_id: UUID) -> None:
    """The guard holds back that the provider takes away the member's access."""
    acme = await watched(app, organization_id=owner, max_members=0)
    await grow_older(app, owner)
    with pytest.raises(DeprovisionHeld):
        await acme.revoke(member_id)
