"""`rollcall mail`: the development mailbox, where mail can be read instead of being sent."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli.console import Line, print_result, print_rows
from api.cli.session import AsJson, fail
from api.cli.work import reach_of, with_runtime
from api.mail.letters import RenderedMail
from api.runtime import Runtime
from domain.queries.mailbox import MailboxRow, newest_mails

app = typer.Typer(no_args_is_help=True, add_completion=False)

MOST = 500
Organization = Annotated[
    str | None, typer.Option("--organization", "-o", help="Only its mail: id, slug or name.")
]
_COLUMNS = {
    "id": "id",
    "kind": "kind",
    "organization": "organization",
    "to": "to",
    "state": "state",
    "dueAt": "due",
    "expiresAt": "of use until",
    "lastError": "last error",
}


@app.callback()
def mail() -> None:
    """Mail of every kind that waits to be sent, or was sent and is still of use."""


@app.command("list")
def list_mail(
    organization: Organization = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List them, newest first."""

    async def work(runtime: Runtime) -> list[MailboxRow]:
        reach = await reach_of(runtime, organization)
        return await newest_mails(runtime.reader, reach, limit)

    rows: list[dict[str, Any]] = [
        {
            "id": row.id,
            "kind": row.kind,
            "organization": row.organization_name,
            "to": row.email,
            "state": row.state,
            "dueAt": row.due_at,
            "expiresAt": row.expires_at,
            "lastError": row.last_error,
        }
        for row in with_runtime(work)
    ]
    print_rows(_COLUMNS, rows, as_json=as_json)


@app.command()
def show(
    which: Annotated[str, typer.Argument(help="The mail's id, or the address it goes to.")],
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Show one mail with its link, the newest that fits: whoever has the link can use it."""

    async def work(runtime: Runtime) -> RenderedMail | None:
        reach = await reach_of(runtime, organization)
        for row in await newest_mails(runtime.reader, reach, MOST):
            if which.strip().lower() in {str(row.id), row.email.lower()}:
                return runtime.mail_links.render(row)
        return None

    mail = with_runtime(work)
    if mail is None:
        fail(f"No mail here has the id or address {which!r}.")
    if as_json:
        lines = [
            ("subject", mail.subject),
            ("link", mail.link),
            ("text", mail.text),
            ("html", mail.html),
        ]
        print_result([Line(key, key, value) for key, value in lines], as_json=True)
    else:
        typer.echo(f"Subject: {mail.subject}\n\n{mail.text}")
