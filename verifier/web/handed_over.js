// A file that was chosen, dropped or pasted: told apart by its first bytes, never by its name.

const PDF = "pdf";
const PICTURE = "picture";
const HEAD_BYTES = 1024;
const PICTURE_HEADS = ["\x89PNG", "\xFF\xD8\xFF", "GIF8", "BM", "II*\0", "MM\0*"];
// Names of formats that stand further in: WebP in RIFF, HEIC and AVIF in ISO media.
const PICTURE_BRANDS = /^(RIFF....WEBP|....ftyp(heic|heix|mif1|msf1|avif))/s;

/** What the file is: `pdf`, `picture` or `unknown`. */
export async function kindOf(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const head = String.fromCharCode(...bytes);
  // Readers of PDF accept a head within the first kilobyte, but a picture may quote one there.
  if (PICTURE_HEADS.some((start) => head.startsWith(start)) || PICTURE_BRANDS.test(head)) return PICTURE;
  return head.includes("%PDF-") ? PDF : "unknown";
}

/**
 * Watch for files that are dropped on the page or pasted into it.
 * @param take called with the list of files.
 */
export function enableHandingOver(take) {
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => takeFrom(event, event.dataTransfer, take));
  document.addEventListener("paste", (event) => {
    if (!isMeantAsText(event)) takeFrom(event, event.clipboardData, take);
  });
}

/** Give a PDF to the page's form, which sends it to the service; false when this page has none. */
export function sendByForm(file) {
  const input = document.querySelector("[data-file-form] input[type=file]");
  if (input === null) return false;
  const list = new DataTransfer();
  // Under the kind that it is, whatever its name said.
  list.items.add(new File([file], file.name, { type: "application/pdf" }));
  input.files = list.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

// Text programs copy a picture of the words beside the words: in a field for text the words are meant.
function isMeantAsText({ target, clipboardData }) {
  return target.matches?.("input, textarea") && clipboardData.types.includes("text/plain");
}

// Nobody else may take it too, least of all the browser, which would leave the page and open the file.
function takeFrom(event, source, take) {
  const files = [...(source?.files ?? [])];
  if (files.length === 0) return;
  event.preventDefault();
  event.stopPropagation();
  document.querySelector("[data-over]")?.removeAttribute("data-over");
  take(files);
}
