// What to do in each identity provider, with places for the organization's own values.

/** A place for a value of ours; anything else is said as it is. */
export type Value = "{url}" | "{key}" | (string & {});

export interface Step {
  title: string;
  text?: string;
  fields?: readonly (readonly [field: string, value: Value])[];
}

export interface Guide {
  steps: readonly Step[];
}

export const GUIDES = {
  OKTA: {
    steps: [
      {
        title: "Open the app's integration page",
        text: "Provisioning › Integration; in an app of the catalog: Provisioning › Configure API Integration.",
        fields: [
          ["SCIM connector base URL, or Base URL", "{url}"],
          ["Unique identifier field for users", "userName"],
          [
            "Supported provisioning actions",
            "Import New Users and Profile Updates, Push New Users, Push Profile Updates, Push Groups",
          ],
          ["Authentication Mode", "HTTP Header"],
          ["Authorization: Bearer, or API Token", "{key}"],
        ],
      },
      {
        title: "Test and save",
        text: "Press Test Connector Configuration, or Test API Credentials, then save.",
      },
      {
        title: "Switch it on",
        text: "Provisioning › To App: Create Users, Update User Attributes, Deactivate Users. Sync Password has no effect here.",
      },
    ],
  },
  ENTRA_ID: {
    steps: [
      {
        title: "Make an application",
        text: "Enterprise applications › New application › Create your own application › Integrate any other application you don't find in the gallery. In it, open Provisioning.",
        fields: [
          ["Provisioning Mode", "Automatic"],
          ["Authentication method, where it is asked for", "Bearer authentication"],
          ["Tenant URL", "{url}"],
          ["Secret Token", "{key}"],
        ],
      },
      { title: "Test and save", text: "Press Test Connection, then save." },
      {
        title: "Assign people and switch it on",
        text: "Set Scope to Sync only assigned users and groups, assign people and groups, and set Provisioning Status to On.",
      },
    ],
  },
  ONELOGIN: {
    steps: [
      {
        title: "Add the app",
        text: "Applications › Add App: SCIM Provisioner with SAML (SCIM v2 Enterprise), or (SCIM v2 Core). Save, then fill in the tab Configuration.",
        fields: [
          ["SCIM Base URL", "{url}"],
          ["SCIM Bearer Token", "{key}"],
          ["SCIM JSON Template", "the template in the guide"],
        ],
      },
      { title: "Make the first call", text: "Configuration › API Status › Enable." },
      {
        title: "Switch provisioning on",
        text: "Provisioning › Enable provisioning. Leave admin approval off, else each change waits for you. When users are deleted or lose the app: Suspend, or Delete.",
      },
    ],
  },
  JUMPCLOUD: {
    steps: [
      {
        title: "Add the application",
        text: "SSO Applications › Add New Application › Custom Application, with Export users to this app. Then the tab Identity Management.",
        fields: [
          ["SCIM Version", "SCIM 2.0"],
          ["Base URL", "{url}"],
          ["Token Key", "{key}"],
          ["Test User Email", "an address of yours that no member here has"],
        ],
      },
      {
        title: "Test, activate, save",
        text: "Test Connection makes a real person and a real group, changes them and deletes them.",
      },
      { title: "Choose whom to send", text: "Bind user groups on the tab User Groups." },
    ],
  },
  PING: {
    steps: [
      {
        title: "Make a connection",
        text: "PingOne: Integrations › Provisioning › New Connection › Identity Store › SCIM Outbound. PingFederate needs its SCIM Provisioner; see the guide.",
        fields: [
          ["SCIM Base URL", "{url}"],
          ["SCIM Version", "2.0"],
          ["Users Resource, Groups Resource", "/Users, /Groups"],
          ["Authentication Method", "OAuth 2 Bearer Token"],
          ["OAuth Access Token", "{key}"],
          ["User Filter Expression", 'userName Eq "%s"'],
          ["User Identifier", "userName"],
        ],
      },
      { title: "Test and save", text: "Press Test connection, save, switch the connection on." },
      { title: "Choose whom to send", text: "Add a rule." },
    ],
  },
  GOOGLE: {
    steps: [
      {
        title: "Configure autoprovisioning",
        text: "Apps › Web and mobile apps: an app of the catalog whose provisioning asks for an endpoint. Autoprovisioning › Configure autoprovisioning.",
        fields: [
          ["Access token", "{key}"],
          ["Endpoint URL", "{url}"],
          ["App attributes", "map those marked with an asterisk"],
        ],
      },
      { title: "Switch it on", text: "Finish, and set autoprovisioning to Active." },
      { title: "Choose whom to send", text: "Give people the app under User access." },
    ],
  },
  RIPPLING: {
    steps: [
      {
        title: "Make a custom integration",
        text: "IT › Third-Party Access › Add Integration › Create New Custom Integration, with User Management via SCIM.",
        fields: [
          ["SCIM Version", "2.0"],
          ["SCIM Base URL", "{url}"],
          ["SCIM Authorization Method", "Bearer Token"],
          ["Supports Groups, Supports Pagination, Create & Delete Groups", "on"],
          ["Use PATCH to edit Groups", "on"],
        ],
      },
      {
        title: "Install it",
        text: "Enter the key as the bearer token, and set the attribute mappings to On user creation and updates.",
        fields: [["Bearer token", "{key}"]],
      },
      { title: "Choose whom to send", text: "Access rules say who gets the app and when." },
    ],
  },
  AUTHENTIK: {
    steps: [
      {
        title: "Make a SCIM provider",
        text: "Applications › Applications › New Application, provider type SCIM.",
        fields: [
          ["URL", "{url}"],
          ["Token", "{key}"],
          ["Compatibility Mode", "Default"],
          ["Exclude service accounts", "on"],
        ],
      },
      {
        title: "Connect it",
        text: "Edit the application, press the plus beside Backchannel Providers, choose the SCIM provider, save.",
      },
    ],
  },
  KEYCLOAK: {
    steps: [
      {
        title: "Install keycloak-scim",
        text: "Put its jar into Keycloak's folder providers and start Keycloak anew. Realm settings › Events › Event listeners: add scim.",
      },
      {
        title: "Add the provider",
        text: "User federation › Add scim provider.",
        fields: [
          ["endpoint", "{url}"],
          ["content-type", "application/scim+json"],
          ["auth-mode", "BEARER"],
          ["auth-pass, or auth-bearer-token", "{key}"],
          ["propagation-user, propagation-group", "on"],
          ["sync-refresh", "on"],
          ["sync-import", "off"],
        ],
      },
    ],
  },
  OTHER: {
    steps: [
      {
        title: "Fill in the provider's page",
        text: "Any client of SCIM 2.0 needs these two values.",
        fields: [
          ["Base URL, endpoint or tenant URL", "{url}"],
          ["Bearer token, secret token or API key", "{key}"],
          ["SCIM version", "2.0"],
        ],
      },
      { title: "Test the connection", text: "Most providers have a button for it." },
    ],
  },
} as const satisfies Record<string, Guide>;
