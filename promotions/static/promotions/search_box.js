// The search box on every page: "/" or Ctrl-K leads into it, arrow keys through what it found.
"use strict";

{
  const form = document.querySelector("[data-search-box]");
  const input = form.querySelector("input");
  const answer = form.querySelector("#search-box-answer");
  const status = form.querySelector("[data-search-box-status]");
  const hits = () => [...answer.querySelectorAll("[role=option]")];
  const answered = () => answer.firstElementChild?.dataset.text === input.value.trim();
  let chosen = 0;

  const choose = (number) => {
    const all = hits();
    chosen = all.length ? (number + all.length) % all.length : 0;
    all.forEach((hit, n) => hit.setAttribute("aria-selected", String(n === chosen)));
    const hit = all[chosen];
    if (hit && !answer.hidden) {
      input.setAttribute("aria-activedescendant", hit.id);
      hit.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const show = (visible) => {
    answer.hidden = !visible || !answer.textContent.trim();
    input.setAttribute("aria-expanded", String(!answer.hidden && hits().length > 0));
    choose(0);
  };

  answer.addEventListener("htmx:afterSwap", () => {
    const { count } = answer.firstElementChild?.dataset ?? {};
    show(document.activeElement === input);
    status.textContent = answer.hidden ? "" : `${count} found`;
  });

  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (answer.hidden) {
        show(true);
      } else {
        choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      }
    } else if (event.key === "Enter") {
      const hit = hits()[chosen];
      if (hit && !answer.hidden && answered()) {
        event.preventDefault();
        hit.click();
      } // else the form is sent, and a page answers
    } else if (event.key === "Escape" && !answer.hidden) {
      event.preventDefault(); // the first time it closes the list, the second time it clears
      show(false);
    }
  });

  input.addEventListener("focus", () => show(answered()));
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) {
      show(false);
    }
  });
  // A press on a hit must not take the focus first, which would close the list.
  answer.addEventListener("mousedown", (event) => event.preventDefault());

  const isTyping = ({ target }) => target.closest?.("input, textarea, select, [contenteditable]");
  const focus = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation(); // the theme has keys of its own
    input.focus();
    input.select();
  };
  addEventListener(
    "keydown",
    (event) => {
      const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      // On a list "/" leads into the search of that list, which says so.
      const slash = event.key === "/" && !isTyping(event) && !document.querySelector("#searchbar");
      if (command || slash) {
        focus(event);
      }
    },
    { capture: true },
  );
}
