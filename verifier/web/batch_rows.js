// Rows of the tables of bulk checks.

import { NOT_HERE, NOT_UNDERSTOOD, NO_PLACE, OUTCOMES, area } from "./batch_words.js";
import { cell, listItem, same } from "./elements.js";
import { bothLanguages } from "./language.js";

// One list of words for all pages.
const { statuses: STATUSES } = await (await fetch(new URL("words.json", import.meta.url))).json();

// Findings about what stands behind every answer, not about the row: told once, below the table.
const BASIS = new Set(["no-witnesses", "test-environment"]);

/** Those of these results, each once. */
export function basisOf(results) {
  const found = results.flatMap(({ verdict }) => verdict?.findings ?? []).filter(({ code }) => BASIS.has(code));
  return [...new Map(found.map((finding) => [finding.code, finding])).values()].map(listItem);
}

/** A row as it will be asked. */
export function firstRow({ line, row, asked, place }) {
  return tableRow([head(line), cell("td", same(row)), cell("td", asked === null ? NOT_UNDERSTOOD : same(asked)), cell("td", place === null ? NO_PLACE : same(place), "brief")]);
}

/** Something that is wrong with a file. */
export function findingRow({ row, column, detail }) {
  return tableRow([head(row ?? "—"), cell("td", same(column ?? "—")), cell("td", same(detail), "why")]);
}

/** The answer to a row: a word and a mark, never colour alone. */
export function resultRow({ line, row, verdict, problem }) {
  const outcome = problem ? "problem" : verdict.verdict;
  const first = head(row, line === null || row === String(line) ? null : { zh: `文件第 ${line} 行`, en: `line ${line}` });
  const second = cell("td", OUTCOMES[outcome], `outcome is-${outcome}`);
  if (verdict) second.append(small(statusOf(verdict)));
  return tableRow([first, second, certificateOf(verdict), why(verdict, problem)]);
}

function statusOf({ status, valid_here: here, validity_area: limit }) {
  const parts = [STATUSES[status], ...(limit ? [area(limit.name)] : []), ...(here === "no" ? [NOT_HERE] : [])];
  return { zh: parts.map(({ zh }) => zh).join("；"), en: parts.map(({ en }) => en).join("; ") };
}

function certificateOf(verdict) {
  const told = verdict?.certificate ?? verdict?.historical;
  if (!told) return cell("td", null);
  const shown = cell("td", same([verdict.holder, told.title, told.level].filter(Boolean).join(" · ")));
  const number = document.createElement("span");
  number.className = "number";
  number.textContent = told.number ?? told.reference;
  shown.append(number);
  return shown;
}

function why(verdict, problem) {
  const shown = problem ? [same(problem.detail)] : verdict.findings.filter(({ code }) => !BASIS.has(code));
  const place = cell("td", null, "why");
  shown.forEach((texts) => {
    const sentence = document.createElement("div");
    sentence.append(...bothLanguages(texts));
    place.append(sentence);
  });
  return place;
}

function tableRow(cells) {
  const row = document.createElement("tr");
  row.append(...cells);
  return row;
}

function head(text, below = null) {
  const element = document.createElement("th");
  element.scope = "row";
  element.className = "line";
  element.append(String(text));
  if (below) element.append(small(below));
  return element;
}

function small(texts) {
  const element = document.createElement("small");
  element.append(...bothLanguages(texts));
  return element;
}
