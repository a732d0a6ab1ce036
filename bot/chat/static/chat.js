// The page of a room: what comes in live, and what the person does with messages.

import { actDone, actGone, actId, complain, connected, keep, NotTaken, open, send, sendFrom, words } from "./acts.js";
import { sheet } from "./forms.js";

const room = Number(words.room) || null;
const lists = Object.fromEntries([...document.querySelectorAll("[data-list]")].map((list) => [list.dataset.list, list]));
const spoken = document.getElementById("spoken");
const fragment = (html) => {
  const made = document.createElement("template");
  made.innerHTML = html; // rendered and escaped by our own server
  return made.content.firstElementChild;
};

// --- what comes in ---------------------------------------------------------------------------

const atEnd = (scroll) => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
const toEnd = (scroll) => { scroll.scrollTop = scroll.scrollHeight; };

function swap(old, made) {
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  for (const fold of old.querySelectorAll("details[open]")) {
    const again = made.querySelector(`[data-fold="${fold.dataset.fold}"]`);
    if (again) again.open = true;
  }
  const busy = new Set([...old.querySelectorAll("[aria-busy=true]")].map((one) => one.dataset.key));
  for (const one of made.querySelectorAll("[data-key]")) if (busy.has(one.dataset.key)) one.setAttribute("aria-busy", "true");
  old.replaceWith(made);
  if (!focus) return;
  const same = [...made.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focus.dataset.key);
  (same ?? made).focus({ preventScroll: true });
}

function put(list, id, html) {
  const scroll = list.closest(".scroll");
  const stay = atEnd(scroll);
  const old = list.querySelector(`[data-message="${id}"]`);
  const made = html ? fragment(html) : null;
  if (!made) remove(old);
  else if (old) {
    if (Number(old.dataset.change) < Number(made.dataset.change)) swap(old, made);
  } else {
    const next = [...list.querySelectorAll("[data-message]")].find((one) => Number(one.dataset.message) > id);
    if (next) next.before(made);
    else list.append(made);
    if (!made.classList.contains("own")) speak(made.dataset.spoken);
  }
  if (stay) toEnd(scroll);
}

function remove(old) {
  if (!old) return;
  if (old.contains(document.activeElement)) (old.nextElementSibling ?? old.closest(".scroll")).focus({ preventScroll: true });
  old.remove();
}

function speak(text) {
  const line = document.createElement("p");
  line.textContent = text;
  spoken.append(line);
  while (spoken.childElementCount > 5) spoken.firstElementChild.remove();
}

function came({ id, thread, html }) {
  if (thread !== null) {
    if (String(thread) === words.thread) put(lists.thread, id, html);
    return;
  }
  if (String(id) === words.thread && html) put(lists.thread, id, html);
  const old = lists.room?.querySelector(`[data-message="${id}"]`);
  if (old || (!words.older && newer(id))) put(lists.room, id, html);
}

/** An older message that changed but is not on this page stays off it. */
const newer = (id) => id > Number(lists.room?.querySelector("[data-message]")?.dataset.message ?? 0);

function counted({ root, label }) {
  for (const place of document.querySelectorAll(`[data-replies="${root}"]`)) place.textContent = label;
}

let last = Number(words.since);
function listen() {
  const stream = new EventSource(`/chat/stream?room=${room ?? 0}&since=${last}`);
  const on = (kind, take) => stream.addEventListener(kind, (event) => {
    last = Number(event.lastEventId) || last;
    take(event.data);
    seen();
  });
  on("message", (data) => came(JSON.parse(data)));
  on("replies", (data) => counted(JSON.parse(data)));
  on("elsewhere", (data) => unread(Number(data), last));
  on("closed", () => { stream.close(); location.assign("/chat"); });
  stream.onopen = () => { connected(true); document.documentElement.dataset.live = "true"; };
  stream.onerror = () => {
    delete document.documentElement.dataset.live;
    connected(false);
    if (stream.readyState !== EventSource.CLOSED) return;
    stream.close();
    setTimeout(listen, 3000);
  };
  window.addEventListener("pagehide", () => stream.close(), { once: true });
}

