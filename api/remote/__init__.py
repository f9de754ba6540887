"""A Rollcall server as its clients see it, over HTTP, for commands that run anywhere."""
