// What the verdict page shows.

import { agoWords, answerOf, basisOffLine, fillBoth, isOffLine, notesOf, uncheckedBy } from "./answer_words.js";
import { chinaTime, dateWords } from "./calendar.js";
import { field, fill, listItem, part, same } from "./elements.js";
import { bothLanguages } from "./language.js";
import { NO_ANSWERS } from "./no_answer.js";
import { fieldsOf, versionWords } from "./record_fields.js";

const EMPTY = {
  verdict: { zh: "核验证书", en: "Check a certificate" },
  text: { zh: "请用下面任意一种方式：扫描、交来文件，或者输入证书上的内容。", en: "Use any of the ways below: scan, hand over a file, or type what stands on the certificate." },
};
const OF_ONE_ANSWER = [
  "[data-off-line]",
  "[data-ask]", "[data-causes]", "[data-copy-told]", "[data-place-told]", "[data-place]", "[data-decision]", "[data-record]", "[data-comparison]", "[data-basis]", "[data-report-told]", "[data-retry]", "[data-request]",
];
const FINAL = new Set(["revoked", "written-off", "voided"]);
const WARNINGS = new Set(["document-active-content", "foreign-address"]);
const SIGNED = {
  zh: "签名有效，正在查询公开账本中的当前状态……",
  en: "The signature is good. Asking the public ledger for the present status…",
};

const NOT_YET = { compare: { shown: null } }; // whom to compare with is said with the answer

/** Nothing was presented: explain, and offer the field. */
export function showEmpty() {
  showAnswer("empty", "empty", EMPTY.verdict, null, EMPTY.text, null);
  showAsking(true);
}

/** Offer every way of asking under the answer, or the way back to them. */
export function showAsking(offered) {
  part("[data-ask]")?.toggleAttribute("hidden", !offered);
  part("[data-again]").hidden = offered;
}

/**
 * Something is being asked of the service: `verdict` and `text` of words.json.
 * @param kept selectors of sections that stay: a control that was just used must not go from under the hand.
 */
export function showChecking({ verdict, text }, kept = []) {
  showAnswer("loading", "loading", verdict, null, text, null, kept);
  part("[data-answer]").setAttribute("aria-busy", "true");
  part("[data-again]").hidden = true;
}

/** The signature is good, the ledger is being asked. */
export function showSigned(evidence) {
  fill("[data-text]", SIGNED);
  showRecord(evidence, NOT_YET);
}

/** The verdict: one answer on top, then what it rests on. */
export function showVerdict(verdict, evidence, words, place) {
  const { mark, label, text, next } = answerOf(verdict, evidence, words, place);
  showAnswer(verdict.verdict, mark, words.verdicts[verdict.verdict], label, text, next);
  showNotes(notesOf(verdict, words));
  showOffLine(verdict, evidence, words);
  part("[data-retry]").hidden = !mayChange(verdict, evidence) || evidence.problems.includes("record-unreadable");
  showAsking(evidence.problems.includes("record-unreadable"));
  part("[data-test-banner]").hidden = !evidence.test;
  part("[data-place]").hidden = verdict.validity_area === null;
  showRecord(evidence, words, verdict.verdict === "failed");
  showBasis(verdict, evidence, words);
}

// An answer from a kept ledger says so, and how old its knowledge is, before anybody relies on it.
function showOffLine(verdict, evidence, words) {
  part("[data-off-line]").hidden = !isOffLine(evidence);
  part("[data-off-line-mark]").replaceChildren(...bothLanguages(words.off_line.mark));
  fill("[data-off-line-basis]", isOffLine(evidence) ? basisOffLine(verdict, evidence, words) : null);
  fill("[data-off-line-since]", verdict.verdict === "passed" ? words.off_line.since : null);
}

function mayChange(verdict, evidence) {
  return verdict.verdict === "undetermined" || isOffLine(evidence);
}

/** The decision behind a status that fails, and that it was asked for. */
export function showDecision({ decision, replacedBy, reason = null }, words, told = words.decision.told) {
  const labels = words.decision;
  const lines = decision === null ? [] : [
    [labels.reference, same(decision.reference)],
    [labels.date, dateWords(decision.date)],
    [labels.effective, dateWords(decision.effective_on)],
    [labels.ground, same(decision.ground)],
  ];
  if (replacedBy !== null) lines.push([labels.replaced_by, versionWords(replacedBy)]);
  part("[data-decision]").hidden = false;
  part("[data-decision-fields]").replaceChildren(...lines.map(field));
  if (decision !== null && FINAL.has(part("[data-answer]").dataset.mark)) fill("[data-next]", labels.see);
  if (replacedBy !== null) fill("[data-next]", fillBoth(labels.ask_for, { version: replacedBy }));
  fill("[data-decision-told]", lines.length > 0 ? told : reason === null ? labels.nothing : undecided(reason));
}

