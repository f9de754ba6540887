"""Where the browser goes after a sign-in: a path of this server and nothing else."""

from __future__ import annotations

import re

LONGEST = 1024
HOME = "/"
# What a browser would read as another host, or leave out before it reads: "//", "\", control
# characters and space. A "#" would bring secrets of links into addresses that servers log.
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\\#\x7f-\U0010ffff]*")
_FLOW = re.compile(r"/+sign-in/+oidc(?:/|\?|$)", re.IGNORECASE)


def is_local(path: str) -> bool:
    """Whether a browser that is sent to `path` stays on this server, and outside the sign-in."""
    return len(path) <= LONGEST and _LOCAL.fullmatch(path) is not None and _FLOW.match(path) is None