// --- what is new in other rooms ----------------------------------------------------------------

const mark = (id) => `seen:${words.me}:${id}`;
function seen() {
  if (!room || document.hidden) return;
  try { localStorage.setItem(mark(room), String(last)); } catch { /* then nothing is marked */ }
}
function unread(id, change) {
  const link = document.querySelector(`[data-room-link="${id}"]`);
  if (!link) newRooms(id);
  if (!link || id === room) return;
  let read = "0";
  try { read = localStorage.getItem(mark(id)) ?? "0"; } catch { /* all is new */ }
  link.querySelector(".new").hidden = !(change > Number(read));
}

const askedFor = new Set();
/** A room that is not on the list, since one came into it only now: fetch the list anew, once. */
async function newRooms(id) {
  if (askedFor.has(id)) return;
  askedFor.add(id);
  const response = await fetch(location.pathname).catch(() => null);
  if (!response?.ok) return;
  const made = new DOMParser().parseFromString(await response.text(), "text/html");
  document.querySelector(".rooms ul").replaceWith(made.querySelector(".rooms ul"));
  document.querySelectorAll("[data-room-link]").forEach((link) => unread(Number(link.dataset.roomLink), Number(link.dataset.change)));
}

// --- writing -----------------------------------------------------------------------------------

function composer(form) {
  const text = form.querySelector("textarea");
  const error = form.querySelector(".error");
  const name = `say:${form.dataset.room}:${form.dataset.thread}`;
  const draft = `draft:${words.me}:${name}`;
  const thread = Number(form.dataset.thread) || null;
  text.value = text.value || (sessionStorage.getItem(draft) ?? "");
  text.addEventListener("input", () => { actGone(name); keep(draft, text.value); complain(error, text, ""); });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!text.value.trim() || text.readOnly) return;
    const button = form.querySelector("[type=submit]");
    text.readOnly = true;
    button.setAttribute("aria-busy", "true");
    try {
      const reply = await send("/chat/say", { id: actId(name, text.value), room: Number(form.dataset.room), thread, text: text.value });
      actDone(name);
      text.value = "";
      sessionStorage.removeItem(draft);
      toEnd(form.parentElement.querySelector(".scroll"));
      replied(reply, { room: Number(form.dataset.room), thread }, null);
    } catch (failure) {
      if (!(failure instanceof NotTaken)) throw failure;
      complain(error, text, failure.message);
    } finally {
      text.readOnly = false;
      button.removeAttribute("aria-busy");
    }
  });
}

// --- pressing, editing, deleting ------------------------------------------------------------------

// What was answered about a message in one tab is out of date once another tab has asked again.
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("samspill") : null;
if (tabs) {
  tabs.onmessage = ({ data }) => {
    if (data.me !== words.me) return;
    for (const old of document.querySelectorAll("[data-notice]")) if (old.dataset.about === data.about) remove(old);
  };
}

/** Shows what the server answered, beside what it is about; one answer at a time for each message,
 *  and one for what was typed. */
function replied(reply, where, about) {
  if (reply.form || reply.page) sheet(reply.form ?? reply.page, where, (next) => replied(next, where, about));
  if (!reply.notice) return;
  const made = fragment(reply.notice);
  made.dataset.where = JSON.stringify(where);
  const list = where.thread ? lists.thread ?? lists.room : lists.room;
  const old = about?.closest("[data-notice]");
  const message = about?.closest("[data-message]");
  const beside = message && list.querySelector(`[data-message="${message.dataset.message}"]`);
  made.dataset.about = old?.dataset.about ?? message?.dataset.message ?? `typed:${where.thread ?? ""}`;
  if (Number(made.dataset.about)) tabs?.postMessage({ me: words.me, about: made.dataset.about });
  for (const other of document.querySelectorAll("[data-notice]")) {
    if (other !== old && other.dataset.about === made.dataset.about) remove(other);
  }
  if (old?.isConnected) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(made);
    if (focused) made.focus();
  } else if (beside) beside.after(made);
  else list.append(made);
  made.scrollIntoView({ block: "nearest" });
  speak(made.dataset.spoken);
}

