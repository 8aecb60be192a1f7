// What is shown while the browser computes: one calm sentence, how far it is, and how long it takes at most, usually.

import { bothLanguages } from "./language.js";

const SENTENCE = {
  zh: "查询较多，正在完成一次计算，完成后自动继续，不需要您做什么。",
  en: "There are many questions at the moment. Your browser is computing and goes on by itself; there is nothing to do.",
};
const SOON = { zh: "即将完成。", en: "Nearly done." };
const LABEL = { zh: "计算进度", en: "Progress" };
const USUALLY = 3; // times the average: 95 of 100 are done by then
const SHOWN_AFTER_MS = 400;

/**
 * Show that something is computed, unless it is done at once.
 * @param difficulty leading zero bits.
 * @returns {{report: function(number), end: function()}} `report` is told how many nonces were tried.
 */
export function showComputing(difficulty) {
  const average = 2 ** difficulty;
  const began = performance.now();
  const panel = document.createElement("div");
  const bar = document.createElement("progress");
  const left = document.createElement("p");
  let shownSeconds = null;
  panel.className = "computing";
  bar.max = 1;
  bar.value = 0;
  bar.ariaLabel = document.documentElement.dataset.language === "en" ? LABEL.en : LABEL.zh;
  left.ariaHidden = "true"; // changes every second: the sentence is enough to hear
  const timer = setTimeout(() => {
    document.body.append(panel);
    const sentence = document.createElement("p");
    panel.append(sentence, bar, left);
    sentence.role = "status";
    // Into a region that is there already, so that it is read out.
    setTimeout(() => sentence.append(...bothLanguages(SENTENCE)), 50);
  }, SHOWN_AFTER_MS);

  return {
    report(tried) {
      const elapsed = (performance.now() - began) / 1000;
      bar.value = 1 - Math.exp(-tried / average);
      const seconds = Math.max(0, Math.ceil((USUALLY * average * elapsed) / tried - elapsed));
      if (seconds === shownSeconds) return;
      shownSeconds = seconds;
      left.replaceChildren(...bothLanguages(timeLeft(seconds)));
    },
    end() {
      clearTimeout(timer);
      panel.remove();
    },
  };
}

function timeLeft(seconds) {
  if (seconds < 1) return SOON;
  return { zh: `一般还需不到 ${seconds} 秒。`, en: `Usually less than ${seconds} seconds to go.` };
}
