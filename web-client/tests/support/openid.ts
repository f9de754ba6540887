// A real OpenID provider for a test, in a process of its own; see openid.py.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PYTHON, REPOSITORY } from "./world";

export interface Provider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Of the one person whom it knows. */
  login: string;
  password: string;
  stop: () => void;
}

export async function startProvider(redirectUrl: string, email: string): Promise<Provider> {
  const provider = spawn(PYTHON, [join(import.meta.dirname, "openid.py"), redirectUrl, email], {
    env: { ...process.env, PYTHONPATH: REPOSITORY },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [told] = await once(provider.stdout, "data");
  return { ...JSON.parse(String(told)), stop: () => provider.kill() };
}
