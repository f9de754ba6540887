"""What stops a program before it begins, with what to do about it."""


class StartError(Exception):
    """Rollcall cannot work like this; the message is one sentence or two for whoever started it."""
