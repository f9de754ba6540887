"""`rollcall serve`: the server."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.session import fail, settings_of
from api.logs import set_up_logs
from api.server import serve as run_server
from api.start_error import StartError

app = typer.Typer(add_completion=False)

Host = Annotated[str | None, typer.Option(help="Address to listen on (ROLLCALL_HOST).")]
Port = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Port to listen on (ROLLCALL_PORT).")
]
Workers = Annotated[
    int | None, typer.Option(min=1, max=64, help="Number of processes (ROLLCALL_WORKERS).")
]


@app.command()
def serve(host: Host = None, port: Port = None, workers: Workers = None) -> None:
    """Runs until it is told to stop (Ctrl-C), finishes what it is at, then stops the database."""
    settings = settings_of(host=host, port=port, workers=workers)
    set_up_logs(settings.log_level, settings.log_format)
    try:
        run_server(settings)
    except StartError as error:
        fail(str(error))
