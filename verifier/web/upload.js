// A certificate file: sent to the service, which alone can look into it, and shown beside its signed record and the register.

import { requestNumber } from "./ask.js";
import { cell, fill, part, same } from "./elements.js";
import { bothLanguages } from "./language.js";
import { reasonOf } from "./no_answer.js";
import { fillPlaces } from "./places.js";
import { post } from "./posting.js";
import { pursue } from "./pursuing.js";
import { showAsking, showChecking } from "./render.js";
import { PLACE, readTables, unplaced } from "./service_answers.js";
import { showTold, showUnchecked, showUntold } from "./told.js";

const MAX_BYTES = 2_000_000;
const TIMEOUT_MS = 20_000;
const CHECKING = {
  verdict: { zh: "正在核验文件", en: "Checking the file" },
  text: { zh: "正在上传，并逐项核对文件、签名记录和登记，一般需要几秒。", en: "Sending the file, and comparing it with the signed record and the register: a few seconds." },
};
const TOO_LARGE = { verdict: null, reason: "document-too-large", request: null };
// Problems of the service (docs/api.md) by status, or by code where one status has several reasons.
const REASONS = { 413: "document-too-large", "examination-busy": "document-busy", timeout: "document-too-slow" };
const UNREADABLE = { zh: "读不出", en: "not readable" };
const NOT_HELD = { zh: "无", en: "none" };
const ENGLISH = {
  number: "Number", version: "Version", name: "Name", last4: "Last 4 of the ID", series: "Series", title: "Title", level: "Level",
  way: "Way of acquiring", validity_area: "Counts in", acquired_on: "Acquired on", manual_code: "Manual code",
  recipient: "Copy made for", purpose: "Purpose", ends_on: "Last day of use",
};
const PRINTED = { zh: "文件所印", en: "Printed in the file" };
const TEXT_LAYER = { zh: "文件文字层", en: "Text layer of the file" };
const COLUMNS = [
  { key: "printed", missing: UNREADABLE },
  { key: "signed", zh: "签名记录", en: "Signed record", missing: NOT_HELD },
  { key: "register", zh: "登记", en: "Register", missing: NOT_HELD },
];
const MARKS = {
  true: { style: "agrees", zh: "一致", en: "agrees" },
  false: { style: "differs", zh: "不一致", en: "differs" },
  null: { style: "unread", zh: "未能对照", en: "not compared" },
};
// The page of a copy that was saved again was seen, as a whole, to be that of the original.
const RESAVED = "document-resaved";
const SAME_TEXT_SEEN = { style: "unseen", zh: "文字层相同", en: "text layer agrees" };
const SAME_TEXT = { style: "unseen", zh: "文字层相同，画面未核对", en: "text layer agrees, page not looked at" };

/**
 * Check every file that is chosen or dropped.
 * @param words codes.json and words.json.
 * @param begin called before a file is looked at: whatever was asked before is over.
 * @param picture called with a photo, which is read on this device.
 */
export function enableFiles(words, { begin, picture }) {
  const form = document.querySelector("[data-file-form]");
  if (form === null) return;
  const input = form.querySelector("input[type=file]");
  const name = form.querySelector("[data-file-name]");
  const take = (file) => {
    name.replaceChildren(...bothLanguages(same(file.name)));
    begin();
    if (file.type.startsWith("image/")) return picture(file);
    return checkFile(file, form.dataset.fileForm, words);
  };
  const takeChosen = () => {
    const [file] = input.files;
    input.value = ""; // the same file chosen again is checked again
    if (file) take(file);
  };
  input.addEventListener("change", takeChosen);
  form.addEventListener("submit", (event) => event.preventDefault());
  markDropping(form);
  takeChosen(); // a file may have been chosen before this module was there
}

// Where a file will land is shown; what is dropped comes as a chosen one does (handed_over.js).
function markDropping(form) {
  addEventListener("dragover", () => form.toggleAttribute("data-over", true));
  addEventListener("dragleave", (event) => form.toggleAttribute("data-over", event.relatedTarget !== null));
}

function checkFile(file, address, words) {
  return pursue(async (question) => {
    question.subject = { askAgain: () => checkFile(file, address, words) };
    showChecking(CHECKING);
    const { verdict, reason, request } = file.size > MAX_BYTES ? TOO_LARGE : await question.still(ask(address, file, question.signal));
    if (verdict === null) {
      showUntold(reason, words, request);
    } else {
      const tables = verdict.validity_area === null ? null : await question.still(readTables(question.signal));
      fillPlaces(tables);
      showChecked({ file, address, words, tables, verdict, place: null }, question);
    }
    showAsking(verdict?.verdict !== "passed");
    part("[data-verdict]").focus();
  });
}

