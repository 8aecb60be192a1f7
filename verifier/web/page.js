// The verdict page: reads the fragment, runs the check, shows the answer, and asks where the title is to be used.

import { gatherEvidence } from "./check.js";
import { askDecision, hasDecision } from "./decision.js";
import { fileReader } from "./files.js";
import { enableLanguageSwitch } from "./language.js";
import { enablePresenting } from "./present.js";
import { fillPlaces, showDecision, showEmpty, showSigned, showVerdict } from "./render.js";
import { judge } from "./verdict.js";

const words = await readWords();
const select = document.querySelector("[data-place-select]");
let evidence = null;

enableLanguageSwitch();
enablePresenting((record) => {
  if (location.hash === `#${record}`) checkPresented();
  else location.hash = record;
});
select.addEventListener("change", show);
document.querySelector("[data-retry-button]").addEventListener("click", checkPresented);
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  // The fragment is the record: the link must not replace it.
  event.preventDefault();
  document.querySelector("#main").focus();
});
addEventListener("hashchange", () => location.reload());
await checkPresented();

async function checkPresented() {
  const text = location.hash.slice(1);
  if (text === "") {
    showEmpty();
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

// What fails has a reason that the log does not hold: the one case in which the record leaves the browser.
async function explain(text) {
  const address = document.querySelector("[data-decision]").dataset.decisionFrom;
  if (!address || !hasDecision(evidence)) return;
  const asked = evidence;
  const learnt = await askDecision(address, text, asked.status);
  if (evidence !== asked) return;
  evidence = { ...asked, ...learnt };
  show();
  showDecision(learnt, words);
}

function show() {
  const place = select.value || null;
  showVerdict(judge(evidence, words, presentSecond(), place), evidence, words, place);
}

async function readWords() {
  const read = async (name) => (await fetch(new URL(name, import.meta.url))).json();
  const [codes, page] = await Promise.all([read("codes.json"), read("words.json")]);
  return { ...page, codes: { ...codes, ...page.own_codes } };
}

function presentSecond() {
  return Math.floor(Date.now() / 1000);
}
