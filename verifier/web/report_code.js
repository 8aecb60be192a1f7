// The report code 报告查验码 on a verification report: what was typed, and what the report said beside what holds now.

import { bothLanguages } from "./language.js";
import { ALPHABET, narrowed, withoutSeparators } from "./manual_code.js";
import { reasonOf } from "./no_answer.js";
import { post } from "./posting.js";
import { dateWords } from "./calendar.js";
import { field, part, same } from "./elements.js";

const SYMBOLS = 18;
const WHOLE = new RegExp(`^B[${ALPHABET}]{${SYMBOLS - 1}}$`);
const TIMEOUT_MS = 15_000;
const REASONS = { 404: "report-unknown", 422: "report-mistyped" };
const ENDED = { zh: "报告已经到期，不能再作为依据；请以上面现在的核验结果为准。", en: "The report has ended and is no longer to be relied on: what holds now is told on this page." };
const CHANGED = { zh: "证书的情况在报告出具之后有变化，请以现在的核验结果为准。", en: "Something about the certificate has changed since: what holds now is told on this page." };
const SAME = { zh: "报告仍在有效期内，证书的情况没有变化。", en: "The report has not ended, and nothing about the certificate has changed." };

/** The 18 symbols in what somebody typed, or null when they are no report code. */
export function decodeReportCode(typed) {
  const symbols = withoutSeparators(narrowed(typed)).toUpperCase();
  if (!WHOLE.test(symbols)) return null;
  const sum = [...symbols].reduce((total, symbol, place) => total + (SYMBOLS - place) * ALPHABET.indexOf(symbol), 0);
  return sum % ALPHABET.length === 0 ? symbols : null;
}

/**
 * Ask what a report said.
 * @param address where reports are found again.
 * @returns {Promise<{told: ?Object, reason: ?string}>} `told` as docs/api.md has it; `reason`: a key of `told` in words.json, or of NO_ANSWERS
 *   (no_answer.js).
 */
export async function askReport(address, typed, signal) {
  const code = decodeReportCode(typed);
  if (code === null) return { told: null, reason: "report-mistyped" };
  let response = null;
  try {
    response = await post(address, { code }, TIMEOUT_MS, { signal });
    if (response.ok) return { told: await response.json(), reason: null };
  } catch {
    // Off line, refused, timed out, no JSON.
  }
  return { told: null, reason: REASONS[response?.status] ?? reasonOf(response) };
}

/** Show, beside the verdict of now, what the report said; `words` of words.json. */
export function showReport({ report, then, changed }, words) {
  const standing = report.ended ? ENDED : changed ? CHANGED : SAME;
  part("[data-report-told-standing]").replaceChildren(...bothLanguages(standing));
  const rows = [
    [{ zh: "报告编号", en: "Report" }, same(report.number)],
    [{ zh: "出具时间", en: "Made" }, shanghaiWords(report.made_at)],
    [{ zh: "报告有效期至", en: "Ends after" }, dateWords(report.ends_on)],
    [{ zh: "报告所载结论", en: "It said" }, words.verdicts[then.verdict]],
    [{ zh: "报告所载状态", en: "Status it said" }, words.statuses[then.status]],
    [{ zh: "报告文件的 SHA-256", en: "SHA-256 of its file" }, same(report.document_sha256)],
  ];
  part("[data-report-told-fields]").replaceChildren(...rows.map(field));
  part("[data-report-told]").hidden = false;
}

function shanghaiWords(instant) {
  const format = (locale) => new Intl.DateTimeFormat(locale, { timeZone: "Asia/Shanghai", dateStyle: "long", timeStyle: "short" }).format(new Date(instant));
  return { zh: `${format("zh-CN")}（北京时间）`, en: `${format("en-GB")} (Beijing time)` };
}
