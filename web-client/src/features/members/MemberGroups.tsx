// The groups that a member is in.
import { Link } from "@tanstack/react-router";
import { useSession } from "../../graphql/session";
import styles from "./Members.module.css";

interface MemberGroupsProps {
  groups: readonly { id: string; displayName: string; source: string }[];
}

export function MemberGroups({ groups }: MemberGroupsProps) {
  const { organization } = useSession();
  if (groups.length === 0) return <p className={styles.soft}>In no group.</p>;
  return (
    <ul className={styles.plain}>
      {groups.map((group) => (
        <li key={group.id}>
          <Link
            to="/o/$organization/groups/$group"
            params={{ organization: organization.slug, group: group.id }}
          >
            {group.displayName}
          </Link>{" "}
          {group.source === "SCIM" && <span className={styles.soft}>provider’s</span>}
        </li>
      ))}
    </ul>
  );
}
