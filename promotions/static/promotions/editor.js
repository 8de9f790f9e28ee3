// The promotion's form: rows that are added and taken out, fields that count only beside others,
// and records that are chosen, or named anew, while typing.
"use strict";
{
  const $ = django.jQuery;

  const add_name = (params) => {
    const name = params.term.trim();
    return name ? { id: `new:${name}`, text: `Add “${name}”`, isNew: true } : null;
  };

  // To add what is typed comes behind what is there and begins so, and before what only contains it.
  const add_behind = (found, tag) => {
    const at = found.findIndex((one) => one.likelihood === 3);
    found.splice(at < 0 ? found.length : at, 0, tag);
  };

  const is_new = (one) => String(one.id).startsWith("new:");

  const kind_of = (select) => select.dataset.fieldName.split("_").pop(); // category, product, …

  // What was found, the likeliest first, and among it what other rows of the form name anew: what
  // is called as typed, then what begins so, then the rest, as promotions/likelihood.py has it.
  const offered = (select, data, params) => {
    const term = (params.term || "").trim().toLowerCase();
    const likelihood_of = (name) => {
      const at = name.toLowerCase().indexOf(term);
      return at ? 3 : name.length === term.length ? 1 : 2;
    };
    const found = [...data.results];
    if ((params.page || 1) === 1 && select.dataset.mayAdd) {
      const others = [...document.querySelectorAll("select.promotion-pick[data-may-add]")];
      const names = others
        .filter((other) => other !== select && kind_of(other) === kind_of(select))
        .map((other) => other.value)
        .filter((value) => value.startsWith("new:"))
        .map((value) => value.slice(4))
        .filter((name) => name.toLowerCase().includes(term));
      found.unshift(...[...new Set(names)].map((name) => ({
        id: `new:${name}`,
        text: name,
        likelihood: likelihood_of(name),
      })));
      if (term) {
        found.sort((a, b) => a.likelihood - b.likelihood);
      }
    }
    return { ...data, results: found };
  };

  const choose = (select) => {
    if (select.name.includes("__prefix__") || $(select).hasClass("select2-hidden-accessible")) {
      return;
    }
    const label = document.querySelector(`label[for="${select.id}"]`);
    $(select).select2({
      tags: Boolean(select.dataset.mayAdd),
      createTag: add_name,
      insertTag: add_behind,
      templateResult: (one) => (is_new(one) && !one.isNew ? `${one.text} (new)` : one.text),
      templateSelection: (one) =>
        String(one.id).startsWith("new:") ? `${one.id.slice(4)} (new)` : one.text,
      width: "100%",
      ajax: {
        processResults: (data, params) => offered(select, data, params),
        data: (params) => ({
          term: params.term,
          page: params.page,
          app_label: select.dataset.appLabel,
          model_name: select.dataset.modelName,
          field_name: select.dataset.fieldName,
        }),
      },
    });
    if (label) {
      $(select).next(".select2").find("[role=combobox], [role=textbox]").attr("aria-label", label.textContent);
    }
  };

  // What jQuery tells only its own listeners, all are told.
  $(document).on("change", "select.promotion-pick", (event) => {
    if (!event.originalEvent) {
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  const value_of = (name) => {
    const field = document.querySelector(`#promotion_form [name="${name}"]`);
    if (!field) {
      return null;
    }
    return field.type === "checkbox" ? (field.checked ? "on" : "") : field.value;
  };

  // Of some fields a few choices go only with some values of another: the others offer them not.
  // One that is chosen stays, and the summary says what is wrong with it.
  const offer = () => {
    for (const select of document.querySelectorAll("select[data-goes-with]")) {
      const goes_with = JSON.parse(select.dataset.goesWith);
      const value = value_of(select.dataset.beside);
      for (const option of select.options) {
        const known = goes_with[option.value];
        const out = Boolean(known && value && !known.includes(value) && !option.selected);
        option.hidden = option.disabled = out;
      }
    }
  };

  const show = () => {
    offer();
    for (const box of document.querySelectorAll("[data-other]")) {
      const value = value_of(box.dataset.other);
      if (value !== null) {
        box.hidden = !box.dataset.values.split(" ").includes(value);
      }
    }
  };

  const take_out = (row, rows) => {
    const stored = row.querySelector("[name$='-key']");
    if (stored && stored.value) {
      return; // the tick says so, and saving does it
    }
    row.querySelector("[name$='-DELETE']").checked = true;
    row.hidden = true;
    rows.querySelector(".editor-add").focus();
  };

  const add_row = (rows) => {
    const total = rows.querySelector("[name$='-TOTAL_FORMS']");
    const template = rows.querySelector("template").innerHTML;
    const holder = document.createElement("div");
    holder.innerHTML = template.replaceAll("__prefix__", total.value);
    const row = holder.firstElementChild;
    total.value = Number(total.value) + 1;
    rows.querySelector(".editor-list").append(row);
    rows.querySelector(".editor-empty").hidden = true;
    row.querySelectorAll("select.promotion-pick").forEach(choose);
    if (window.htmx) {
      window.htmx.process(row);
    }
    show();
    row.querySelector("input:not([type=hidden]), select")?.focus();
  };

  const begin = () => {
    const form = document.getElementById("promotion_form");
    if (!form) {
      return;
    }
    document.querySelectorAll("select.promotion-pick").forEach(choose);
    for (const rows of document.querySelectorAll("[data-rows]")) {
      rows.querySelector(".editor-add").addEventListener("click", () => add_row(rows));
    }
    form.addEventListener("change", (event) => {
      if (event.target.name?.endsWith("-DELETE")) {
        take_out(event.target.closest(".editor-row"), event.target.closest("[data-rows]"));
      }
      show();
    });
    show();
  };

  // The coupon finder stands inside this form and belongs to another: what is typed there changes
  // nothing of the promotion, so neither the summary nor the question on leaving hears of it.
  for (const kind of ["input", "change"]) {
    const keep = (event) => {
      const own = event.target.form;
      if (own && own.id !== "promotion_form" && event.target.closest("#promotion_form")) {
        event.stopImmediatePropagation();
      }
    };
    document.addEventListener(kind, keep, true);
  }

  document.addEventListener("DOMContentLoaded", begin);
}
