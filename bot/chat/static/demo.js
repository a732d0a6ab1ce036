// The demo's bar: who one is, in which language, and what time it is.

import { send } from "./acts.js";

const bar = document.querySelector(".demo details");
if (matchMedia("(max-width: 48rem)").matches) bar.open = false; // a small screen is for the talk

const clock = document.querySelector("[data-clock]");

document.querySelector('[data-demo="person"]').addEventListener("submit", async (event) => {
  event.preventDefault();
  const person = document.getElementById("demo-person").value;
  if (person) await send("/demo/person", { person });
  location.assign("/");
});

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", async () => {
    await send("/demo/language", { language: button.dataset.language });
    location.reload();
  });
}

for (const button of document.querySelectorAll("[data-to]")) {
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      clock.textContent = (await send("/demo/clock", { to: button.dataset.to })).now;
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

setInterval(async () => {
  if (document.hidden) return;
  const response = await fetch("/demo/clock").catch(() => null);
  if (!response?.ok) return;
  const { now } = await response.json();
  if (clock.textContent !== now) clock.textContent = now;
}, 20000);
