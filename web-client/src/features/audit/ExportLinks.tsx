// The whole history as a file.
import { buttonClass } from "../../ui/Button";

export function ExportLinks({ organizationId }: { organizationId: string }) {
  const address = `/organizations/${organizationId}/audit-export`;
  return (
    <>
      <a href={`${address}?format=jsonl`} download className={buttonClass()}>
        Export JSONL
      </a>
      <a href={`${address}?format=csv`} download className={buttonClass()}>
        Export CSV
      </a>
    </>
  );
}
