"""The closed sets of words the domain speaks: states, roles, scopes, origins, providers."""

from enum import auto

from domain.words import Word as _Word


class Stage(_Word):
    """How far a member has come; ordered STAGED < INVITED < ACCEPTED < CONFIRMED."""

    STAGED = auto()
    INVITED = auto()
    ACCEPTED = auto()
    CONFIRMED = auto()


class MemberStatus(_Word):
    """What the world sees: REVOKED while access is withdrawn, else the stage."""

    STAGED = auto()
    INVITED = auto()
    ACCEPTED = auto()
    CONFIRMED = auto()
    REVOKED = auto()


class MemberAction(_Word):
    """What can be done to a member."""

    STAGE = auto()
    INVITE = auto()
    REINVITE = auto()
    ACCEPT = auto()
    CONFIRM = auto()
    REVOKE = auto()
    RESTORE = auto()
    REMOVE = auto()
    CHANGE_ROLE = auto()
    UPDATE = auto()


class MemberRole(_Word):
    """OWNER acts on everyone, ADMIN on all but owners, CUSTOM on USER and CUSTOM, USER on none."""

    OWNER = auto()
    ADMIN = auto()
    CUSTOM = auto()
    USER = auto()


class Scope(_Word):
    """What a caller may do through the admin API."""

    ORGANIZATION_READ = auto()
    ORGANIZATION_WRITE = auto()
    MEMBERS_READ = auto()
    MEMBERS_WRITE = auto()
    MEMBERS_CONFIRM = auto()
    GROUPS_READ = auto()
    GROUPS_WRITE = auto()
    AUDIT_READ = auto()
    PROVISIONING_READ = auto()
    PROVISIONING_READ_BODIES = auto()
    SCIM_ADMIN = auto()
    TOKENS_ADMIN = auto()


class Origin(_Word):
    """By which way a change came."""

    SCIM = auto()
    ADMIN_API = auto()
    CONSOLE = auto()
    CLI = auto()
    SYSTEM = auto()


class ProvisioningSource(_Word):
    """By which way a member or group came to be."""

    SCIM = auto()
    ADMIN_API = auto()
    CONSOLE = auto()
    CLI = auto()


class IdentityProvider(_Word):
    """The system that provisions."""

    ENTRA_ID = auto()
    OKTA = auto()
    ONELOGIN = auto()
    JUMPCLOUD = auto()
    PING = auto()
    GOOGLE = auto()
    RIPPLING = auto()
    AUTHENTIK = auto()
    KEYCLOAK = auto()
    OTHER = auto()


class KeyHandshake(_Word):
    """REQUIRED: confirming hands over the organization key. OFF: it is an approval only."""

    REQUIRED = auto()
    OFF = auto()


class OnProvision(_Word):
    """What a provisioned person gets: an invitation at once, or a place on the list."""

    INVITE = auto()
    STAGE = auto()


class Rehire(_Word):
    """What creating a revoked member again does."""

    CONFLICT = auto()
    RESTORE = auto()


class OmittedGroupMembers(_Word):
    """What a replaced group without a member list means."""

    KEEP = auto()
    CLEAR = auto()


class PatchResponse(_Word):
    """What a patch answers: per resource type, always a body, or never one."""

    AUTOMATIC = auto()
    BODY = auto()
    NO_CONTENT = auto()


class GuardState(_Word):
    """WATCHING counts what a provider takes away; HOLDING keeps more of it from happening."""

    WATCHING = auto()
    HOLDING = auto()


class GuardResolution(_Word):
    """What a person decides about what is held."""

    RELEASE = auto()
    REFUSE = auto()


class CredentialKind(_Word):
    """A bearer key, or a client of the OAuth client credentials grant, with a secret or without.

    A WORKLOAD_IDENTITY proves itself by an assertion that another issuer signs.
    """

    API_KEY = auto()
    OAUTH_CLIENT = auto()
    WORKLOAD_IDENTITY = auto()


class InvitationState(_Word):
    """Life of one invitation mail."""

    QUEUED = auto()
    SENT = auto()
    FAILED = auto()
    BOUNCED = auto()
    ACCEPTED = auto()
    CANCELLED = auto()
    EXPIRED = auto()


class LinkProblem(_Word):
    """Why an invitation's link does not work."""

    EXPIRED = auto()
    USED = auto()
    REPLACED = auto()
    REVOKED = auto()
    ADDRESS_CHANGED = auto()
    WRONG_ACCOUNT = auto()


class MailKind(_Word):
    """What a mail tells, or asks for."""

    INVITATION = auto()
    REMINDER = auto()
    CONFIRMABLE = auto()
    CONFIRMED = auto()
    ACCESS_REVOKED = auto()
    SIGN_IN = auto()


class NoticeKind(_Word):
    """What a mail beside invitations and sign-in links tells."""

    REMINDER = auto()
    CONFIRMABLE = auto()
    CONFIRMED = auto()
    ACCESS_REVOKED = auto()


class MailState(_Word):
    """Life of such a mail, and of one with a sign-in link."""

    QUEUED = auto()
    SENT = auto()
    FAILED = auto()
    BOUNCED = auto()
    CANCELLED = auto()


class SignInMethod(_Word):
    """By which way a session began."""

    LINK = auto()
    OIDC = auto()
    INVITATION = auto()


class KeyState(_Word):
    """Whether a confirmed member holds the organization's key as it now is."""

    MISSING = auto()
    STALE = auto()
    CURRENT = auto()


class ActorKind(_Word):
    """What kind of thing acted."""

    MEMBER = auto()
    ACCOUNT = auto()
    ACCESS_TOKEN = auto()
    SCIM_CONNECTION = auto()
    SYSTEM_PROCESS = auto()


class SubjectKind(_Word):
    """What kind of thing was acted on."""

    ORGANIZATION = auto()
    MEMBER = auto()
    GROUP = auto()
    SCIM_CONNECTION = auto()
    ACCESS_TOKEN = auto()
    BULK_OPERATION = auto()


class BulkOperationState(_Word):
    """Life of one action over many members; the last three are the end."""

    QUEUED = auto()
    RUNNING = auto()
    FINISHED = auto()
    CANCELLED = auto()
    FAILED = auto()


class BulkOutcome(_Word):
    """What came of one member of a bulk operation."""

    CHANGED = auto()
    UNCHANGED = auto()
    FAILED = auto()


class ScimOperation(_Word):
    """What a provisioning request asked for."""

    CREATE = auto()
    READ = auto()
    SEARCH = auto()
    REPLACE = auto()
    PATCH = auto()
    DELETE = auto()
    BULK = auto()
    DISCOVERY = auto()


class ScimResourceType(_Word):
    """What kind of resource a provisioning request was about."""

    USER = auto()
    GROUP = auto()


class ProvisioningOutcome(_Word):
    """What came of a provisioning request: changed, nothing to do, refused (4xx), broken (5xx)."""

    APPLIED = auto()
    UNCHANGED = auto()
    REJECTED = auto()
    FAILED = auto()
