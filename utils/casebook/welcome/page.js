// What was saved in JupyterLab meanwhile shows as soon as a learner comes back to this page.
async function refresh() {
  const answer = await fetch(location.pathname);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [fresh, shown] = [page, document].map((one) => one.querySelector("main"));
  if (answer.ok && fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(fresh);
}
addEventListener("focus", refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());

// A JupyterLab that is open goes on, with all that is not saved yet: no page is loaded anew. The
// link's own address serves where that fails.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-path]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const lab = window.open("", link.target);
  if (lab.jupyterapp) lab.focus();
  else lab.location = link.href;
  while (!lab.jupyterapp && !lab.closed) await new Promise((done) => setTimeout(done, 200));
  const app = lab.jupyterapp;
  await app.restored;
  const notebook = await app.commands.execute("docmanager:open", { path: link.dataset.path });
  await notebook.context.ready;
  await notebook.revealed;
  const cells = notebook.content.widgets;
  const next = cells.findIndex((cell) => cell.model.id === link.dataset.cell);
  if (next < 0) return;
  notebook.content.activeCellIndex = next;
  notebook.setFragment(`#cell-id=${link.dataset.cell}`); // scrolls to it
});
