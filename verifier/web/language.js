// Two languages side by side; the switch is one attribute of the page and is remembered nowhere.

const LANGUAGES = { zh: "zh-CN", en: "en" };

/** Both texts as spans, of which the stylesheet shows the language in use. */
export function bothLanguages({ zh, en }) {
  return [span("zh", zh), span("en", en)];
}

/** Make the page's switch work. */
export function enableLanguageSwitch() {
  const button = document.querySelector("[data-switch-language]");
  const root = document.documentElement;
  button.hidden = false;
  button.addEventListener("click", () => {
    const language = root.dataset.language === "zh" ? "en" : "zh";
    root.dataset.language = language;
    root.lang = LANGUAGES[language];
  });
}

function span(language, text) {
  const element = document.createElement("span");
  element.lang = LANGUAGES[language];
  element.dataset.for = language;
  element.textContent = text;
  return element;
}
