// What the scanner says, Chinese first.

export const WORDS = {
  title: { zh: "扫描证书上的二维码", en: "Scan the QR code on the certificate" },
  opening: { zh: "正在打开摄像头，请在浏览器的询问中选“允许”。", en: "Opening the camera. Please allow it when the browser asks." },
  looking: { zh: "请把二维码放进框内，画面只在本机识别，不上传。", en: "Hold the QR code inside the frame. The picture stays on this device." },
  patience: {
    zh: "还没有识别到。请靠近一些、避开反光、保持平稳；光线暗时打开补光，或改用照片。",
    en: "Nothing yet. Come closer, avoid glare, keep still; switch on the light, or use a photo.",
  },
  foreign: { zh: "这不是证书二维码，没有打开它。请对准证书上的二维码。", en: "This is no certificate's QR code, and it was not opened. Please point at the code on the certificate." },
  found: { zh: "已识别，正在核验。", en: "Read. Checking it now." },
  choose: { zh: "画面中有多份证书，要核验哪一份？", en: "There are several certificates in view. Which one is to be checked?" },
  again: { zh: "都不是，继续扫描", en: "None of them, go on scanning" },
  unreadable: { zh: "编号读不出的一份", en: "the one whose number cannot be read" },
  close: { zh: "关闭", en: "Close" },
  other: { zh: "切换摄像头", en: "Other camera" },
  light: { zh: "补光", en: "Light" },
  photo: { zh: "改用照片", en: "Use a photo" },
  retry: { zh: "重新打开摄像头", en: "Open the camera again" },
  failed: {
    zh: "识别程序没有加载成功。请检查网络后重试；也可以关闭这里，输入二维码旁的校验码，或用手机相机直接扫描。",
    en: "The reader did not load. Check the network and try again; or close this and type the manual code printed beside the QR code, or scan with the phone's own camera.",
  },
};

/** Why there is no picture from a camera, and what to do instead. */
export const REFUSED = {
  denied: {
    zh: "没有使用摄像头的权限。请在地址栏旁或系统设置里允许本页使用摄像头，再打开一次；也可以选择照片、粘贴二维码的内容，或输入校验码。",
    en: "The camera is not allowed. Allow it beside the address bar or in the settings and open the scanner again; or choose a photo, paste the content of the code, or type the manual code.",
  },
  missing: {
    zh: "这台设备没有找到摄像头。请选择证书的照片、粘贴二维码的内容，或输入校验码。",
    en: "This device has no camera. Please choose a photo of the certificate, paste the content of the code, or type the manual code.",
  },
  "in-use": {
    zh: "摄像头正被其他程序使用。请关闭正在使用摄像头的程序后再打开；也可以选择照片，或输入校验码。",
    en: "The camera is used by another program. Close that and open the scanner again; or choose a photo, or type the manual code.",
  },
  insecure: {
    zh: "本页不是通过 https 打开的，浏览器不允许使用摄像头。请用以“https://”开头的地址打开，或用手机相机直接扫描二维码。",
    en: "This page was not opened over https, so the browser allows no camera. Open it by an address that begins with “https://”, or scan with the phone's own camera.",
  },
  unsupported: {
    zh: "这个浏览器不能使用摄像头。请用手机相机直接扫描，在系统浏览器里打开本页，或选择照片、输入校验码。",
    en: "This browser offers no camera. Scan with the phone's own camera, open this page in the system's browser, choose a photo, or type the manual code.",
  },
};

/** What stands on top of the page when a picture gave no record: label, sentence, and what to do. */
export const PICTURE_ANSWERS = {
  "qr-not-found": {
    label: { zh: "没有找到二维码", en: "no QR code found" },
    text: { zh: "图片中没有找到二维码。这不说明证书有问题。", en: "No QR code was found in the picture. That says nothing against the certificate." },
    next: {
      zh: "请拍摄完整、清晰的二维码：靠近一些，四角都在画面内，避开反光；也可以输入二维码旁的校验码。",
      en: "Take a complete and clear picture: come closer, keep all four corners in view, avoid glare; or type the manual code beside the symbol.",
    },
  },
  "qr-several": {
    label: { zh: "有多份证书", en: "several certificates" },
    text: { zh: "图片中有多个不同的证书二维码。", en: "The picture shows several certificates." },
    next: { zh: "请逐份拍摄、逐个查验。", en: "Please photograph and check them one by one." },
  },
  "image-unreadable": {
    label: { zh: "图片读不出来", en: "picture unreadable" },
    text: { zh: "图片无法读取：可能已损坏、格式少见，或超过 20 MB。", en: "The picture cannot be read: damaged, of a rare format, or larger than 20 MB." },
    next: { zh: "请使用清晰的 PNG 或 JPEG 图片。", en: "Please use a clear PNG or JPEG picture." },
  },
  "foreign-symbol": {
    label: { zh: "不是证书二维码", en: "not a certificate's code" },
    text: { zh: "图片中的二维码不是证书二维码，本页没有打开它。", en: "The QR code in the picture is not a certificate's. It was not opened." },
    next: { zh: "请拍摄证书上的二维码。", en: "Please photograph the code on the certificate." },
  },
  "reader-failed": {
    label: { zh: "识别程序没有加载", en: "reader not loaded" },
    text: { zh: "识别程序没有加载成功，图片没有识别。", en: "The reader did not load, and the picture was not read." },
    next: { zh: "请检查网络后重试，或输入二维码旁的校验码。", en: "Check the network and try again, or type the manual code beside the symbol." },
  },
  "neither-picture-nor-pdf": {
    label: { zh: "不是图片或 PDF", en: "neither picture nor PDF" },
    text: { zh: "这个文件既不是图片，也不是 PDF，没有读取。", en: "The file is neither a picture nor a PDF, and was not read." },
    next: { zh: "请使用证书的照片，或下载得到的证书 PDF 文件。", en: "Use a photo of the certificate, or its PDF as downloaded." },
  },
  "one-at-a-time": {
    label: { zh: "请一次一个文件", en: "one file at a time" },
    text: { zh: "一次给了多个文件，都没有读取。", en: "Several files were given at once; none was read." },
    next: { zh: "请逐个查验；名单较长的，请用批量核验。", en: "Please check them one by one; for long lists use the batch check." },
  },
  "no-file-check": {
    label: { zh: "这里不核验 PDF 文件", en: "no PDF check here" },
    text: { zh: "本站只核验二维码，没有读取这个文件。", en: "This site checks QR codes alone; the file was not read." },
    next: { zh: "请扫描证书上的二维码。", en: "Please scan the QR code on the certificate." },
  },
};