// The same file is sent again: nothing of it was kept.
function choosePlace(standing, place) {
  return pursue(async (question) => {
    const { file, address, words } = standing;
    question.subject = subjectOf(standing);
    showChecking(CHECKING, [PLACE]);
    const { verdict, reason } = await question.still(ask(placed(address, place), file, question.signal));
    if (verdict !== null) {
      showChecked({ ...standing, verdict, place }, question);
      return;
    }
    part("[data-place-select]").value = standing.place ?? "";
    showChecked(standing, question);
    fill("[data-place-told]", unplaced(reason));
  });
}

function showChecked(standing, question) {
  const { verdict, words, place, tables } = standing;
  question.subject = subjectOf(standing);
  showTold(verdict, words, place, tables);
  showUnchecked(uncheckedOf(verdict), verdict, words);
  showComparison(verdict);
  if (comparesEverything(verdict)) part("[data-record]").hidden = true;
  part("[data-retry]").hidden = true;
}

function subjectOf(standing) {
  return {
    askAgain: () => checkFile(standing.file, standing.address, standing.words),
    choosePlace: (place) => choosePlace(standing, place),
  };
}

function placed(address, place) {
  return place === null ? address : `${address}?${new URLSearchParams({ place })}`;
}

async function ask(address, file, signal) {
  let response = null;
  try {
    response = await post(address, file, TIMEOUT_MS, { type: "application/pdf", signal });
    if (response.ok) return { verdict: await response.json(), reason: null, request: null };
    return { verdict: null, reason: REASONS[await codeOf(response)] ?? REASONS[response.status] ?? reasonOf(response), request: requestNumber(response) };
  } catch {
    // Off line, refused, timed out, no JSON.
    return { verdict: null, reason: reasonOf(response), request: null };
  }
}

// One status has several reasons, which the problem's code tells apart.
async function codeOf(response) {
  try {
    return response.status === 503 ? (await response.json()).code : null;
  } catch {
    return null; // no problem of ours: somebody before the service answered
  }
}

// What a comparison has answered need not be compared by eye.
function uncheckedOf(verdict) {
  const { authentic, comparison } = verdict;
  const document = comparison === null ? ["document"] : isOriginal(comparison) || wasSeen(verdict) ? [] : ["picture"];
  return ["by-service", ...(authentic === "yes" ? ["holder"] : []), ...document];
}

// The record has to be read beside a file that proves nothing, and the number of a copy stands in it alone.
function comparesEverything({ verdict, comparison, annotation }) {
  return comparison !== null && verdict !== "undetermined" && annotation === null;
}

function wasSeen({ findings }) {
  return findings.some(({ code }) => code === RESAVED);
}

// Of an original alone it is known that it shows what was signed.
function isOriginal(rows) {
  return rows.some(({ agrees }) => agrees === true);
}

function showComparison(verdict) {
  const rows = verdict.comparison;
  const sameText = wasSeen(verdict) ? SAME_TEXT_SEEN : SAME_TEXT;
  part("[data-comparison]").hidden = rows === null;
  const printed = rows === null || isOriginal(rows) ? PRINTED : TEXT_LAYER;
  part("[data-printed]").replaceChildren(...bothLanguages(printed));
  part("[data-comparison-rows]").replaceChildren(...(rows ?? []).map((row) => rowOf(row, printed, sameText)));
}

function rowOf(row, printed, sameText) {
  const line = document.createElement("tr");
  const { style, ...mark } = hasSameText(row) ? sameText : MARKS[row.agrees];
  line.className = style;
  line.append(cell("th", { zh: row.label, en: ENGLISH[row.field] }), ...COLUMNS.map((column) => columnOf(row, { ...printed, ...column })), cell("td", mark, "mark"));
  line.firstChild.scope = "row";
  return line;
}

function hasSameText({ agrees, printed, signed, register }) {
  return agrees === null && printed !== null && printed === signed && (register === null || register === signed);
}

function columnOf(row, { key, zh, en, missing }) {
  const value = row[key];
  const shown = cell("td", value === null ? missing : same(value), value === null ? "missing" : value === row.signed ? "" : "other");
  const name = document.createElement("span");
  name.className = "column";
  name.append(...bothLanguages({ zh, en }));
  shown.prepend(name);
  return shown;
}
