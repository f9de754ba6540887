// What is done to the test server's database behind its back.
import { type Organization, organizationOf } from "./organization";
import { make } from "./workshop";

const CHECK = "organizations_key_handshake_check";

/** Until `mend`, the organization's row holds what nobody can read: every page fails inside. */
export async function breakReading({ slug }: Organization): Promise<void> {
  await sql(
    `ALTER TABLE organizations DROP CONSTRAINT ${CHECK};
     UPDATE organizations SET key_handshake = 'BROKEN' WHERE slug = '${slug}'`,
  );
}

export async function mend({ slug }: Organization): Promise<void> {
  await sql(
    `UPDATE organizations SET key_handshake = 'OFF' WHERE slug = '${slug}';
     ALTER TABLE organizations ADD CONSTRAINT ${CHECK} CHECK (key_handshake IN ('REQUIRED', 'OFF'))`,
  );
}

async function sql(statement: string): Promise<void> {
  await make({ make: "sql", statement });
}

/** An organization without members, without SCIM: as it is right after it was founded. */
export async function bareOrganization(name: string): Promise<Organization> {
  const { accessToken = "" } = await make({ make: "bare", name });
  return organizationOf(accessToken);
}
