// Short news about what was just done, said aloud too, gone after a while.
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import styles from "./Toast.module.css";

type Say = (words: string) => void;

const SayContext = createContext<Say>(() => {});
const SHOWN_MS = 6000;

/** A function that tells the reader what came of an action. */
export function useSay(): Say {
  return useContext(SayContext);
}

export function ToastArea({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<readonly { id: number; words: string }[]>([]);
  const say = useCallback((words: string) => {
    const id = performance.now();
    setSaid((before) => [...before, { id, words }]);
    setTimeout(() => setSaid((before) => before.filter((one) => one.id !== id)), SHOWN_MS);
  }, []);
  return (
    <SayContext value={say}>
      {children}
      <div className={styles.area} role="status">
        {said.map(({ id, words }) => (
          <p key={id} className={styles.toast}>
            {words}
          </p>
        ))}
      </div>
    </SayContext>
  );
}
