// The decision behind a status that fails. Only the server knows it, so only then the record is sent there.

import { askVerdict } from "./ask.js";

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const WITHDRAWN = new Set(["suspended", "revoked", "written_off", "voided", "superseded"]);

/** Whether there is a decision to ask for: the log names a status that fails, of a certificate that is genuine. */
export function hasDecision({ authentic, status }) {
  return authentic === "yes" && WITHDRAWN.has(status);
}

/**
 * Ask the server for the decision behind a status.
 * @param address where verdicts are given.
 * @param text what stands in the QR symbol.
 * @param status what the log says; a server that says otherwise is not listened to.
 * @param signal ends the question before its time.
 * @returns {Promise<{decision: ?Object, replacedBy: ?number, reason: ?string}>} `reason`: why there was no answer, a key of
 *   NO_ANSWERS (no_answer.js); without one, null stands for what the server does not know.
 */
export async function askDecision(address, text, status, signal) {
  const { verdict, reason } = await askVerdict(address, { qr: text }, signal);
  if (verdict?.status !== status) return { decision: null, replacedBy: null, reason };
  return { decision: decisionIn(verdict), replacedBy: Number.isInteger(verdict.replaced_by) ? verdict.replaced_by : null, reason };
}

function decisionIn({ decision }) {
  const { reference, date, ground, effective_on } = decision ?? {};
  const whole = [reference, date, ground, effective_on].every((value) => typeof value === "string");
  return whole && DAY.test(date) && DAY.test(effective_on) ? { reference, date, ground, effective_on } : null;
}
