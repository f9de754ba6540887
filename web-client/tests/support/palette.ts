// Makes pictures small: a PNG of at most 256 colours, the most frequent ones of the original.
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/** A screenshot of 8 bits and 3 or 4 channels, with its colours in a palette. */
export function withPalette(png: Buffer): Buffer {
  const { width, height, colours } = decoded(png);
  const palette = mostFrequent(colours);
  const nearest = new Map<number, number>();
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = colours[y * width + x] ?? 0;
      let index = nearest.get(colour);
      if (index === undefined) {
        index = nearestOf(colour, palette);
        nearest.set(colour, index);
      }
      rows[y * (width + 1) + 1 + x] = index;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const entries = Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", entries),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/** RFC 2083 §15; the check that ends each part of a file. */
function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function decoded(png: Buffer) {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") {
      parts.push(png.subarray(at + 8, at + 8 + length));
    }
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const line = Buffer.alloc(stride);
  const colours = new Uint32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1);
    unfilter(raw[start] ?? 0, raw.subarray(start + 1, start + 1 + stride), line, channels);
    for (let x = 0; x < width; x += 1) {
      const at = x * channels;
      const [red = 0, green = 0, blue = 0] = line.subarray(at, at + 3);
      colours[y * width + x] = (red << 16) | (green << 8) | blue;
    }
  }
  return { width, height, colours };
}

/** RFC 2083 §6: `line` holds the row above, and then this one. */
function unfilter(filter: number, row: Buffer, line: Buffer, channels: number): void {
  const corner = new Uint8Array(channels);
  for (let at = 0; at < row.length; at += 1) {
    const left = at >= channels ? (line[at - channels] ?? 0) : 0;
    const above = line[at] ?? 0;
    const diagonal = corner[at % channels] ?? 0;
    corner[at % channels] = above;
    line[at] = (row[at] ?? 0) + guessOf(filter, left, above, diagonal);
  }
}

function guessOf(filter: number, left: number, above: number, diagonal: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, diagonal);
    default:
      return 0;
  }
}

function paeth(left: number, above: number, diagonal: number): number {
  const guess = left + above - diagonal;
  const a = Math.abs(guess - left);
  const b = Math.abs(guess - above);
  const c = Math.abs(guess - diagonal);
  if (a <= b && a <= c) return left;
  return b <= c ? above : diagonal;
}

function mostFrequent(colours: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 256)
    .map(([colour]) => colour);
}

function nearestOf(colour: number, palette: readonly number[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  palette.forEach((other, index) => {
    const distance =
      ((colour >> 16) - (other >> 16)) ** 2 +
      (((colour >> 8) & 255) - ((other >> 8) & 255)) ** 2 +
      ((colour & 255) - (other & 255)) ** 2;
    if (distance < least) {
      least = distance;
      best = index;
    }
  });
  return best;
}
