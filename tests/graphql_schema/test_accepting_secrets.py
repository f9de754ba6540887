"""The link of an invitation, and the session it begins, stand in no log, whatever its level."""

from __future__ import annotations

import logging

import pytest

from domain.application import Application
from tests.graphql_schema.test_accepting import ACCEPT, ASK, preview, refused
from tests.support import factories
from tests.support.graphql import Api, as_nobody


async def test_no_link_stands_in_a_log(
    app: Application, caller: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser, invited = as_nobody(caller), await factories.member(app, caller.organization_id)
    link = await factories.invitation_link(app, invited)
    wrong = f"{link[:-5]}AAAAA"

    for token in (link, wrong):
        await preview(browser, token)
        await browser.ask(ASK, input={"token": token})
    await refused(browser, wrong)
    response = await browser.post(ACCEPT, {"input": {"token": link}})

    said = "\n".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    cookie = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    for secret in (link[-43:-5], cookie[-43:]):
        assert secret not in said
