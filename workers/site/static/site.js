"use strict";

// Every page works without this file: it adds suggestions, keys and the switch of light and dark.

const box = document.getElementById("q");
const offers = document.getElementById("offers");

function showTheme() {
  const button = document.getElementById("theme");
  const dark = () =>
    document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : window.matchMedia("(prefers-color-scheme: dark)").matches;
  const name = () => { button.textContent = dark() ? "Light" : "Dark"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    document.cookie = `presswire_theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    name();
  });
  name();
}

// Offers the browser's own time zone where the page shows another.
function offerZone() {
  const field = document.getElementById("zone");
  const button = document.getElementById("own-zone");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!field || !own || own === field.value) return;
  button.textContent = `Use ${own}`;
  button.hidden = false;
  button.addEventListener("click", () => { field.value = own; });
}

// Panels are open where there is room for them.
function openPanels() {
  const wide = window.matchMedia("(min-width: 52.01rem)").matches;
  for (const panel of document.querySelectorAll("details.panel")) panel.open = wide;
}

function goToMark(marks, step) {
  const now = marks.findIndex((mark) => mark.classList.contains("current"));
  const next = now < 0 ? (step > 0 ? 0 : marks.length - 1) : (now + step + marks.length) % marks.length;
  marks.forEach((mark, number) => mark.classList.toggle("current", number === next));
  marks[next].scrollIntoView({ block: "center" });
}

// Goes to the next result or, in an article with marks, to the next mark.
function move(step) {
  const marks = [...document.querySelectorAll("mark[id]")];
  if (marks.length) { goToMark(marks, step); return; }
  const links = [...document.querySelectorAll("a.open")];
  if (!links.length) return;
  const now = links.indexOf(document.activeElement);
  const next = now < 0 ? (step > 0 ? 0 : links.length - 1) : now + step;
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  link.focus();
  link.scrollIntoView({ block: "center" });
}

function showMarkButtons() {
  for (const button of document.querySelectorAll("[data-mark]")) {
    button.hidden = false;
    button.addEventListener("click", () => move(Number(button.dataset.mark)));
  }
}

function onKey(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing) { event.target.blur(); return; }
  if (typing) return;
  if (event.key === "/" && box) { event.preventDefault(); box.focus(); box.select(); }
  else if (event.key === "/") { window.location.href = "/"; }
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "n") document.querySelector("a[rel=next]")?.click();
  else if (event.key === "?") window.location.href = "/help";
}

function closeOffers() {
  offers.hidden = true;
  offers.replaceChildren();
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function take(query) {
  box.value = query;
  closeOffers();
  box.focus();
  if (/[:\s]$/.test(query)) box.dispatchEvent(new Event("input"));
  else box.form.requestSubmit();
}

function offer(found) {
  offers.replaceChildren(...found.map((one, number) => {
    const item = document.createElement("li");
    const text = document.createElement("span");
    const help = document.createElement("span");
    item.id = `offer-${number}`;
    item.role = "option";
    item.ariaSelected = "false";
    item.dataset.query = one.query;
    text.textContent = one.text;
    help.className = "help";
    help.textContent = one.help;
    item.append(text, help);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(one.query); });
    return item;
  }));
  offers.hidden = !found.length;
  box.setAttribute("aria-expanded", String(found.length > 0));
  box.removeAttribute("aria-activedescendant");
}

function choose(step) {
  const items = [...offers.children];
  if (!items.length) return;
  const now = items.findIndex((item) => item.ariaSelected === "true");
  const next = (now + step + items.length + (now < 0 && step < 0 ? 1 : 0)) % items.length;
  items.forEach((item, number) => { item.ariaSelected = String(number === next); });
  box.setAttribute("aria-activedescendant", items[next].id);
}

function suggest() {
  let timer = 0;
  let asked = 0;
  box.addEventListener("input", () => {
    window.clearTimeout(timer);
    const number = ++asked;
    if (!box.value.trim()) { closeOffers(); return; }
    timer = window.setTimeout(async () => {
      const answer = await fetch(`/api/suggest?q=${encodeURIComponent(box.value.slice(-400))}`).catch(() => null);
      if (number !== asked || !answer?.ok || document.activeElement !== box) return;
      offer(await answer.json());
    }, 120);
  });
  box.addEventListener("keydown", (event) => {
    const chosen = offers.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      asked += 1;
      window.clearTimeout(timer);
      if (chosen) { event.preventDefault(); take(chosen.dataset.query); }
    } else if (event.key === "Escape" && !offers.hidden) {
      event.preventDefault();
      event.stopPropagation();
      closeOffers();
    }
  });
  box.addEventListener("blur", closeOffers);
}

showTheme();
offerZone();
showMarkButtons();
openPanels();
document.addEventListener("keydown", onKey);
if (box && offers) suggest();
