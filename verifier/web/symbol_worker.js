// Reads QR symbols off the page's thread: with the device's own reader where there is a good one, else with zxing-cpp.

const WASM = new URL("./vendor/zxing-wasm/reader/zxing_reader.wasm", import.meta.url).href;
const MOST_SYMBOLS = 16;
// The device's own reader is fast and gives up early: after so many frames without a symbol both look.
const PATIENCE_FRAMES = 8;

let own = ownReader();
let vendored = null;
let blankFrames = 0;

addEventListener("message", async ({ data: { id, pixels, width, height, thorough } }) => {
  try {
    const picture = new ImageData(new Uint8ClampedArray(pixels), width, height);
    postMessage({ id, texts: await textsIn(picture, thorough) });
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
});

async function textsIn(picture, thorough) {
  const quick = await withOwn(picture);
  // One of several symbols is not enough where nobody can hold the picture again: a photograph is always read by both.
  const both = thorough || quick === null || (quick.length === 0 && ++blankFrames >= PATIENCE_FRAMES);
  const found = both ? [...(quick ?? []), ...(await withVendored(picture, thorough))] : quick;
  if (found.length > 0) blankFrames = 0;
  return [...new Set(found)];
}

async function ownReader() {
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

async function withOwn(picture) {
  const reader = await own;
  if (reader === null) return null;
  try {
    return (await reader.detect(picture)).map(({ rawValue }) => rawValue).filter((text) => text !== "");
  } catch {
    // Devices whose system service is missing only say so at the first picture.
    own = null;
    return null;
  }
}

async function withVendored(picture, thorough) {
  vendored ??= loadVendored();
  const { readBarcodes } = await vendored;
  const symbols = await readBarcodes(picture, {
    formats: ["QRCode"],
    tryHarder: true,
    tryRotate: true,
    tryDownscale: true,
    tryInvert: thorough,
    tryDenoise: thorough,
    maxNumberOfSymbols: MOST_SYMBOLS,
  });
  return symbols.filter(({ isValid, text }) => isValid && text !== "").map(({ text }) => text);
}

async function loadVendored() {
  const reader = await import("./vendor/zxing-wasm/reader/index.js");
  // Without this the library would ask a server of somebody else for the WebAssembly; the page's policy forbids that too.
  await reader.prepareZXingModule({ overrides: { locateFile: () => WASM }, fireImmediately: true });
  return reader;
}
