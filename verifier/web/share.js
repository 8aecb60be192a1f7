// What a holder chose to show to whoever has the code: typed, or in the fragment of the link, which no server sees.

import { requestNumber } from "./ask.js";
import { chinaTime, dateWords } from "./calendar.js";
import { bothLanguages, enableLanguageSwitch } from "./language.js";
import { narrowed, withoutSeparators } from "./manual_code.js";
import { post } from "./posting.js";
import { field, fill, part, same } from "./elements.js";
import { areaWords } from "./record_fields.js";
import { shapeOf } from "./shapes.js";

const TIMEOUT_MS = 15_000;
const VERDICTS = {
  passed: { zh: "通过核验", en: "Verified" },
  failed: { zh: "未通过核验", en: "Not verified" },
  undetermined: { zh: "无法判定", en: "Cannot tell" },
  ended: { zh: "打不开这份授权", en: "This grant does not open" },
  asking: { zh: "正在查看", en: "Looking" },
};
const ASKING = { zh: "正在读取持证人出示的内容和证书现在的状态。", en: "Reading what the holder shows, and how the certificate stands now." };
const CLOSED = {
  text: { zh: "授权码没有对应的授权，或者授权已经到期、已被持证人取消。这不表示证书有问题。", en: "There is no grant for this code, or it has ended or was cancelled by the holder. That says nothing against the certificate." },
  next: { zh: "请核对授权码，或向持证人索取新的授权码。", en: "Compare the code, or ask the holder for a new one." },
};
const TOO_MANY = {
  text: { zh: "查看过于频繁，本站暂时没有受理。", en: "There were too many questions; this one was not taken." },
  next: { zh: "请过几分钟再试。", en: "Try again in a few minutes." },
};
const NO_ANSWER = {
  text: { zh: "网络不通，或服务暂时没有响应。授权内容只能联网查看；这不表示证书有问题。", en: "No network, or no answer at the moment. A grant opens on line only; it says nothing against the certificate." },
  next: { zh: "请检查网络后再试一次。", en: "Check the network and try again." },
};
const NO_CODE = { zh: "请输入授权码。", en: "Please type the code." };
const MISTYPED = { zh: "授权码是四组、每组四位的字母和数字，不含 0、1 和 I、L、O。请核对。", en: "The code has four groups of four, without 0, 1 and I, L, O. Please compare." };
// Word, mark and sentence of the verdict page, which here are those of a certificate as the register tells it.
const VALID = { word: "passed", mark: "passed", label: { zh: "有效", en: "valid" }, next: { zh: "请与持证人的身份证件核对姓名；所出示的只是持证人选择的部分内容。", en: "Compare the name with the holder's identity card; this is only what the holder chose to show." } };
const BAD_NEXT = { zh: "请勿采信。", en: "Do not rely on it." };
const STATUSES = {
  suspended: { word: "failed", mark: "suspended", label: { zh: "已暂停，核查中", en: "suspended, under review" }, text: { zh: "证书由发证机关签发，目前已暂停使用，正在核查；核查还没有结论，不等于证书有问题。", en: "Issued by the authority, but suspended while it is looked into. Nothing is decided yet." }, next: { zh: "暂停期间不能作为依据；核查结束后请再次查看。", en: "It cannot be relied on now; look again when the review is over." } },
  revoked: { word: "failed", mark: "revoked", label: { zh: "已撤销", en: "revoked" }, text: { zh: "证书由发证机关签发，但职称已被撤销，不再有效。", en: "Issued by the authority, but the title was revoked." }, next: BAD_NEXT },
  written_off: { word: "failed", mark: "written-off", label: { zh: "已核销", en: "written off" }, text: { zh: "证书由发证机关签发，职称已经核销，不再有效。", en: "Issued by the authority and since written off." }, next: BAD_NEXT },
  voided: { word: "failed", mark: "voided", label: { zh: "无效", en: "void" }, text: { zh: "证书已被宣布无效，视为从未取得。", en: "This certificate was declared void: it never counted." }, next: BAD_NEXT },
  superseded: { word: "failed", mark: "superseded", label: { zh: "已换发", en: "superseded" }, text: { zh: "证书已经换发，以新版为准。", en: "A newer version takes its place." }, next: { zh: "请向持证人索取新的授权码。", en: "Ask the holder for a new code." } },
};
const UNKNOWN = { word: "undetermined", mark: "stale", label: { zh: "未能确认", en: "not confirmed" }, text: { zh: "证书由发证机关签发，但它现在的状态暂时不能确认。", en: "Issued by the authority; how it stands now cannot be told at the moment." }, next: { zh: "请稍后再看一次。", en: "Please look again later." } };
const ENGLISH = { name: "Name", title: "Title", level: "Level", series: "Series", specialty: "Specialty", way: "Way of acquiring", acquired_on: "Acquired on", validity_area: "Counts in", number: "Number", committee: "Committee", announcement: "Announcement", unit: "Employer" };
const EVERYWHERE = { zh: "没有地区限制", en: "not limited to an area" };

const form = part("[data-share-form]");
const typed = part("#share-code");
let asked = null;

enableLanguageSwitch();
typed.addEventListener("input", () => {
  complain(null);
  regroup();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(typed.value);
});
part("[data-retry-button]").addEventListener("click", () => open(asked));
addEventListener("hashchange", () => takeFragment());
addEventListener("online", () => {
  if (asked !== null && part("[data-answer]").dataset.mark === "offline") open(asked);
});
takeFragment();

