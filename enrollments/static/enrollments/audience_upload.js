// Says that a file is too large before it is sent, and that one is on its way.
"use strict";

{
  const input = document.querySelector("input[type=file][data-most-bytes]");
  const field = input.closest(".group");
  const button = input.form.querySelector("button[type=submit]");
  const caption = button.textContent;
  let complaint = null;

  const check = () => {
    const file = input.files[0];
    complaint?.remove();
    complaint = null;
    if (file && file.size > Number(input.dataset.mostBytes)) {
      complaint = document.createElement("p");
      complaint.className = "mt-2 text-red-600 text-xs dark:text-red-500";
      complaint.setAttribute("role", "alert");
      complaint.textContent = input.dataset.tooLarge;
      field.append(complaint);
    }
  };

  input.addEventListener("change", check);
  input.form.addEventListener("submit", (event) => {
    check();
    if (complaint) {
      event.preventDefault();
      complaint.scrollIntoView({ block: "center" });
    } else {
      button.disabled = true;
      button.textContent = "Sending the file…";
    }
  });
  // Back from the next page, the browser may show this one as it was left.
  addEventListener("pageshow", () => {
    button.disabled = false;
    button.textContent = caption;
  });
}
