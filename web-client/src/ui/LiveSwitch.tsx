// Says whether a list follows what happens, and pauses and resumes it.
import { Button } from "./Button";
import styles from "./LiveSwitch.module.css";
import { StatusBadge } from "./StatusBadge";

interface LiveSwitchProps {
  phase: "off" | "opening" | "live" | "paused" | "broken" | "refused";
  pause: () => void;
  resume: () => void;
}

const SAID = {
  off: ["Not live", "bar", "calm"],
  opening: ["Opening", "box", "calm"],
  live: ["Live", "dot", "good"],
  paused: ["Paused", "bar", "wait"],
  broken: ["Connecting again", "bolt", "wait"],
  refused: ["Not live", "cross", "bad"],
} as const;

export function LiveSwitch({ phase, pause, resume }: LiveSwitchProps) {
  const [text, shape, tone] = SAID[phase];
  return (
    <div className={styles.live}>
      <span role="status">
        <StatusBadge shape={shape} tone={tone}>
          {text}
        </StatusBadge>
      </span>
      {phase === "paused" || phase === "refused" ? (
        <Button onClick={resume}>Resume</Button>
      ) : (
        <Button onClick={pause} disabled={phase === "off"}>
          Pause
        </Button>
      )}
    </div>
  );
}
