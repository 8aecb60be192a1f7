// What is said of a verdict: the one answer on top, what stands beside it, and the words for ages and places.

import { chinaTime } from "./calendar.js";
import { NO_ANSWERS } from "./no_answer.js";

const FAILED = "failed";
const UNDETERMINED = "undetermined";
const NOTE = "note";
const KINDS = ["report-ended", "document-is-report", "annotated-copy"];
const SAID_ELSEWHERE = ["test-environment", "no-witnesses"]; // by the banner, and below the answer's basis
const UNANSWERED = new Set(["trust-unreadable", "tree-missing"]);
const SAID_WITH_PLACE = new Set(["valid-here", "not-valid-here", "place-too-coarse", "place-unknown"]);

/**
 * The one answer that stands on top of the page: the gravest finding, or "valid".
 * @returns {{mark: string, label: Object, text: Object, next: Object}} texts as `{zh, en}`.
 */
export function answerOf(verdict, evidence, words, place = null) {
  const names = {
    area: areaName(evidence),
    place: place && regionName(evidence.tables, place),
    age: ageWords(verdict.checkpoint_age),
    ...copyNames(evidence, words.statuses),
  };
  const { mark, label, text, next } = entryOffLine(verdict, evidence, words) ?? entryOf(verdict, words);
  return { mark, label: fillBoth(label, names), text: fillBoth(text, names), next: fillBoth(next, names) };
}

/** What this page cannot check, or could not this time: keys of `unchecked` in words.json. */
export function uncheckedBy(evidence) {
  const unproven = evidence.authentic === "unknown" ? ["authenticity"] : [];
  const open = evidence.status === "unknown" ? ["status"] : [];
  const always = evidence.authentic === "yes" ? ["holder", "document", "issue-event"] : [];
  const unwitnessed = evidence.witnesses === "none asked" ? ["no-witnesses"] : [];
  const unnamed = evidence.trusted && evidence.claims !== null && evidence.tables === null ? ["tables"] : [];
  const unasked = isCopy(evidence) && evidence.copyStanding === null ? ["copy-standing"] : [];
  return [...unproven, ...open, ...always, ...unasked, ...unwitnessed, ...unnamed];
}

/** A region's name from the tables; the code itself when the tables do not name it. */
export function regionName(tables, code) {
  return tables?.regions?.[code] ?? code;
}

/** The entry of words.json for the gravest finding of a verdict, or for what stands without one. */
export function entryOf(verdict, words) {
  return words.answers[topOf(verdict, words)];
}

/** What a verdict notes besides its answer, and no other place of the page says: findings with their texts. */
export function notesOf(verdict, words) {
  const top = topOf(verdict, words);
  const said = new Set([...SAID_ELSEWHERE, top, ...(SAID_WITH_PLACE.has(top) ? ["area-limited"] : [])]);
  return verdict.findings.filter(({ code }) => words.codes[code]?.effect === NOTE && !said.has(code));
}

/** Whether the answer rests on what this browser has kept. */
export function isOffLine({ basis }) {
  return basis === "kept" || basis === "distrusted";
}

/** On which ledger such an answer rests, and how long that was not brought up to date: texts as `{zh, en}`. */
export function basisOffLine(verdict, { basis }, words) {
  if (verdict.as_of === null) return words.off_line.no_ledger;
  const since = verdict.checkpoint_age < 60 ? words.off_line.no_age : fillBoth(words.off_line.age, { age: ageWords(verdict.checkpoint_age) });
  return fillBoth(words.off_line[basis], { instant: chinaTime(verdict.as_of), since });
}

// The same finding asks for other words, and another advice, where it comes from a kept ledger or from one set back.
function entryOffLine(verdict, evidence, words) {
  const top = topOf(verdict, words);
  if (evidence.older && (top === "tree-inconsistent" || top === "trust-unreadable")) return words.off_line.older;
  if (evidence.basis === "kept") return words.off_line.answers[top];
  // Whoever got an answer from a busy server need not look after the network.
  const advised = UNANSWERED.has(top) && NO_ANSWERS[evidence.unanswered];
  return advised ? { ...words.answers[top], next: advised.next } : undefined;
}

// The code, or the word, whose entry stands on top of the page: what a file is comes before how its certificate stands.
function topOf(verdict, words) {
  const codes = verdict.findings.map(({ code }) => code);
  for (const effect of [FAILED, UNDETERMINED]) {
    const gravest = codes.find((code) => words.codes[code]?.effect === effect);
    if (gravest) return gravest;
  }
  const kind = KINDS.find((code) => codes.includes(code));
  if (kind) return kind;
  if (verdict.validity_area && verdict.valid_here === "yes") return "valid-here";
  return codes.find((code) => code === "area-limited" || code === "historical") ?? "valid";
}

/** Whether the evidence names a genuine record. */
export function isKnown(evidence) {
  return evidence.authentic === "yes" && evidence.claims !== null;
}

/** Whether it is of an annotated copy. */
export function isCopy(evidence) {
  return isKnown(evidence) && evidence.claims.copy !== null;
}

/** Whether it is of a title that counts in one area only. */
export function isLimited(evidence) {
  return isKnown(evidence) && evidence.claims.area !== null;
}

/** The code of that area. */
export function areaCode(evidence) {
  return String(evidence.claims.area);
}

/** The name of that area; empty without one. */
export function areaName(evidence) {
  return isLimited(evidence) ? regionName(evidence.tables, areaCode(evidence)) : "";
}

/** What is filled into sentences about an annotated copy. */
export function copyNames(evidence, statuses) {
  if (!isCopy(evidence)) return {};
  const { recipient, purpose, endsOn } = evidence.claims.copy;
  const [year, month, day] = endsOn.split("-").map(Number);
  return {
    recipient, purpose, status: statuses[evidence.status],
    ends_on: { zh: `${year}年${month}月${day}日`, en: endsOn },
  };
}

/** Both texts with their `{names}` filled in. */
export function fillBoth(texts, names) {
  return { zh: fill(texts.zh, names, "zh"), en: fill(texts.en, names, "en") };
}

function fill(text, names, language) {
  return text.replace(/\{(\w+)\}/g, (_, key) => names[key]?.[language] ?? names[key] ?? "");
}

/** An age in seconds, in the greatest unit that it reaches. */
export function ageWords(age) {
  if (age === null) return { zh: "", en: "" };
  const units = [[86_400, "天", "day"], [3600, "小时", "hour"], [60, "分钟", "minute"]];
  const [seconds, zh, en] = units.find(([length]) => age >= length) ?? units[2];
  const count = Math.floor(age / seconds);
  return { zh: `${count} ${zh}`, en: `${count} ${en}${count === 1 ? "" : "s"}` };
}

/** How old something is, in words; less than a minute is told so. */
export function agoWords(age) {
  if (age < 60) return { zh: "不到 1 分钟", en: "less than a minute" };
  const { zh, en } = ageWords(age);
  return { zh: ` ${zh}`, en };
}
