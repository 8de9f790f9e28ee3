// Who opens the filters of a list without a mouse goes on inside them, and comes back afterwards.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const opener = document.getElementById("open-filters");
  const filters = document.getElementById("changelist-filter");
  if (!opener || !filters) {
    return;
  }
  opener.addEventListener("click", () =>
    setTimeout(() =>
      filters.querySelector("a[href], button, input:not([type=hidden]), select, [tabindex='0']")?.focus(),
    ),
  );
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && filters.contains(document.activeElement)) {
      opener.focus();
    }
  });
});
