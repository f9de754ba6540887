"""Of the provisioning endpoint, its keys, its switches and its guard."""

SCIM = {
    "ScimConnection.enabled": "Whether keys open it.",
    "ScimConnection.settings": "The switches, all decided.",
    "ScimConnection.lastRequestAt": "When it was last called; `null` when it never was.",
    "ScimConnection.lastErrorAt": "When a call last ended in an error.",
    "ScimConnection.organization": "Whose endpoint it is.",
    "ScimConnection.activity(window)": (
        "At most 30 days. Without `to` until now, without `from` the day before its end."
    ),
    "ScimSettings.onProvision": "What a newly provisioned person gets.",
    "ScimSettings.rehire": "What a POST of a revoked member does.",
    "ScimSettings.omittedGroupMembers": "What a PUT of a group without `members` means.",
    "ScimSettings.patchResponse": "What a PATCH answers.",
    "ScimSettings.strictMemberIds": (
        "Whether an id that no member has refuses a request about a group."
    ),
    "ScimSettings.contentType": (
        "The `Content-Type` of answers; `null` for what the client accepts."
    ),
    "ScimApiKey.kind": "How the client signs in with it.",
    "ScimApiKey.name": "What it was called when it was made; `null` for one without a name.",
    "ScimApiKey.workloadIdentity": "Of workload identities only.",
    "ScimApiKey.hint": "First characters of the secret, for recognition.",
    "ScimApiKey.createdAt": "When it was made.",
    "ScimApiKey.lastUsedAt": "When it was last used, to about a minute; `null` when it never was.",
    "ScimApiKey.expiresAt": "When it ends by itself; `null` for never.",
    "WorkloadIdentity.issuer": "The assertions' `iss`.",
    "WorkloadIdentity.subject": "The assertions' `sub`.",
    "DeprovisionGuard.state": "Whether something waits for a decision.",
    "DeprovisionGuard.maxMembers": "So many pass within an hour at any rate.",
    "DeprovisionGuard.maxPercent": "So many of a hundred members pass within an hour.",
    "HeldDeprovisioning.heldAt": "When the provider first asked for it.",
    "ActivityBucket": "How many requests of each outcome came within an hour or a day.",
    "ActivityBucket.startsAt": "The hour or the day, in UTC.",
    "ActivityBucket.applied": "Requests that changed something.",
    "ActivityBucket.unchanged": "Requests that changed nothing.",
    "ActivityBucket.rejected": "Requests that were refused.",
    "ActivityBucket.failed": "Requests that broke here, or were held back.",
}
