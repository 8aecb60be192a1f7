// What a scanned text is: a certificate's record, or somebody else's. Nothing scanned is ever opened.

import { withoutPrefix } from "./base43.js";
import { RecordRefused, decodeRecord } from "./record.js";

/**
 * Those of the texts that hold a certificate record, or stand behind this page's own address. Whether it is genuine, and
 * whether the address before it is the authority's, says the check.
 */
export function recordsAmong(texts) {
  return texts.filter((text) => isOwnAddress(text) || decoded(text) !== null);
}

/** The text as the verdict page takes it: behind another address it keeps that address, to be judged with it. */
export function presentable(text) {
  return isOwnAddress(text) ? withoutPrefix(text) : text;
}

/** The number that a record carries, unproven; null where there is none. */
export function numberIn(text) {
  return decoded(text)?.claims?.number ?? null;
}

function isOwnAddress(text) {
  return text.toLowerCase().startsWith(`${location.origin}/v#`);
}

function decoded(text) {
  try {
    return decodeRecord(withoutPrefix(text));
  } catch (error) {
    if (!(error instanceof RecordRefused)) throw error;
    return error.code === "record-altered" ? { claims: null } : null;
  }
}
