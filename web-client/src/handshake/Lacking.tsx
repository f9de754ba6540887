// Why the caller cannot hand the organization's key on, and the way to it.
import { Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/Button";
import { Notice } from "../ui/Notice";
import type { Lack } from "./holder";
import { HOLDER } from "./words";

export function Lacking({ lack }: { lack: Lack }) {
  return (
    <Notice tone="wait" title={HOLDER.title}>
      <p>{HOLDER[lack]}</p>
      {lack === "keys" && (
        <Link to="/membership" className={buttonClass()}>
          {HOLDER.membership}
        </Link>
      )}
    </Notice>
  );
}
