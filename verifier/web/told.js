// A verdict that the service gave, not this browser: shown like one of the browser's own, and said to be told.

import { ageWords, agoWords, entryOf, fillBoth, notesOf, regionName } from "./answer_words.js";
import { chinaTime, dateWords } from "./calendar.js";
import { field, fill, listItem, part, same } from "./elements.js";
import { NO_ANSWERS } from "./no_answer.js";
import { QUALITIES } from "./qualities.js";
import { areaWords, copyFields, versionWords } from "./record_fields.js";
import { showAnswer, showAsking, showNotes } from "./render.js";

const TEST = "test-environment";
const AGAIN = new Set(["document-busy"]);
const UNWITNESSED = "no-witnesses";
const NOT_FOUND = "certificate-not-found";

/**
 * Show a verdict of the service.
 * @param verdict of schema 1.
 * @param words codes.json and words.json.
 * @param place the place asked about, or null.
 * @param tables of tables.json, or null.
 * @param asked key of `compare` in words.json: what has been compared by the asking itself.
 */
export function showTold(verdict, words, place, tables, asked = "masked") {
  const { mark, label, text, next, heading } = answerTold(verdict, words, place, tables);
  // A paper that has ended is no pass, however well its certificate stands.
  if (heading) showAnswer("undetermined", mark, heading, label, text, next);
  else showAnswer(verdict.verdict, mark, words.verdicts[verdict.verdict], label, text, next);
  showNotes(notesOf(verdict, words));
  part("[data-retry]").hidden = verdict.verdict !== "undetermined" || isNotFound(verdict);
  part("[data-test-banner]").hidden = !verdict.findings.some(({ code }) => code === TEST);
  showAsking(isNotFound(verdict));
  part("[data-place]").hidden = verdict.validity_area === null;
  fill("[data-place-hint]", words.told.place);
  const fields = fieldsTold(verdict);
  part("[data-record]").hidden = fields.length === 0;
  part("[data-unproven]").hidden = true;
  fill("[data-compare]", verdict.holder !== null && verdict.verdict === "passed" ? words.compare[asked] : null);
  part("[data-fields]").replaceChildren(...fields.map(field));
  showBasisTold(verdict, words);
}

/** Whether nothing agreed with what was asked: no certificate, another name, not published yet. */
export function isNotFound({ findings }) {
  return findings.some(({ code }) => code === NOT_FOUND);
}

/**
 * What was asked got no verdict: why, and what to do.
 * @param reason a key of NO_ANSWERS (no_answer.js), after which the same may be asked again; or of `told` in words.json, or
 *   of its `answers`: then something else is to be asked.
 * @param request the number of the question at the service, where there is one.
 */
export function showUntold(reason, words, request = null) {
  const { mark, label, text, next } = NO_ANSWERS[reason] ?? words.told[reason] ?? words.answers[reason];
  const again = reason in NO_ANSWERS || AGAIN.has(reason);
  showAnswer("undetermined", mark, words.verdicts.undetermined, label, text, next);
  part("[data-retry]").hidden = !again;
  showAsking(!again);
  showRequest(request);
}

/** The number under which the service knows a question that it did not answer; null: there is none. */
export function showRequest(number) {
  fill("[data-request]", number === null ? null : { zh: `请求编号：${number}（联系我们时请告知）`, en: `Request number: ${number} (tell us when you ask)` });
}

function answerTold(verdict, words, place, tables) {
  const { annotation } = verdict;
  const names = {
    area: verdict.validity_area?.name ?? "",
    place: place && regionName(tables, place),
    age: ageWords(verdict.checkpoint_age),
    recipient: annotation?.recipient ?? "",
    purpose: annotation?.purpose ?? "",
    ends_on: annotation ? dateWords(annotation.ends_on) : "",
    status: words.statuses[verdict.status],
  };
  const { mark, label, text, next, verdict: heading } = entryOf(verdict, words) ?? firstFinding(verdict, words);
  return { mark, heading, label: fillBoth(label, names), text: fillBoth(text, names), next: fillBoth(next, names) };
}

