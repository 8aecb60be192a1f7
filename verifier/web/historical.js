// Historical records: asked for by number, name and last four characters; only the server can answer.

import { enableDownload } from "./download.js";
import { bothLanguages, enableLanguageSwitch } from "./language.js";
import { post } from "./posting.js";
import { QUALITIES } from "./qualities.js";

const ADDRESS = "/api/v1/verify";
const TIMEOUT_MS = 15_000;
const VERDICTS = {
  passed: { zh: "通过核验", en: "Verified" },
  failed: { zh: "未通过核验", en: "Not verified" },
  undetermined: { zh: "无法判定", en: "Cannot tell" },
};
const NO_ANSWER = { zh: "暂时没有得到答复，请稍后再试。", en: "No answer at the moment; please try again later." };
const TOO_MANY = { zh: "查询过于频繁，请稍后再试。", en: "Too many questions; please try again later." };

// Findings about the ledger behind the answer, not about the record.
const BASIS = new Set(["no-witnesses"]);

const offerStatement = enableDownload(document.querySelector("[data-statement]"));

enableLanguageSwitch();
document.querySelector("[data-historical]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = (id) => document.getElementById(id).value.trim();
  const question = { number: value("number"), name: value("holder"), id_last4: value("last4") };
  offerStatement(null);
  const answer = await ask(question);
  show(answer);
  offerStatement(answer.verdict?.status === "historical" ? question : null);
});

/** The verdict on a question, or the sentence to show instead. */
async function ask(question) {
  try {
    const response = await post(ADDRESS, question, TIMEOUT_MS);
    if (response.status === 429) return { sentence: TOO_MANY };
    return response.ok ? { verdict: await response.json() } : { sentence: NO_ANSWER };
  } catch {
    return { sentence: NO_ANSWER };
  }
}

function show({ verdict, sentence }) {
  const told = verdict ?? { verdict: "undetermined", findings: [sentence], historical: null, holder: null, decision: null };
  fill("[data-answer-verdict]", VERDICTS[told.verdict]);
  const label = part("[data-answer-label]");
  label.hidden = told.historical === null;
  if (told.historical) label.replaceChildren(...bothLanguages(same(told.historical.label)));
  part("[data-answer-fields]").replaceChildren(...fieldsOf(told).map(field));
  const aside = told.findings.filter(({ code }) => BASIS.has(code));
  part("[data-answer-findings]").replaceChildren(...told.findings.filter(({ code }) => !BASIS.has(code)).map(item));
  part("[data-answer-basis]").hidden = !told.as_of && aside.length === 0;
  part("[data-answer-as-of]").hidden = !told.as_of;
  if (told.as_of) fill("[data-answer-as-of]", asOfWords(told.as_of));
  part("[data-answer-basis-findings]").replaceChildren(...aside.map(item));
  part("[data-answer-card]").hidden = false;
  part("[data-answer-verdict]").focus();
}

function fieldsOf({ historical, holder, decision }) {
  if (!historical) return [];
  const rows = [
    [{ zh: "姓名", en: "Name" }, holder],
    [{ zh: "职称名称（原文）", en: "Title, as recorded" }, historical.title],
    [{ zh: "系列（原文）", en: "Series, as recorded" }, historical.series],
    [{ zh: "级别（原文）", en: "Level, as recorded" }, historical.level],
    [{ zh: "取得时间", en: "Acquired" }, historical.acquired],
    [{ zh: "发证单位（原文）", en: "Issuing body, as recorded" }, historical.issuing_body],
    [{ zh: "评审委员会（原文）", en: "Committee, as recorded" }, historical.committee],
    [{ zh: "公布文号（原文）", en: "Document, as recorded" }, historical.document],
    [{ zh: "材料质量", en: "Evidence" }, QUALITIES[historical.quality]],
    [{ zh: "查询编号", en: "Check reference" }, historical.reference],
    [{ zh: "决定文号", en: "Decision" }, decision?.reference],
    [{ zh: "决定理由", en: "Ground" }, decision?.ground],
  ];
  return rows.filter(([, value]) => value).map(([name, value]) => [name, typeof value === "string" ? same(value) : value]);
}

function asOfWords(instant) {
  const shown = new Date(Date.parse(instant) + 8 * 3600 * 1000).toISOString().slice(0, 16).replace("T", " ");
  return { zh: `${shown}（北京时间）的公开账本。`, en: `The public ledger of ${shown} (Beijing time).` };
}

function field([label, value]) {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  const definition = document.createElement("dd");
  term.append(...bothLanguages(label));
  definition.append(...bothLanguages(value));
  row.append(term, definition);
  return row;
}

function item(texts) {
  const entry = document.createElement("li");
  entry.append(...bothLanguages(texts));
  return entry;
}

function same(text) {
  return { zh: text, en: text };
}

function part(selector) {
  return document.querySelector(selector);
}

function fill(selector, texts) {
  part(selector).replaceChildren(...bothLanguages(texts));
}
