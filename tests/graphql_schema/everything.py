"""Queries that together select every field of every type, and what else tests select over."""

MEMBER = """
fragment M on Member {
  id scimId version createdAt updatedAt userName email displayName givenName familyName externalId
  profile role permissions status statusBeforeRevocation source invitedAt acceptedAt confirmedAt
  revokedAt revocationReason keyState organization { id }
}
"""
GROUP = """
fragment G on Group {
  id scimId version createdAt updatedAt displayName externalId source memberCount
  organization { id }
}
"""
EVENT = """
fragment E on AuditEvent {
  id position hash occurredAt action summary origin actorLabel actorIp subjectLabel correlationId
  changes { attribute before after }
  actor { __typename ... on Node { id } ... on SystemProcess { name } }
  subject { __typename ... on Node { id } }
  provisioningRequest { id }
  membersAdded(first: 2) { nodes { id } totalCount }
  membersRemoved(first: 2) { nodes { id } totalCount }
}
"""
REQUEST = """
fragment R on ProvisioningRequest {
  id receivedAt durationMs method path operation resourceType statusCode outcome scimType detail
  subjectLabel
  provider userAgent remoteIp warnings changedAttributes hints { text docsPath }
  requestBody responseBody
  subject { __typename ... on Node { id } }
  auditEvents(first: 2) { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage } }
}
"""
INVITATION = """
fragment I on Invitation {
  id sentTo state attempt queuedAt sentAt expiresAt lastError member { id }
}
"""
ACCESS_TOKEN = """
fragment T on AccessToken {
  id name hint scopes createdAt expiresAt lastUsedAt revokedAt organization { id }
  createdBy { __typename }
}
"""
ACCOUNT = """
fragment A on Account {
  id email name publicKey encryptedPrivateKey
  memberships {
    organizationId organizationUuid organizationName organizationSlug memberId memberUuid status
    role scopes keyHandshake keyVersion keyState wrappedOrganizationKey member { id }
  }
}
"""
PAGE = """
fragment P on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }
"""

ORGANIZATION = (
    """
query ($org: ID!) {
  organization(by: {id: $org}) {
    id name slug version createdAt updatedAt keyHandshake keyVersion
    seats { occupied limit }
    policies { allowedEmailDomains requireSso singleOrganization }
    memberCounts { total staged invited accepted confirmed revoked }
    scimConnection {
      id version createdAt updatedAt enabled baseUrl provider health lastRequestAt lastErrorAt
      detectedProvider organization { id }
      apiKeys {
        id kind name clientId hint createdAt lastUsedAt expiresAt
        workloadIdentity { issuer subject audience jwksUrl }
      }
      settings {
        onProvision rehire omittedGroupMembers patchResponse strictMemberIds contentType
      }
      guard {
        enabled state since held maxMembers maxPercent
        heldItems(first: 2) {
          pageInfo { ...P } edges { cursor node { heldAt } }
          nodes { action heldAt memberLabel member { id } }
        }
      }
      activity(window: {}) { startsAt applied unchanged rejected failed }
    }
    oidcProviders {
      id version createdAt updatedAt name issuer clientId trustEmail redirectUrl
    }
    accessTokens(first: 3) { pageInfo { ...P } edges { cursor node { id } } nodes { ...T } }
    developmentMails(first: 3) {
      pageInfo { ...P } edges { cursor node { id } }
      nodes { id kind sentTo subject text html link queuedAt }
    }
  }
}
"""
    + ACCESS_TOKEN
    + PAGE
)