// A code that the page has no words of its own for.
function firstFinding({ findings, verdict }, words) {
  const { zh, en } = findings.find(({ code }) => words.codes[code]?.effect === verdict) ?? findings[0] ?? same("");
  return { mark: verdict === "failed" ? "forged" : "undetermined", label: same(""), text: { zh, en }, next: same("") };
}

function fieldsTold({ certificate, historical, annotation, holder, validity_area }) {
  const name = holder === null ? [] : [[{ zh: "姓名（隐去部分）", en: "Name, masked" }, same(holder), "name"]];
  const area = validity_area === null ? [] : [[{ zh: "有效范围", en: "Counts in" }, areaWords(validity_area.name)]];
  return [...name, ...copyTold(annotation ?? null), ...certificateTold(certificate, area), ...historicalTold(historical)];
}

function copyTold(annotation) {
  return copyFields(annotation && { ...annotation, endsOn: annotation.ends_on });
}

function certificateTold(certificate, area) {
  if (certificate === null) return [];
  return [
    [{ zh: "职称名称", en: "Title" }, same(certificate.title)],
    [{ zh: "系列", en: "Series" }, same(certificate.series)],
    [{ zh: "级别", en: "Level" }, same(certificate.level)],
    [{ zh: "取得方式", en: "Way of acquiring" }, same(certificate.way)],
    ...area,
    [{ zh: "取得日期", en: "Acquired on" }, dateWords(certificate.acquired_on)],
    [{ zh: "证书编号", en: "Number" }, same(certificate.number)],
    [{ zh: "版本", en: "Version" }, versionWords(certificate.version)],
  ];
}

function historicalTold(historical) {
  if (historical === null) return [];
  const lines = [
    [{ zh: "说明", en: "Kind of record" }, historical.label],
    [{ zh: "原证书编号", en: "Number of the old certificate" }, historical.original_number],
    [{ zh: "职称名称（原文）", en: "Title, as recorded" }, historical.title],
    [{ zh: "系列（原文）", en: "Series, as recorded" }, historical.series],
    [{ zh: "级别（原文）", en: "Level, as recorded" }, historical.level],
    [{ zh: "取得时间", en: "Acquired" }, historical.acquired],
    [{ zh: "发证单位（原文）", en: "Issuing body, as recorded" }, historical.issuing_body],
    [{ zh: "评审委员会（原文）", en: "Committee, as recorded" }, historical.committee],
    [{ zh: "公布文号（原文）", en: "Document, as recorded" }, historical.document],
    [{ zh: "查询编号", en: "Check reference" }, historical.reference],
  ];
  const told = lines.filter(([, value]) => value).map(([label, value]) => [label, same(value)]);
  return [...told, [{ zh: "材料质量", en: "Evidence" }, QUALITIES[historical.quality] ?? same(historical.quality)]];
}

// An answer that nothing agrees has no basis that a reader could look at.
function showBasisTold(verdict, words) {
  part("[data-basis]").hidden = isNotFound(verdict);
  fill("[data-as-of]", verdict.as_of === null ? null : {
    zh: `${chinaTime(verdict.as_of)}（北京时间）的公开账本，距今${agoWords(verdict.checkpoint_age).zh}。`,
    en: `The public ledger of ${chinaTime(verdict.as_of)} (Beijing time), ${agoWords(verdict.checkpoint_age).en} old.`,
  });
  showUnchecked(["by-service", ...(verdict.authentic === "yes" ? ["holder", "document"] : [])], verdict, words);
  part("[data-verdict-json]").textContent = JSON.stringify(verdict, null, 2);
}

/** What the service did not check: keys of `unchecked` in words.json, and whether nobody witnesses its ledger. */
export function showUnchecked(keys, { findings }, words) {
  const unwitnessed = findings.some(({ code }) => code === UNWITNESSED) ? [UNWITNESSED] : [];
  part("[data-unchecked]").replaceChildren(...[...keys, ...unwitnessed].map((key) => listItem(words.unchecked[key])));
}
