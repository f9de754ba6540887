// After accepting: what happens next, and the words to be compared.
import { Link } from "@tanstack/react-router";
import { MemberWords } from "../../handshake/Fingerprint";
import { buttonClass } from "../../ui/Button";
import { Page } from "../../ui/Page";
import type { Joined } from "./Accept";
import styles from "./Accept.module.css";
import { DONE } from "./words";

export function Accepted({ joined }: { joined: Joined }) {
  const { organizationName, memberUuid, sharesKeys, kid } = joined;
  const steps = sharesKeys ? DONE.stepsWithKeys : DONE.steps;
  return (
    <Page title={DONE.title(organizationName)}>
      <p role="status">{DONE.lead}</p>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {kid !== undefined && (
        <div className={styles.words}>
          <h2>{DONE.words}</h2>
          <MemberWords label={DONE.words} kid={kid} memberUuid={memberUuid} />
        </div>
      )}
      {sharesKeys && <p className={styles.hint}>{DONE.wordsHint}</p>}
      <p>
        <Link to="/membership" className={buttonClass("primary")}>
          {DONE.go}
        </Link>
      </p>
    </Page>
  );
}