MEMBERS = (
    """
query ($org: ID!) {
  organization(by: {id: $org}) {
    members(first: 3) { totalCount pageInfo { ...P } edges { cursor node { id } } nodes {
      ...M
      actions {
        confirm { allowed reason } reinvite { allowed reason } revoke { allowed reason }
        restore { allowed reason } remove { allowed reason } changeRole { allowed reason }
      }
      groups(first: 2) { nodes { id } totalCount }
      invitations(first: 2) { nodes { id } totalCount }
      auditEvents(first: 2) { nodes { id } }
      provisioningRequests(first: 2) { nodes { id } }
      timeline(first: 2) {
        pageInfo { ...P } edges { cursor node { __typename } }
        nodes { __typename ... on Node { id } }
      }
    } }
    member(by: {userName: "nobody"}) { id }
    past: member(by: {userName: "nobody"}, asOf: "2026-01-01T00:00:00Z") {
      ...M actions { revoke { allowed reason } } groups(first: 2) { nodes { id } totalCount }
    }
    pendingConfirmations(first: 3) {
      totalCount pageInfo { ...P } edges { cursor node { reason } } nodes {
      reason acceptedAt member { id } provisionedBy { id }
      publicKey publicKeyThumbprint publicKeyFingerprint
    } }
    invitations(first: 3) {
      totalCount pageInfo { ...P } edges { cursor node { id } } nodes { ...I }
    }
  }
}
"""
    + MEMBER
    + INVITATION
    + PAGE
)

GROUPS = (
    """
query ($org: ID!) {
  organization(by: {id: $org}) {
    groups(first: 3) { totalCount pageInfo { ...P } edges { cursor node { id } } nodes {
      ...G
      members(first: 2) { nodes { id } totalCount }
      auditEvents(first: 2) { nodes { id } }
    } }
    group(by: {displayName: "none"}) { id }
    past: group(by: {displayName: "none"}, asOf: "2026-01-01T00:00:00Z") {
      ...G members(first: 2, asOf: "2026-01-01T00:00:00Z") { nodes { id } totalCount }
    }
  }
}
"""
    + GROUP
    + PAGE
)

LOGS = (
    """
query ($org: ID!) {
  organization(by: {id: $org}) {
    auditChain { position hash verifiedThrough verifiedAt brokenAt }
    auditEvents(first: 50) { pageInfo { ...P } edges { cursor node { id } } nodes { ...E } }
    provisioningRequests(first: 3) { pageInfo { ...P } edges { cursor node { id } } nodes { ...R } }
  }
}
"""
    + EVENT
    + REQUEST
    + PAGE
)

ROOTS = (
    """
query ($org: ID!) {
  viewer {
    label scopes tokenExpiresAt organization { id }
    actor { __typename ... on AccessToken { id name } ... on Account { id } }
    account { ...A } sessions { id createdAt lastSeenAt userAgent ip method current }
  }
  server { version embeddedDatabase developmentMailbox }
  invitationPreview(token: "inv_of_nobody") {
    state problem organizationId organizationName organizationSlug email name expiresAt
    accountExists accountHasKeys keyHandshake requireSso signInProviders { id name startUrl }
  }
  signedInAs
  node(id: $org) { id ... on Versioned { version createdAt updatedAt } }
  organizations(first: 2) { totalCount pageInfo { ...P } edges { cursor node { id } } nodes { id } }
  signInProviders(organization: "acme") { id name startUrl }
  auditActions { action description subject }
}
"""
    + ACCOUNT
    + PAGE
)

BULK_OPERATIONS = (
    """
query ($org: ID!) {
  organization(by: {id: $org}) {
    bulkOperations(first: 3) { pageInfo { ...P } edges { cursor node { id } } nodes {
      id action state total failureReason startedByLabel startedAt finishedAt correlationId
      summary { changed unchanged failed }
      organization { id }
      startedBy { __typename ... on Node { id } }
      failures(first: 2) {
        pageInfo { ...P } edges { cursor node { memberId } }
        nodes { memberId changed member { id } errors { code message path } }
      }
    } }
  }
}
"""
    + PAGE
)

EVERYTHING = {
    "bulk operations": BULK_OPERATIONS,
    "organization": ORGANIZATION,
    "members": MEMBERS,
    "groups": GROUPS,
    "logs": LOGS,
    "roots": ROOTS,
}

SUBSCRIPTIONS = {
    "events": (
        "subscription ($org: ID!) { auditEvents(organizationId: $org) { cursor node { id } } }"
    ),
    "requests": (
        "subscription ($org: ID!) {"
        " provisioningRequests(organizationId: $org) { cursor node { id } } }"
    ),
    "changes": (
        "subscription ($org: ID!) { memberChanges(organizationId: $org) {"
        " cursor memberId member { id }"
        " counts { total staged invited accepted confirmed revoked } } }"
    ),
    "bulk operation": "subscription ($org: ID!) { bulkOperation(id: $org) { id state } }",
}
