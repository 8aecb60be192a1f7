// What the items of a record's payload say: certificate, annotated copy, historical record (docs/formats/qr-record.md).

import { NotCbor } from "./cbor.js";

const CERTIFICATE = 1;
const ANNOTATED_COPY = 2;
const HISTORICAL = 3;
const DUAL_DIRECTED = 4;
const MS_PER_DAY = 86_400_000;
const LONGEST_COPY = 90;
const CERTIFICATE_ITEMS = 12;
const COPY_ID = /^J[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{15}$/;
const REFERENCE = /^H[0-9]{14}[0-9A-Z]$/;
const ACQUIRED = /^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$/;
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

/**
 * Read the items of a payload whose first one is its format.
 * @returns {?Object} null for a format that this page does not know. Always: number, version, slot, name, last4, area,
 *   `copy` (null or `{id, recipient, purpose, endsOn}`), `historical` (null or the words of older papers), `signedFrom`
 *   (the earliest day on which it can have been signed, null when the items do not tell); of a certificate also the codes
 *   series, title, level, way, and acquiredOn, dualDirected.
 * @throws {NotCbor}
 */
export function readItems(payload) {
  switch (payload[0]) {
    case CERTIFICATE: return readCertificate(payload);
    case ANNOTATED_COPY: return readCopy(payload);
    case HISTORICAL: return readHistorical(payload);
    default: return null;
  }
}

/** A whole number from 0 that the page can hold exactly. */
export function isUnsigned(item) {
  return Number.isSafeInteger(item) && item >= 0;
}

/** @throws {NotCbor} unless the condition holds. */
export function requires(condition) {
  if (!condition) throw new NotCbor("shape");
}

function readCertificate(payload) {
  requires(payload.length === CERTIFICATE_ITEMS);
  const [, number, version, slot, name, last4, series, title, level, way, area, acquiredDay] = payload;
  requires([version, slot, series, title, level, way, acquiredDay].every(isUnsigned));
  requires(isTextOf(number, 16, 16) && isTextOf(last4, 4, 4) && isTextOf(name, 1, 50));
  requires(version >= 1 && level >= 1 && level <= 5);
  requires((area !== null) === (way === DUAL_DIRECTED));
  requires(area === null || (isUnsigned(area) && area >= 100000 && area <= 999999));
  const acquiredOn = dateOfDay(acquiredDay);
  return {
    number, version, slot, name, last4, series, title, level, way, area, acquiredOn,
    dualDirected: way === DUAL_DIRECTED, copy: null, historical: null, signedFrom: acquiredOn,
  };
}

// A copy is signed at most 90 days before it ends.
function readCopy(payload) {
  const certificate = readCertificate(payload.slice(0, CERTIFICATE_ITEMS));
  const terms = payload.slice(CERTIFICATE_ITEMS);
  requires(terms.length === 4);
  const [id, recipient, purpose, lastDay] = terms;
  requires(typeof id === "string" && COPY_ID.test(id));
  requires(isPlain(recipient, 30) && isPlain(purpose, 20) && isUnsigned(lastDay));
  const earliest = lastDay < LONGEST_COPY ? certificate.acquiredOn : dateOfDay(lastDay - LONGEST_COPY);
  const signedFrom = earliest > certificate.acquiredOn ? earliest : certificate.acquiredOn;
  return { ...certificate, copy: { id, recipient, purpose, endsOn: dateOfDay(lastDay) }, signedFrom };
}

function readHistorical(payload) {
  requires(payload.length === 11);
  const [, reference, version, slot, name, last4, title, series, level, acquired, quality] = payload;
  requires(typeof reference === "string" && REFERENCE.test(reference));
  requires(isUnsigned(version) && version >= 1 && isUnsigned(slot));
  requires(isTextOf(name, 1, 50) && isTextOf(last4, 4, 4) && isPlain(title, 60));
  requires((series === null || isPlain(series, 30)) && (level === null || isPlain(level, 20)));
  requires(isMonthOrDay(acquired) && (quality === "A" || quality === "B"));
  const historical = { reference, version, title, series, level, acquired, quality };
  return { number: reference, version, slot, name, last4, area: null, copy: null, historical, signedFrom: null };
}

function dateOfDay(day) {
  const instant = new Date(day * MS_PER_DAY);
  requires(!Number.isNaN(instant.getTime()) && instant.getUTCFullYear() <= 9999);
  return instant.toISOString().slice(0, 10);
}

function isMonthOrDay(text) {
  if (typeof text !== "string" || !ACQUIRED.test(text) || text.startsWith("0000")) return false;
  const day = text.length === 7 ? `${text}-01` : text;
  const instant = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 10) === day;
}

function isTextOf(item, least, most) {
  if (typeof item !== "string") return false;
  const length = [...item].length;
  if (item.normalize("NFC") !== item) return false;
  return length >= least && length <= most;
}

// Words that somebody typed: nothing in them may hide or turn round what stands beside them on a page.
function isPlain(item, most) {
  return isTextOf(item, 1, most) && item === item.trim() && !UNSEEN.test(item);
}
