// Comfort of filing: dropping a file, seeing how far it is sent, copying findings. Every page works without it.

const form = document.querySelector("[data-upload]");

/** How many percent are sent; afterwards the examination, which takes seconds for many rows. */
function show(percent) {
  const sending = form.querySelector("[data-sending]");
  sending.hidden = false;
  const chinese = document.documentElement.dataset.language === "zh";
  const bar = sending.querySelector("progress");
  const words = sending.querySelector("[data-sent]");
  if (percent < 100) {
    bar.value = percent;
    words.textContent = `${percent}%`;
  } else {
    bar.removeAttribute("value");
    words.textContent = chinese ? "已上传，正在逐行审查……" : "Sent; every row is being examined…";
  }
}

/** The answer is a page: the filing's own after a redirect, or this one with what was wrong. */
function arrive(request) {
  if (request.status === 200 && request.responseURL && !request.responseURL.endsWith(form.getAttribute("action"))) {
    window.location.assign(request.responseURL);
    return;
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = page.querySelector("main");
  if (main === null) {
    window.location.reload();
    return;
  }
  document.querySelector("main").replaceWith(document.adoptNode(main));
  document.querySelector("main").focus();
}

function send(event) {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (at) => show(at.total ? Math.floor((100 * at.loaded) / at.total) : 0));
  request.upload.addEventListener("load", () => show(100));
  request.addEventListener("load", () => arrive(request));
  // Without an answer the browser sends the form by itself, and says what is wrong with the connection.
  request.addEventListener("error", () => form.submit());
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.send(new FormData(form));
  show(0);
}

if (form !== null) {
  form.addEventListener("submit", send);
  const drop = form.querySelector("[data-drop]");
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.toggleAttribute("data-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length === 1) {
        drop.querySelector("input[type=file]").files = event.dataTransfer.files;
      }
    });
  }
}

function offerCopies() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
  }
}

offerCopies();
document.addEventListener("htmx:afterSwap", offerCopies);
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  const told = button?.parentElement.querySelector("[data-copyable]");
  if (told) {
    // What is folded away is copied too: only open parts have a text.
    const folded = [...told.querySelectorAll("details:not([open])")];
    folded.forEach((one) => one.toggleAttribute("open", true));
    navigator.clipboard.writeText(told.innerText);
    folded.forEach((one) => one.toggleAttribute("open", false));
  }
});
