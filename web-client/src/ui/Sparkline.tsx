// Stacked bars over time as SVG; the figures stand in a table for whoever does not see them.
import styles from "./Sparkline.module.css";
import type { Tone } from "./StatusBadge";

export interface Bar {
  key: string;
  /** When, in words. */
  label: string;
  values: readonly number[];
}

interface SparklineProps {
  title: string;
  series: readonly { name: string; tone: Tone }[];
  bars: readonly Bar[];
}

const HEIGHT = 72;
const WIDTH = 12;
const GAP = 3;

export function Sparkline({ title, series, bars }: SparklineProps) {
  const highest = Math.max(1, ...bars.map((bar) => sum(bar.values)));
  return (
    <figure className={styles.figure}>
      <svg
        className={styles.chart}
        viewBox={`0 0 ${bars.length * (WIDTH + GAP) - GAP} ${HEIGHT + 1}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${series
          .map(({ name }, index) => `${total(bars, index).toLocaleString("en")} ${name}`)
          .join(", ")}`}
      >
        <path
          d={`M0 ${HEIGHT + 0.5}H${bars.length * (WIDTH + GAP)}`}
          className={styles.ground}
          vectorEffect="non-scaling-stroke"
        />
        {bars.map((bar, index) => (
          <Stack
            key={bar.key}
            bar={bar}
            series={series}
            x={index * (WIDTH + GAP)}
            highest={highest}
          />
        ))}
      </svg>
      <figcaption className={styles.legend}>
        {series.map(({ name, tone }, index) => (
          <span key={name}>
            <span className={`${styles.key} ${styles[tone]}`} aria-hidden="true" />
            <strong>{total(bars, index).toLocaleString("en")}</strong> {name}
          </span>
        ))}
      </figcaption>
      {/* Around it, for a table is never narrower than what it holds. */}
      <div className="visually-hidden">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bars
              .filter((bar) => sum(bar.values) > 0)
              .map((bar) => (
                <tr key={bar.key}>
                  <th scope="row">{bar.label}</th>
                  {series.map(({ name }, index) => (
                    <td key={name}>{bar.values[index]}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

interface StackProps {
  bar: Bar;
  series: SparklineProps["series"];
  x: number;
  highest: number;
}

function Stack({ bar, series, x, highest }: StackProps) {
  let top = HEIGHT;
  return (
    <g>
      <title>{`${bar.label}: ${sum(bar.values)}`}</title>
      {series.map(({ name, tone }, index) => {
        const value = bar.values[index] ?? 0;
        const height = value === 0 ? 0 : Math.max(2, (value / highest) * HEIGHT);
        top -= height;
        return (
          <rect
            key={name}
            className={styles[tone]}
            x={x}
            y={Math.max(0, top)}
            width={WIDTH}
            height={height}
          />
        );
      })}
    </g>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((one, other) => one + other, 0);
}

function total(bars: readonly Bar[], index: number): number {
  return sum(bars.map((bar) => bar.values[index] ?? 0));
}