// Nobody knows whether there is a decision: no answer is not the answer that there is none.
function undecided(reason) {
  const { zh, en } = NO_ANSWERS[reason].next;
  return {
    zh: `为查明原因，本页已把这份证书二维码的内容发给本站，但没有得到答复，所以这里没有决定的内容；这不影响上面的结果。${zh}`,
    en: `To learn the reason, this page has sent the content of this QR code to this site, but got no answer, so the decision is missing here; what stands above holds all the same. ${en}`,
  };
}

/** That the register was asked about an annotated copy, and whether it answered. */
export function showCopyAsked(standing, words) {
  fill("[data-copy-told]", standing === null ? words.copy.nothing : words.copy.told);
}

/**
 * The one answer on top of the page: word of the verdict, mark, and texts as `{zh, en}` (null: none). What belonged to an
 * answer before it is taken away, but for the sections `kept`.
 */
export function showAnswer(word, mark, verdict, label, text, next, kept = []) {
  for (const section of OF_ONE_ANSWER.filter((one) => !kept.includes(one))) part(section)?.toggleAttribute("hidden", true);
  for (const section of document.querySelectorAll("[data-start]")) section.hidden = true;
  part("[data-result]").hidden = false;
  part("[data-again]").hidden = false;
  const answer = part("[data-answer]");
  answer.dataset.verdictWord = word;
  answer.dataset.mark = mark;
  answer.setAttribute("aria-busy", "false");
  part("[data-mark-use]").setAttribute("href", `#mark-${mark}`);
  fill("[data-verdict]", verdict);
  fill("[data-label]", label);
  fill("[data-text]", text);
  fill("[data-next]", next);
  showNotes([]);
}

/** What is to be known besides the answer: findings with their texts, under it. */
export function showNotes(notes) {
  part("[data-notes]").hidden = notes.length === 0;
  part("[data-notes]").replaceChildren(...notes.map(({ code, zh, en }) => {
    const item = listItem({ zh, en });
    if (WARNINGS.has(code)) item.className = "warning";
    return item;
  }));
}

function showRecord(evidence, words, failed = false) {
  const { claims, authentic } = evidence;
  part("[data-record]").hidden = claims === null;
  if (claims === null) return;
  part("[data-unproven]").hidden = authentic === "yes";
  fill("[data-compare]", authentic === "yes" && !failed ? words.compare.shown : null);
  part("[data-fields]").replaceChildren(...fieldsOf(evidence).map(field));
}

function showBasis(verdict, evidence, words) {
  part("[data-basis]").hidden = false;
  fill("[data-as-of]", notAskedWords(evidence, words) ?? asOfWords(verdict, evidence));
  const unchecked = uncheckedBy(evidence).map((key) => words.unchecked[key]);
  part("[data-unchecked]").replaceChildren(...unchecked.map(listItem));
  part("[data-verdict-json]").textContent = JSON.stringify(verdict, null, 2);
}

// Where the record itself is at fault nobody has asked the ledger, so it did not fail to answer.
function notAskedWords({ authentic, claims, problems, trusted }, words) {
  if (authentic === "yes" || !trusted) return null;
  if (authentic === "no") return words.not_asked.no;
  return claims === null || problems.includes("record-unreadable") ? words.not_asked.unreadable : words.not_asked.unproven;
}

function asOfWords(verdict, { treeSize }) {
  if (verdict.as_of === null) {
    return { zh: "没有得到公开账本的答复，当前状态未知。", en: "The public ledger gave no answer; the present status is not known." };
  }
  const instant = chinaTime(verdict.as_of);
  return {
    zh: `${instant}（北京时间）的公开账本，距今${agoWords(verdict.checkpoint_age).zh}，共 ${treeSize.toLocaleString("zh-CN")} 条记录。`,
    en: `The public ledger of ${instant} (Beijing time), ${agoWords(verdict.checkpoint_age).en} old, ${treeSize.toLocaleString("en")} entries.`,
  };
}
