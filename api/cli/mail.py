"""`rollcall mail`: what became of each mail, and what it says."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli.console import Line, print_result, print_rows
from api.cli.session import AsJson, fail
from api.cli.work import reach_of, with_runtime
from api.mail.letters import RenderedMail
from api.plain_text import printable
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
    """Mail that waits or was sent, while it is of use, and mail that failed, for 30 days more."""


@app.command("list")
def list_mail(
    organization: Organization = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List them, newest first, with what became of each and why the last try failed."""

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
    """Show one mail with its link, the newest that fits: whoever has the link can use it.

    The link of a mail that failed does not work.
    """

    async def work(runtime: Runtime) -> tuple[MailboxRow, RenderedMail] | None:
        reach = await reach_of(runtime, organization)
        for row in await newest_mails(runtime.reader, reach, MOST):
            if which.strip().lower() in {str(row.id), row.email.lower()}:
                return row, runtime.mail_links.render(row)
        return None

    found = with_runtime(work)
    if found is None:
        fail(f"No mail here has the id or address {which!r}.")
    row, mail = found
    if as_json:
        lines = [
            ("state", row.state),
            ("lastError", row.last_error),
            ("subject", mail.subject),
            ("link", mail.link),
            ("text", mail.text),
            ("html", mail.html),
        ]
        print_result([Line(key, key, value) for key, value in lines], as_json=True)
    else:
        error = "" if row.last_error is None else f"\nLast error: {printable(row.last_error)}"
        typer.echo(f"State: {row.state}{error}\nSubject: {mail.subject}\n\n{mail.text}")
