"""Of operations over many members, in the background."""

BULK = {
    "Organization.bulkOperations": "Actions over many members, whatever their state, newest first.",
    "Subscription.bulkOperation(id)": "Which one.",
    "BulkOperation.action": "What is done to each.",
    "BulkOperation.state": "How far it is.",
    "BulkOperation.startedByLabel": "Who started it, by the name of then.",
    "BulkOperation.startedAt": "When its members were selected.",
    "BulkOperation.organization": "The organization whose members it is about.",
    "BulkOperationState": "How far a bulk operation is.",
    "BulkOperationState.RUNNING": "Its members have their turns.",
    "StartBulkOperationPayload.bulkOperation": "The operation; `null` when refused.",
    "CancelBulkOperationInput.id": "The operation to stop.",
    "CancelBulkOperationPayload.bulkOperation": "The operation as it now is; `null` when refused.",
    "UserErrorCode.INTERNAL": (
        "Of one member of a bulk operation: something went wrong here; the server's log says more."
    ),
}
