"""Of mails that are looked at instead of being sent, and of what invitations' links open."""

MAIL = {
    "DevelopmentMail.kind": "What it is about.",
    "DevelopmentMail.sentTo": "Whom it would go to.",
    "DevelopmentMail.subject": "Its subject.",
    "DevelopmentMail.text": "All of it as plain text.",
    "DevelopmentMail.html": "All of it as HTML, without anything to load.",
    "DevelopmentMail.link": "The link in it; `null` for mails without one.",
    "DevelopmentMail.queuedAt": "When it was written.",
    "Query.invitationPreview(token)": "What comes after the `#` of the link.",
    "InvitationPreview.state": "What became of its mail.",
    "InvitationPreview.problem": "Why the link does not work; `null` while it does.",
    "InvitationPreview.organizationId": "The organization's id.",
    "InvitationPreview.organizationName": "Who invites.",
    "InvitationPreview.organizationSlug": "Its short name.",
    "InvitationPreview.email": "Whom the invitation was sent to.",
    "InvitationPreview.name": (
        "What the organization calls the person, as a proposal; `null` where the link does not"
        " work."
    ),
    "InvitationPreview.expiresAt": "Until when the link works, if nothing voids it before.",
    "InvitationPreview.accountExists": (
        "Whether the address has an account already, whose owner signs in first."
    ),
    "InvitationPreview.accountHasKeys": (
        "Whether that account has a key pair already, which is then used again."
    ),
    "InvitationPreview.keyHandshake": "Whether a key pair is needed.",
    "InvitationPreview.requireSso": (
        "Whether the organization wants to see a sign-in through its own identity provider first."
    ),
    "AcceptInvitationInput.token": "What comes after the `#` of the link.",
    "AcceptInvitationInput.name": "What to call the person; of a new account alone.",
    "AcceptInvitationInput.publicKey": (
        "The public JWK of a new key pair; of an account that has none."
    ),
    "AcceptInvitationInput.encryptedPrivateKey": (
        "Its private JWK, as a JWE under the person's passphrase."
    ),
    "AcceptInvitationPayload.membership": "The person's own membership; `null` when refused.",
    "RequestNewInvitationLinkInput.token": "What comes after the `#` of the link that has expired.",
}
