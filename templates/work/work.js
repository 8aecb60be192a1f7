// Comfort of the pages that people work in; every page works without it.

const NARROW = matchMedia("(max-width: 800px)");
const SECONDS_TO_REST = 4;

/** The sections fold away where they would push the page down. */
function foldRooms() {
  for (const rooms of document.querySelectorAll("[data-rooms]")) {
    rooms.open = !NARROW.matches;
  }
}

/** A form is sent once, however often its button is pressed. */
function sendOnce(event) {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  // An answer that is a file leaves the page as it is: the form may be used again.
  setTimeout(release, SECONDS_TO_REST * 1000, form);
}

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}

/** A page that comes back from the browser's memory, or got its answer as a part, may be sent again. */
function comeBack() {
  document.querySelectorAll("form[data-sent]").forEach(release);
}

foldRooms();
NARROW.addEventListener("change", foldRooms);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", comeBack);
document.addEventListener("htmx:afterRequest", comeBack);
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-print]") : null;
  if (button !== null) {
    window.print();
  }
});

/** A button that copies words is there only where the browser can. */
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.copied = "yes";
  });
}
