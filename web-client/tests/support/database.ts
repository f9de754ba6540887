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

/** A month passes for the invitations to an address. */
export async function expire(email: string): Promise<void> {
  const columns = ["queued_at", "due_at", "sent_at", "expires_at"];
  const earlier = columns.map((column) => `${column} = ${column} - interval '30 days'`);
  await sql(`UPDATE invitations SET ${earlier.join(", ")} WHERE email = '${email}'`);
}

/** Whoever has an account there is removed from every organization. */
export async function withoutOrganizations(email: string): Promise<void> {
  await sql(
    `DELETE FROM members WHERE email = '${email}';
     DELETE FROM account_memberships
       WHERE account_id IN (SELECT id FROM accounts WHERE email = '${email}')`,
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
