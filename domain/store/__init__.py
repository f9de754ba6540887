"""How the domain meets PostgreSQL: the pool, the statement bridge, and set-based SQL."""
