"""A program that uses the embedded database of a folder until its input ends."""

import sys
from pathlib import Path

from api.embedded_database import EmbeddedDatabase


def main() -> None:
    database = EmbeddedDatabase(Path(sys.argv[1]))
    sys.stdout.write(database.start().superuser_url + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    database.release()


if __name__ == "__main__":
    main()
