// An instant, said as the reader's clock has it; the exact time in UTC is in its title.
const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

interface WhenProps {
  at: string;
  /** The day alone. */
  isDay?: boolean;
}

export function When({ at, isDay = false }: WhenProps) {
  return (
    <time dateTime={at} title={at}>
      {said(at, isDay)}
    </time>
  );
}

/** An instant in the reader's words. */
export function said(at: string, isDay = false): string {
  const instant = new Date(at);
  const day = (isThisYear(instant) ? SHORT : DAY).format(instant);
  return isDay ? day : `${day}, ${TIME.format(instant)}`;
}

function isThisYear(instant: Date): boolean {
  return instant.getFullYear() === new Date().getFullYear();
}
