// The decision behind a status that fails. Only the server knows it, so only then the record is sent there.

const TIMEOUT_MS = 10_000;
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
 * @returns {Promise<{decision: Object|null, replacedBy: number|null}>} both null when nothing could be learnt.
 */
export async function askDecision(address, text, status) {
  const verdict = await request(address, text);
  if (verdict?.status !== status) return { decision: null, replacedBy: null };
  return { decision: decisionIn(verdict), replacedBy: Number.isInteger(verdict.replaced_by) ? verdict.replaced_by : null };
}

async function request(address, text) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ qr: text }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
    return response.ok ? await response.json() : null;
  } catch {
    // Off line, refused, timed out, no JSON: the answer of the log stands, without its reason.
    return null;
  }
}

function decisionIn({ decision }) {
  const { reference, date, ground, effective_on } = decision ?? {};
  const whole = [reference, date, ground, effective_on].every((value) => typeof value === "string");
  return whole && DAY.test(date) && DAY.test(effective_on) ? { reference, date, ground, effective_on } : null;
}
