"""What a database that is away, full, busy or just restarted raises, for who answers a caller."""

import asyncpg

TEMPORARY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    TimeoutError,
    OSError,
)
"""What passes when it is tried again."""
