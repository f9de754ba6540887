"""What passes when it is tried again, for who answers a caller: trouble with the database, time."""

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

RETRY_AFTER_S = 5
"""When whoever was refused for it is told to come again."""

LONGEST_REQUEST_S = 30.0
"""A request that has no answer by then gets one: TimeoutError, which is one of these."""
