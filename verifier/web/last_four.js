// The last four characters of an identity document, as somebody types them.

const LAST_FOUR = /^[0-9A-Z]{4}$/;

/** The four characters in what was typed, in full width or small letters too; null when it is anything else. */
export function lastFourIn(typed) {
  const characters = typed.normalize("NFKC").trim().toUpperCase();
  return LAST_FOUR.test(characters) ? characters : null;
}
