// Start page and verdict page: takes what is shown, typed or handed over, has it checked, and shows the one answer.

import { askVerdict } from "./ask.js";
import { enableAsking, setTyped } from "./asking.js";
import { withoutPrefix } from "./base43.js";
import { showCauses } from "./causes.js";
import { askStanding, mayBeWithdrawn } from "./copy_standing.js";
import { askDecision, hasDecision } from "./decision.js";
import { enableDownloads } from "./download.js";
import { gatherAnywhere } from "./gathering.js";
import { enableLanguageSwitch } from "./language.js";
import { ManualCodeRefused, decodeManualCode, grouped, isMeantAsCode } from "./manual_code.js";
import { fillPlaces, part, showChecking, showCopyAsked, showDecision, showEmpty, showSigned, showVerdict } from "./render.js";
import { askReport, showReport } from "./report_code.js";
import { enableSuspicion } from "./suspicion.js";
import { isNotFound, showTold, showUntold } from "./told.js";
import { enableFiles } from "./upload.js";
import { isOffLine, judge } from "./verdict.js";

const words = await readWords();
const select = document.querySelector("[data-place-select]");
const service = document.querySelector("[data-decision]").dataset.decisionFrom ?? null;
const offerReport = enableDownloads("[data-report]", "[data-signed-verdict]");
const suspect = enableSuspicion();
const onStart = document.querySelector("[data-start]") !== null;
let evidence = null;
let asked = null; // the question to the service whose answer is shown, without its place

enableLanguageSwitch();
enableAsking(words, { record: presentText, ...(service === null ? {} : { code: presentText, number: askNumber, report: askByReport, share: presentShare }) });
enableFiles(words, { begin: forget, picture: async (file) => (await import("./scanning.js")).takeFiles([file]) });
select.addEventListener("change", () => (asked === null ? show() : askService(asked)));
document.querySelector("[data-retry-button]").addEventListener("click", () => (asked === null ? checkPresented() : askAgain()));
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  // The fragment is the record: the link must not replace it.
  event.preventDefault();
  document.querySelector("#main").focus();
});
addEventListener("hashchange", () => {
  if (!onStart) location.reload();
});
addEventListener("online", () => {
  if (evidence !== null && isOffLine(evidence)) checkPresented();
});
await checkPresented();

/** Check the text of a QR symbol, or a manual code: it goes to the verdict page as its fragment, which stays in the browser. */
function presentText(text) {
  const carried = withoutOwnAddress(text);
  if (onStart) location.assign(`/v#${carried}`);
  else if (location.hash === `#${carried}`) checkPresented();
  else location.hash = carried;
}

// The code of a share grant goes to its page as the fragment, which no server sees.
function presentShare(code) {
  location.assign(`/share#${encodeURIComponent(code)}`);
}

// A foreign address before the record is kept: it is to be warned of.
function withoutOwnAddress(text) {
  return text.startsWith(`${location.origin}/v#`) ? withoutPrefix(text) : text;
}

async function checkPresented() {
  const text = onStart ? "" : location.hash.slice(1);
  if (text === "") {
    if (!onStart) showEmpty();
    return;
  }
  if (asksByCode()) {
    await askByCode();
    focusAnswer();
    return;
  }
  const anchor = document.querySelector("[data-trust-anchor]")?.dataset.trustAnchor ?? null;
  evidence = await gatherAnywhere(text, new URL("/", location.origin), { now: presentSecond(), anchor, onSigned: showSigned });
  fillPlaces(evidence.tables);
  show();
  focusAnswer();
  await explain(text);
}

function asksByCode() {
  return service !== null && isMeantAsCode(location.hash.slice(1));
}

// A code holds nothing to check: only the service knows the record that belongs to it, and it sends no names.
async function askByCode() {
  setTyped(location.hash.slice(1));
  try {
    await askService({ code: grouped(decodeManualCode(location.hash.slice(1))) });
  } catch (error) {
    if (!(error instanceof ManualCodeRefused)) throw error;
    showUntold("mistyped", words);
  }
}

