"""Of mutations, what they take, what they answer, and how they refuse."""

CHANGES = {
    "Mutation": "What can be changed. Each runs in a transaction of its own, in the order written.",
    "Mutation.inviteMember": "Makes a member and sends the invitation; takes a seat.",
    "Mutation.confirmMember": (
        "Makes a person who accepted a full member, and hands the organization's key to them where"
        " keyHandshake is REQUIRED. Of a confirmed member whose key is not current it is replaced."
    ),
    "Mutation.revokeMember": "Withdraws access and frees the seat; everything else is kept.",
    "Mutation.restoreMember": "Gives access back: the member is what it was before.",
    "Mutation.updateMember": "Changes attributes of a member that no provider owns.",
    "Mutation.changeMemberRole": "Gives a member another role, or other permissions.",
    "Mutation.bulkConfirmMembers": "`confirmMember` of each.",
    "Mutation.bulkReinviteMembers": "`reinviteMember` of each; sends a mail each time.",
    "Mutation.bulkRevokeMembers": "`revokeMember` of each.",
    "Mutation.bulkRestoreMembers": "`restoreMember` of each.",
    "Mutation.bulkRemoveMembers": "`removeMember` of each.",
    "Mutation.createGroup": "Makes a group of your own beside the provider's.",
    "Mutation.updateGroup": "Changes name or external id of a group that no provider owns.",
    "Mutation.changeGroupMembers": "Adds members to a group and takes others out, at once.",
    "Mutation.updateScimConnection": "Sets the provider and the switches of the endpoint.",
    "Mutation.createAccessToken": "Makes a token of this API; its secret is shown once.",
    "Mutation.updateOrganization": "Changes name, seats, policies and the key handshake.",
    "MutationPayload.changed": "Whether anything is different now.",
    "MutationPayload.errors": "Why it was refused; empty when it was not.",
    "UserError.code": "For programs.",
    "UserError.message": "For people, in a sentence.",
    "BasicError": "A refusal that needs no more words.",
    "VersionConflictError": "It changed since it was shown.",
    "VersionConflictError.currentVersion": "Its version now.",
    "InvalidTransitionError": "The member's status does not allow it.",
    "InvalidTransitionError.from": "The member's status.",
    "InvalidTransitionError.attempted": "What was to be done.",
    "TakenError": "Something else has the value that must be unique.",
    "TakenError.existing": "What has it, where the caller may see it.",
    "InviteMemberInput.email": "Where the invitation goes; also the member's userName.",
    "InviteMemberInput.displayName": "What to show.",
    "InviteMemberInput.externalId": "An id of your own; unique in the organization.",
    "InviteMemberInput.role": "At most the caller's own.",
    "InviteMemberInput.groupIds": (
        "Groups to become a member of at once, at most 500 and made here; this needs the scope"
        " GROUPS_WRITE as well."
    ),
    "RevokeMemberInput.reason": "Kept with the member and in the history.",
    "UpdateMemberInput.displayName": "What to show.",
    "UpdateMemberInput.email": (
        "Of an INVITED member: the old link stops working, a new one goes out."
    ),
    "UpdateMemberInput.externalId": "An id of your own; unique in the organization.",
    "ChangeMemberRoleInput.role": "At most the caller's own.",
    "ChangeMemberRoleInput.permissions": (
        "Of a CUSTOM member: all it may do from now on, at most what you may; nothing if left out."
    ),
    "RemoveMemberPayload.removedMemberId": "Who is no member any more; `null` when refused.",
    "ConfirmMemberInput.wrappedOrganizationKey": (
        "The organization's key as a JWE for the member's public key, at most 4,096 characters;"
        " needed where keyHandshake is REQUIRED, and not taken where it is OFF."
    ),
    "ConfirmMemberInput.publicKeyThumbprint": (
        "Thumbprint of the key it was wrapped for; refused with KEY_MISMATCH when the member's key"
        " is another by now."
    ),
    "BulkConfirmItem.wrappedOrganizationKey": "As of ConfirmMemberInput.",
    "BulkConfirmItem.publicKeyThumbprint": "As of ConfirmMemberInput.",
    "CreateOrganizationKeyInput.wrappedOrganizationKey": (
        "The new key as a JWE for the caller's public key; its header says the version after"
        " expectedKeyVersion."
    ),
    "CreateOrganizationKeyInput.expectedKeyVersion": "0 for the first key.",
    "SetAccountKeysInput.publicKey": (
        "EC P-256 JWK, without the private half; a `kid` must be its RFC 7638 thumbprint."
    ),
    "SetAccountKeysInput.encryptedPrivateKey": (
        "The private JWK as a JWE under the person's passphrase: PBES2-HS512+A256KW with 300,000"
        " iterations and A256GCM, at most 4,096 characters."
    ),
    "SetAccountKeysPayload.account": "The caller's account; `null` when refused.",
    "UpdateOrganizationInput.keyHandshake": (
        "REQUIRED needs a key: createOrganizationKey makes it. OFF leaves wrapped keys as they are."
    ),
    "UpdateOrganizationInput.policies": "Rules for who may join from now on.",
    "OrganizationPoliciesInput.allowedEmailDomains": (
        "The only domains of addresses, at most 100, each exactly: `example.com` does not allow"
        " `mail.example.com`. An empty list allows every domain."
    ),
    "OrganizationPoliciesInput.requireSso": (
        "Whether members must have come by the organization's own identity provider."
    ),
    "OrganizationPoliciesInput.singleOrganization": "Whether members may be in this one alone.",
    "BulkMembersPayload.results": "One for each member of the input, in its order.",
    "BulkMembersPayload.summary": "The results counted.",
    "BulkMemberResult": "What came of one member.",
    "BulkMemberResult.memberId": "As it was sent.",
    "BulkMemberResult.member": "The member as it now is; `null` when there is none.",
    "BulkMemberResult.changed": "Whether anything is different now.",
    "BulkMemberResult.errors": "Why it was refused; empty when it was not.",
    "BulkSummary": "How many members came to what.",
    "BulkSummary.changed": "Something is different now.",
    "BulkSummary.unchanged": "There was nothing to do.",
    "BulkSummary.failed": "It was refused.",
    "BulkConfirmItem": "One member to confirm.",
    "CreateGroupInput.displayName": "Unique in the organization, whatever the case.",
    "CreateGroupInput.externalId": "An id of your own; unique in the organization.",
    "UpdateGroupInput.displayName": "Unique in the organization, whatever the case.",
    "UpdateGroupInput.externalId": "An id of your own; unique in the organization.",
    "ChangeGroupMembersInput.add": "Who are to be in it.",
    "ChangeGroupMembersInput.remove": "Who are not to be in it.",
    "DeleteGroupPayload.deletedGroupId": "Which group is gone; `null` when refused.",
    "CreateScimApiKeyInput.kind": "How the client is to sign in.",
    "CreateScimApiKeyInput.name": (
        "What to call it, in 1 to 100 characters, so that it is told from the others."
    ),
    "CreateScimApiKeyInput.expiresAt": "When it is to end by itself; without it, never.",
    "RevokeScimApiKeyInput.scimApiKeyId": "Which key.",
    "RotateScimApiKeyInput.name": "What to call the new key, in 1 to 100 characters.",
    "RotateScimApiKeyPayload.previousKeyExpiresAt": "When the keys before it end.",
    "UpdateScimConnectionInput.provider": "Whose defaults count; `null` for neutral ones.",
    "UpdateScimConnectionInput.onProvision": "What a newly provisioned person gets.",
    "UpdateScimConnectionInput.rehire": "What a POST of a revoked member does.",
    "UpdateScimConnectionInput.omittedGroupMembers": (
        "What a PUT of a group without `members` means."
    ),
    "UpdateScimConnectionInput.patchResponse": "What a PATCH answers.",
    "UpdateScimConnectionInput.strictMemberIds": (
        "Whether an id that no member has refuses a request about a group."
    ),
    "UpdateScimConnectionInput.contentType": (
        "The `Content-Type` of answers, as `application/json`."
    ),
    "UpdateScimConnectionInput.guardEnabled": "Whether the deprovision guard counts.",
    "UpdateScimConnectionInput.guardMaxMembers": "So many pass within an hour at any rate.",
    "UpdateScimConnectionInput.guardMaxPercent": "So many of a hundred members pass: 0 to 100.",
    "ResolveDeprovisionGuardInput.resolution": "What becomes of all that is held.",
    "CreateAccessTokenInput.name": "To know it again by.",
    "RevokeAccessTokenInput.accessTokenId": "Which token.",
    "UpdateOrganizationInput.name": "What people call it.",
    "UpdateOrganizationInput.seatLimit": "How many members may have access; revokes nobody.",
}
