"""The caller's own key pair."""

from __future__ import annotations

import strawberry

from domain.commands import SetAccountKeys
from domain.queries.accounts import get_account
from graphql_schema.context import Info
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind
from graphql_schema.mutations.change import change
from graphql_schema.policy import costs
from graphql_schema.scalars import JSON
from graphql_schema.types.account import Account
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload


@strawberry.input
class SetAccountKeysInput:
    public_key: JSON
    encrypted_private_key: str


@strawberry.type
class SetAccountKeysPayload(MutationPayload):
    account: Account | None = None


@strawberry.type
class AccountKeyMutations:
    @resolved(
        costs(10),
        description=(
            "Gives the caller, who must be a person with a session, this key pair. What was wrapped"
            " for another public key is void in all their organizations and waits to be wrapped"
            " again; the same key under another passphrase leaves it as it is."
        ),
    )
    async def set_account_keys(
        self,
        info: Info,
        input: SetAccountKeysInput,  # noqa: A002
    ) -> SetAccountKeysPayload:
        context = info.context

        async def work() -> SetAccountKeysPayload:
            command = SetAccountKeys(input.public_key, input.encrypted_private_key)
            outcome = await context.execute(command)
            account = await get_account(context.reader, outcome.value)
            return SetAccountKeysPayload(account=wrap_or_none(account), changed=outcome.changed)

        return await change(
            context, input, SetAccountKeysPayload, work, subject="account", kind=Kind.ACCOUNT
        )
