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
  const instant = new Date(at);
  return (
    <time dateTime={at} title={at}>
      {(isThisYear(instant) ? SHORT : DAY).format(instant)}
      {!isDay && `, ${TIME.format(instant)}`}
    </time>
  );
}

function isThisYear(instant: Date): boolean {
  return instant.getFullYear() === new Date().getFullYear();
}
