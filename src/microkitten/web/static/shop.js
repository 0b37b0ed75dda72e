// What makes pages smoother. Each of them works without this file.
"use strict";
const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "file" in form.dataset) return; // a file leaves the page as it is
  if (form.dataset.sent) event.preventDefault();
  else setTimeout(() => { form.dataset.sent = "1"; });
});
addEventListener("pageshow", () => each("form[data-sent]", (form) => delete form.dataset.sent));

// A quantity or a filter counts as soon as it is changed.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]");
  if (form) form.requestSubmit();
});

addEventListener("DOMContentLoaded", () => {
  document.documentElement.classList.add("js");
  const problems = document.querySelector("[data-focus]");
  if (problems) problems.focus();
  // A page that waits looks again by itself, after so many seconds.
  each("[data-again]", (part) => setTimeout(() => location.reload(), part.dataset.again * 1000));
  // What a page that is everybody's means for this reader: fetched for them alone, and put beside what it is about.
  each("[data-notes]", async (part) => {
    const answer = await fetch(part.dataset.notes, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) return;
    part.innerHTML = await answer.text();
    each("[data-beside]", (note) => document.getElementById(note.dataset.beside)?.replaceChildren(...note.children));
    each("[data-beside]", (note) => note.remove());
  });
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
});
