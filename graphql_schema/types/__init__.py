"""The object types: each wraps one frozen row of the read side."""
