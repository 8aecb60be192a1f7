// A question from its beginning to its answer: whatever breaks on the way, it ends in an answer and in a way to ask again.

import { Superseded, beginQuestion, currentSubject } from "./current_question.js";
import { part } from "./elements.js";
import { showAnswer, showAsking } from "./render.js";

// In this module, not in words.json: that may be the very thing that did not come.
const BROKEN = {
  verdict: { zh: "无法判定", en: "Cannot tell" },
  label: { zh: "核验没有完成", en: "not finished" },
  text: { zh: "本页没有加载完整，或者浏览器中途出错，核验没有完成。这不表示证书有问题。", en: "This page did not load as a whole, or something in the browser failed: the check was not finished. It says nothing against the certificate." },
  next: { zh: "请重新核验；仍然如此，请刷新本页或换一个浏览器。", en: "Check again; if it stays so, reload this page or use another browser." },
};

/**
 * Begin a question and work for its answer.
 * @param work async (question) => void; awaits through `question.still`.
 */
export async function pursue(work) {
  const question = beginQuestion();
  try {
    await work(question);
  } catch (error) {
    if (error instanceof Superseded || question.signal.aborted) return;
    console.error(error);
    showBroken();
  }
}

/** The check broke off. */
export function showBroken() {
  showAnswer("undetermined", "undetermined", BROKEN.verdict, BROKEN.label, BROKEN.text, BROKEN.next);
  part("[data-retry]").hidden = false;
  showAsking(true);
  part("[data-verdict]").focus();
}

/** Let the button under an answer ask again; where nothing is there to be asked again, the page begins anew. */
export function enableAskingAgain() {
  part("[data-retry-button]").addEventListener("click", () => {
    const { askAgain } = currentSubject();
    if (askAgain) askAgain();
    else location.reload();
  });
}
