// What is done to the test server's database behind its back.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { inject } from "vitest";
import { type Organization, organizationOf } from "./organization";
import { PYTHON } from "./world";

function python(script: string, ...words: string[]): string {
  const file = join(import.meta.dirname, script);
  const root = join(import.meta.dirname, "../../..");
  const env = { ...inject("server").environment, PYTHONPATH: root };
  return execFileSync(PYTHON, [file, ...words], { env, encoding: "utf8", cwd: root });
}

/** Until `mend`, the server may read nothing of organizations: every page fails inside it. */
export function breakReading(): void {
  python("owner_sql.py", "REVOKE SELECT ON organizations FROM rollcall_server");
}

export function mend(): void {
  python("owner_sql.py", "GRANT SELECT ON organizations TO rollcall_server");
}

/** An organization without members, without SCIM: as it is right after it was founded. */
export async function bareOrganization(name: string): Promise<Organization> {
  const { accessToken } = JSON.parse(python("bare_organization.py", name));
  return organizationOf(accessToken);
}
