// The verdict page: reads the fragment, runs the check, shows the answer, and asks where the title is to be used.

import { askVerdict } from "./ask.js";
import { gatherEvidence } from "./check.js";
import { askStanding, mayBeWithdrawn } from "./copy_standing.js";
import { askDecision, hasDecision } from "./decision.js";
import { enableDownload } from "./download.js";
import { fileReader } from "./files.js";
import { enableLanguageSwitch } from "./language.js";
import { ManualCodeRefused, decodeManualCode, grouped, isMeantAsCode } from "./manual_code.js";
import { enablePresenting } from "./present.js";
import { fillPlaces, showCopyAsked, showDecision, showEmpty, showSigned, showVerdict } from "./render.js";
import { showTold, showUntold } from "./told.js";
import { enableTyping, setTyped } from "./typed.js";
import { judge } from "./verdict.js";

const words = await readWords();
const select = document.querySelector("[data-place-select]");
const service = document.querySelector("[data-decision]").dataset.decisionFrom ?? null;
const offerReport = enableDownload(document.querySelector("[data-report]"));
let evidence = null;

enableLanguageSwitch();
enablePresenting(presentText);
enableTyping(presentText);
select.addEventListener("change", () => (asksByCode() ? askByCode() : show()));
document.querySelector("[data-retry-button]").addEventListener("click", checkPresented);
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  // The fragment is the record: the link must not replace it.
  event.preventDefault();
  document.querySelector("#main").focus();
});
addEventListener("hashchange", () => location.reload());
await checkPresented();

function presentText(text) {
  if (location.hash === `#${text}`) checkPresented();
  else location.hash = text;
}

async function checkPresented() {
  const text = location.hash.slice(1);
  if (text === "") {
    showEmpty();
    return;
  }
  if (asksByCode()) {
    await askByCode();
    document.querySelector("[data-verdict]").focus();
    return;
  }
  const readFile = fileReader(new URL("/", location.origin));
  const anchor = document.querySelector("[data-trust-anchor]")?.dataset.trustAnchor ?? null;
  evidence = await gatherEvidence(text, { readFile, now: presentSecond(), anchor, onSigned: showSigned });
  fillPlaces(evidence.tables);
  show();
  document.querySelector("[data-verdict]").focus();
  await explain(text);
}

function asksByCode() {
  return service !== null && isMeantAsCode(location.hash.slice(1));
}

// A code holds nothing to check: only the service knows the record that belongs to it, and it sends no names.
async function askByCode() {
  const place = select.value || null;
  setTyped(location.hash.slice(1));
  try {
    const code = grouped(decodeManualCode(location.hash.slice(1)));
    const question = withPlace({ code });
    const { verdict, reason } = await askVerdict(service, question);
    offerReport(verdict?.authentic === "yes" && verdict.certificate !== null ? question : null);
    if (verdict === null) {
      showUntold(reason, words);
      return;
    }
    const tables = await readTables();
    if (place === null) fillPlaces(tables);
    showTold(verdict, words, place, tables);
    if (verdict.decision !== null || verdict.replaced_by !== null) {
      showDecision({ decision: verdict.decision, replacedBy: verdict.replaced_by }, words, words.decision.by_code);
    }
  } catch (error) {
    if (!(error instanceof ManualCodeRefused)) throw error;
    showUntold("mistyped", words);
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
  if (service === null) return;
  if (hasDecision(evidence)) await explainEnding(text);
  else if (mayBeWithdrawn(evidence, judged())) await lookUpCopy(text);
}

async function lookUpCopy(text) {
  const asked = evidence;
  const copyStanding = await askStanding(service, text, asked.claims.copy.id);
  if (evidence !== asked) return;
  evidence = { ...asked, copyStanding };
  show();
  showCopyAsked(copyStanding, words);
}

async function explainEnding(text) {
  const asked = evidence;
  const learnt = await askDecision(service, text, asked.status);
  if (evidence !== asked) return;
  evidence = { ...asked, ...learnt };
  show();
  showDecision(learnt, words);
}

function show() {
  showVerdict(judged(), evidence, words, select.value || null);
  const reported = evidence.authentic === "yes" && evidence.claims?.historical === null;
  offerReport(reported ? withPlace({ qr: location.hash.slice(1) }) : null);
}

function judged() {
  return judge(evidence, words, presentSecond(), select.value || null);
}

async function readWords() {
  const read = async (name) => (await fetch(new URL(name, import.meta.url))).json();
  const [codes, page] = await Promise.all([read("codes.json"), read("words.json")]);
  return { ...page, codes: { ...codes, ...page.own_codes } };
}

function presentSecond() {
  return Math.floor(Date.now() / 1000);
}
