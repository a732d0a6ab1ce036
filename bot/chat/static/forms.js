// Forms that the server sends as dialogs: their values, their errors, and what is kept of them.

import { actDone, actId, complain, keep, NotTaken, open, sendFrom, words } from "./acts.js";

const sheets = document.getElementById("sheets");
const inputs = (field) => (field.matches("fieldset") ? [...field.querySelectorAll("input")] : [field]);

function value(field) {
  const all = inputs(field);
  switch (field.dataset.kind) {
    case "multi": return all.filter((one) => one.checked).map((one) => one.value);
    case "choice":
    case "scale":
    case "confirm":
      return field.matches("fieldset") ? all.find((one) => one.checked)?.value ?? "" : field.value;
    case "lines":
    case "pairs":
      return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
    default: return field.value.trim();
  }
}

function fill(field, kept) {
  for (const one of inputs(field)) {
    if (one.type === "radio" || one.type === "checkbox") one.checked = [kept].flat().includes(one.value);
    else one.value = Array.isArray(kept) ? kept.join("\n") : kept;
  }
}

const values = (form) => Object.fromEntries(
  [...form.querySelectorAll("[data-field]")].map((field) => [field.dataset.field, value(field)]),
);

function fault(form, field) {
  const given = value(field);
  if (field.hasAttribute("data-required") && !given.length) return form.dataset.missing;
  const length = [given].flat().join("\n").length;
  if (length <= Number(field.dataset.max)) return "";
  return form.dataset.long.replace("{n}", length).replace("{max}", field.dataset.max);
}

function errors(form, found) {
  let first = null;
  for (const field of form.querySelectorAll("[data-field]")) {
    const place = form.querySelector(`[data-error-for="${CSS.escape(field.dataset.field)}"]`);
    const text = found[field.dataset.field] ?? "";
    complain(place, null, text);
    for (const one of inputs(field)) {
      if (text) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
      if (field.matches("fieldset")) {
        if (text) one.setAttribute("aria-describedby", place.id);
        else one.removeAttribute("aria-describedby");
      }
    }
    if (text) first ??= inputs(field)[0];
    delete found[field.dataset.field];
  }
  const rest = Object.values(found).join(" ");
  complain(form.querySelector('[data-error-for=""]'), null, rest);
  first?.focus();
  return Boolean(first || rest);
}

function restore(form, key) {
  const asSent = JSON.stringify(values(form));
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (!kept || kept.from !== asSent) return asSent;
  for (const field of form.querySelectorAll("[data-field]")) {
    if (field.dataset.field in kept.values) fill(field, kept.values[field.dataset.field]);
  }
  form.querySelector(".kept").hidden = false;
  return asSent;
}

/** Shows a form or page. `where` is {room, thread}; `replied` takes what the server answers. */
export function sheet(html, where, replied) {
  for (const other of sheets.querySelectorAll("dialog[open]")) other.close();
  sheets.innerHTML = html; // rendered and escaped by our own server
  const dialog = sheets.firstElementChild;
  const form = dialog.querySelector("form[data-form]");
  open(dialog, () => { if (sheets.contains(dialog)) dialog.remove(); });
  if (!form) return;
  const key = `form:${words.me}:${form.dataset.form}`;
  const from = restore(form, key);
  form.addEventListener("input", () => keep(key, JSON.stringify({ from, values: values(form) })));
  form.querySelector("[data-field]:not(fieldset), [data-field] input")?.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = [...form.querySelectorAll("[data-field]")];
    const found = fields.map((field) => [field.dataset.field, fault(form, field)]).filter(([, text]) => text);
    if (errors(form, Object.fromEntries(found))) return;
    await submit(dialog, form, key, where, replied);
  });
}

async function submit(dialog, form, key, where, replied) {
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const given = values(form);
  const name = `form:${form.dataset.form}`;
  const id = actId(name, JSON.stringify(given));
  const problem = form.querySelector('[data-error-for=""]');
  complain(problem, null, "");
  try {
    const reply = await sendFrom(dialog, "/chat/submit", { id, ...where, form: form.dataset.form, values: given });
    if (!reply) return; // called off; what was typed is kept
    actDone(name);
    if (reply.errors) {
      errors(form, { ...reply.errors });
      return;
    }
    sessionStorage.removeItem(key);
    if (dialog.open) dialog.close();
    replied(reply);
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    complain(problem, null, error.message);
    problem.scrollIntoView({ block: "nearest" });
  } finally {
    button.removeAttribute("aria-busy");
  }
}
