// A session may end while somebody types. Before a form is sent, the service is asked whether they
// are signed in still. If not, the page stays as it is, with all that was typed, and says what to do.
"use strict";
{
  const { url, login } = document.currentScript.dataset;
  const waiting = new WeakSet();
  let asked = null;

  const tell = () => {
    if (document.getElementById("signed-out")) {
      document.getElementById("signed-out").focus();
      return;
    }
    const note = document.createElement("div");
    note.id = "signed-out";
    note.className = "signed-out";
    note.setAttribute("role", "alert");
    note.tabIndex = -1;
    const link = document.createElement("a");
    link.href = login;
    link.target = "_blank";
    link.textContent = "Sign in again in a new tab";
    note.append("You have been signed out. What you typed is still here: ", link, ", come back to this one, and go on.");
    document.body.prepend(note);
    note.focus();
  };

  const ask = () => fetch(url, { cache: "no-store" });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    if (event.defaultPrevented || form === asked || form.method !== "post" || !token) {
      return;
    }
    event.preventDefault();
    if (waiting.has(form)) {
      return; // pressed twice
    }
    waiting.add(form);
    try {
      const answer = await ask();
      if (answer.status === 403) {
        tell();
        return;
      }
      if (answer.ok) {
        // Signing in makes another one; the page has that of before.
        token.value = (await answer.json()).token;
        document.getElementById("signed-out")?.remove();
      }
    } catch {
      // No answer: sending it will say so.
    } finally {
      waiting.delete(form);
    }
    asked = form;
    form.requestSubmit(event.submitter);
    asked = null;
  });

  // What the page asks for by itself, such as the summary, is refused or led to the log-in page.
  document.addEventListener("htmx:beforeSwap", async (event) => {
    const { xhr } = event.detail;
    const led_away = new URL(xhr.responseURL, location.href).pathname === login;
    if (led_away) {
      event.detail.shouldSwap = false;
    }
    if (led_away || (xhr.status === 403 && (await ask()).status === 403)) {
      tell();
    }
  });
}
