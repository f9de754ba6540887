"""Of people who sign in, their memberships and sessions, and of the server they sign in to."""

ACCOUNTS = {
    "Account.email": "The address that was proven; every sign-in link is sent there.",
    "Account.name": "What to call the person; `null` while nobody gave a name.",
    "Account.publicKey": "The public JWK that keys are wrapped for; `null` before there is one.",
    "Account.encryptedPrivateKey": (
        "The private JWK as a JWE under the person's passphrase; the server cannot open it."
    ),
    "Account.memberships": "Where the person is a member, whatever the status, oldest first.",
    "Membership.organizationId": "The organization's id.",
    "Membership.organizationUuid": "Its UUID, as the fingerprint of its key is made with.",
    "Membership.organizationName": "What people call the organization.",
    "Membership.organizationSlug": "Its short name.",
    "Membership.memberId": "The id of the member that the person is there.",
    "Membership.memberUuid": "Its UUID, as the person's fingerprint phrase is made with.",
    "Membership.status": "The member's status.",
    "Membership.role": "The member's role.",
    "Membership.scopes": "What the person may do there; nothing unless CONFIRMED.",
    "Membership.keyHandshake": "What confirming a member hands over there.",
    "Membership.keyVersion": "Number of the organization key; 0 while there is none.",
    "Membership.keyState": (
        "Whether the person holds the key as it now is; `null` without the handshake and before"
        " the member is confirmed."
    ),
    "Membership.wrappedOrganizationKey": (
        "The organization key as a JWE for the person's public key; `null` while there is none."
    ),
    "Membership.member": (
        "The member with all that is known of it; `null` of another organization than the one in"
        " which the caller acts."
    ),
    "Session.id": "`ses_<base32>`; it tells nothing of the session's secret.",
    "Session.createdAt": "When the person signed in.",
    "Session.lastSeenAt": "When it last asked, to about a minute; `null` when it never did.",
    "Session.userAgent": "What the browser or program calls itself, as it says.",
    "Session.ip": "The address from which the person signed in.",
    "Session.method": "By which way it began.",
    "Session.current": "Whether it is the one that asks.",
    "Server.version": "The version of Rollcall.",
    "Server.embeddedDatabase": "Whether it runs its own database, as a first try does.",
    "Server.developmentMailbox": (
        "Whether mail is kept to be looked at, since no mail server is set: a link will not come"
        " by e-mail."
    ),
    "RequestSignInLinkInput.email": "The address, in any spelling of its letters.",
    "RedeemSignInLinkInput.token": (
        "What stands behind the `#` of the link, `sil_…`: browsers do not send it on their own."
    ),
    "RedeemSignInLinkPayload.viewer": (
        "The person who is signed in now; `null` where the operation selects what that person may"
        " not see: ask again, then, with the cookie."
    ),
    "EndSessionInput.sessionId": "One of `Viewer.sessions`.",
    "EndSessionPayload.endedSessionId": "The session; `null` when refused.",
}