function takeFragment() {
  const carried = decoded(location.hash.slice(1));
  if (carried === "") return;
  typed.value = carried;
  regroup();
  take(carried);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a mangled link: what is in it is told to be no code
  }
}

// A whole link may be pasted too.
function take(text) {
  const code = narrowed(text.includes("#") ? text.slice(text.lastIndexOf("#") + 1) : text).trim();
  if (code === "") complain(NO_CODE);
  else if (shapeOf(code).kind !== "share") complain(MISTYPED);
  else open(symbolsOf(code));
}

async function open(code) {
  asked = code;
  showAnswer("undetermined", "loading", VERDICTS.asking, null, ASKING, null);
  part("[data-answer]").setAttribute("aria-busy", "true");
  part("[data-share-ask]").hidden = true;
  const { opened, reason, request } = await answerFor(code);
  if (asked !== code) return;
  if (opened === null) showClosed(reason, request);
  else showOpened(opened);
  part("[data-verdict]").focus();
}

async function answerFor(code) {
  try {
    const response = await post(form.dataset.openedBy, { code: grouped(code) }, TIMEOUT_MS);
    if (response.ok) return { opened: await response.json(), reason: null, request: null };
    return { opened: null, reason: { 404: "closed", 429: "too-many" }[response.status] ?? "no-answer", request: requestNumber(response) };
  } catch {
    return { opened: null, reason: "no-answer", request: null }; // off line, refused, timed out, no JSON
  }
}

function showClosed(reason, request) {
  const closed = reason === "closed";
  const { text, next } = closed ? CLOSED : reason === "too-many" ? TOO_MANY : NO_ANSWER;
  const mark = closed ? "not-found" : reason === "too-many" ? "stale" : "offline";
  showAnswer("undetermined", mark, closed ? VERDICTS.ended : VERDICTS.undetermined, null, text, next);
  part("[data-retry]").hidden = closed;
  part("[data-share-ask]").hidden = false;
  if (reason === "no-answer" && request !== null) fill("[data-request]", { zh: `请求编号：${request}（联系我们时请告知）`, en: `Request number: ${request} (tell us when you ask)` });
}

function showOpened({ status, fields, recipient, ends_at }) {
  const area = fields.find((one) => one.field === "validity_area")?.value ?? null;
  const { word, mark, label, text, next } = status === "valid" ? validAs(area) : STATUSES[status] ?? UNKNOWN;
  showAnswer(word, mark, VERDICTS[word], label, text, next);
  part("[data-shared-fields]").replaceChildren(...fields.map(rowOf));
  part("[data-shared]").hidden = false;
  const ends = { zh: `${chinaTime(ends_at)}（北京时间）`, en: `${chinaTime(ends_at)} (Beijing time)` };
  const terms = [[{ zh: "授权对象（持证人填写）", en: "Meant for, in the holder's words" }, same(recipient)], [{ zh: "授权到期", en: "Ends at" }, ends]];
  part("[data-terms-fields]").replaceChildren(...terms.map(field));
  part("[data-terms]").hidden = false;
}

function validAs(area) {
  if (area === null) return { ...VALID, text: { zh: "证书由发证机关签发，目前有效。", en: "Issued by the authority, and valid at present." } };
  const label = { zh: `仅限${area}有效`, en: `valid in ${area} only` };
  const text = { zh: `证书由发证机关签发，目前有效；“双定向”取得的职称，仅在${area}范围内有效。`, en: `Issued by the authority and valid at present: a dual-directed title, which counts in ${area} only.` };
  return { ...VALID, mark: "limited", label, text, next: { zh: `在${area}以外使用的，请勿作为依据。`, en: `Do not rely on it outside ${area}.` } };
}

function rowOf({ field: name, label, value }) {
  const words = { zh: label, en: ENGLISH[name] ?? label };
  if (name === "validity_area") return field([words, value === null ? EVERYWHERE : areaWords(value)]);
  if (value === null) return field([words, { zh: "（没有记载）", en: "(not recorded)" }]);
  return field([words, name === "acquired_on" ? dateWords(value) : same(value), name === "name" ? "name" : undefined]);
}

function showAnswer(word, mark, verdict, label, text, next) {
  for (const one of ["[data-share-intro]", "[data-shared]", "[data-terms]", "[data-retry]", "[data-request]"]) part(one).hidden = true;
  part("[data-share-result]").hidden = false;
  const answer = part("[data-answer]");
  answer.dataset.verdictWord = word;
  answer.dataset.mark = mark;
  answer.setAttribute("aria-busy", "false");
  part("[data-mark-use]").setAttribute("href", `#mark-${mark}`);
  fill("[data-verdict]", verdict);
  fill("[data-label]", label);
  fill("[data-text]", text);
  fill("[data-next]", next);
}

function symbolsOf(text) {
  return withoutSeparators(narrowed(text)).toUpperCase();
}

function grouped(symbols) {
  return symbols.match(/.{1,4}/g).join("-");
}

// Only at the end of the field: whoever corrects in the middle keeps the place.
function regroup() {
  const { value } = typed;
  const symbols = symbolsOf(value);
  if (typed.selectionStart === value.length && symbols !== "" && symbols.length <= 16 && /^[0-9A-Z]+$/.test(symbols)) typed.value = grouped(symbols);
}

function complain(texts) {
  const complaint = part("[data-share-complaint]");
  typed.setAttribute("aria-invalid", String(texts !== null));
  complaint.hidden = texts === null;
  complaint.replaceChildren(...(texts === null ? [] : bothLanguages(texts)));
  if (texts !== null) typed.focus();
}
