// One mail: its link, and what its reader would see.
import { buttonClass } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { Drawer } from "../../ui/Drawer";
import { Facts } from "../../ui/Facts";
import { HtmlPreview } from "../../ui/HtmlPreview";
import { Section } from "../../ui/Page";
import { When } from "../../ui/When";
import type { OneMail } from "./Mail";
import styles from "./Mail.module.css";
import { KIND, MAIL } from "./words";

interface MailDrawerProps {
  /** Undefined for one that is not on this page of the list. */
  mail: OneMail | undefined;
  onClose: () => void;
}

export function MailDrawer({ mail, onClose }: MailDrawerProps) {
  if (mail === undefined) {
    return (
      <Drawer title={MAIL.title} onClose={onClose}>
        <p>{MAIL.gone}</p>
      </Drawer>
    );
  }
  return (
    <Drawer title={mail.subject} onClose={onClose}>
      <Facts
        facts={[
          [MAIL.sentTo, mail.sentTo],
          [MAIL.kind, KIND[mail.kind]],
          [MAIL.at, <When key="at" at={mail.queuedAt} />],
        ]}
      />
      {mail.link !== null && (
        <div className={styles.link}>
          <a href={mail.link} target="_blank" rel="noreferrer" className={buttonClass("primary")}>
            {MAIL.link}
          </a>
          <CopyField label={MAIL.copy} value={mail.link} />
        </div>
      )}
      <Section title={MAIL.html}>
        <HtmlPreview title={MAIL.html} html={mail.html} />
      </Section>
      <Section title={MAIL.text}>
        <pre className={styles.text}>{mail.text}</pre>
      </Section>
    </Drawer>
  );
}
