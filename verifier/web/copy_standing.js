// Whether a holder has ended an annotated copy early. Only the register knows it, so only for such a copy it is asked.

import { askVerdict } from "./ask.js";

const STANDINGS = new Set(["annotated-copy", "copy-withdrawn", "copy-unknown"]);

/** Whether there is something to ask: a genuine copy of a certificate in force, not ended by its own date. */
export function mayBeWithdrawn({ authentic, status, claims }, verdict) {
  return authentic === "yes" && status === "valid" && claims.copy !== null && !verdict.annotation.ended;
}

/**
 * Ask how a copy stands in the register.
 * @param address where verdicts are given.
 * @param text what stands in the QR symbol.
 * @param id the copy's own id; an answer about anything else is not listened to.
 * @param signal ends the question before its time.
 * @returns {Promise<?string>} the code of the finding, or null when nothing could be learnt.
 */
export async function askStanding(address, text, id, signal) {
  const { verdict } = await askVerdict(address, { qr: text }, signal);
  if (verdict?.annotation?.id !== id || !Array.isArray(verdict.findings)) return null;
  return verdict.findings.map(({ code }) => code).find((code) => STANDINGS.has(code)) ?? null;
}
