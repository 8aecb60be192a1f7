// A camera: the one on the back where there is one, its light, and why there is none.

const WISHES = { width: { ideal: 1920 }, height: { ideal: 1080 } };
const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "in-use",
  AbortError: "in-use",
};

/** No picture from a camera; `reason` is `denied`, `missing`, `in-use`, `insecure` or `unsupported`. */
export class CameraRefused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Ask for a camera. The browser asks the person first.
 * @param deviceId a certain camera, or null for the one on the back.
 * @throws {CameraRefused}
 */
export async function openCamera(deviceId = null) {
  if (!globalThis.isSecureContext) throw new CameraRefused("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraRefused("unsupported");
  const which = deviceId === null ? { facingMode: { ideal: "environment" } } : { deviceId: { exact: deviceId } };
  try {
    return new Camera(await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...WISHES, ...which } }));
  } catch (error) {
    throw new CameraRefused(REASONS[error.name] ?? "unsupported");
  }
}

/** A camera that is on. */
export class Camera {
  constructor(stream) {
    this.stream = stream;
    [this.track] = stream.getVideoTracks();
  }

  /** Whether it has a light that the page may switch. */
  get hasLight() {
    return this.track.getCapabilities?.().torch === true;
  }

  /** Switch the light; gives whether it is on now. */
  async setLight(on) {
    try {
      await this.track.applyConstraints({ advanced: [{ torch: on }] });
      return on;
    } catch {
      return false;
    }
  }

  /** The id of another camera of this device, or null. Only known once a camera was allowed. */
  async other() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const ids = devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId }) => deviceId);
    if (ids.length < 2) return null;
    return ids[(ids.indexOf(this.track.getSettings().deviceId) + 1) % ids.length];
  }

  /** Switch it off. */
  close() {
    for (const track of this.stream.getTracks()) track.stop();
  }
}
