// The page on which a reporter asks how far a case is: number and code are typed, and enter no address.

import { requestNumber } from "./ask.js";
import { bothLanguages, enableLanguageSwitch } from "./language.js";
import { post } from "./posting.js";
import { dateWords } from "./calendar.js";
import { field, part, same } from "./elements.js";
import { dateInChina } from "./calendar.js";

const TIMEOUT_MS = 15_000;
const MISSING = { zh: "请填写举报编号和查询码。", en: "Please give the case number and the code." };
const UNKNOWN = { zh: "没有查到这件举报：请核对举报编号和查询码。", en: "No such case: please compare number and code." };
const TOO_MANY = { zh: "查询过于频繁，请稍后再试。", en: "Too many questions; please try again later." };
const NO_ANSWER = { zh: "暂时没有得到答复，请检查网络后再查一次。", en: "No answer at the moment: check the network and ask again." };
const REASONS = { 400: UNKNOWN, 404: UNKNOWN, 422: UNKNOWN, 429: TOO_MANY };
const STATUSES = {
  open: { head: { zh: "已收到，待受理", en: "Received" }, text: { zh: "举报已登记，正等待工作人员受理。", en: "It is registered and waits for an official." } },
  assigned: { head: { zh: "正在核查", en: "Being looked into" }, text: { zh: "已由工作人员受理，正在核查；需要时会按您留下的联系方式与您联系。", en: "An official is looking into it, and will reach you where necessary." } },
};
const OUTCOMES = {
  true: { head: { zh: "已办结：属实", en: "Closed: it proved true" }, text: { zh: "经核查，举报属实。", en: "What you reported proved true." } },
  untrue: { head: { zh: "已办结：不属实", en: "Closed: it did not prove true" }, text: { zh: "经核查，举报的情况不属实。", en: "What you reported did not prove true." } },
  slander: { head: { zh: "已办结：认定为诬告", en: "Closed: found to be made up" }, text: { zh: "经核查，反映的情况系捏造。对诬告陷害的，依纪依法追究责任。", en: "What was reported was found to be made up to harm somebody, which has consequences under the law." } },
  unclear: { head: { zh: "已办结：无法查实", en: "Closed: it could not be found out" }, text: { zh: "现有材料无法查实。有新的线索，可以再次举报。", en: "It could not be found out. With something new you may report again." } },
};
const FORGOTTEN = { zh: "答复的内容保存期满，已经删除。", en: "The words of the answer have been deleted after their time." };

const form = part("[data-state-form]");
enableLanguageSwitch();
form.addEventListener("input", () => complain(null));
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await ask();
});

async function ask() {
  const [number, code] = ["#case-number", "#case-code"].map((one) => part(one).value.trim());
  part("[data-state]").hidden = true;
  if (number === "" || code === "") {
    complain(MISSING);
    part(number === "" ? "#case-number" : "#case-code").focus();
    return;
  }
  form.setAttribute("aria-busy", "true");
  const { state, told } = await asked({ number, code });
  form.setAttribute("aria-busy", "false");
  if (state === null) complain(told);
  else show(state);
}

async function asked(question) {
  try {
    const response = await post(form.dataset.askedOf, question, TIMEOUT_MS);
    if (response.ok) return { state: await response.json(), told: null };
    return { state: null, told: REASONS[response.status] ?? withNumber(requestNumber(response)) };
  } catch {
    return { state: null, told: NO_ANSWER }; // off line, refused, timed out
  }
}

function show(state) {
  complain(null);
  const { head, text } = state.outcome === null ? STATUSES[state.status] : OUTCOMES[state.outcome];
  const rows = [
    [{ zh: "举报编号", en: "Case number" }, same(state.number), "code"],
    [{ zh: "提交日期", en: "Handed in on" }, dayOf(state.reported_at)],
  ];
  if (state.closed_at !== null) rows.push([{ zh: "办结日期", en: "Closed on" }, dayOf(state.closed_at)]);
  if (state.reference !== null) rows.push([{ zh: "处理文号", en: "Decision" }, same(state.reference)]);
  if (state.outcome !== null) rows.push([{ zh: "答复", en: "Answer" }, state.words === null ? FORGOTTEN : same(state.words)]);
  part("[data-state-heading]").replaceChildren(...bothLanguages(head));
  part("[data-state-text]").replaceChildren(...bothLanguages(text));
  part("[data-state-fields]").replaceChildren(...rows.map(field));
  part("[data-state]").hidden = false;
  part("[data-state-heading]").focus();
}

function dayOf(instant) {
  return dateWords(dateInChina(Date.parse(instant) / 1000));
}

function withNumber(number) {
  return number === null ? NO_ANSWER : { zh: `${NO_ANSWER.zh}（请求编号：${number}）`, en: `${NO_ANSWER.en} (Request number: ${number})` };
}

function complain(texts) {
  const complaint = part("[data-state-complaint]");
  complaint.hidden = texts === null;
  complaint.replaceChildren(...(texts === null ? [] : bothLanguages(texts)));
}
