"""The schema is what is committed, covers what it says, and every field of it resolves."""

from pathlib import Path

import pytest
from graphql import FieldNode, TypeInfo, TypeInfoVisitor, Visitor, is_object_type, parse, visit
from strawberry.printer import print_schema

from domain.application import Application
from domain.queries.audit_actions import AUDIT_ACTIONS
from domain.store.sealer import seal_pending
from domain.vocabulary import MemberStatus
from graphql_schema.schema import schema
from tests.graphql_schema.everything import EVERYTHING, SUBSCRIPTIONS
from tests.support import factories
from tests.support.graphql import Api
from tests.support.request_log import log_request

COMMITTED = Path(__file__).parents[2] / "graphql_schema" / "schema.graphql"
TYPES = schema._schema.type_map


def test_the_committed_schema_is_the_one_that_runs() -> None:
    assert COMMITTED.read_text("utf-8") == print_schema(schema) + "\n"


def test_everything_is_selected_by_some_operation() -> None:
    class Seen(Visitor):
        fields: set[tuple[str, str]]

        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent = info.get_parent_type()
            assert parent is not None
            self.fields.add((parent.name, node.name.value))

    seen = Seen()
    seen.fields = set()
    for query in [*EVERYTHING.values(), *SUBSCRIPTIONS.values()]:
        info = TypeInfo(schema._schema)
        visit(parse(query), TypeInfoVisitor(info, seen))

    missing = {
        (name, field)
        for name, type_ in TYPES.items()
        if is_object_type(type_)
        and not name.startswith("__")
        and not name.endswith(("Payload", "Error", "Edge"))
        and name not in {"Mutation", "BulkMemberResult", "BulkSummary"}
        for field in type_.fields
    } - seen.fields

    assert {(name, field) for name, field in missing if not name.endswith("Connection")} == set()


@pytest.fixture
async def populated(app: Application, caller: Api) -> Api:
    """An organization with members in every status, a group, requests, keys, and a sealed log."""
    organization_id = caller.organization_id
    for status in MemberStatus:
        made = await factories.member(app, organization_id, status)
    ids = frozenset(await factories.members(app, organization_id, 3))
    await factories.group(app, organization_id, ids)
    await caller.change("enableScim", "apiKey", organizationId=caller.org)
    await log_request(app, organization_id, subject_id=made.id)
    await seal_pending(app.pool)
    return caller


@pytest.mark.parametrize("name", EVERYTHING)
async def test_every_field_resolves(populated: Api, name: str) -> None:
    variables = {"org": populated.org}
    response = (await populated.post(EVERYTHING[name], variables)).json()

    assert "errors" not in response
    response["data"].pop("invitationPreview", None)  # of nobody's link
    response["data"].pop("signedInAs", None)  # a token is nobody's session
    assert all(value is not None for value in response["data"].values())


async def test_the_catalogue_knows_every_action_that_was_recorded(
    app: Application, populated: Api
) -> None:
    rows = await app.pool.fetch("SELECT DISTINCT action FROM audit_events")

    assert {row["action"] for row in rows} <= set(AUDIT_ACTIONS)
    found = (await populated.ask("{ auditActions { action subject } }"))["auditActions"]
    assert [row["action"] for row in found] == list(AUDIT_ACTIONS)
    # A provider has no page of its own: what happens to it is of its organization.
    own = [row for row in found if not row["action"].startswith("oidc_provider.")]
    assert all(row["action"].startswith(row["subject"].lower()) for row in own)
    assert {row["subject"] for row in found if row not in own} == {"ORGANIZATION"}