async function press(button) {
  if (button.getAttribute("aria-busy") === "true") return;
  const message = button.closest("[data-message]");
  const notice = button.closest("[data-notice]");
  const where = message ? { room: Number(message.dataset.room), thread: Number(message.dataset.thread) || null } : JSON.parse(notice?.dataset.where ?? JSON.stringify({ room, thread: Number(words.thread) || null }));
  const number = Number(message?.dataset.message) || null;
  const { press: id, value = null } = button.dataset;
  const name = `press:${number}:${id}:${value}`;
  button.setAttribute("aria-busy", "true");
  try {
    const reply = await send("/chat/press", { id: actId(name, ""), ...where, message: number, button: id, value });
    actDone(name);
    button.closest("dialog")?.close();
    replied(reply, where, button);
  } catch (failure) {
    if (!(failure instanceof NotTaken)) throw failure;
    if (!failure.again) actDone(name);
    failed(button, failure.message);
  } finally {
    const places = number ? document.querySelectorAll(`[data-message="${number}"] [data-press]`) : [button];
    for (const one of places) if (one.dataset.key === button.dataset.key) one.removeAttribute("aria-busy");
  }
}

async function signOut(button) {
  button.setAttribute("aria-busy", "true");
  try {
    await send("/ut", {});
    sessionStorage.clear(); // drafts are the person's own
  } finally {
    location.assign("/");
  }
}

function failed(button, text) {
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = text;
  button.closest(".buttons, fieldset")?.parentElement.querySelector(":scope > .error")?.remove();
  button.closest(".buttons, fieldset")?.after(line);
}

function own(dialog, path, message, body) {
  const form = dialog.querySelector("form");
  const error = form.querySelector(".error");
  complain(error, null, "");
  form.onsubmit = async (event) => {
    event.preventDefault();
    const content = body();
    const name = `${path}:${message}`;
    try {
      const reply = await sendFrom(dialog, path, { id: actId(name, JSON.stringify(content)), message, ...content });
      if (!reply) return;
      actDone(name);
      dialog.close();
      replied(reply, { room, thread: Number(words.thread) || null }, null);
    } catch (failure) {
      if (!(failure instanceof NotTaken)) throw failure;
      complain(error, null, failure.message);
    }
  };
  open(dialog);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  const message = Number(button.closest("[data-message]")?.dataset.message);
  if ("press" in button.dataset) press(button);
  else if ("dismiss" in button.dataset) remove(button.closest("[data-notice]"));
  else if ("signout" in button.dataset) signOut(button);
  else if ("edit" in button.dataset) {
    const text = document.getElementById("editing-text");
    text.value = button.dataset.source;
    own(document.getElementById("editing"), "/chat/edit", message, () => ({ text: text.value }));
  } else if ("delete" in button.dataset) own(document.getElementById("deleting"), "/chat/delete", message, () => ({}));
});

// Esc on a notice puts it away; dialogs close by themselves.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") remove(event.target.closest?.("[data-notice]"));
});

// --- begin ---------------------------------------------------------------------------------------

document.querySelectorAll(".composer").forEach(composer);
document.querySelectorAll("[data-list]").forEach((list) => toEnd(list.closest(".scroll")));
if (words.older) document.querySelector(".room .scroll").scrollTop = 0;
document.querySelectorAll("[data-room-link]").forEach((link) => unread(Number(link.dataset.roomLink), Number(link.dataset.change)));
seen();
document.addEventListener("visibilitychange", seen);
// A page that the browser had put by, as by going back, shows what was true then: fetch it anew.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
listen();
