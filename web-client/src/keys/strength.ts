// How hard a passphrase is to guess: a careful underestimate, made here and sent nowhere.
import { isLongEnough } from "./accountKeys";

export type Strength = "short" | "weak" | "fair" | "strong";

// Of whoever tries words, dates and patterns before letters: 300,000 rounds a try on top of these.
const FAIR_BITS = 30;
const STRONG_BITS = 55;

const BITS_A_WORD = 11;
const BITS_A_LETTER = 4.7;
const BITS_OF_CASE = 1;
const BITS_A_DIGIT = 3.3;
const BITS_OF_YEAR = 6;
const BITS_A_SIGN = 4;
const BITS_OF_KNOWN = 2;
/** A run of letters this long is taken for a word; a longer one for several. */
const WORD_LENGTH = 4;
const BITS_A_SHORT_WORD = 5;
const LETTERS_A_WORD = 7;

const KNOWN =
  /pass(word|phrase|wort|wd)?|letmein|welcome|admin(istrator)?|qwert[yz]\w*|asdf\w*|abc(def)?\w*|iloveyou|secret|monkey|dragon|login|rollcall|correct|horse|battery|staple/giu;

/** How strong it is; words of the person's own, as their name and e-mail, count for nothing. */
export function strengthOf(passphrase: string, own: readonly string[] = []): Strength {
  if (!isLongEnough(passphrase)) return "short";
  const bits = bitsOf(passphrase, own);
  if (bits < FAIR_BITS) return "weak";
  return bits < STRONG_BITS ? "fair" : "strong";
}

/** Bits that somebody who knows how people choose would have to guess. */
export function bitsOf(passphrase: string, own: readonly string[] = []): number {
  let rest = passphrase.normalize("NFC");
  for (const word of own.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u))) {
    if (word.length > 2) rest = rest.replaceAll(new RegExp(escaped(word), "giu"), " ");
  }
  let bits = 0;
  rest = rest.replaceAll(KNOWN, () => {
    bits += BITS_OF_KNOWN;
    return " ";
  });
  const seen = new Set<string>();
  for (const [run] of rest.matchAll(/\p{L}+|\p{N}+|[^\p{L}\p{N}]+/gu)) {
    const plain = run.toLowerCase();
    if (seen.has(plain)) continue;
    seen.add(plain);
    bits += bitsOfRun(run);
  }
  return bits;
}

function bitsOfRun(run: string): number {
  const length = unlike(run);
  if (/^\p{N}/u.test(run)) {
    return /^(19|20)\d\d$/.test(run) ? BITS_OF_YEAR : length * BITS_A_DIGIT;
  }
  if (!/^\p{L}/u.test(run)) return run.trim() === "" ? 0 : length * BITS_A_SIGN;
  // Capitals inside are no habit of writing; one in front is.
  const isMixed = /\p{Lu}/u.test(run.slice(1)) && /\p{Ll}/u.test(run);
  if (isMixed) return length * (BITS_A_LETTER + BITS_OF_CASE);
  if (run.length < WORD_LENGTH) return Math.min(BITS_A_SHORT_WORD, length * BITS_A_LETTER);
  return Math.min(BITS_A_WORD * Math.max(1, length / LETTERS_A_WORD), length * BITS_A_LETTER);
}

/** Characters, without those that repeat the one before or follow it in the alphabet. */
function unlike(run: string): number {
  const codes = [...run.toLowerCase()].map((character) => character.codePointAt(0) ?? 0);
  return codes.filter((code, place) => {
    const before = codes[place - 1];
    return before === undefined || Math.abs(code - before) > 1;
  }).length;
}

function escaped(word: string): string {
  return word.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
