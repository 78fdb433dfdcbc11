// What the course adds to JupyterLab: the button Validate of a notebook, which asks
// casebook.validation and shows how far it is and its report; and room on a narrow screen.
//
// It is written as JupyterLab loads extensions that were built: a container of webpack's module
// federation, which is given the modules that all extensions share. So nothing needs to be built.
(() => {
  const NAME = "casebook-lab";
  const NARROW = 700; // pixels; as in lab.css
  let shared;

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("lab.css", document.currentScript.src);
  document.head.append(style);

  const load = async (module) => {
    const [version] = Object.values(shared[module]);
    return (await version.get())();
  };

  const element = (kind, text, name) => {
    const made = document.createElement(kind);
    made.textContent = text;
    if (name) made.className = name;
    return made;
  };

  function shown(report) {
    const body = element("div", "", "casebook-validation");
    body.append(element("p", report.total));
    if (report.changed) body.append(element("p", report.changed, "left"));
    for (const exercise of report.exercises) {
      const sign = exercise.passed ? "✓" : "–";
      body.append(element("h3", exercise.title));
      body.append(element("p", `${sign} ${exercise.said}`, exercise.passed ? "passed" : "left"));
      for (const message of exercise.messages) body.append(element("pre", message));
    }
    if (report.later) body.append(element("h3", "Later"), element("p", report.later));
    return body;
  }

  // Calls `each` with every line of JSON that a response brings, as it comes.
  async function readLines(response, each) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      lines.forEach((line) => each(JSON.parse(line)));
    }
  }

  async function extension() {
    const [{ Dialog, ToolbarButton }, { ServerConnection }, { Widget }] = await Promise.all(
      ["@jupyterlab/apputils", "@jupyterlab/services", "@lumino/widgets"].map(load),
    );

    const show = (title, node) =>
      new Dialog({ title, body: new Widget({ node }), buttons: [Dialog.okButton()] }).launch();

    // Asks the server; `progress` hears of each cell. Returns the last line that it sent.
    async function ask(path, signal, progress) {
      const settings = ServerConnection.makeSettings();
      const response = await ServerConnection.makeRequest(
        settings.baseUrl + "casebook/validate",
        { method: "POST", body: JSON.stringify({ path }), signal },
        settings,
      );
      if (!response.ok) throw new ServerConnection.ResponseError(response);
      let last = {};
      await readLines(response, (line) => {
        last = line;
        if (line.of) progress(line);
      });
      return last;
    }

    function button(panel) {
      let running = null; // stops the run
      const label = (text, tooltip) => {
        made.node.querySelector(".jp-ToolbarButtonComponent-label").textContent = text;
        made.node.querySelector("jp-button").title = tooltip;
      };
      const idle = "Run the notebook from the top in a kernel of its own, and list what came of it";
      const made = new ToolbarButton({
        className: "validate-button",
        label: "Validate",
        tooltip: idle,
        onClick: async () => {
          if (running) return running.abort();
          running = new AbortController();
          try {
            label("Saving", "");
            await panel.context.save();
            const last = await ask(panel.context.path, running.signal, ({ done, of, section }) =>
              label(`Validating ${done}/${of}: stop`, `Now: ${section}. Click to stop.`),
            );
            if (last.report) show("What your checks say", shown(last.report));
            else show("Not validated", element("p", last.problem || "The server gave no report."));
          } catch (error) {
            if (!running.signal.aborted) show("Not validated", element("p", String(error)));
          } finally {
            running = null;
            if (!made.isDisposed) label("Validate", idle);
          }
        },
      });
      made.disposed.connect(() => running?.abort());
      return made;
    }

    const validation = {
      id: `${NAME}:validation`,
      description: "Adds the button Validate to notebooks.",
      autoStart: true,
      activate: (app) =>
        app.docRegistry.addWidgetExtension("Notebook", {
          createNew: (panel) => {
            const made = button(panel);
            panel.toolbar.insertBefore("spacer", "validate", made) ||
              panel.toolbar.addItem("validate", made);
            return made;
          },
        }),
    };

    const narrow = {
      id: `${NAME}:narrow`,
      description: "Closes the panels beside a notebook where there is no room for them.",
      autoStart: true,
      activate: ({ restored, shell, commands }) => {
        if (innerWidth > NARROW || !shell.collapseLeft) return;
        restored.then(() => {
          shell.collapseLeft();
          shell.collapseRight();
          if (shell.isSideTabBarVisible("right")) {
            commands.execute("application:toggle-side-tabbar", { side: "right" });
          }
        });
      },
    };
    return () => ({ __esModule: true, default: [validation, narrow] });
  }

  (window._JUPYTERLAB ??= {})[NAME] = {
    init: (scope) => {
      shared = scope;
    },
    get: (module) =>
      module === "./extension" ? extension() : Promise.reject(new Error(`no module ${module}`)),
  };
})();
