// What the register covers 收录范围, from the announced results: public, the same for everybody, asked without a question.

import { limited } from "./time_limit.js";

const ADDRESS = "/api/v1/announced-documents";
const TIMEOUT_MS = 10_000;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/**
 * Documents, days and series that are covered.
 * @returns {Promise<?{zh: string, en: string}>} one sentence; null when the service does not say.
 */
export async function readCoverage() {
  try {
    const response = await fetch(ADDRESS, {
      signal: limited(TIMEOUT_MS), credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
    });
    return response.ok ? coverageWords(await response.json()) : null;
  } catch {
    return null;
  }
}

/** The sentence for an answer of the service (docs/api.md). */
export function coverageWords({ number, scope }) {
  const { first_announced_on: first, last_announced_on: last, series } = scope;
  if (number === 0 || !DAY.test(first) || !DAY.test(last)) {
    return { zh: "目前还没有收录已确认的公布文件。", en: "No announcement document is covered yet." };
  }
  const named = series.join("、");
  return {
    zh: `${dayWords(first)}至${dayWords(last)}公布的 ${number} 份文件${named && `；已制证的系列：${named}`}。`,
    en: `${number} documents announced from ${first} to ${last}${named && `; series with certificates: ${named}`}.`,
  };
}

function dayWords(day) {
  const [year, month, date] = day.split("-").map(Number);
  return `${year}年${month}月${date}日`;
}
