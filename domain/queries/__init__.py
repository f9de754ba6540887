"""The read side: columns into frozen rows, never through aggregates."""
