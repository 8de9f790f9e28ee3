// The boxes for choosing while typing: they don't say what they choose, the field's label does; and
// Enter takes the first that was found for what is typed, never one that stood there before.
(() => {
  const known = new WeakSet();
  const take_the_first = ({ target }) => {
    const box = django.jQuery(target).data("select2");
    if (!box || known.has(box)) {
      return;
    }
    known.add(box);
    const options = (which) => box.results.$results.find(`.select2-results__option${which}`);
    box.on("query", (params) => {
      if (!params.page && options(".loading-results").length) {
        options("--highlighted").removeClass("select2-results__option--highlighted");
      }
    });
    box.on("results:all", ({ query }) => {
      if (query.term) {
        options("[aria-selected]").first().trigger("mouseenter");
      }
    });
  };

  const name = (box) => {
    const select = box.closest(".select2-container")?.previousElementSibling;
    const label = select?.labels?.[0]?.textContent.trim() || select?.getAttribute("aria-label");
    if (!label) {
      return;
    }
    for (const part of [box, box.querySelector("[role=textbox]")]) {
      part?.removeAttribute("aria-labelledby");
      part?.setAttribute("aria-label", label);
    }
  };
  const nameAll = () =>
    document.querySelectorAll(".select2-selection:not([aria-label])").forEach(name);
  document.addEventListener("DOMContentLoaded", () => {
    window.django?.jQuery?.(document).on("select2:open", take_the_first);
    nameAll();
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  });
})();
