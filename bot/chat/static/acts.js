// What a person does: send, press, fill in. Each act has one id, kept until the server took it.

export const words = document.body.dataset;
const offline = document.getElementById("offline");
const TRIES = 5; // of an act that the server could not take, before the person is asked

/** Says (or, without text, stops saying) that the connection is lost. */
export function connected(yes) {
  if (offline.hidden !== yes) {
    offline.textContent = yes ? "" : words.textOffline;
    offline.hidden = yes;
  }
}

/** The act was not taken; `again` says that the same act may be tried again. */
export class NotTaken extends Error {
  constructor(text, again = false) {
    super(text);
    this.again = again;
  }
}

const wait = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(finish, ms);
  function finish() { clearTimeout(timer); window.removeEventListener("online", finish); signal?.removeEventListener("abort", finish); done(); }
  window.addEventListener("online", finish);
  signal?.addEventListener("abort", finish);
});

/** POST, again and again with the same body while the network or the server is away; null once
 *  `signal` called it off. `patient: false`: without a network the person is told at once. */
export async function send(path, body, { signal, patient = true } = {}) {
  for (let failed = 0, pause = 500; ; pause = Math.min(pause * 2, 15000)) {
    if (signal?.aborted) return null;
    let response;
    try {
      response = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Samspill": "1" },
        body: JSON.stringify({ me: words.me, ...body }),
        signal,
      });
    } catch {
      if (signal?.aborted) return null;
      if (!patient) throw new NotTaken(words.textUnsent, true);
      connected(false);
      await wait(pause, signal);
      continue;
    }
    connected(true);
    if (response.status >= 500) {
      failed += 1;
      if (failed >= TRIES) throw new NotTaken(words.textFailed, true);
      await wait(pause, signal);
      continue;
    }
    if (response.status === 401) throw new NotTaken(words.textSession);
    if (response.status === 413) throw new NotTaken(words.textLarge);
    const reply = await response.json().catch(() => ({}));
    if (!response.ok) throw new NotTaken(reply.error || words.textFailed);
    return reply;
  }
}

const AGAIN = 10 * 60 * 1000; // ms within which the same once more is meant as the same act
const MADE_ANEW = ["press:", "form:"]; // what says the same later is another act, once one was taken

/** The id of an act: the same for the same content for a while, until `done`; survives a reload. */
export function actId(name, content) {
  const key = `act:${words.me}:${name}`;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (kept && kept.content === content && Math.abs(Date.now() - kept.at) < AGAIN) return kept.id;
  const id = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  keep(key, JSON.stringify({ id, content, at: Date.now() }));
  return id;
}

/** The act was taken. So a press or form that was broken off before is no repetition any more. */
export function actDone(name) {
  actGone(name);
  for (const key of Object.keys(sessionStorage)) {
    if (MADE_ANEW.some((kind) => key.startsWith(`act:${words.me}:${kind}`))) sessionStorage.removeItem(key);
  }
}

/** What is written next is another act, also when it says the same. */
export function actGone(name) {
  sessionStorage.removeItem(`act:${words.me}:${name}`);
}

/** Keep something for this tab; a full or forbidden store only means that it is not kept. */
export function keep(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch { /* the act goes on without */ }
}

export function complain(paragraph, input, text) {
  paragraph.textContent = text;
  paragraph.hidden = !text;
  if (text) input?.setAttribute("aria-invalid", "true");
  else input?.removeAttribute("aria-invalid");
}

/** Sends what a dialog is for. Closing the dialog calls it off; null if that came first. */
export async function sendFrom(dialog, path, body) {
  const called = new AbortController();
  const off = () => called.abort();
  dialog.addEventListener("close", off, { once: true });
  try {
    return await send(path, body, { signal: called.signal, patient: false });
  } finally {
    dialog.removeEventListener("close", off);
  }
}

/** Opens a dialog; closing it puts focus back, also when what had it was rendered anew. */
export function open(dialog, finish = () => {}) {
  const before = document.activeElement;
  const message = before?.closest("[data-message]");
  const pane = before?.closest("[data-list]")?.dataset.list;
  const key = before?.dataset?.key;
  dialog.addEventListener("close", () => {
    finish();
    if (before?.isConnected) before.focus();
    else if (message) {
      const again = document.querySelector(`[data-list="${pane}"] [data-message="${message.dataset.message}"]`);
      ([...(again?.querySelectorAll("[data-key]") ?? [])].find((one) => one.dataset.key === key) ?? again)?.focus();
    }
  }, { once: true });
  dialog.querySelectorAll("[data-close]").forEach((button) => { button.onclick = () => dialog.close(); });
  dialog.showModal();
}
