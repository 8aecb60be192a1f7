// What the verdict page shows. Text only ever enters the page as text, never as markup.

import { chinaTime } from "./calendar.js";
import { bothLanguages } from "./language.js";
import { QUALITIES } from "./qualities.js";
import { ageWords, answerOf, basisOffLine, fillBoth, isOffLine, notesOf, regionName, uncheckedBy } from "./verdict.js";

const WEEKDAYS = { zh: ["日", "一", "二", "三", "四", "五", "六"], en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };
const EMPTY = {
  verdict: { zh: "核验证书", en: "Check a certificate" },
  text: { zh: "请用下面任意一种方式：扫描、交来文件，或者输入证书上的内容。", en: "Use any of the ways below: scan, hand over a file, or type what stands on the certificate." },
};
const OF_ONE_ANSWER = [
  "[data-off-line]",
  "[data-ask]", "[data-causes]", "[data-place]", "[data-decision]", "[data-record]", "[data-comparison]", "[data-basis]", "[data-report-told]", "[data-retry]", "[data-request]",
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
  part("[data-ask]").hidden = !offered;
  part("[data-again]").hidden = offered;
}

/** Something is being asked of the service: `verdict` and `text` of words.json. */
export function showChecking({ verdict, text }) {
  showAnswer("loading", "loading", verdict, null, text, null);
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
export function showDecision({ decision, replacedBy }, words, told = words.decision.told) {
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
  fill("[data-decision-told]", lines.length > 0 ? told : labels.nothing);
}

/** That the register was asked about an annotated copy, and whether it answered. */
export function showCopyAsked(standing, words) {
  fill("[data-copy-told]", standing === null ? words.copy.nothing : words.copy.told);
}

/** Fill the select of places once: counties below their city, and the cities themselves as coarse answers. */
export function fillPlaces(tables) {
  const select = part("[data-place-select]");
  const regions = Object.entries(tables?.regions ?? {}).sort(([left], [right]) => left.localeCompare(right));
  const counties = regions.filter(([code]) => !code.endsWith("00"));
  const cities = [...new Set(counties.map(([code]) => `${code.slice(0, 4)}00`))];
  select.replaceChildren(option("", "请选择 Choose"), ...cities.map((city) => cityGroup(city, counties, tables)));
}

function cityGroup(city, counties, tables) {
  const group = document.createElement("optgroup");
  const name = tables.regions[city];
  group.label = name ?? city;
  const inside = counties.filter(([code]) => code.startsWith(city.slice(0, 4))).map(([code, county]) => option(code, county));
  group.append(...inside, ...(name ? [option(city, `${name}（未定到县）`)] : []));
  return group;
}

function option(value, text) {
  const element = document.createElement("option");
  element.value = value;
  element.textContent = text;
  return element;
}

/**
 * The one answer on top of the page: word of the verdict, mark, and texts as `{zh, en}` (null: none). What belonged to an
 * answer before it is taken away.
 */
export function showAnswer(word, mark, verdict, label, text, next) {
  for (const section of OF_ONE_ANSWER) part(section).hidden = true;
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

function fieldsOf(evidence) {
  const own = evidence.claims.historical === null ? certificateFields(evidence) : historicalFields(evidence);
  const beside = evidence.manualCode === null ? [] : [[{ zh: "校验码（印在二维码旁）", en: "Manual code, printed beside" }, same(evidence.manualCode), "code"]];
  return [...copyFields(evidence.claims.copy), ...own, ...beside];
}

/** The terms of an annotated copy, or none. They stand first: they decide whether the reader may rely on it at all. */
export function copyFields(copy) {
  if (copy === null) return [];
  return [
    [{ zh: "加注件仅供", en: "Copy made for" }, same(copy.recipient), "name"],
    [{ zh: "用途", en: "Purpose" }, same(copy.purpose)],
    [{ zh: "到期日（含当日）", en: "Last day of use" }, dateWords(copy.endsOn)],
    [{ zh: "加注件编号", en: "Copy" }, same(copy.id)],
  ];
}

function historicalFields({ claims: { name, last4, historical } }) {
  const recorded = (label, words) => (words === null ? [] : [[label, same(words)]]);
  return [
    [{ zh: "姓名", en: "Name" }, same(name), "name"],
    [{ zh: "证件号码后四位", en: "Last 4 of the ID" }, same(last4), "name"],
    [{ zh: "职称名称（原文）", en: "Title, as recorded" }, same(historical.title)],
    ...recorded({ zh: "系列（原文）", en: "Series, as recorded" }, historical.series),
    ...recorded({ zh: "级别（原文）", en: "Level, as recorded" }, historical.level),
    [{ zh: "取得时间", en: "Acquired" }, same(historical.acquired)],
    [{ zh: "材料质量", en: "Evidence" }, QUALITIES[historical.quality]],
    [{ zh: "查询编号", en: "Check reference" }, same(historical.reference)],
    [{ zh: "版本", en: "Version" }, versionWords(historical.version)],
  ];
}

function certificateFields({ claims, tables }) {
  const named = (table, code) => same(tables?.[table]?.[String(code)] ?? String(code));
  const area = claims.area === null ? [] : [[{ zh: "有效范围", en: "Counts in" }, areaWords(regionName(tables, String(claims.area)))]];
  return [
    [{ zh: "姓名", en: "Name" }, same(claims.name), "name"],
    [{ zh: "证件号码后四位", en: "Last 4 of the ID" }, same(claims.last4), "name"],
    [{ zh: "职称名称", en: "Title" }, named("titles", claims.title)],
    [{ zh: "系列", en: "Series" }, named("series", claims.series)],
    [{ zh: "级别", en: "Level" }, named("levels", claims.level)],
    [{ zh: "取得方式", en: "Way of acquiring" }, named("ways", claims.way)],
    ...area,
    [{ zh: "取得日期", en: "Acquired on" }, dateWords(claims.acquiredOn)],
    [{ zh: "证书编号", en: "Number" }, same(claims.number)],
    [{ zh: "版本", en: "Version" }, versionWords(claims.version)],
  ];
}

/** The version of a certificate. */
export function versionWords(version) {
  return { zh: `第 ${version} 版`, en: String(version) };
}

/** The only area in which a title counts. */
export function areaWords(area) {
  return { zh: `仅在${area}范围内有效，仅兑现专业技术七级岗位`, en: `${area} only; for grade-7 technical posts only` };
}

/** A row of a list of fields: label and value as `{zh, en}`. */
export function field([label, value, style]) {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  const definition = document.createElement("dd");
  term.append(...bothLanguages(label));
  definition.append(...bothLanguages(value));
  if (style) definition.className = style;
  row.append(term, definition);
  return row;
}

function showBasis(verdict, evidence, words) {
  part("[data-basis]").hidden = false;
  fill("[data-as-of]", asOfWords(verdict, evidence));
  const unchecked = uncheckedBy(evidence).map((key) => words.unchecked[key]);
  part("[data-unchecked]").replaceChildren(...unchecked.map(listItem));
  part("[data-verdict-json]").textContent = JSON.stringify(verdict, null, 2);
}

/** An item of a list. */
export function listItem(texts) {
  const item = document.createElement("li");
  item.append(...bothLanguages(texts));
  return item;
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

export { chinaTime };

/** How old something is, in words; less than a minute is told so. */
export function agoWords(age) {
  if (age < 60) return { zh: "不到 1 分钟", en: "less than a minute" };
  const { zh, en } = ageWords(age);
  return { zh: ` ${zh}`, en };
}

/** A date with its weekday. */
export function dateWords(date) {
  const [year, month, day] = date.split("-").map(Number);
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return { zh: `${year}年${month}月${day}日（星期${WEEKDAYS.zh[weekday]}）`, en: `${date} (${WEEKDAYS.en[weekday]})` };
}

/** Put a text into an element; without one it is hidden. */
export function fill(selector, texts) {
  const element = part(selector);
  element.hidden = !texts || !texts.zh;
  element.replaceChildren(...(element.hidden ? [] : bothLanguages(texts)));
}

/** A text that is the same in both languages. */
export function same(text) {
  return { zh: text, en: text };
}

/** The element of the page. */
export function part(selector) {
  return document.querySelector(selector);
}