// Number, name and last four stay in this module: no address and no history ever holds them.
async function askNumber(question) {
  forget();
  asked = question;
  await askAgain();
}

// What the report said stands beside the verdict of now; its code enters no address either.
async function askByReport(typed) {
  forget();
  showChecking(words.asking.checking);
  const asking = (asked = { report: typed });
  const { told, reason } = await askReport(part("[data-report-told]").dataset.reportToldFrom, typed);
  if (asked !== asking) return;
  asked = null;
  if (told === null) {
    showUntold(reason, words);
  } else {
    showTold(told.now, words, told.report.place, await readTables(), "masked");
    showReport(told, words);
    part("[data-place]").hidden = true; // it was asked for the report's own place
  }
  part("[data-retry]").hidden = true;
  focusAnswer();
}

async function askAgain() {
  showChecking(words.asking.checking);
  await askService(asked);
  focusAnswer();
}

function forget() {
  evidence = null;
  asked = null;
  select.replaceChildren();
  offerReport(null);
  suspect(null);
}

async function askService(question) {
  asked = question;
  const place = select.value || null;
  const { verdict, reason, request } = await askVerdict(service, withPlace(question));
  if (asked !== question) return;
  suspect({ code: question.code, number: question.number });
  offerReport(verdict?.authentic === "yes" && verdict.certificate !== null ? withPlace(question) : null);
  if (verdict === null) {
    showUntold(reason, words, request);
    return;
  }
  const tables = await readTables();
  if (place === null) fillPlaces(tables);
  showTold(verdict, words, place, tables, question.number === undefined ? "masked" : "by_number");
  if (isNotFound(verdict)) showCauses(question);
  if (verdict.decision !== null || verdict.replaced_by !== null) {
    const told = question.code === undefined ? words.decision.by_number : words.decision.by_code;
    showDecision({ decision: verdict.decision, replacedBy: verdict.replaced_by }, words, told);
  }
}

// What is sent to the service: with the place of use, where one was chosen.
function withPlace(question) {
  return select.value ? { ...question, place: select.value } : question;
}

async function readTables() {
  try {
    const response = await fetch("/tables.json");
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// What fails has a reason that the log does not hold, and a copy may have been ended early: the two cases in which the
// record leaves the browser.
async function explain(text) {
  if (service === null || evidence.basis === "kept") return;
  if (hasDecision(evidence)) await explainEnding(text);
  else if (mayBeWithdrawn(evidence, judged())) await lookUpCopy(text);
}

async function lookUpCopy(text) {
  const looked = evidence;
  const copyStanding = await askStanding(service, text, looked.claims.copy.id);
  if (evidence !== looked) return;
  evidence = { ...looked, copyStanding };
  show();
  showCopyAsked(copyStanding, words);
}

async function explainEnding(text) {
  const looked = evidence;
  const learnt = await askDecision(service, text, looked.status);
  if (evidence !== looked) return;
  evidence = { ...looked, ...learnt };
  show();
  showDecision(learnt, words);
}

function show() {
  showVerdict(judged(), evidence, words, select.value || null);
  const reported = evidence.authentic === "yes" && evidence.claims?.historical === null;
  offerReport(reported ? withPlace({ qr: location.hash.slice(1) }) : null);
  suspect({ qr: location.hash.slice(1) });
}

function judged() {
  return judge(evidence, words, presentSecond(), select.value || null);
}

function focusAnswer() {
  document.querySelector("[data-verdict]").focus();
}

async function readWords() {
  const read = async (name) => (await fetch(new URL(name, import.meta.url))).json();
  const [codes, page] = await Promise.all([read("codes.json"), read("words.json")]);
  return { ...page, codes: { ...codes, ...page.own_codes } };
}

function presentSecond() {
  return Math.floor(Date.now() / 1000);
}
