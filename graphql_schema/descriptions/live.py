"""Of what can be followed as it happens."""

LIVE = {
    "Subscription": "What can be followed as it happens, over server-sent events or a websocket.",
    "Subscription.auditEvents(organizationId)": "Whose history.",
    "Subscription.provisioningRequests(organizationId)": "To whose endpoint.",
    "Subscription.memberChanges(organizationId)": "Whose members.",
    "MemberChange.cursor": "Send it as `after` to go on behind this change.",
    "MemberChange.memberId": "Of the member, also of one who was removed.",
}
