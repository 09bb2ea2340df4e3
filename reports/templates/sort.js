// Sorting of tables by a click on a head: numbers by their key, text by the reader's language.
(function () {
  "use strict";
  function compare(column, down) {
    return function (a, b) {
      const x = a.cells[column], y = b.cells[column];
      const order = "key" in x.dataset && "key" in y.dataset
        ? Number(x.dataset.key) - Number(y.dataset.key) || 0
        : x.textContent.localeCompare(y.textContent, "en", { numeric: true });
      return (down ? -order : order) || a.dataset.place - b.dataset.place;
    };
  }
  document.querySelectorAll("table[data-sortable]").forEach(function (table) {
    const body = table.tBodies[0];
    Array.from(body.rows).forEach((row, place) => { row.dataset.place = place; });
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      head.querySelector("button").addEventListener("click", function () {
        const before = head.getAttribute("aria-sort");
        const down = before ? before === "ascending" : head.classList.contains("number");
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        body.append(...Array.from(body.rows).sort(compare(column, down)));
      });
    });
  });
})();
