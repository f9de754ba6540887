"""The link of an invitation stands in no log, whatever its level, and guessing one is slow."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from domain.application import Application
from graphql_schema.app import graphql_app
from tests.graphql_schema.test_accepting import ACCEPT, ASK, PREVIEW, preview, refused
from tests.support import factories
from tests.support.graphql import Api, as_nobody, services


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


async def test_who_guesses_invitations_hears_to_wait_and_who_holds_one_does_not(
    app: Application, caller: Api
) -> None:
    browser, invited = as_nobody(caller), await factories.member(app, caller.organization_id)
    heard: list[str | None] = []

    def count(ip: str | None) -> float | None:
        heard.append(ip)
        return 3.0 if len(heard) > 2 else None

    limited = replace(browser, asgi=graphql_app(services(app, wrong_token=count)))
    link = await factories.invitation_link(app, invited)
    forged = f"{link[:-43]}{'A' * 43}"

    assert await preview(limited, forged) is None
    assert (await refused(limited, forged))[0] == "LINK_VOID"
    assert await limited.codes(PREVIEW, token=forged) == ["RATE_LIMITED"]
    assert await limited.codes(ACCEPT, input={"token": forged}) == ["RATE_LIMITED"]

    assert (await preview(limited, link))["problem"] is None
    assert heard == ["127.0.0.1"] * 4
