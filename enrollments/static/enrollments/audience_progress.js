// Keeps an audience's page fresh until it has ended.
"use strict";

{
  const INTERVAL = 2000;
  const { url } = document.currentScript.dataset;
  const part = (where, name) => where.querySelector(`[data-part=${name}]`);

  const refresh = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const status = (where) => part(where, "progress").dataset.status;
    if (status(fresh) !== status(document)) {
      location.reload(); // with what can be done now
      return;
    }
    for (const name of ["progress", "refusals"]) {
      part(document, name).replaceWith(part(fresh, name));
    }
    setTimeout(look, INTERVAL);
  };

  const look = async () => {
    let answer = null;
    try {
      answer = document.hidden ? null : await fetch(url);
    } catch {
      // The server can't be reached: perhaps the next time.
    }
    if (answer?.redirected || answer?.status === 403 || answer?.status === 404) {
      location.reload(); // signed out, or no longer to be seen: the page itself says so
    } else if (answer?.ok) {
      refresh(await answer.text());
    } else {
      setTimeout(look, INTERVAL);
    }
  };

  setTimeout(look, INTERVAL);
}
