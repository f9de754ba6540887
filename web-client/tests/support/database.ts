// What is done to the test server's database behind its back.
import { type Organization, organizationOf } from "./organization";
import { make } from "./workshop";

/** Until `mend`, the server may read nothing of organizations: every page fails inside it. */
export async function breakReading(): Promise<void> {
  await make({ make: "sql", statement: "REVOKE SELECT ON organizations FROM rollcall_server" });
}

export async function mend(): Promise<void> {
  await make({ make: "sql", statement: "GRANT SELECT ON organizations TO rollcall_server" });
}

/** An organization without members, without SCIM: as it is right after it was founded. */
export async function bareOrganization(name: string): Promise<Organization> {
  const { accessToken = "" } = await make({ make: "bare", name });
  return organizationOf(accessToken);
}
