"use strict";

// The page is whole without this file: it only puts newer numbers in the place of older ones.

const REFRESH_MILLISECONDS = 3000;
const live = document.getElementById("live");
const stale = document.getElementById("stale");

async function refresh() {
  // nothing moves under the hand of whoever reads or is about to press a button
  if (document.hidden || live.contains(document.activeElement)) return;
  try {
    const answer = await fetch("/operations/live", { credentials: "same-origin" });
    if (answer.status === 401) { location.reload(); return; }
    if (!answer.ok) throw new Error(answer.statusText);
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!live.contains(document.activeElement)) live.replaceChildren(...made.body.childNodes);
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
}

setInterval(refresh, REFRESH_MILLISECONDS);
