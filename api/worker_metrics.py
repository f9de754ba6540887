"""The figures of background work: what waits, what was lost, what crashed."""

from prometheus_client import Counter, Gauge

OUTBOX_AGE = Gauge(
    "rollcall_mails_due_seconds",
    "How long ago the mail that waits longest for the mail server fell due, tried or not.",
    multiprocess_mode="livemax",
)
MAILS = Counter(
    "rollcall_mails_total", "Attempts to send a mail, by what came of it.", ["kind", "outcome"]
)
REQUEST_LOG_DEPTH = Gauge(
    "rollcall_request_log_waiting",
    "Provisioning requests that are not written yet.",
    multiprocess_mode="livesum",
)
REQUEST_LOG_DROPPED = Counter(
    "rollcall_request_log_dropped_total", "Provisioning requests that were never written."
)
BULK_MEMBERS = Counter(
    "rollcall_bulk_members_total",
    "Members whose turn in a bulk operation came, by what came of it.",
    ["outcome"],
)
SEALED = Counter("rollcall_audit_sealed_total", "Audit events sealed by this server.")
SEALER_LAG = Gauge(
    "rollcall_audit_seal_lag_seconds",
    "How old the oldest audit event was when it was sealed, or since when none could be.",
    multiprocess_mode="livemax",
)
CHAINS_BROKEN = Gauge(
    "rollcall_audit_chains_broken",
    "Organizations whose history was changed after the fact.",
    multiprocess_mode="livemax",
)
SUBSCRIPTIONS = Gauge(
    "rollcall_subscriptions", "Live subscriptions that are open.", multiprocess_mode="livesum"
)
CRASHES = Counter(
    "rollcall_task_crashes_total", "Background tasks that ended with an error.", ["task"]
)
