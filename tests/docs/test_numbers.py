"""Times and numbers on the pages for operators and people are those of the code.

What a number does is tested beside the code; here page and code are held together. The page on SCIM
and the table of single sign-on have tests of their own.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from prometheus_client import REGISTRY

from api import (
    admission,
    careful_fetch,
    http_protocol,
    listener,
    metrics,
    pace,
    worker_metrics,
    workers,
)
from api.app import BURST_S
from api.cli import env, token
from api.mail import sender
from api.server import DRAIN_SECONDS
from api.server_process import KEEP_ALIVE_SECONDS
from api.settings import Settings
from api.tracing import exporter
from domain import spans
from domain.commands import bulk_operations, idempotency, invitations, sessions, sign_in
from domain.keys import account_keys, compact
from domain.migrations import run
from domain.model import attributes
from domain.model.deprovision_guard import WINDOW, GuardSettings
from domain.model.oidc_provider_rules import MOST as MOST_PROVIDERS
from domain.queries.scim_connections import SILENT_AFTER
from domain.store import audit_verifier, notice_rounds, outbox, outboxes, replica, request_log
from domain.store.sign_in_links import SignInPolicy
from domain.trouble import LONGEST_REQUEST_S
from graphql_schema.mutations.change import MOST as MOST_IN_BULK
from graphql_schema.services import Limits
from scim_facade import reading, rejected
from scim_facade.oauth import access_tokens, assertions, form, signing_keys
from scim_facade.protocol import body, grammar, patch, scanner
from scim_facade.streaming import HELD_MEMBERS
from tests.docs.pages import DOCS, ROOT, pages
from tests.soak import slow_clients
from tests.support.smuggling import ATTACKS

if TYPE_CHECKING:
    from pathlib import Path

# Figures are there once these are imported.
FIGURES = (metrics, worker_metrics)
DEFAULTS = Settings()
PATIENCE_MIN = round(run.ATTEMPTS * (run.LOCK_TIMEOUT_MS / 1000 + run.PAUSE_S) / 60)
LIMITS = Limits()
WORDS = dict(
    enumerate(["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
)


def minutes(given: timedelta) -> int:
    return int(given.total_seconds() // 60)


def while_it_is(expected: object, found: object, phrase: str) -> str:
    """A phrase that says the number in words, or how it came to be wrong."""
    return phrase if found == expected else f"{phrase}? It is {found}."


def apart(gaps: tuple[timedelta, ...]) -> str:
    """Pauses between tries as the page writes them: the last one goes on."""

    def said(gap: timedelta) -> str:
        seconds = int(gap.total_seconds())
        for unit, size in (("h", 3600), ("min", 60)):
            if seconds % size == 0:
                return f"{seconds // size} {unit}"
        return f"{seconds} s"

    *first, last = map(said, gaps)
    return f"{', '.join(first)} and then every {last}"


SAID: dict[str, list[str]] = {
    "SECURITY.md": [
        f"they work once and for {minutes(SignInPolicy(b'').link_lifetime)} minutes",
        f"429 after {admission.WRONG_TOKENS_PER_MINUTE} a minute and address",
        f"{careful_fetch.MAX_BYTES // 1024} KiB are read within {careful_fetch.WITHIN_S:g} seconds",
        f"kept {DEFAULTS.request_log_retention_days} days",
    ],
    "README.md": [
        f"once and within {minutes(SignInPolicy(b'').link_lifetime)} minutes",
        while_it_is(1, env.LIFETIME.days, "a key and a token for one day"),
    ],
    "docs/threat-model.md": [
        f"{admission.WRONG_TOKENS_PER_MINUTE} wrong ones a minute and address, then 429",
        f"{WORDS[rejected.PER_MINUTE]} a minute stand in the request log",
        f"{WORDS[sign_in.MOST_OPEN]} in the mailbox",
        f"up to {WORDS[sign_in.MOST_OPEN]} mails sent to it each quarter of an hour",
        f"for up to {pace.MAX_REMEMBERED:,} addresses",
        f"the {http_protocol.ARRIVAL_S:g} seconds in which a request must arrive",
    ],
    "docs/durability.md": [
        f"| the head of a request arrives | {http_protocol.HEAD_S:g} s,",
        f"s, {http_protocol.LARGEST_HEAD_BYTES // 1024} KiB; then 408, 431 |",
        f"no load: {len(ATTACKS)} ambiguous requests",
        f"{slow_clients.SLOW} connections that drip",
        f"do not read, with room for {slow_clients.MOST} |",
        f"| a whole request arrives | {http_protocol.ARRIVAL_S:g} s; then 408 |",
        f"| a request is answered | {LONGEST_REQUEST_S:g} s; then 503, to come again.",
        f"An operation of the admin API: {LIMITS.operation_s:g} s |",
        f"| an answer is read | {http_protocol.STALLED_S:g} s without reading end the connection |",
        f"| a connection between two requests | {KEEP_ALIVE_SECONDS} s |",
        while_it_is(60_000, listener.GONE_MS, "| a peer that has vanished | about a minute |"),
    ],
    "docs/operate.md": [
        f"running requests get {WORDS[DRAIN_SECONDS]} seconds",
        f"which is written {WORDS[round(1 / request_log.FLUSH_S)]} times a second",
        f"LOG_RETENTION_DAYS` ({DEFAULTS.request_log_retention_days}) | removed once a day",
        f"`mails`, `sign_in_links` | {workers.MAILS_KEPT.days} days after",
        f"bulk operations' items | {workers.BULK_ITEMS_KEPT.days} days | removed once a day",
        f"idempotency keys | {idempotency.KEPT // timedelta(hours=1)} hours | removed every hour",
        f"up to {exporter.MOST_KEPT:,} of a process",
        f"A statement waits {WORDS[run.LOCK_TIMEOUT_MS // 1000]} seconds for a table",
        f"tried again, for {WORDS[PATIENCE_MIN]} minutes.",
        f"those under {spans.QUIET_NS // 1_000_000} ms that went well are left out",
        f"says `SILENT` after {WORDS[SILENT_AFTER.days]} days without a call",
    ],
    "docs/operate-mail.md": [
        f"is tried again after {apart(outbox.GAPS)};",
        f"a link to sign in after {apart(outboxes.SIGN_IN_MAILS.gaps)}",
        f"did not take it for {outbox.DEAD_AFTER // timedelta(hours=1)} hours",
        f"at most {outbox.MAX_ERROR} characters of it",
        while_it_is(
            timedelta(hours=1), notice_rounds.APART, "at most once an hour; says how many wait"
        ),
        while_it_is(60, sender.LONGEST_PAUSE_S, "with pauses of up to a minute"),
        f"leaves after this time ({DEFAULTS.invitation_grace_seconds} s)",
        f"link works ({DEFAULTS.invitation_lifetime_hours} h)",
        f"is reminded of ({DEFAULTS.invitation_reminder_hours} h)",
        f"after `ROLLCALL_INVITATION_REMINDER_HOURS` ({DEFAULTS.invitation_reminder_hours})",
        f"removed {workers.MAILS_KEPT.days} days after they were of no use",
    ],
    "docs/scale.md": [
        f"The server looks {WORDS[round(1 / replica.PROBE_S)]} times a second",
        while_it_is(1, replica.OLDEST_S, "what it shows is at most a second old"),
    ],
    "docs/sign-in.md": [
        f"It works once, for {minutes(SignInPolicy(b'').link_lifetime)} minutes",
        f"at most {WORDS[sign_in.MOST_OPEN]} mailed links work at a time",
        f"at most {admission.LINKS_PER_HOUR} can be asked for within an hour",
        f"more than {admission.WRONG_TOKENS_PER_MINUTE} a minute from one address",
        f"{DEFAULTS.session_lifetime_hours // 24} days from signing in",
        f"at most {sessions.MOST_SESSIONS} sessions",
        f"net {DEFAULTS.graphql_anonymous_operations_per_minute} such operations a minute",
    ],
    "docs/sso.md": [f"may have up to {WORDS[MOST_PROVIDERS]}."],
    "docs/oauth.md": [
        f"The body is longer than {form.MAX_BODY:,} bytes",
        f"More than {admission.WRONG_TOKENS_PER_MINUTE} requests a minute",
        f"at most {assertions.LONGEST_S // 3600} hours ahead",
        while_it_is(
            60, assertions.LEEWAY_S, "a minute of difference between the clocks is forgiven"
        ),
        while_it_is(3600, signing_keys.FRESH_S, "once an hour, and when a key is unknown"),
        while_it_is(60, signing_keys.AGAIN_AFTER_S, "but at most once a minute"),
        while_it_is(86_400, signing_keys.STALE_S, "keys that are known go on working for a day"),
        f"at most {careful_fetch.WITHIN_S:g} seconds and {careful_fetch.MAX_BYTES // 1024} KiB",
        while_it_is(timedelta(hours=1), access_tokens.LIFETIME, "A token works for one hour"),
        f"up to {WORDS[rejected.PER_MINUTE]} times a minute",
    ],
    "docs/audit.md": [
        while_it_is(
            timedelta(days=1), audit_verifier.AGAIN_EVERY, "once a day it goes through all of them"
        ),
        f"It rests {WORDS[audit_verifier.REST_PER_WORK]} times as long as it works",
    ],
    "docs/handshake.md": [
        f"({account_keys.ITERATIONS:,} iterations)",
        f"at {account_keys.ITERATIONS:,} rounds each",
        f"at least {account_keys.MIN_PASSPHRASE} characters are asked for",
        f"over {compact.MAX_BYTES // 1024} KiB",
        f"the same, up to {MOST_IN_BULK}",
    ],
    "docs/lifecycle.md": [
        f"`ROLLCALL_INVITATION_GRACE_SECONDS` ({DEFAULTS.invitation_grace_seconds})",
        f"`ROLLCALL_INVITATION_LIFETIME_HOURS` ({DEFAULTS.invitation_lifetime_hours})",
        f"`ROLLCALL_INVITATION_REMINDER_HOURS` ({DEFAULTS.invitation_reminder_hours})",
        f"at most every {WORDS[minutes(invitations.NEW_LINKS_APART)]} minutes",
    ],
    "docs/deprovision-guard.md": [
        f"| `--guard-max-members` | {GuardSettings().max_members} |",
        f"| `--guard-max-percent` | {GuardSettings().max_percent} |",
        while_it_is(timedelta(hours=1), WINDOW, "who lose access by SCIM within an hour"),
        while_it_is(
            timedelta(hours=1), WINDOW, "members count from an hour after they were created"
        ),
    ],
    "docs/scim.md": [
        f"{DEFAULTS.scim_rate_limit} requests a second,",
        f"{BURST_S * DEFAULTS.scim_rate_limit} at once",
        f"valid key up to {WORDS[rejected.PER_MINUTE]} a minute",
    ],
    "docs/errors/unauthorized.md": [f"Up to {WORDS[rejected.PER_MINUTE]} such calls a minute"],
    "docs/errors/too-many-requests.md": [f"{DEFAULTS.scim_rate_limit} times a second"],
    "docs/errors/too-large.md": [
        f"larger than {reading.MAX_BODY:,} bytes ({reading.MAX_BULK_BODY:,} for Bulk)",
        f"Bulk has more than {patch.MAX_OPERATIONS:,} operations",
        f"more than {MOST_IN_BULK} members are named at once",
    ],
    "docs/errors/too-many.md": [f"with more than {HELD_MEMBERS:,} members"],
    "docs/errors/invalid-filter.md": [
        f"{scanner.MAX_BYTES:,} bytes, {grammar.MAX_DEPTH} levels and {grammar.MAX_TERMS} terms",
    ],
    "docs/errors/invalid-syntax.md": [f"deeper than {body.MAX_DEPTH} levels"],
    "docs/errors/invalid-value.md": [
        f"a `userName` longer than {attributes.MAX_USER_NAME}",
        f"an `externalId` longer than {attributes.MAX_EXTERNAL_ID}",
    ],
    "docs/errors/idempotency-key-reused.md": [f"{idempotency.KEPT // timedelta(hours=1)} hours"],
    "docs/graphql.md": [
        f"and lives {token._LIFETIME_DAYS} days unless said otherwise",
        f"{LIMITS.anonymous_tokens} tokens and {LIMITS.anonymous_body_bytes // 1024} KiB",
        f"for {idempotency.KEPT // timedelta(hours=1)} hours the same key",
        f"at most {bulk_operations.MOST_AT_ONCE} may wait",
        f"more than {MOST_IN_BULK} at once, or more than {bulk_operations.MOST_AT_ONCE} bulk",
        f"are kept for {workers.BULK_ITEMS_KEPT.days} days after the end",
        f"a comment every {LIMITS.keep_alive_s:g} seconds",
        f"introduce yourself within {LIMITS.connection_init_s:g} seconds",
        f"may have {LIMITS.subscriptions_per_token} subscriptions open",
        f"the {LIMITS.operation_s:g} seconds for each item",
        f"after {admission.WRONG_TOKENS_PER_MINUTE} a minute from one address",
        f"| tokens of the document | {LIMITS.tokens:,} |",
        f"| brackets in each other, in the document and in variables | {LIMITS.nesting} |",
        f"| levels of fields | {LIMITS.depth} |",
        f"| aliases | {LIMITS.aliases} |",
        f"| root fields | {LIMITS.root_fields} |",
        f"| cost | {LIMITS.cost:,} |",
        f"| time | {LIMITS.operation_s:g} s |",
        f"| operations of a token | {DEFAULTS.graphql_operations_per_minute} |",
        f"| points of cost of a token | {DEFAULTS.graphql_cost_per_minute:,} |",
        f"in all sessions | {DEFAULTS.graphql_session_operations_per_minute} |",
        f"| points of cost of a person | {DEFAULTS.graphql_session_cost_per_minute:,} |",
    ],
}


@pytest.mark.parametrize(
    ("page", "phrase"), [(page, phrase) for page, said in SAID.items() for phrase in said]
)
def test_a_page_says_the_number_of_the_code(page: str, phrase: str) -> None:
    assert phrase in " ".join((ROOT / page).read_text().split())


def test_figures_that_pages_name_are_served() -> None:
    served = {
        name
        for family in REGISTRY.collect()
        if family.name.startswith("rollcall_")
        for name in (family.name, f"{family.name}_total")
    }

    def named(page: Path) -> set[str]:
        return set(re.findall(r"`(rollcall_[a-z_]+)[`{]", page.read_text()))

    roles = {"rollcall_owner", "rollcall_server"}
    unknown = {page.name: named(page) - served - roles for page in pages()}
    assert {name: found for name, found in unknown.items() if found} == {}
    assert len(named(DOCS / "operate.md")) >= 8
